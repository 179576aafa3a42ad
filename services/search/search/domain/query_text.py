"""Understands what somebody typed: the words that matter, their compound parts, and pairs written together.

Later stages (synonyms, filters in words) add to `QueryText`; ranking reads nothing but this.
"""

from dataclasses import dataclass
from itertools import pairwise

from search.domain.compounds import Splitter
from search.domain.words import clean, fold, is_stop_word, words

MOST_WORDS = 32


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query taken apart. `words` are as typed, everything else is folded."""

    text: str
    words: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing was typed: everything is meant."""
        return not self.text

    @property
    def searchable(self) -> bool:
        """True when at least one word can match; symbols, emoji and bare function words cannot."""
        return bool(self.words)

    @property
    def content(self) -> str:
        """The words that matter, as typed, separated by spaces."""
        return " ".join(self.words)

    @property
    def folded(self) -> str:
        """The words that matter, folded, separated by spaces."""
        return " ".join(fold(word) for word in self.words)


def understand(text: str, splitter: Splitter) -> QueryText:
    """Take a query apart; the same text always gives the same result."""
    cleaned = clean(text)
    content = [word for word in words(cleaned) if not is_stop_word(word)][:MOST_WORDS]
    return QueryText(
        text=cleaned,
        words=tuple(content),
        parts=tuple(splitter.of_text(" ".join(content))),
        joined=tuple(
            fold(left) + fold(right) for left, right in pairwise(content) if left.isalpha() and right.isalpha()
        ),
    )
