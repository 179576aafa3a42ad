"""Finds the past queries that continue what somebody has begun to type."""

from bisect import bisect_left
from collections.abc import Iterable

from search.domain.query_log import key_of

_AFTER_ALL = "\U0010ffff"


class QueryBook:
    """Past queries in memory, in the order of their folded words; made at once, then only read."""

    def __init__(self, queries: Iterable[tuple[str, int]] = ()) -> None:
        """Take queries as they are shown with how often each was searched, most frequent first."""
        self._queries = list(queries)
        self._ordered = sorted((key_of(text), rank) for rank, (text, _) in enumerate(self._queries))

    def matching(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return at most `limit` queries that begin so in any spelling, most frequent first; all begin with nothing."""
        begun = key_of(prefix)
        if not begun:
            return self._queries[:limit]
        first, end = (bisect_left(self._ordered, (edge,)) for edge in (begun, begun + _AFTER_ALL))
        return [self._queries[rank] for rank in sorted(rank for _, rank in self._ordered[first:end])[:limit]]
