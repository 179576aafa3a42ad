"""The search service's report for the team: what is searched for, and what is not found."""

from dataclasses import dataclass
from datetime import date, datetime

from web.api.caller import ApiModel, Caller

NOT_KEPT = "(nicht gespeichert)"
"""The query that stands for all texts that may hold personal data and are not kept."""


class QueryCount(ApiModel):
    """One query: how often it was searched, found nothing, was left, led to a solution; `last` is the last time."""

    query: str
    searches: int = 0
    zero: int = 0
    abandoned: int = 0
    opened: int = 0
    last: datetime | None = None

    @property
    def kept(self) -> bool:
        return self.query != NOT_KEPT


class DayCount(ApiModel):
    """The searches of one day."""

    day: date
    searches: int = 0
    zero_hits: int = 0
    abandoned: int = 0


class Insights(ApiModel):
    """Counts of a period; no query is tied to a person."""

    searches: int = 0
    zero_hits: int = 0
    abandoned: int = 0
    days: list[DayCount] = []
    queries: list[QueryCount] = []
    zero_hit_queries: list[QueryCount] = []
    abandoned_queries: list[QueryCount] = []


@dataclass(frozen=True)
class SearchReports:
    """Calls for reviewers and operators; every one may raise ApiProblem."""

    call: Caller

    async def insights(self, *, days: int) -> Insights:
        """The last `days` days."""
        return (await self.call.get("/api/search/insights", {"days": days})).as_model(Insights)
