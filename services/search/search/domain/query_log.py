"""What is remembered of a search: its words and figures; nothing of who asked, and no words that may tell it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from search.domain.words import clean, folded

LONGEST_KEPT = 80
"""Characters; a longer text is told, not searched, and may hold anything."""

_ADDRESS = re.compile(r"@|[(\[{]\s*at\s*[)\]}]", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{6,}|\d(?:[\W_]{0,3}\d){6,}")
"""Telephone, account, tax and file numbers however they are grouped: six digits in a row, or seven in all."""
_LINK = re.compile(r"\w://|\bwww\.|\w\.[a-z]{2,}/|[\w-]{2,}\.(?:at|ch|com|de|eu|info|net|org)\b", re.IGNORECASE)


def keepable(text: str) -> bool:
    """True when a text can be kept: no e-mail address, no long number, no link, and not longer than 80 characters."""
    plain = unicodedata.normalize("NFKC", text)  # the full-width ＠ and the like are meant to be read as the plain ones
    return len(text) <= LONGEST_KEPT and not any(sign.search(plain) for sign in (_ADDRESS, _LONG_NUMBER, _LINK))


def key_of(text: str) -> str:
    """Return what spellings of one query share: its words folded; for a text without words, the text in lower case."""
    return folded(text) or clean(text).lower()


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One search. `query` (as typed) and `key` are None when the words are not kept; `at` is cut to the minute.

    `continued` is true when the client named the id: it searched these words before and chose a filter or an order.
    """

    id: str
    at: datetime
    query: str | None
    key: str | None
    hits: int
    filtered: bool
    mode: str
    continued: bool = False

    @classmethod
    def of(
        cls, text: str, *, search_id: str, at: datetime, hits: int, filtered: bool, mode: str, continued: bool = False
    ) -> "SearchEntry":
        """Note a search down.

        The seconds are left out so that an entry cannot be laid beside the access log of a proxy to learn who asked.
        """
        shown = clean(text)
        kept = keepable(shown)
        return cls(
            id=search_id,
            at=at.replace(second=0, microsecond=0),
            query=shown if kept else None,
            key=key_of(shown) if kept else None,
            hits=hits,
            filtered=filtered,
            mode=mode,
            continued=continued,
        )

    def again(self, later: "SearchEntry") -> "SearchEntry":
        """Return this search as it is after the same words were searched again with other filters or another order.

        The most hits count: that a filter leaves nothing does not make it a query without hits.
        """
        return replace(self, hits=max(self.hits, later.hits), filtered=self.filtered or later.filtered, mode=later.mode)
