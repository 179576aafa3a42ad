"""The standard profile with two questions more than it has, for tests of the one place to add a question."""

from pathlib import Path

from contracts.profile import questionnaire

_QUESTIONS = """      - id: introduction_pace
        type: choice
        vocabulary: paces
        label: {de: "Einführungstempo", en: "Pace of introduction"}
        detail: operation
        compare: true
        filter: introduction_pace
        export: {dcat: "dcat:keyword"}
      - id: sandbox
        type: note
        label: {de: "Testumgebung", en: "Sandbox"}
        search: true
        export: {dcat: "dct:description"}
      - id: use_cases
"""
_VOCABULARY = """vocabularies:
  paces:
    - [quick, "Binnen Wochen", "Within weeks"]
    - [slow, "Binnen Monaten", "Within months"]
"""


def text() -> str:
    """Return the data of the questionnaire with the questions `introduction_pace` and `sandbox`."""
    file = Path(questionnaire.__file__).parent / f"{questionnaire.CURRENT}.yaml"
    found = file.read_text(encoding="utf-8")
    for old, new in (("      - id: use_cases\n", _QUESTIONS), ("vocabularies:\n", _VOCABULARY)):
        assert found.count(old) == 1
        found = found.replace(old, new)
    return found
