"""Reads the released questionnaires, checklists and source rules; a file that is inconsistent is refused at start."""

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Generic, TypeVar

import yaml

from checkup.domain.people.contradictions import Condition, Rule, SourceRules
from checkup.domain.people.manual_check import Checklist, Item
from checkup.domain.people.questionnaire import Choice, Question, Questionnaire, QuestionType, Topic, When
from checkup.domain.rubric import Text

Version = TypeVar("Version")
Data = Mapping[str, Any]


class Files(Generic[Version]):
    """The versions in one folder of the package, read when they are asked for first."""

    def __init__(self, folder: str, parse: Callable[[Data], Version], current: str) -> None:
        self._folder = resources.files("checkup") / folder
        self._parse = parse
        self._read: dict[str, Version] = {}
        names = (entry.name for entry in self._folder.iterdir())
        self._versions = sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
        self._current = self.get(current)

    @property
    def current(self) -> Version:
        """The version for what begins now."""
        return self._current

    def get(self, version: str) -> Version:
        """Return one version. Raises KeyError when it was never released."""
        if version not in self._read:
            if version not in self._versions:
                raise KeyError(version)
            data = yaml.safe_load((self._folder / f"{version}.yaml").read_text(encoding="utf-8"))
            if data["version"] != version:
                raise ValueError(f"{version}.yaml says that it is version {data['version']}")
            self._read[version] = self._parse(data)
        return self._read[version]


def questionnaires(current: str) -> Files[Questionnaire]:
    """The released questionnaires."""
    return Files("questionnaires", questionnaire, current)


def checklists(current: str) -> Files[Checklist]:
    """The released checklists."""
    return Files("checklists", checklist, current)


def source_rules(current: str) -> Files[SourceRules]:
    """The released rules across sources."""
    return Files("sources", rules, current)


def questionnaire(data: Data) -> Questionnaire:
    """A questionnaire from the data of its file. Raises ValueError when a condition does not look back, or an id
    occurs twice."""
    questions: list[Question] = []
    topics = tuple(Topic(each["id"], Text(**each["title"]), Text(**each["about"])) for each in data["topics"])
    for raw in data["questions"]:
        question = _question(raw)
        known = {each.id for each in questions}
        conditions = [each for each in (question.when, question.required_when) if each is not None]
        if question.id in known or any(each.question not in known for each in conditions):
            raise ValueError(f"question {question.id} occurs twice or depends on a later one")
        if question.topic not in {topic.id for topic in topics}:
            raise ValueError(f"question {question.id} has no topic")
        questions.append(question)
    return Questionnaire(data["version"], data["valid_from"], topics, tuple(questions))


def _question(raw: Data) -> Question:
    needed = raw.get("required", False)
    return Question(
        id=raw["id"],
        topic=raw["topic"],
        type=QuestionType(raw["type"]),
        text=Text(**raw["text"]),
        help=Text(**raw["help"]) if "help" in raw else None,
        choices=tuple(Choice(each["value"], Text(each["de"], each["en"])) for each in raw.get("choices", ())),
        exclusive=frozenset(raw.get("exclusive", ())),
        when=_when(raw.get("when")),
        required=needed is True,
        required_when=_when(needed) if isinstance(needed, dict) else None,
        proof=raw.get("proof", False),
        validity=raw.get("validity", False),
        public=raw.get("public", True),
        when_date=raw.get("date"),
        lowest=raw.get("from"),
        highest=raw.get("to"),
        unit=Text(**raw["unit"]) if "unit" in raw else None,
        dimension=raw.get("dimension"),
        listing=raw.get("listing"),
        translate=raw.get("map", {}),
    )


def _when(raw: Data | None) -> When | None:
    return When(raw["question"], frozenset(raw["is"])) if raw else None


def checklist(data: Data) -> Checklist:
    """A checklist from the data of its file."""
    return Checklist(
        version=data["version"],
        valid_from=data["valid_from"],
        valid_months=data["valid_months"],
        topics=tuple((each["id"], Text(each["de"], each["en"])) for each in data["topics"]),
        items=tuple(
            Item(
                id=raw["id"],
                topic=raw["topic"],
                text=Text(**raw["text"]),
                help=Text(**raw["help"]),
                scale=raw.get("scale", False),
                dimension=raw.get("dimension"),
                confirms=raw.get("confirms"),
            )
            for raw in data["items"]
        ),
    )


def rules(data: Data) -> SourceRules:
    """Rules across sources from the data of their file."""
    return SourceRules(
        version=data["version"],
        metrics={each["id"]: tuple(each["metrics"]) for each in data["topics"]},
        rules=tuple(
            Rule(
                id=raw["id"],
                topic=raw["topic"],
                dimension=raw.get("dimension"),
                text=Text(**raw["text"]),
                claim=_conditions(raw["claim"]),
                against=_conditions(raw["against"]),
                unless=_conditions(raw.get("unless", ())),
            )
            for raw in data["contradictions"]
        ),
    )


def _conditions(raw: Any) -> tuple[Condition, ...]:
    return tuple(_condition(each) for each in raw)


def _condition(raw: Data) -> Condition:
    tests = {name: raw[name] for name in ("at_least", "at_most", "above", "present", "differs_from") if name in raw}
    if "is" in raw or "in" in raw:
        tests["among"] = frozenset(raw["in"] if "in" in raw else (raw["is"],))
    if len(tests) != 1 or len(raw) != 2:
        raise ValueError(f"a condition needs a fact and one test: {dict(raw)}")
    return Condition(raw["fact"], **tests)
