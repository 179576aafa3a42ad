"""Judges the answers of a listing by the questionnaire: types and limits always, completeness for a submission."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts import web_address
from contracts.profile.questionnaire import Answers, Asked, Question, Questionnaire

_ENGLISH: Mapping[str, str] = {
    "missing": "must be answered",
    "unknown": "is no question of the profile",
    "wrong_type": "is no answer to this question",
    "too_long": "must have at most {n} characters",
    "too_many": "must have at most {n} entries",
    "twice": "is there twice",
    "not_a_choice": "is none of the choices",
    "not_an_address": "must be a complete URL that starts with https:// or http://, without blanks or a password",
    "not_a_date": "must be a date such as 2026-11-22",
    "absurd_year": "must lie between the years {first} and {last}",
    "in_the_future": "must not be in the future",
    "not_a_number": "must be a number",
    "too_small": "must be at least {n}",
    "too_large": "must be at most {n}",
    "below": "must not be smaller than {other}",
    "pattern": "must look like {pattern}",
    "control_characters": "must not contain control characters",
}
_TEXTS = frozenset({"line", "note", "markdown"})
YEARS = range(1900, 2200)
"""Years that a date may lie in."""
_LINE_BREAKS = frozenset("\n\r\t")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer: a code with values to fill in; `entry` (from 0) and `part` where it is a list."""

    question: str
    path: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    entry: int | None = None
    part: str | None = None

    @property
    def place(self) -> str:
        """The dotted path of what is wrong, such as `answers.certificates.0.until`."""
        return ".".join(str(step) for step in (self.path, self.entry, self.part) if step is not None)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return _ENGLISH[self.code].format(**self.values)


@dataclass(frozen=True, slots=True)
class _Wrong:
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    entry: int | None = None
    part: str | None = None


def check(questionnaire: Questionnaire, document: Mapping[str, Any], *, complete: bool, today: date) -> list[Fault]:
    """Return what is wrong with a listing (as JSON values), in the order of the questions.

    `complete` asks for every answer that is required, as a submission must; a draft needs only the first ones. Limits
    hold for both. Answers to questions that are not asked are kept and not required.
    """
    answers = questionnaire.answers_in(document)
    found = [
        Fault(each.id, each.path, wrong.code, wrong.values, wrong.entry, wrong.part)
        for each in questionnaire.questions
        for wrong in _judged(questionnaire, each, answers, complete=complete, today=today)
    ]
    strangers = [name for name in document.get("answers") or {} if not _belongs(questionnaire, name)]
    return found + [Fault(name, f"answers.{name}", "unknown") for name in strangers]


def _belongs(questionnaire: Questionnaire, name: str) -> bool:
    question = questionnaire.by_id.get(name)
    return question is not None and not question.typed


def _judged(
    questionnaire: Questionnaire, question: Question, answers: Answers, *, complete: bool, today: date
) -> Iterator[_Wrong]:
    if question.id not in answers:
        if question.first or (complete and questionnaire.requires(question, answers)):
            yield _Wrong("missing")
        return
    answer = answers[question.id]
    if question.type in ("lines", "urls", "choices", "records"):
        yield from _of_list(question, answer, today)
    elif question.type == "media":
        if len(answer) > question.most_entries:
            yield _Wrong("too_many", {"n": question.most_entries})
    else:
        wrong = _of_one(question, answer, today)
        other = question.not_below
        if wrong is None and other is not None and _less(answer, answers.get(other)):
            wrong = _Wrong("below", {"other": other})
        if wrong is not None:
            yield wrong


def _of_list(question: Question, answer: Any, today: date) -> Iterator[_Wrong]:
    if not isinstance(answer, list):
        yield _Wrong("wrong_type")
        return
    if len(answer) > question.most_entries:
        yield _Wrong("too_many", {"n": question.most_entries})
        return
    seen: list[Any] = []
    for index, entry in enumerate(answer):
        if question.type == "records":
            yield from _of_record(question, entry, index, today)
        elif wrong := _of_one(question, entry, today):
            yield _Wrong(wrong.code, wrong.values, index)
        elif question.type == "choices" and entry in seen:
            yield _Wrong("twice", entry=index)
        seen.append(entry)


def _of_record(question: Question, record: Any, index: int, today: date) -> Iterator[_Wrong]:
    if not isinstance(record, Mapping):
        yield _Wrong("wrong_type", entry=index)
        return
    for part in question.parts:
        if record.get(part.id) in (None, ""):
            if part.required:
                yield _Wrong("missing", {}, index, part.id)
        elif wrong := _of_one(part, record[part.id], today):
            yield _Wrong(wrong.code, wrong.values, index, part.id)
    for name in record:
        if all(part.id != name for part in question.parts):
            yield _Wrong("unknown", {}, index, str(name))


def _of_one(asked: Asked, answer: Any, today: date) -> _Wrong | None:
    match asked.type:
        case "yes_no":
            return None if isinstance(answer, bool) else _Wrong("wrong_type")
        case "number":
            return _of_number(asked, answer)
        case "choice" | "choices":
            return None if isinstance(answer, str) and asked.chosen(answer) else _Wrong("not_a_choice")
    if not isinstance(answer, str):
        return _Wrong("wrong_type")
    if asked.type == "date":
        return _of_date(asked, answer, today)
    return _of_text(asked, answer)


def _of_text(asked: Asked, text: str) -> _Wrong | None:
    if asked.limit is not None and len(text) > asked.limit:
        return _Wrong("too_long", {"n": asked.limit})
    allowed = _LINE_BREAKS if asked.type in ("note", "markdown") else frozenset[str]()
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in allowed for each in text):
        return _Wrong("control_characters")
    if asked.type in ("url", "urls"):
        try:
            web_address.checked(text)
        except ValueError:
            return _Wrong("not_an_address", {"address": text[:80]})
    if asked.pattern is not None and not re.search(asked.pattern, text):
        return _Wrong("pattern", {"pattern": asked.pattern})
    return None


def _of_number(asked: Asked, answer: Any) -> _Wrong | None:
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not abs(answer) < float("inf"):
        return _Wrong("not_a_number")
    if isinstance(asked, Question):
        if asked.least is not None and answer < asked.least:
            return _Wrong("too_small", {"n": f"{asked.least:g}"})
        if asked.greatest is not None and answer > asked.greatest:
            return _Wrong("too_large", {"n": f"{asked.greatest:.0f}"})
    return None


def _of_date(asked: Asked, text: str, today: date) -> _Wrong | None:
    try:
        given = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        given = None
    if given is None:
        return _Wrong("not_a_date")
    if isinstance(asked, Question) and asked.past and given > today:
        return _Wrong("in_the_future")
    return None if given.year in YEARS else _Wrong("absurd_year", {"first": YEARS[0], "last": YEARS[-1]})


def _less(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one < other
