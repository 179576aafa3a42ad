"""What differs between two listings, question by question: words of texts, entries of lists."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from contracts.profile.questionnaire import LISTS, Question, Questionnaire
from contracts.profile.showing import texts_of
from contracts.vocabulary import Language

Mark = Literal["same", "removed", "added"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
MOST_COMPARED = 4000
"""Words of a passage that are compared one by one; a longer one is shown as replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a text, or an entry of a list, that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question with another answer; with `entries` every piece is an entry of a list, else a passage of a text."""

    question: Question
    entries: bool
    pieces: tuple[Piece, ...]


def differences(
    questionnaire: Questionnaire, former: Mapping[str, Any], later: Mapping[str, Any], language: Language
) -> tuple[Difference, ...]:
    """Return what differs between two listings (as JSON values), in the order of the questions."""
    before, after = questionnaire.answers_in(former), questionnaire.answers_in(later)
    found = []
    for each in questionnaire.questions:
        old, new = before.get(each.id), after.get(each.id)
        if old == new:
            continue
        was = texts_of(each, old, language) if old is not None else ()
        is_ = texts_of(each, new, language) if new is not None else ()
        if each.type in LISTS:
            found.append(Difference(each, entries=True, pieces=tuple(_pieces(was, is_))))
        elif each.type in ("line", "note", "markdown"):
            found.append(Difference(each, entries=False, pieces=words("".join(was), "".join(is_))))
        else:
            found.append(Difference(each, entries=False, pieces=_replaced("".join(was), "".join(is_))))
    return tuple(found)


def words(former: str, later: str) -> tuple[Piece, ...]:
    """Return how one text became the other: by lines first, and by words where lines were replaced."""
    found: list[Piece] = []
    old, new = _LINES.findall(former), _LINES.findall(later)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, is_ = "".join(old[start:end]), "".join(new[new_start:new_end])
        if kind == "equal":
            found.append(Piece("same", was))
        else:
            found += _by_words(was, is_)
    return _merged(found)


def _by_words(former: str, later: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(former), _WORDS.findall(later)
    if len(old) + len(new) > MOST_COMPARED:
        yield from _replaced(former, later)
    else:
        yield from (Piece(each.mark, each.text) for each in _pieces(old, new))


def _pieces(former: Sequence[str], later: Sequence[str]) -> Iterator[Piece]:
    for kind, start, end, new_start, new_end in SequenceMatcher(None, former, later, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Piece("same", each) for each in former[start:end])
            continue
        yield from (Piece("removed", each) for each in former[start:end])
        yield from (Piece("added", each) for each in later[new_start:new_end])


def _replaced(former: str, later: str) -> tuple[Piece, ...]:
    return tuple(piece for piece in (Piece("removed", former), Piece("added", later)) if piece.text)


def _merged(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    merged: list[Piece] = []
    for each in pieces:
        if merged and merged[-1].mark == each.mark:
            merged[-1] = Piece(each.mark, merged[-1].text + each.text)
        else:
            merged.append(each)
    return tuple(merged)
