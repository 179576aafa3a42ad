"""Finds the words that are few letters from a given one, fast enough for hundreds of thousands of words."""

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract


class NearWords:
    """Folded words by first two letters and length, so that only a few percent of them are compared."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._by_shape: dict[tuple[str, int], set[str]] = {}
        for word in words:
            self.add(word)

    def add(self, word: str) -> None:
        """Take a word; those with digits or other scripts are never near to anything."""
        if is_plain(word):
            self._by_shape.setdefault((word[:2], len(word)), set()).add(word)

    def discard(self, word: str) -> None:
        """Forget a word."""
        self._by_shape.get((word[:2], len(word)), set()).discard(word)

    def within(self, word: str, most: int) -> Iterator[tuple[str, int]]:
        """Return words that differ in at most `most` letters (wrong, missing, too many, swapped), with the distance.

        They begin with the same letter, unless the first two letters are swapped.
        """
        yield from self._beginning([word[:1] + letter for letter in ascii_lowercase], word, most)
        if word[:1] != word[1:2]:
            swapped = word[1:2] + word[:1] + word[2:]
            for near, distance in self._beginning([swapped[:2]], swapped, most - 1):
                yield near, distance + 1

    def _beginning(self, beginnings: Sequence[str], word: str, most: int) -> Iterator[tuple[str, int]]:
        for length in range(len(word) - most, len(word) + most + 1):
            for beginning in beginnings:
                if words := self._by_shape.get((beginning, length)):
                    for near, distance, _ in extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=None):
                        yield near, distance


def is_plain(folded: str) -> bool:
    """True for a folded word of letters alone."""
    return folded.isascii() and folded.isalpha()
