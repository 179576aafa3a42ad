"""Ratings: what municipalities say, and what providers and the team do about it."""

from typing import Annotated

from fastapi import APIRouter, Query
from servicekit import errors, http
from servicekit.idempotency import IdempotentRoute

from catalog.application import queries
from catalog.application.commands import ratings as commands
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, OrganisationId, SolutionId, Wired
from catalog.entrypoints.api.schemas.ratings import RatedView, RatingRequest, RatingsView, RatingView, ReplyRequest
from catalog.entrypoints.api.schemas.texts import Reason

router = APIRouter(route_class=IdempotentRoute, tags=["ratings"])


@router.get("/solutions/{id_or_slug}/ratings")
async def ratings(id_or_slug: SolutionId, actor: OptionalActor, wired: Wired, page: http.Page) -> RatingsView:
    """The summary for everybody, the ratings themselves for logged-in users, newest first."""
    book, readable = await queries.ratings_of(wired.ports, actor, id_or_slug)
    start = _start(page)
    end = start + page.limit
    return RatingsView(
        summary=book.summary,
        items=[RatingView.of(rating) for rating in readable[start:end]],
        next_cursor=http.encode_cursor({"start": end}) if end < len(readable) else None,
        total=len(readable),
    )


@router.put("/solutions/{solution_id}/ratings/mine")
async def rate(
    solution_id: SolutionId,
    body: RatingRequest,
    actor: CurrentActor,
    wired: Wired,
    organisation_id: Annotated[str | None, Query(max_length=100)] = None,
) -> RatedView:
    """Rate for your municipality, or revise its rating; the same again changes nothing."""
    chosen = body.organisation_id or organisation_id
    rated_for, loaded = await commands.rate_solution(wired.ports, actor, solution_id, chosen, body.to_opinion())
    return RatedView.of(loaded.state, rated_for)


@router.post("/solutions/{solution_id}/ratings/{organisation_id}/reply")
async def reply(
    solution_id: SolutionId, organisation_id: OrganisationId, body: ReplyRequest, actor: CurrentActor, wired: Wired
) -> RatedView:
    """Answer a rating (editors of the provider); a second answer replaces the first."""
    loaded = await commands.reply_to_rating(wired.ports, actor, solution_id, organisation_id, body.text)
    return RatedView.of(loaded.state, organisation_id)


@router.post("/solutions/{solution_id}/ratings/{organisation_id}/hide")
async def hide(
    solution_id: SolutionId, organisation_id: OrganisationId, body: Reason, actor: CurrentActor, wired: Wired
) -> RatedView:
    """Take a rating out of sight and out of the summary (curator)."""
    loaded = await commands.hide_rating(wired.ports, actor, solution_id, organisation_id, body.reason)
    return RatedView.of(loaded.state, organisation_id)


def _start(page: http.PageParams) -> int:
    start = (page.position or {"start": 0}).get("start")
    if not isinstance(start, int) or start < 0:
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    return start
