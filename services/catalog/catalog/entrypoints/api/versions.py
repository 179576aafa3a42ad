"""Versions of a listing compared and brought back, and small corrections of the one that is online."""

from typing import Annotated

from contracts.vocabulary import Language
from fastapi import APIRouter, Path, Query, Response, status
from servicekit import errors, http
from servicekit.idempotency import IdempotentRoute

from catalog.application import queries
from catalog.application.commands import corrections
from catalog.application.commands import solutions as commands
from catalog.application.ports import Loaded
from catalog.domain.solution import Solution
from catalog.entrypoints.api.dependencies import CurrentActor, SolutionId, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.solutions import SolutionView
from catalog.entrypoints.api.schemas.versions import (
    CorrectionRequest,
    CorrectionView,
    DiffView,
    Judged,
    Reverted,
    WaitingCorrectionView,
)

router = APIRouter(route_class=IdempotentRoute, tags=["versions"])
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/solutions/{id_or_slug}/versions/{former}/diff/{later}")
async def difference(
    id_or_slug: SolutionId,
    former: Number,
    later: Number,
    *,
    actor: CurrentActor,
    wired: Wired,
    language: Annotated[Language, Query()] = "de",
) -> DiffView:
    """What differs between any two versions, question by question (the provider's members and the team)."""
    held = (await queries.whole_solution(wired.ports, actor, id_or_slug)).state
    for number in (former, later):
        if number > len(held.versions):
            raise errors.not_found("version-not-found", f"the solution has no version {number}")
    return DiffView.of(wired.ports.profile, held.version(former), held.version(later), language)


@router.post("/solutions/{solution_id}/versions/{number}/restore")
async def restore(
    solution_id: SolutionId,
    number: Number,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Make a former version's text the draft; what is online stays as it is."""
    loaded = await commands.restore_version(wired.ports, actor, solution_id, number, expected=expected)
    return _shown(response, wired, loaded)


@router.get("/solutions/{id_or_slug}/corrections")
async def corrections_of(id_or_slug: SolutionId, actor: CurrentActor, wired: Wired) -> Page[CorrectionView]:
    """Small corrections, newest first (the provider's members and the team)."""
    held = (await queries.whole_solution(wired.ports, actor, id_or_slug)).state.corrections
    return Page(items=[CorrectionView.of(each) for each in reversed(held)], next_cursor=None, total=len(held))


@router.post("/solutions/{solution_id}/corrections", status_code=status.HTTP_201_CREATED)
async def correct(
    solution_id: SolutionId,
    body: CorrectionRequest,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Correct contact data and links of what is online at once; the team looks at it afterwards."""
    loaded = await corrections.correct_solution(wired.ports, actor, solution_id, body.answers, expected=expected)
    return _shown(response, wired, loaded)


@router.post("/solutions/{solution_id}/corrections/{number}/accept")
async def accept(
    solution_id: SolutionId, number: Number, body: Judged, *, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Let a correction stay (reviewer, not of the provider)."""
    loaded = await corrections.accept_correction(wired.ports, actor, solution_id, number, revision=body.revision)
    return _shown(response, wired, loaded)


@router.post("/solutions/{solution_id}/corrections/{number}/revert")
async def revert(
    solution_id: SolutionId, number: Number, body: Reverted, *, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Take a correction back with a reason (reviewer, not of the provider)."""
    loaded = await corrections.revert_correction(
        wired.ports, actor, solution_id, number, revision=body.revision, reason=body.reason
    )
    return _shown(response, wired, loaded)


@router.get("/corrections")
async def unapproved(actor: CurrentActor, wired: Wired, page: http.Page) -> Page[WaitingCorrectionView]:
    """Corrections that are online and that the team has not looked at, the longest waiting first (reviewer)."""
    found = await corrections.unapproved(wired.ports, actor, after=position(page), limit=page.limit)
    items = [WaitingCorrectionView.waiting(loaded.state) for loaded in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


def _shown(response: Response, wired: Wired, loaded: Loaded[Solution]) -> SolutionView:
    response.headers["ETag"] = http.etag(loaded.version)
    return SolutionView.of(loaded, wired.ports)
