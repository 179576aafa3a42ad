"""What the log of searches needs from a database, and what is told of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from search.domain.query_log import SearchEntry


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The searches of one day (UTC)."""

    day: date
    searches: int = 0
    zero_hits: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """The searches with the same folded words; `query` is None for all those whose words are not kept.

    `zero` found nothing; `abandoned` found something of which nothing was opened; `last` is the last time.
    """

    query: str | None
    searches: int
    zero: int
    opened: int
    abandoned: int
    last: datetime


@dataclass(frozen=True, slots=True)
class QueryReport:
    """Queries with the most searches, with the most that found nothing, with the most that were abandoned."""

    searched: list[QueryFigures]
    without_hits: list[QueryFigures]
    abandoned: list[QueryFigures]


class SearchLogStore(Protocol):
    """Keeps searches for a limited time. All raise ProblemError `temporarily-unavailable`."""

    async def prepare(self) -> None:
        """See to it that old searches are forgotten (idempotent)."""
        ...

    async def write(self, searches: Collection[SearchEntry], opened: Collection[str]) -> None:
        """Save searches, then mark those (by id) of which a result was opened; the same again changes nothing."""
        ...

    async def by_day(self, since: datetime, left_before: datetime) -> list[DayFigures]:
        """Count searches by day, oldest first; days without any may be left out.

        A search is abandoned when nothing of it was opened and it is older than `left_before`.
        """
        ...

    async def by_query(self, since: datetime, left_before: datetime, *, limit: int) -> QueryReport:
        """Sum up the searches of a period by query; at most `limit` queries in each list."""
        ...

    async def successful(self, *, minimum: int, limit: int) -> list[tuple[str, int]]:
        """Return queries with hits and how often each was searched, most frequent first.

        Only those that were searched `minimum` times, or twice with a result opened: what one person alone may have
        typed is shown to nobody.
        """
        ...
