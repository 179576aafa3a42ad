"""Finds things by what is typed of their titles: the beginning, a word, words in any order, part of a compound."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from heapq import nsmallest
from itertools import chain, islice

from search.domain.beginnings import Beginnings
from search.domain.words import folded

MOST_LOOKED_AT = 300
"""Things that are looked at more closely, of all that have a word that begins as typed."""
MOST_FILTERED = 5_000
"""The same for several words, of which the others rule out most things quickly."""


class Match(IntEnum):
    """How a title matches; smaller is better."""

    BEGINNING = 0
    WORD = 1
    WORDS = 2
    PART = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that matches, how well, and the first of its titles that does."""

    key: str
    match: Match
    title: int


Typed = tuple[str, ...]
"""Words as far as they were typed, folded."""
_Order = tuple[Match, bool, int, str, str]


@dataclass(frozen=True, slots=True)
class _Thing:
    titles: tuple[str, ...]
    """Folded."""
    parts: tuple[str, ...]

    def words(self) -> set[str]:
        return {word for title in self.titles for word in title.split()}

    def firsts(self) -> set[str]:
        return {title.split(" ", 1)[0] for title in self.titles if title}


class Titles:
    """Things with their titles and the parts of the compounds in these."""

    def __init__(self) -> None:
        self._things: dict[str, _Thing] = {}
        self._firsts = Beginnings()
        self._words = Beginnings()
        self._parts = Beginnings()

    def put(self, key: str, titles: Sequence[str], parts: Iterable[str] = ()) -> None:
        """Let a thing be found; replaces what was said about it before. The parts are folded already."""
        self.drop(key)
        thing = self._things[key] = _Thing(tuple(map(folded, titles)), tuple(parts))
        self._firsts.add(key, thing.firsts())
        self._words.add(key, thing.words())
        self._parts.add(key, thing.parts)

    def drop(self, key: str) -> None:
        """Let a thing not be found any more."""
        thing = self._things.pop(key, None)
        if thing is not None:
            self._firsts.discard(key, thing.firsts())
            self._words.discard(key, thing.words())
            self._parts.discard(key, thing.parts)

    def parts(self, key: str) -> tuple[str, ...]:
        """Return the parts a thing was put with."""
        return self._things[key].parts

    def find(self, words: Typed, most: int) -> list[Hit]:
        """Return at most `most` things whose titles have words that begin with all of the given ones, best first."""
        found: dict[str, tuple[_Order, Hit]] = {}
        for keys in self._candidates(words):
            for key in islice((key for key in keys if key not in found), MOST_LOOKED_AT):
                found[key] = self._ranked(key, words)
            if len(found) >= most:
                break
        return [hit for _, hit in nsmallest(most, found.values(), key=lambda ranked: ranked[0])]

    def _candidates(self, words: Typed) -> Iterator[Iterable[str]]:
        """Return the keys of things that match, better ones first as far as that costs nothing."""
        if len(words) == 1:
            yield from (beginnings.keys(words[0]) for beginnings in (self._firsts, self._words, self._parts))
        else:
            rarest = min(words, key=self._count)
            keys = islice(chain(self._words.keys(rarest), self._parts.keys(rarest)), MOST_FILTERED)
            yield (key for key in keys if self._has_all(key, words))

    def _count(self, word: str) -> int:
        return self._words.count(word, MOST_LOOKED_AT) + self._parts.count(word, MOST_LOOKED_AT)

    def has(self, word: str) -> bool:
        """True when a word of some title, or a part of one, begins so."""
        return self._words.has(word) or self._parts.has(word)

    def mended(self, word: str) -> Iterator[str]:
        """Return beginnings of words and parts that differ in one letter from what was typed."""
        yield from self._words.mended(word)
        yield from self._parts.mended(word)

    def _has_all(self, key: str, words: Typed) -> bool:
        thing = self._things[key]
        text = " ".join(("", *thing.titles, *thing.parts))
        return all(f" {word}" in text for word in words)

    def _ranked(self, key: str, words: Typed) -> tuple[_Order, Hit]:
        """Return the hit of a thing behind what it is sorted by: its best title, of equals the shortest."""
        titles = self._things[key].titles
        matches = [_match(f" {title}", words) for title in titles]
        phrase = f" {' '.join(words)} "
        order = min(
            (match, phrase not in f" {title} ", len(title), title, key)
            for match, title in zip(matches, titles, strict=True)
        )
        holding = (at for at, match in enumerate(matches) if match < Match.PART)
        containing = (at for at, title in enumerate(titles) if all(word in title for word in words))
        return order, Hit(key, order[0], next(holding, next(containing, 0)))


def _match(title: str, words: Typed) -> Match:
    phrase = f" {' '.join(words)}"
    if title.startswith(phrase):
        return Match.BEGINNING
    if phrase in title:
        return Match.WORD
    return Match.WORDS if all(f" {word}" in title for word in words) else Match.PART
