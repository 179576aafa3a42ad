"""A valid publiccode.yml of a listing, or what is missing for one."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from contracts.listing import Listing
from contracts.profile.questionnaire import Question, Questionnaire

from catalog.domain.publiccode import mapping
from catalog.domain.publiccode import standard as standards
from catalog.domain.publiccode.checking import check
from catalog.domain.publiccode.reading import CORE
from catalog.domain.publiccode.violations import Severity, Violation

HEADER = "# publiccode.yml, see https://yml.publiccode.tools\n"
NOT_SPDX = ("proprietary", "LicenseRef-open-source")
"""Licences of listings that no file may state."""
NOT_A_LIMIT = 20
"""More rounds of leaving out what is not valid are never needed: each takes away every fault that is left."""


class CannotExport(Exception):
    """The listing does not say all that a file must say; `missing` are the violations, `questions` what to answer."""

    def __init__(self, missing: Sequence[Violation], questions: Mapping[str, Question]) -> None:
        super().__init__("; ".join(f"{each.path} {each.rule}" for each in missing))
        self.missing = missing
        self.questions = questions


def export(listing: Listing, *, provider: str, profile: Questionnaire, pictures: Sequence[str] = ()) -> bytes:
    """Return the file. `pictures` are the addresses of its screenshots. Raises CannotExport.

    Optional keys that the standard does not allow so are left out; texts are cut to what the standard allows.
    """
    document = document_of(listing, provider=provider, profile=profile, pictures=pictures)
    for _ in range(NOT_A_LIMIT):
        document = _without_gaps(document)
        content = _written(document)
        faults = [each for each in check(content).violations if each.severity is Severity.ERROR]
        if not faults:
            return content
        left_out = [_left_out(document, each.path) for each in faults]
        if not any(left_out):
            raise CannotExport(faults, _questions(profile))
    raise CannotExport(faults, _questions(profile))


def document_of(
    listing: Listing, *, provider: str, profile: Questionnaire, pictures: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what a file would say of a listing, whether that is enough or not."""
    answers = profile.answers_of(listing)
    if answers.get("licence") in NOT_SPDX:
        del answers["licence"]
    document: dict[str, Any] = {"publiccodeYmlVersion": standards.load().current}
    for question in mapping.mapped(profile):
        answer = answers.get(question.id)
        if answer is not None and (not question.conditional or profile.asks(question, answers)):
            _set(document, mapping.path_of(question).split("."), mapping.exportable(question, answer))
    if pictures:
        _set(document, ["description", mapping.GERMAN, "screenshots"], list(pictures))
    _maintenance(document, answers, provider)
    languages = answers.get("languages") or []
    if languages:
        _set(document, ["localisation", "localisationReady"], len(languages) > 1)
    return {key: document[key] for key in standards.load().fields if key in document}


def _maintenance(document: dict[str, Any], answers: Mapping[str, Any], provider: str) -> None:
    """Who maintains it is the operating party, else the provider: an organisation, never a person."""
    section = document.get("maintenance", {})
    until = section.pop("contractors", {}).get("until")
    name = answers.get("operator_name") or provider
    if section.get("type") == "contract" and until:
        section["contractors"] = [{"name": name, "until": until}]
    elif section.get("type") in ("internal", "community"):
        section["contacts"] = [{"name": name}]


def _set(document: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        document = document.setdefault(step, {})
    document[steps[-1]] = value


def _left_out(document: dict[str, Any], path: str) -> bool:
    """Leave out what a violation is about; False where that is mandatory or not there."""
    field = standards.load().fields
    value: Any = document
    steps = path.replace("[", ".[").split(".")
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if step.startswith("["):
            index = int(step[1:-1])
            if not isinstance(value, list) or index >= len(value):
                return False
            if last:
                value[index] = None
                return True
            value = value[index]
            continue
        if not isinstance(value, dict) or step not in value:
            return False
        known = field.get(step)
        if last:
            if known is None or known.need != "optional":
                return False
            del value[step]
            return True
        field = known.fields if known is not None and known.kind != "languages" else field
        if known is not None and known.kind == "languages":
            field = {language: known.model_copy(update={"kind": "record"}) for language in value[step]}
        value = value[step]
    return False


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.1 or 1.2 takes for something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _tag, _pattern, _first in CORE:
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _written(document: Mapping[str, Any]) -> bytes:
    body = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return (HEADER + body).encode()


def _without_gaps(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_gaps(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_gaps(each) for each in value if each is not None]
    return value


def _questions(profile: Questionnaire) -> Mapping[str, Question]:
    return {mapping.path_of(each): each for each in mapping.mapped(profile)}
