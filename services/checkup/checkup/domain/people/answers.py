"""Answers to questions: how they are checked, and what they are worth."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from servicekit.errors import FieldError

from checkup.domain.people.questionnaire import Question, QuestionType, Value

LONGEST_TEXT = 2000
LONGEST_URL = 500
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)


class Fault(StrEnum):
    """What can be wrong with an answer; the front end has words for each."""

    NO_QUESTION = "there is no such question"
    WRONG_TYPE = "has the wrong type for this question"
    NO_CHOICE = "is not one of the choices"
    EXCLUSIVE = "this choice cannot be combined with others"
    TOO_LONG = "is too long"
    NO_NUMBER = "is outside of the allowed range"
    NO_DATE = "is no date (YYYY-MM-DD)"
    IN_FUTURE = "must not lie in the future"
    IN_PAST = "must not lie in the past"
    NOT_HTTPS = "must be an https address"
    NOT_ASKED_FOR = "is not asked for here"
    MISSING = "is needed"


class AnswerStage(StrEnum):
    """How far an answer can be relied on."""

    NONE = "none"
    DECLARED = "declared"
    EVIDENCED = "evidenced"
    VERIFIED = "verified"
    REFUTED = "refuted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as somebody typed it."""

    value: object
    note: str = ""
    proof_url: str | None = None
    valid_until: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer; `answered_at` is when it last changed."""

    value: Value
    note: str = ""
    proof_url: str | None = None
    valid_until: date | None = None
    answered_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same content: what a verification is bound to."""
        content = [self.value, self.note, self.proof_url, self.valid_until and self.valid_until.isoformat()]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def expired(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today

    def same_as(self, other: "Answer | None") -> bool:
        return other is not None and self.fingerprint == other.fingerprint


Answers = Mapping[str, Answer]


@dataclass
class Checked:
    """Answers that passed, what is wrong with the others, and what was dropped because it was not asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    faults: list[FieldError] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def values_of(answers: Answers) -> dict[str, Value]:
    """The bare values by question."""
    return {question: answer.value for question, answer in answers.items()}


def answer_of(question: Question, given: Given, today: date, now: datetime) -> Answer | list[FieldError]:
    """Check one answer; return it, or what is wrong with it (fields below `answers.<question>`)."""
    faults: list[FieldError] = []

    def fault(part: str, what: Fault) -> None:
        faults.append(FieldError(f"answers.{question.id}.{part}", what.value))

    value = _value(question, given.value, today)
    if isinstance(value, Fault):
        fault("value", value)
    note = given.note.strip()
    if len(note) > LONGEST_TEXT:
        fault("note", Fault.TOO_LONG)
    proof = (given.proof_url or "").strip() or None
    if proof is not None and not question.proof:
        fault("proof_url", Fault.NOT_ASKED_FOR)
    elif proof is not None and (wrong := address_fault(proof)) is not None:
        fault("proof_url", wrong)
    until = (given.valid_until or "").strip() or None
    valid_until = None if until is None else _date(until)
    if until is not None and not question.validity:
        fault("valid_until", Fault.NOT_ASKED_FOR)
    elif until is not None and valid_until is None:
        fault("valid_until", Fault.NO_DATE)
    if faults or isinstance(value, Fault):
        return faults
    return Answer(value, note, proof, valid_until, now)


def _value(question: Question, given: object, today: date) -> Value | Fault:
    match question.type:
        case QuestionType.YES_NO | QuestionType.SINGLE:
            allowed = {"yes", "no"} if question.type is QuestionType.YES_NO else {c.value for c in question.choices}
            if not isinstance(given, str):
                return Fault.WRONG_TYPE
            return given if given in allowed else Fault.NO_CHOICE
        case QuestionType.MULTI:
            return _choices(question, given)
        case QuestionType.NUMBER:
            return _number(question, given)
        case _:
            return _text(question, given, today)


def _choices(question: Question, given: object) -> Value | Fault:
    if not isinstance(given, list | tuple) or not given:
        return Fault.WRONG_TYPE
    order = [choice.value for choice in question.choices]
    if any(each not in order for each in given):
        return Fault.NO_CHOICE
    chosen = tuple(each for each in order if each in given)
    return Fault.EXCLUSIVE if len(chosen) > 1 and question.exclusive & set(chosen) else chosen


def _number(question: Question, given: object) -> Value | Fault:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return Fault.WRONG_TYPE
    number = float(given)
    low = question.lowest is None or number >= question.lowest
    high = question.highest is None or number <= question.highest
    return number if low and high else Fault.NO_NUMBER  # not a number (NaN) is in no range


def _text(question: Question, given: object, today: date) -> Value | Fault:
    if not isinstance(given, str) or not given.strip():
        return Fault.WRONG_TYPE
    text = given.strip()
    if question.type is QuestionType.DATE:
        day = _date(text)
        if day is None:
            return Fault.NO_DATE
        if question.when_date == "past" and day > today:
            return Fault.IN_FUTURE
        return Fault.IN_PAST if question.when_date == "future" and day < today else text
    if question.type is QuestionType.URL:
        return address_fault(text) or text
    return Fault.TOO_LONG if len(text) > LONGEST_TEXT else text


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == 10 and EARLIEST <= day <= LATEST else None


def address_fault(text: str) -> Fault | None:
    """Proof links are shown, never fetched; still only plain https addresses of a named host are taken."""
    if len(text) > LONGEST_URL:
        return Fault.TOO_LONG
    try:
        parts = urlsplit(text)
        well = parts.scheme == "https" and bool(parts.hostname) and "." in str(parts.hostname) and not parts.username
    except ValueError:
        well = False
    return None if well and text.isprintable() and " " not in text else Fault.NOT_HTTPS
