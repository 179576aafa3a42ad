"""The questionnaire as typed data, read from `<version>.yaml` beside this module."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from contracts import vocabulary
from contracts.listing import Listing
from contracts.vocabulary import Language

CURRENT = "2026.1"
TYPED = frozenset(Listing.model_fields) - {"answers"}
"""Questions whose answer is a field of the listing; the others' are entries of `answers`."""
VOCABULARIES: Mapping[str, type[vocabulary.Term]] = {
    "kind": vocabulary.SolutionKind,
    "offer_form": vocabulary.OfferForm,
    "field_of_action": vocabulary.FieldOfAction,
    "operating_model": vocabulary.OperatingModel,
    "price_model": vocabulary.PriceModel,
    "hosting_location": vocabulary.HostingLocation,
    "accessibility_level": vocabulary.AccessibilityLevel,
    "deployment_status": vocabulary.DeploymentStatus,
    "bundesland": vocabulary.Bundesland,
}
"""Vocabularies that events and search use too; the questionnaire brings the others itself."""

Type = Literal[
    "line", "note", "markdown", "lines", "url", "urls", "choice", "choices", "yes_no", "number", "date", "records",
    "media",
]  # fmt: skip
LONGEST: Mapping[str, int] = {"line": 300, "note": 2000, "markdown": 20_000, "lines": 300, "url": 2000, "urls": 2000}
"""How many characters a text, or an entry of a list of texts, may have where the question says nothing else."""
MOST = 50
"""How many entries a list may have where the question says nothing else."""
LISTS = frozenset({"lines", "urls", "choices", "records", "media"})
Comparator = Literal["any_of", "bounds", "contains"]
COMPARATORS: Mapping[Type, Comparator] = {
    "choice": "any_of",
    "choices": "any_of",
    "yes_no": "any_of",
    "number": "bounds",
    "line": "contains",
    "note": "contains",
    "markdown": "contains",
    "lines": "contains",
    "records": "contains",
}
"""What an answer may be demanded to be beside being there: one of some choices, a number within bounds, some words."""
YES_NO: Mapping[bool, str] = {True: "yes", False: "no"}
"""How conditions name the answers of a question of type `yes_no`."""
Answers = Mapping[str, Any]
"""Answers by question, as `answers_of` returns them."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Data):
    """A text in both languages."""

    de: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the text in one language."""
        return self.de if language == "de" else self.en


class Choice(Words):
    """A value that may be chosen, with its labels; written as `[value, German, English]`."""

    value: str

    @model_validator(mode="before")
    @classmethod
    def _of_list(cls, given: Any) -> Any:
        return dict(zip(("value", "de", "en"), given, strict=True)) if isinstance(given, list) else given


class Condition(_Data):
    """Holds when another question has one of these answers (`yes`, `no` for yes or no), or any answer at all."""

    question: str
    any_of: tuple[str, ...] = ()
    given: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.any_of) is self.given:
            raise ValueError(f"the condition on {self.question} needs either any_of or given: true")
        return self

    def met_by(self, answer: Any) -> bool:
        """True when the answer (None: there is none) is one that the condition asks for."""
        if answer is None or self.given:
            return answer is not None and self.given
        given = YES_NO[answer] if isinstance(answer, bool) else answer
        return not set(self.any_of).isdisjoint(given if isinstance(given, list) else [given])


class Export(_Data):
    """Where the answer goes: path in publiccode.yml, column of the CSV (null: none), property of DCAT-AP."""

    publiccode: str | None = None
    csv: str | None = ""
    dcat: str | None = None


class Asked(_Data):
    """What a question and a part of a record have in common; `choices` are those of the named vocabulary.

    `expires`: a date through which something holds, which is marked once it has passed.
    """

    id: str
    type: Type
    label: Words
    required: bool = False
    longest: int | None = None
    pattern: str | None = None
    expires: bool = False
    vocabulary: str | None = None
    choices: tuple[Choice, ...] = ()

    @field_validator("id")
    @classmethod
    def _key(cls, given: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", given):
            raise ValueError("must be lower-case letters, digits and underscores")
        return given

    @model_validator(mode="after")
    def _choosable(self) -> Self:
        if (self.type in ("choice", "choices")) is not bool(self.choices):
            raise ValueError(f"{self.id}: choices belong to questions of type choice and choices, and only there")
        if self.expires and self.type != "date":
            raise ValueError(f"{self.id}: only dates expire")
        return self

    @property
    def limit(self) -> int | None:
        """The largest number of characters of a text or of an entry."""
        return self.longest or LONGEST.get(self.type)

    def chosen(self, value: object) -> Choice | None:
        """Return the choice with this value."""
        return next((choice for choice in self.choices if choice.value == value), None)


class Question(Asked):
    """One question of the profile.

    `asked_when` and `required_when`: all of the conditions hold. `first`: needed even in a draft. `blank`: the value
    that means no answer. `named`: texts with labels of their own. `short`: the label in tables. `note_of`: the answer
    stands below that question's in tables. `weight`: share in the completeness. `unit`: of a number. `not_below`: the
    number may not be smaller than that question's. `past`: the date may not be in the future. `correctable`: may be
    corrected while online, before the team has looked at it.
    """

    section: str
    short: Words | None = None
    help: Words | None = None
    why: Words | None = None
    first: bool = False
    asked_when: tuple[Condition, ...] = ()
    required_when: tuple[Condition, ...] = ()
    parts: tuple[Asked, ...] = ()
    named: tuple[Choice, ...] = ()
    shown_as: Literal["language"] | None = None
    blank: str | None = None
    most: int | None = None
    least: float | None = None
    greatest: float | None = None
    not_below: str | None = None
    past: bool = False
    unit: Words | None = None
    rows: int = 4
    weight: int = 1
    detail: str | None = None
    note_of: str | None = None
    hide_blank: bool = False
    compare: bool = False
    correctable: bool = False
    filter: str | None = None
    search: bool = False
    export: Export = Export()

    @property
    def typed(self) -> bool:
        """True when the answer is a field of the listing, False when it is an entry of its `answers`."""
        return self.id in TYPED

    @property
    def path(self) -> str:
        """Where the answer stands in a listing, dotted."""
        return self.id if self.typed else f"answers.{self.id}"

    @property
    def column(self) -> str | None:
        """The column of the CSV, or None."""
        return self.id if self.export.csv == "" else self.export.csv

    @property
    def conditional(self) -> bool:
        """True when it depends on other answers whether the question is asked."""
        return bool(self.asked_when)

    @property
    def comparator(self) -> Comparator | None:
        """What requirements may demand of an answer; None: only that there is one."""
        return COMPARATORS.get(self.type)

    @property
    def most_entries(self) -> int:
        """How many entries a list may have."""
        return self.most or (len(self.choices) if self.type == "choices" else MOST)

    def title(self, language: Language) -> str:
        """Return the label for tables."""
        return (self.short or self.label).in_(language)


class Group(_Data):
    """A part of the profile table."""

    id: str
    title: Words


class Section(_Data):
    """Questions that stand together in the form."""

    id: str
    title: Words
    intro: Words | None = None
    questions: tuple[Question, ...]


class Questionnaire(_Data):
    """All questions of one version; `id` of a question is its place in a listing."""

    version: str
    valid_from: date
    groups: tuple[Group, ...]
    sections: tuple[Section, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order of the form."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """All questions by id."""
        return {question.id: question for question in self.questions}

    def asks(self, question: Question, answers: Answers) -> bool:
        """True when these answers make the question one that has to be put; one that depends on it follows it."""
        for condition in question.asked_when:
            other = self.by_id[condition.question]
            if not (condition.met_by(answers.get(other.id)) and self.asks(other, answers)):
                return False
        return True

    def requires(self, question: Question, answers: Answers) -> bool:
        """True when these answers make an answer necessary."""
        if not self.asks(question, answers):
            return False
        conditions = question.required_when
        return question.required or (
            bool(conditions) and all(condition.met_by(answers.get(condition.question)) for condition in conditions)
        )

    def answers_of(self, listing: Listing) -> dict[str, Any]:
        """Return the answers by question as JSON values, without blank ones."""
        document = listing.model_dump(mode="json")
        return self.answers_in(document)

    def answers_in(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers in a listing's document by question, without blank ones."""
        more = document.get("answers") or {}
        found = {each.id: document.get(each.id) if each.typed else more.get(each.id) for each in self.questions}
        return {
            each.id: found[each.id]
            for each in self.questions
            if found[each.id] not in (None, "", [], {}) and found[each.id] != each.blank
        }

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known: set[str] = set()
        groups = {group.id for group in self.groups}
        for each in self.questions:
            if each.id in known or each.id == "answers":
                raise ValueError(f"the question {each.id} is there twice")
            others = {condition.question for condition in (*each.asked_when, *each.required_when)}
            others |= {other for other in (each.note_of, each.not_below) if other}
            if others - known:
                raise ValueError(
                    f"{each.id} depends on questions that do not stand before it: {sorted(others - known)}"
                )
            if each.detail is not None and each.detail not in groups:
                raise ValueError(f"{each.id}: there is no group {each.detail}")
            if bool(each.parts) is not (each.type == "records"):
                raise ValueError(f"{each.id}: parts belong to questions of type records, and only there")
            known.add(each.id)
        if missing := sorted(TYPED - known):
            raise ValueError(f"fields of the listing without a question: {', '.join(missing)}")
        return self


def parse(text: str) -> Questionnaire:
    """Return the questionnaire in a YAML text; raises ValueError saying what is wrong with it."""
    given = yaml.safe_load(text)
    own = {
        name: [Choice.model_validate(each) for each in each_list] for name, each_list in given["vocabularies"].items()
    }
    shared = {
        name: [Choice(value=term.value, de=term.de, en=term.en) for term in terms]
        for name, terms in VOCABULARIES.items()
    }
    vocabularies = shared | own
    for section in given["sections"]:
        for question in section["questions"]:
            question["section"] = section["id"]
            for asked in (question, *question.get("parts", ())):
                if name := asked.get("vocabulary"):
                    if name not in vocabularies:
                        raise ValueError(f"{asked['id']}: there is no vocabulary {name}")
                    asked["choices"] = vocabularies[name]
    del given["vocabularies"]
    return Questionnaire.model_validate(given)


@cache
def load(version: str = CURRENT) -> Questionnaire:
    """Return a published version of the questionnaire; raises FileNotFoundError when there is none."""
    return parse((Path(__file__).resolve().parent / f"{version}.yaml").read_text(encoding="utf-8"))
