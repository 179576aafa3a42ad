"""What is suggested while somebody types: its shape, what of it was typed, and how kinds of suggestions are mixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from search.domain.titles import Match
from search.domain.words import WORD, fold, letters_of

Kind = Literal["query", "field_of_action", "solution", "provider"]
ORDER: tuple[Kind, ...] = ("query", "field_of_action", "solution", "provider")
"""Of kinds that match equally well."""
MOST_OF_KIND: Mapping[str, int] = {"query": 3, "field_of_action": 2, "provider": 2}
"""Solutions take what is left, and half of the places at least when there are enough of them."""

MARK, UNMARK = "<mark>", "</mark>"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion.

    `html` is `text` as safe HTML with `<mark>` around what was typed. A solution has a `slug`; `value` is what the
    facet of a provider or field of action is set to, and `count` the number of solutions it has.
    """

    kind: Kind
    text: str
    html: str
    slug: str | None = None
    value: str | None = None
    count: int | None = None


def mixed(found: Iterable[tuple[Match, Suggestion]], size: int) -> list[Suggestion]:
    """Return at most `size` of the suggestions, which are best first within each kind; better matches come first."""
    ranked = sorted(found, key=lambda each: (each[0], ORDER.index(each[1].kind)))
    solutions = sum(suggestion.kind == "solution" for _, suggestion in ranked)
    places: dict[str, int] = {"others": max(size - solutions, size // 2), **MOST_OF_KIND}
    shown: list[Suggestion] = []
    for _, suggestion in ranked:
        if suggestion.kind != "solution":
            if not (places["others"] and places[suggestion.kind]):
                continue
            places["others"] -= 1
            places[suggestion.kind] -= 1
        shown.append(suggestion)
    return shown[:size]


def marked(text: str, typed: Sequence[str], parts: Sequence[str] = ()) -> str:
    """Return a text as safe HTML with marks around what was typed of it.

    `typed` are folded beginnings of words; one that begins no word is looked for at the beginnings of `parts`, which
    are folded parts of compounds in the text.
    """
    spans: list[tuple[int, int]] = []
    for beginning in typed:
        span = _at_a_word(text, beginning, spans) or _at_a_part(text, beginning, parts)
        if span is not None and not any(_overlap(span, other) for other in spans):
            spans.append(span)
    pieces, reached = [], 0
    for start, end in sorted(spans):
        pieces += [escape(text[reached:start]), MARK, escape(text[start:end]), UNMARK]
        reached = end
    return "".join((*pieces, escape(text[reached:]))).replace(UNMARK + MARK, "")


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _at_a_word(text: str, beginning: str, taken: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the first span, not yet taken, at which a word begins so."""
    for word in WORD.finditer(text):
        if fold(word.group()).startswith(beginning):
            span = word.start(), word.start() + letters_of(word.group(), len(beginning))
            if not any(_overlap(span, other) for other in taken):
                return span
    return None


def _at_a_part(text: str, beginning: str, parts: Sequence[str]) -> tuple[int, int] | None:
    for word in WORD.finditer(text):
        for part in parts:
            at = fold(word.group()).find(part) if part.startswith(beginning) else -1
            if at > 0:
                start = word.start() + letters_of(word.group(), at)
                return start, word.start() + letters_of(word.group(), at + len(beginning))
    return None
