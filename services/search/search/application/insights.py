"""The report for the team: what is searched for, what is not found, and what is found but never opened."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from servicekit.clock import Clock

from search.application.log_store import DayFigures, QueryFigures, SearchLogStore

LONGEST_REPORT = 90
"""Days; what is older is forgotten unless SEARCH_LOG_DAYS says otherwise."""
MOST_QUERIES = 100
ABANDONED_AFTER = timedelta(minutes=30)
"""A search with hits of which none was opened for so long led nowhere."""


@dataclass(frozen=True, slots=True)
class Report:
    """A period up to now. The sums are those of `days`, which holds every day (UTC) of it, oldest first."""

    since: datetime
    until: datetime
    days: list[DayFigures]
    queries: list[QueryFigures]
    zero_hit_queries: list[QueryFigures]
    abandoned_queries: list[QueryFigures]

    @property
    def searches(self) -> int:
        """All searches with a text."""
        return sum(day.searches for day in self.days)

    @property
    def zero_hits(self) -> int:
        """Those that found nothing."""
        return sum(day.zero_hits for day in self.days)

    @property
    def abandoned(self) -> int:
        """Those that found something, of which nothing was opened."""
        return sum(day.abandoned for day in self.days)


class Insights:
    """Sums up the log of searches."""

    def __init__(self, store: SearchLogStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def report(self, days: int) -> Report:
        """Return the last `days` days (UTC), today included; raises ProblemError `temporarily-unavailable`."""
        now = self._clock.now()
        dates = [now.date() - timedelta(days=back) for back in reversed(range(days))]
        since = datetime.combine(dates[0], time.min, now.tzinfo)
        left_before = now - ABANDONED_AFTER
        counted = {day.day: day for day in await self._store.by_day(since, left_before)}
        queries = await self._store.by_query(since, left_before, limit=MOST_QUERIES)
        return Report(
            since=since,
            until=now,
            days=[counted.get(date, DayFigures(date)) for date in dates],
            queries=queries.searched,
            zero_hit_queries=queries.without_hits,
            abandoned_queries=queries.abandoned,
        )
