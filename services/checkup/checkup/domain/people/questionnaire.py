"""The questions of the self-disclosure as data: types, choices, conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from checkup.domain.rubric import Text

Value = str | float | tuple[str, ...]
"""`yes`/`no`, a choice, choices, a text, a number, an ISO date or an https address."""


class QuestionType(StrEnum):
    """What an answer looks like."""

    YES_NO = "yes_no"
    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    URL = "url"


@dataclass(frozen=True, slots=True)
class When:
    """Holds when the answer to `question` is, or contains, one of the values."""

    question: str
    values: frozenset[str]

    def holds(self, values: Mapping[str, Value]) -> bool:
        given = values.get(self.question)
        chosen = given if isinstance(given, tuple) else (given,)
        return any(each in self.values for each in chosen)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose, with its label."""

    value: str
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `exclusive` choices stand alone; `lowest`/`highest` bound numbers, `when_date` dates.

    `listing` names the field of the listing whose statement is offered as an answer, by way of `translate`.
    """

    id: str
    topic: str
    type: QuestionType
    text: Text
    help: Text | None = None
    choices: tuple[Choice, ...] = ()
    exclusive: frozenset[str] = frozenset()
    when: When | None = None
    required: bool = False
    required_when: When | None = None
    proof: bool = False
    validity: bool = False
    public: bool = True
    when_date: Literal["past", "future"] | None = None
    lowest: float | None = None
    highest: float | None = None
    unit: Text | None = None
    dimension: str | None = None
    listing: str | None = None
    translate: Mapping[str, str] = field(default_factory=dict)

    def needed(self, values: Mapping[str, Value]) -> bool:
        """True when publishing needs an answer, provided that the question is asked."""
        return self.required or (self.required_when is not None and self.required_when.holds(values))

    def label(self, value: Value) -> Text:
        """The answer in words."""
        if isinstance(value, tuple):
            labels = [self.label(each) for each in value]
            return Text(", ".join(each.de for each in labels), ", ".join(each.en for each in labels))
        if self.type is QuestionType.YES_NO:
            return Text("Ja", "Yes") if value == "yes" else Text("Nein", "No")
        found = next((choice.text for choice in self.choices if choice.value == value), None)
        if found is not None:
            return found
        shown = f"{value:g}" if isinstance(value, float) else value
        return Text(
            f"{shown.replace('.', ',') if self.type is QuestionType.NUMBER else shown} {self.unit.de}"
            if self.unit
            else shown,
            f"{shown} {self.unit.en}" if self.unit else shown,
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of questions."""

    id: str
    title: Text
    about: Text


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions of one version, in the order they are asked; conditions look back only."""

    version: str
    valid_from: str
    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]

    def get(self, question_id: str) -> Question | None:
        return next((each for each in self.questions if each.id == question_id), None)

    def asked(self, values: Mapping[str, Value]) -> tuple[Question, ...]:
        """The questions that are asked, given these answers; an answer to one that is not asked opens nothing."""
        open_values: dict[str, Value] = {}
        asked: list[Question] = []
        for question in self.questions:
            if question.when is not None and not question.when.holds(open_values):
                continue
            asked.append(question)
            if question.id in values:
                open_values[question.id] = values[question.id]
        return tuple(asked)

    def proposals(self, listing: Mapping[str, Any]) -> dict[str, Value]:
        """Answers that the listing's own statements suggest."""
        found: dict[str, Value] = {}
        for question in self.questions:
            said = listing.get(question.listing) if question.listing else None
            if said is None:
                continue
            value = question.translate.get(str(said)) if question.translate else str(said)
            if value and (question.type is not QuestionType.URL or value.startswith("https://")):
                found[question.id] = value
        return found
