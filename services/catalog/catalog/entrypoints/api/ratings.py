"""Ratings: what municipalities say, and what providers and the team do about it."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from servicekit import errors, http
from servicekit.idempotency import IdempotentRoute

from catalog.application import rating_queries as queries
from catalog.application.commands import ratings as commands
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, OrganisationId, SolutionId, Wired
from catalog.entrypoints.api.pages import next_start, start_of
from catalog.entrypoints.api.schemas.peers import ReportRequest
from catalog.entrypoints.api.schemas.ratings import (
    ModeratedRatingView,
    RatedView,
    RatingRequest,
    RatingsView,
    ReplyRequest,
    ReportedRatingsView,
)
from catalog.entrypoints.api.schemas.texts import Reason

router = APIRouter(route_class=IdempotentRoute, tags=["ratings"])


@router.get("/solutions/{id_or_slug}/ratings")
async def ratings(
    id_or_slug: SolutionId,
    actor: OptionalActor,
    wired: Wired,
    page: http.Page,
    like: Annotated[str | None, Query(max_length=100)] = None,
    *,
    same_bundesland: bool = False,
) -> RatingsView:
    """The summary for everybody, the ratings themselves for logged-in users, newest first.

    `like` is an own municipality: only ratings of those of its size, and `same_bundesland` of its federal state.
    """
    seen = await queries.ratings_of(wired.ports, actor, id_or_slug, like=like, same_bundesland=same_bundesland)
    start = start_of(page)
    more = next_start(start, page.limit, len(seen.readable))
    return RatingsView.of(seen, now=wired.ports.clock.now(), start=start, limit=page.limit, next_cursor=more)


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


@router.post("/solutions/{solution_id}/ratings/{organisation_id}/restore")
async def restore(
    solution_id: SolutionId, organisation_id: OrganisationId, body: Reason, actor: CurrentActor, wired: Wired
) -> RatedView:
    """Show a hidden rating again (curator)."""
    loaded = await commands.restore_rating(wired.ports, actor, solution_id, organisation_id, body.reason)
    return RatedView.of(loaded.state, organisation_id)


@router.post("/solutions/{solution_id}/ratings/{organisation_id}/report", status_code=status.HTTP_204_NO_CONTENT)
async def report(
    solution_id: SolutionId, organisation_id: OrganisationId, body: ReportRequest, actor: CurrentActor, wired: Wired
) -> None:
    """Ask the team to look at a rating; a second report of yours replaces the first."""
    await commands.report_rating(wired.ports, actor, solution_id, organisation_id, reason=body.reason, note=body.note)


@router.post("/solutions/{solution_id}/ratings/{organisation_id}/dismiss")
async def dismiss(
    solution_id: SolutionId, organisation_id: OrganisationId, body: Reason, actor: CurrentActor, wired: Wired
) -> RatedView:
    """Leave a rating as it is although it was reported (curator)."""
    loaded = await commands.dismiss_reports(wired.ports, actor, solution_id, organisation_id, body.reason)
    return RatedView.of(loaded.state, organisation_id)


@router.get("/moderation/ratings")
async def reported(actor: CurrentActor, wired: Wired, page: http.Page) -> ReportedRatingsView:
    """The ratings that somebody reported, with what the team did about them before (the team)."""
    found, more = await queries.reported_ratings(wired.ports, actor, after=_after(page))
    return ReportedRatingsView(
        items=[ModeratedRatingView.of(each.solution, each.rating) for each in found],
        next_cursor=None if more is None else http.encode_cursor({"after": more}),
    )


@router.get("/solutions/{id_or_slug}/ratings/{organisation_id}/moderation")
async def moderated(
    id_or_slug: SolutionId, organisation_id: OrganisationId, actor: CurrentActor, wired: Wired
) -> ModeratedRatingView:
    """One rating with what was reported of it and what the team did (the team)."""
    found = await queries.moderated_rating(wired.ports, actor, id_or_slug, organisation_id)
    return ModeratedRatingView.of(found.solution, found.rating)


def _after(page: http.PageParams) -> str | None:
    after = (page.position or {"after": None}).get("after")
    if after is not None and not isinstance(after, str):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    return after
