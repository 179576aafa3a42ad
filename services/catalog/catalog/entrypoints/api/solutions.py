"""Solutions: reading them, and taking them from draft to publication and back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from servicekit import http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.adapters.recent import Answer
from catalog.application import queries
from catalog.application.commands import solutions as commands
from catalog.application.ports import Loaded
from catalog.domain.solution import Solution, SolutionState
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, SolutionId, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.solutions import (
    DraftRequest,
    PublicSolutionPage,
    PublicSolutionView,
    SolutionRequest,
    SolutionView,
    VersionView,
)
from catalog.entrypoints.api.schemas.texts import OptionalNote, Reason

router = APIRouter(route_class=IdempotentRoute, tags=["solutions"])


def _shown(response: Response, wired: Wired, loaded: Loaded[Solution]) -> SolutionView:
    response.headers["ETag"] = http.etag(loaded.version)
    return SolutionView.of(loaded, wired.ports)


@router.post("/solutions", status_code=status.HTTP_201_CREATED)
async def create(
    body: SolutionRequest, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Start a solution with a first draft (editors of an onboarded provider)."""
    loaded = await commands.create_solution(
        wired.ports,
        actor,
        idempotency.new_id(request),
        organisation_id=body.organisation_id,
        wanted_slug=body.slug,
        listing=body.listing.to_listing(),
    )
    return _shown(response, wired, loaded)


@router.get("/solutions")
async def solutions(
    actor: OptionalActor,
    wired: Wired,
    page: http.Page,
    organisation_id: Annotated[str | None, Query(max_length=100)] = None,
    state: Annotated[SolutionState | None, Query()] = None,
) -> Page[SolutionView] | Page[PublicSolutionView]:
    """A list, newest first.

    Members of providers see their own solutions in every state, the team all of them; others what is published.
    """
    after = position(page)
    everything = await queries.visible_in_every_state(wired.ports, actor, organisation_id, state)
    if everything is None:
        public = await queries.public_solutions(wired.ports, organisation_id, state, after=after, limit=page.limit)
        return Page[PublicSolutionView](
            items=[PublicSolutionView.of(loaded) for loaded in public.items],
            next_cursor=cursor(public.next),
            total=public.total,
        )
    found = await wired.ports.solutions.page(everything, after=after, limit=page.limit)
    return Page[SolutionView](
        items=[SolutionView.of(loaded, wired.ports) for loaded in found.items],
        next_cursor=cursor(found.next),
        total=found.total,
    )


@router.get("/solutions/{id_or_slug}", response_model=PublicSolutionPage)
async def solution(id_or_slug: SolutionId, request: Request, wired: Wired) -> Response:
    """What everybody may see of a solution that is online; send If-None-Match to learn that nothing changed.

    410 `solution-expired` when it is offline because its provider did not confirm it any more.
    """
    answer = wired.recent.get(id_or_slug)
    if answer is None:
        view = await queries.public_solution(wired.ports, id_or_slug)
        answer = Answer(PublicSolutionPage.with_ratings(view).model_dump_json().encode(), view.tag)
        wired.recent.put(view.solution.state.id, view.solution.state.slug, answer)
    headers = {"ETag": answer.tag, "Cache-Control": "no-cache"}
    if http.not_modified(request, answer.tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)


@router.get("/solutions/{id_or_slug}/working")
async def working(id_or_slug: SolutionId, response: Response, actor: CurrentActor, wired: Wired) -> SolutionView:
    """The solution with its newest version, whatever its state (the provider's members and the team)."""
    return _shown(response, wired, await queries.whole_solution(wired.ports, actor, id_or_slug))


@router.get("/solutions/{id_or_slug}/versions")
async def versions(id_or_slug: SolutionId, actor: CurrentActor, wired: Wired) -> Page[VersionView]:
    """All versions, newest first (the provider's members and the team)."""
    held = (await queries.whole_solution(wired.ports, actor, id_or_slug)).state.versions
    return Page(items=[VersionView.of(version) for version in reversed(held)], next_cursor=None, total=len(held))


@router.put("/solutions/{solution_id}/draft")
async def save_draft(
    solution_id: SolutionId,
    body: DraftRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Keep the text: in the newest version while it is a draft or changes were requested, else as the next draft."""
    loaded = await commands.save_draft(
        wired.ports,
        actor,
        solution_id,
        body.listing.to_listing(),
        expected=expected,
        keep_media=body.listing.keeps_media,
    )
    return _shown(response, wired, loaded)


@router.post("/solutions/{solution_id}/submit", status_code=status.HTTP_202_ACCEPTED)
async def submit(
    solution_id: SolutionId,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Hand the newest version to the review."""
    return _shown(response, wired, await commands.submit_solution(wired.ports, actor, solution_id, expected=expected))


@router.post("/solutions/{solution_id}/withdraw")
async def withdraw(
    solution_id: SolutionId,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
    body: OptionalNote | None = None,
) -> SolutionView:
    """Take the solution offline and its submission back; the note is public."""
    note = body.note if body else None
    return _shown(response, wired, await commands.withdraw_solution(wired.ports, actor, solution_id, note))


@router.post("/solutions/{solution_id}/confirm")
async def confirm(
    solution_id: SolutionId,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Stand by what is public for twelve more months (the provider's editors).

    A listing that expired comes back as it was, until three months after its last day; later only by a review. A second
    time on one day changes nothing.
    """
    return _shown(response, wired, await commands.confirm_solution(wired.ports, actor, solution_id, expected=expected))


@router.post("/solutions/{solution_id}/suspend")
async def suspend(
    solution_id: SolutionId, body: Reason, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Take a solution offline in the name of the team (curator); the reason is public."""
    return _shown(response, wired, await commands.suspend_solution(wired.ports, actor, solution_id, body.reason))


@router.post("/solutions/{solution_id}/republish")
async def republish(solution_id: SolutionId, response: Response, actor: CurrentActor, wired: Wired) -> SolutionView:
    """Bring a solution back: a curator lifts a suspension, the provider its own withdrawal."""
    return _shown(response, wired, await commands.republish_solution(wired.ports, actor, solution_id))
