"""Answers in words: rows of the profile table, rows of a comparison, columns of the open data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.profile import languages
from contracts.profile.questionnaire import YES_NO, Asked, Group, Question, Questionnaire, Words
from contracts.vocabulary import Language

_PASSED = Words(de="abgelaufen", en="expired")
_YES_NO: Mapping[str, Words] = {"yes": Words(de="ja", en="yes"), "no": Words(de="nein", en="no")}
SEPARATOR = "; "
"""Between the entries of a list in one column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the profile table; `texts` is empty when there is no answer, `note` is that of a question below."""

    question: Question
    texts: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading; `unanswered` are questions without an answer that get no row of their own."""

    group: Group
    rows: tuple[Row, ...]
    unanswered: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One question with the texts of every listing that is compared, in their order."""

    question: Question
    texts: tuple[tuple[str, ...], ...]

    @property
    def differs(self) -> bool:
        """True when not all of them say the same."""
        return len(set(self.texts)) > 1


def texts_of(question: Question, answer: Any, language: Language, *, today: date | None = None) -> tuple[str, ...]:
    """Return the words of an answer: one text, or one for each entry of a list.

    With `today` (in Germany), dates through which something holds are marked once they have passed.
    """
    entries = answer if isinstance(answer, list) else [answer]
    if question.type == "records":
        return tuple(_of_record(question, entry, language, today) for entry in entries)
    if question.type == "media":
        return tuple(str(entry["alt"]) for entry in entries)
    return tuple(_text(question, entry, language, today) for entry in entries)


def holding(questionnaire: Questionnaire, document: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the answers of a listing (as JSON values) as requirements are compared with them.

    Records and languages become words in German, as people read them; a record that held through a day that has passed
    is left out.
    """
    answers = questionnaire.answers_in(document)
    for each in questionnaire.questions:
        if each.parts and each.id in answers:
            held = [entry for entry in answers[each.id] if not _lapsed(each, [entry], today)]
            answers[each.id] = [_of_record(each, entry, "de", today) for entry in held]
        elif each.shown_as and each.id in answers:
            answers[each.id] = list(texts_of(each, answers[each.id], "de"))
    return answers


def lapsed(questionnaire: Questionnaire, document: Mapping[str, Any], today: date) -> tuple[Question, ...]:
    """Return the questions with an answer, or an entry of one, that held through a day that has passed."""
    answers = questionnaire.answers_in(document)
    return tuple(
        each for each in questionnaire.questions if each.id in answers and _lapsed(each, answers[each.id], today)
    )


def table(
    questionnaire: Questionnaire, document: Mapping[str, Any], language: Language, *, today: date | None = None
) -> tuple[RowGroup, ...]:
    """Return the profile table of a listing (as JSON values); `today` as for `texts_of`.

    What is compared has a row even without an answer, so that every listing reads alike; other questions without an
    answer are named at the end of their group, and not at all when they are not asked or would not be missed.
    """
    answers = questionnaire.answers_in(document)
    notes = {
        each.note_of: str(answers[each.id]) for each in questionnaire.questions if each.note_of and each.id in answers
    }
    found = []
    for group in questionnaire.groups:
        rows, unanswered = [], []
        for each in questionnaire.questions:
            if each.detail != group.id:
                continue
            if each.id in answers or each.id in notes:
                texts = texts_of(each, answers[each.id], language, today=today) if each.id in answers else ()
                rows.append(Row(each, texts, notes.get(each.id)))
            elif each.typed and not each.hide_blank:
                rows.append(Row(each, ()))
            elif questionnaire.asks(each, answers) and not each.hide_blank:
                unanswered.append(each)
        found.append(RowGroup(group, tuple(rows), tuple(unanswered)))
    return tuple(found)


def compare(
    questionnaire: Questionnaire,
    documents: Sequence[Mapping[str, Any]],
    language: Language,
    *,
    today: date | None = None,
) -> tuple[ComparedRow, ...]:
    """Return a row for every question that is compared, answered or not; `today` as for `texts_of`."""
    held = [questionnaire.answers_in(document) for document in documents]
    return tuple(
        ComparedRow(
            each,
            tuple(
                texts_of(each, answers[each.id], language, today=today) if each.id in answers else ()
                for answers in held
            ),
        )
        for each in questionnaire.questions
        if each.compare
    )


def columns(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the columns of the open data's CSV, in the order of the questions."""
    return tuple(column for each in questionnaire.questions if (column := each.column))


def record(questionnaire: Questionnaire, document: Mapping[str, Any]) -> dict[str, str]:
    """Return a listing as one record of the CSV: values as they travel, not in words; blank without an answer."""
    answers = questionnaire.answers_in(document)
    return {column: _value(answers.get(each.id)) for each in questionnaire.questions if (column := each.column)}


def _lapsed(asked: Asked, answer: Any, today: date) -> bool:
    if isinstance(asked, Question) and asked.parts and isinstance(answer, list):
        return any(_lapsed(part, entry.get(part.id), today) for entry in answer for part in asked.parts)
    return asked.expires and isinstance(answer, str) and "" < answer < today.isoformat()


def _of_record(question: Question, entry: Mapping[str, str], language: Language, today: date | None) -> str:
    return ", ".join(
        f"{part.label.in_(language)}: {text}" if part.type == "date" else text
        for part in question.parts
        if (text := _text(part, entry.get(part.id, ""), language, today))
    )


def _text(asked: Asked, value: Any, language: Language, today: date | None = None) -> str:
    if isinstance(value, bool):
        return _YES_NO[YES_NO[value]].in_(language)
    if isinstance(asked, Question):
        if named := _named(asked, value):
            return named.in_(language)
        if asked.type == "number":
            return " ".join([_number(value, language), *([asked.unit.in_(language)] if asked.unit else [])])
    if chosen := asked.chosen(value):
        return chosen.in_(language)
    if asked.type == "date":
        passed = today is not None and _lapsed(asked, value, today)
        return _date(str(value), language) + (f" ({_PASSED.in_(language)})" if passed else "")
    return str(value)


def _named(question: Question, value: object) -> Words | None:
    """Return the words of a value that is a name of its own, such as that of a language."""
    if question.shown_as == "language":
        return languages.NAMES.get(str(value))
    return next((each for each in question.named if each.value == value), None)


def _date(value: str, language: Language) -> str:
    return ".".join(reversed(value.split("-"))) if language == "de" and value.count("-") == 2 else value


def _number(value: float, language: Language) -> str:
    english = f"{value:,.2f}".removesuffix(".00")
    return english if language == "en" else english.translate(str.maketrans(",.", ".,"))


def _value(answer: Any) -> str:
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return YES_NO[answer]
    if isinstance(answer, list):
        return SEPARATOR.join(" ".join(entry.values()) if isinstance(entry, dict) else str(entry) for entry in answer)
    return str(answer)
