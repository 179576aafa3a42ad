"""Finds things by how their words begin, also when one letter was mistyped."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from string import ascii_lowercase, digits

MOST_NEW = 2000
MOST_DEAD = 1000
_LETTERS = ascii_lowercase + digits


class Beginnings:
    """Folded words in order, and for each the keys of the things that have it.

    New words are put in order when somebody asks or when there are many of them, and words that nothing has any more
    are left out of the order some time later: both cost a pass over all words, too much for each of many changes.
    """

    def __init__(self) -> None:
        self._keys: dict[str, list[str]] = {}
        self._ordered: list[str] = []
        self._new: list[str] = []
        self._dead: set[str] = set()

    def add(self, key: str, words: Iterable[str]) -> None:
        """Let a thing be found by these words too, by which it was not found yet."""
        for word in words:
            keys = self._keys.get(word)
            if keys is None:
                keys = self._keys[word] = []
                if word in self._dead:
                    self._dead.remove(word)
                else:
                    self._new.append(word)
            keys.append(key)
        if len(self._new) > MOST_NEW:
            self._order()

    def discard(self, key: str, words: Iterable[str]) -> None:
        """Let a thing not be found by these words any more."""
        for word in words:
            keys = self._keys.get(word, [])
            if key in keys:
                keys.remove(key)
                if not keys:
                    del self._keys[word]
                    self._dead.add(word)

    def keys(self, prefix: str) -> Iterator[str]:
        """Return the keys by the order of the words that begin so; a key comes once for each of them."""
        for word in self._beginning(prefix):
            yield from self._keys[word]

    def count(self, prefix: str, most: int) -> int:
        """Return how many keys `keys` returns, or `most` when there are more."""
        found = 0
        for word in self._beginning(prefix):
            found += len(self._keys[word])
            if found >= most:
                return most
        return found

    def has(self, prefix: str) -> bool:
        """True when some word begins so."""
        return next(self._beginning(prefix), None) is not None

    def mended(self, prefix: str) -> list[str]:
        """Return beginnings of words that differ from the given one in a letter after the first, or have two swapped.

        Nothing is tried behind the point up to which words begin like this.
        """
        found: dict[str, None] = {}
        for at in range(len(prefix)):
            same, rest = prefix[:at], prefix[at:]
            if not self.has(same):
                break
            tried = [same + rest[1:2] + rest[:1] + rest[2:]]
            if at:
                tried += [same + rest[1:], *(same + letter + rest for letter in _LETTERS)]
                tried += [same + letter + rest[1:] for letter in _LETTERS]
            found.update(dict.fromkeys(each for each in tried if each != prefix and self.has(each)))
        return list(found)

    def _beginning(self, prefix: str) -> Iterator[str]:
        if self._new or len(self._dead) > MOST_DEAD:
            self._order()
        for at in range(bisect_left(self._ordered, prefix), len(self._ordered)):
            word = self._ordered[at]
            if not word.startswith(prefix):
                return
            if word in self._keys:
                yield word

    def _order(self) -> None:
        if len(self._dead) > MOST_DEAD:
            self._ordered = [word for word in self._ordered if word not in self._dead]
            self._new = [word for word in self._new if word not in self._dead]
            self._dead.clear()
        self._ordered += self._new
        self._ordered.sort()  # two ordered runs are merged, not sorted again
        self._new = []
