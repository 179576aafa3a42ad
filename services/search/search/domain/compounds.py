"""Splits German compounds into their parts, since the engines that must do the same work differ in how they do it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from search.domain.words import Memo, fold, humps, is_stop_word, words

SHORTEST_COMPOUND = 7
SHORTEST_PART = 3
SHORTEST_UNKNOWN = 4
LINKS = ("", "s", "es", "n", "en", "er", "e", "ens")
ENDINGS = ("", "e", "n", "en", "s", "es", "er", "ern", "in", "innen")


@dataclass(frozen=True, eq=False)
class Splitter:
    """Knows the constituents (folded); splitting is a pure function of them and the word."""

    known: frozenset[str]
    _linked: Mapping[str, str] = field(init=False, repr=False)
    """The constituents by what they look like in front of another, with each linking element."""
    _inflected: Mapping[str, str] = field(init=False, repr=False)
    """The same by what they look like at the end, with each ending."""
    _met: Memo[tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_linked", _forms(self.known, LINKS))
        object.__setattr__(self, "_inflected", _forms(self.known, ENDINGS))
        object.__setattr__(self, "_met", Memo(self._of_word))

    @classmethod
    def of(cls, constituents: Iterable[str]) -> "Splitter":
        """Build one from words in any spelling."""
        return cls(frozenset(fold(word) for word in constituents))

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, folded; empty when the word is none.

        Every part is a known one if possible (the fewest parts win, then the longest last part); else one side may be
        unknown: `Heckenpflege` and `Zwergenpflege` both end in `pflege`.
        """
        return _parts(self, fold(word))

    def of_text(self, text: str) -> list[str]:
        """Return the parts of all compounds and camel-case names of a text, folded, each once, in order."""
        return self.of_words(words(text))

    def of_words(self, text_words: Iterable[str]) -> list[str]:
        """Return the same of the words of a text."""
        return list(dict.fromkeys(chain.from_iterable(self._met.of_all(text_words))))

    def _of_word(self, word: str) -> tuple[str, ...]:
        pieces = humps(word)
        named = [fold(piece) for piece in pieces if len(piece) >= SHORTEST_PART] if len(pieces) > 1 else []
        return (*named, *chain.from_iterable(self.parts(piece) for piece in pieces if not is_stop_word(piece)))

    def _known_parts(self, word: str) -> tuple[str, ...] | None:
        best: tuple[str, ...] | None = None
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            left = self._linked.get(word[:cut])
            if left is None:
                continue
            right = self._inflected.get(word[cut:])
            rest = (right,) if right is not None else _known_parts(self, word[cut:])
            if rest is not None and (best is None or len(rest) + 1 < len(best)):
                best = (left, *rest)
        return best

    def _half_known(self, word: str) -> tuple[str, ...]:
        """Return the split with the longest known side; the other side may be anything."""
        best: tuple[int, tuple[str, ...]] = (SHORTEST_UNKNOWN - 1, ())
        for cut in range(SHORTEST_UNKNOWN, len(word) - SHORTEST_UNKNOWN + 1):
            for known, split in (
                (right := self._inflected.get(word[cut:]), (word[:cut], right or "")),
                (left := self._linked.get(word[:cut]), (left or "", word[cut:])),
            ):
                if known is not None and len(known) > best[0]:
                    best = (len(known), split)
        return best[1]


def _forms(known: Iterable[str], endings: Sequence[str]) -> dict[str, str]:
    """Return the plain form of each word with each ending; where two look the same, the earlier ending decides."""
    stems = [stem for stem in known if len(stem) >= SHORTEST_PART]
    return {stem + ending: stem for ending in reversed(endings) for stem in stems}


@lru_cache(maxsize=50_000)
def _parts(splitter: Splitter, word: str) -> tuple[str, ...]:
    if len(word) < SHORTEST_COMPOUND or not word.isalpha() or word in splitter._inflected:
        return ()
    return splitter._known_parts(word) or splitter._half_known(word)


@lru_cache(maxsize=50_000)
def _known_parts(splitter: Splitter, word: str) -> tuple[str, ...] | None:
    return splitter._known_parts(word)
