"""What happens after a search (`POST /searches/{id}/opened`), and the report for the team (`GET /insights`)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from servicekit import http
from servicekit.auth import Principal, require_role

from search.application.insights import LONGEST_REPORT, Report
from search.application.log_store import DayFigures, QueryFigures
from search.application.search_log import SearchLog
from search.domain.search_request import SearchRequest
from search.entrypoints.api.parameters import refuse_others
from search.wiring import Container

router = APIRouter(tags=["insights"])
Wired = Annotated[Container, Depends(http.container)]
Team = Annotated[Principal, Depends(require_role("reviewer", "operator"))]

SEARCH_ID = "Search-Id"
GIVEN = {
    "name": SEARCH_ID,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "format": "uuid"},
    "description": "The `Search-Id` answered to the same words before, when only filters or order are new.",
}
ANSWERED = {
    "schema": {"type": "string", "format": "uuid"},
    "description": "Random name of this search, on first pages with a text; for `POST /searches/{search_id}/opened`.",
}
NOT_KEPT = "(nicht gespeichert)"


class Opened(BaseModel):
    """The solution that was opened; checked for its form, and not kept."""

    model_config = ConfigDict(extra="forbid")

    solution_id: str = Field(min_length=1, max_length=100)


class DayCount(BaseModel):
    """The searches of one day (UTC)."""

    day: date
    searches: int
    zero_hits: int
    abandoned: int

    @classmethod
    def of(cls, figures: DayFigures) -> "DayCount":
        """Show the figures of a day."""
        return cls(**{name: getattr(figures, name) for name in cls.model_fields})


class QueryCount(BaseModel):
    """The searches with the same words, in their most frequent spelling; `last` is the last time.

    `zero` found nothing, `opened` led to a solution, `abandoned` found something of which nothing was opened within 30
    minutes. Texts that may hold personal data are not kept: together they are the query "(nicht gespeichert)".
    """

    query: str
    searches: int
    zero: int
    opened: int
    abandoned: int
    last: datetime

    @classmethod
    def of(cls, figures: QueryFigures) -> "QueryCount":
        """Show the figures of a query."""
        counted = {name: getattr(figures, name) for name in cls.model_fields if name != "query"}
        return cls(query=NOT_KEPT if figures.query is None else figures.query, **counted)


class InsightsReport(BaseModel):
    """Searches with a text, first pages only. Each list holds at most 100 queries, most searches of its kind first."""

    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    searches: int
    zero_hits: int
    abandoned: int
    days: list[DayCount]
    queries: list[QueryCount]
    zero_hit_queries: list[QueryCount]
    abandoned_queries: list[QueryCount]

    @classmethod
    def of(cls, report: Report) -> "InsightsReport":
        """Show a report."""
        return cls(
            since=report.since,
            until=report.until,
            searches=report.searches,
            zero_hits=report.zero_hits,
            abandoned=report.abandoned,
            days=[DayCount.of(day) for day in report.days],
            queries=[QueryCount.of(query) for query in report.queries],
            zero_hit_queries=[QueryCount.of(query) for query in report.zero_hit_queries],
            abandoned_queries=[QueryCount.of(query) for query in report.abandoned_queries],
        )


def noted(request: Request, log: SearchLog, asked: SearchRequest, *, hits: int, mode: str) -> dict[str, str]:
    """Note a first page with a text down; return the header that names the search, nothing for any other page."""
    if not asked.text or asked.after is not None:
        return {}
    try:
        earlier = str(UUID(request.headers.get(SEARCH_ID, "")))
    except ValueError:
        earlier = None
    filtered = bool(asked.selected)
    return {SEARCH_ID: log.record(asked.text, hits=hits, filtered=filtered, mode=mode, earlier=earlier)}


@router.post("/searches/{search_id}/opened", status_code=204)
async def note_opened(search_id: UUID, _: Opened, container: Wired) -> Response:
    """Note that a result of a search was opened. `search_id` is the answer's header `Search-Id`.

    Needs no log-in and tells nothing: the answer is the same whether there was such a search or not.
    """
    container.search_log.opened(str(search_id))
    return Response(status_code=204)


@router.get("/insights")
async def read_insights(
    request: Request,
    response: Response,
    _: Team,
    container: Wired,
    days: Annotated[int, Query(ge=1, le=LONGEST_REPORT, description="How many days (UTC), today included.")] = 30,
) -> InsightsReport:
    """Tell what is searched for, what is not found, and what is found but not opened. For reviewers and operators."""
    refuse_others(request, "days")
    response.headers["Cache-Control"] = "private, no-store"
    return InsightsReport.of(await container.insights.report(days))
