"""Deployments: who uses a solution, claimed by providers, confirmed by municipalities."""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status
from servicekit import http
from servicekit.idempotency import IdempotentRoute

from catalog.application import use_queries as queries
from catalog.application.commands import deployments as commands
from catalog.domain.deployment import Use
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, OrganisationId, SolutionId, Wired
from catalog.entrypoints.api.pages import next_start, start_of
from catalog.entrypoints.api.schemas.deployments import (
    ClaimRequest,
    ClaimsView,
    ClaimView,
    EndRequest,
    OwnUsesView,
    OwnUseView,
    RefusalRequest,
    UsedView,
    UseRequest,
)

router = APIRouter(route_class=IdempotentRoute, tags=["deployments"])
ClaimId = Annotated[str, Path(min_length=1, max_length=100)]


def _shown(response: Response, use: Use, wired: Wired) -> OwnUseView:
    response.headers["ETag"] = http.etag(use.revision)
    return OwnUseView.own(use, now=wired.ports.clock.now())


@router.get("/solutions/{id_or_slug}/deployments")
async def deployments(id_or_slug: SolutionId, actor: OptionalActor, wired: Wired, page: http.Page) -> UsedView:
    """Who uses the solution: public uses for everybody, more for registered users, hidden ones only counted."""
    used = await queries.deployments_of(wired.ports, actor, id_or_slug)
    start = start_of(page)
    more = next_start(start, page.limit, len(used.named))
    return UsedView.of(used, now=wired.ports.clock.now(), start=start, limit=page.limit, next_cursor=more)


@router.put("/solutions/{solution_id}/deployments/mine")
async def declare(
    solution_id: SolutionId,
    body: UseRequest,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> OwnUseView:
    """Say that your municipality uses the solution, or how it does now; this answers claims about it (its editors)."""
    use = await commands.declare_use(
        wired.ports, actor, solution_id, body.organisation_id, body.to_terms(), expected=expected
    )
    return _shown(response, use, wired)


@router.get("/solutions/{id_or_slug}/deployments/claims")
async def claims(id_or_slug: SolutionId, actor: CurrentActor, wired: Wired) -> ClaimsView:
    """What the provider says about the use of its solution (its members and the team)."""
    found = await queries.claims_of(wired.ports, actor, id_or_slug)
    return ClaimsView(items=[ClaimView.of(claim, is_open=is_open) for claim, is_open in found])


@router.post("/solutions/{solution_id}/deployments/claims", status_code=status.HTTP_201_CREATED)
async def claim(solution_id: SolutionId, body: ClaimRequest, actor: CurrentActor, wired: Wired) -> ClaimView:
    """Name a municipality that uses the solution; one that is onboarded is asked (editors of the provider)."""
    made = await commands.claim_use(wired.ports, actor, solution_id, **body.model_dump())
    return ClaimView.of(made, is_open=True)


@router.delete("/solutions/{solution_id}/deployments/claims/{claim_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_claim(solution_id: SolutionId, claim_id: ClaimId, actor: CurrentActor, wired: Wired) -> None:
    """Take a claim back that nobody has answered (editors of the provider)."""
    await commands.withdraw_claim(wired.ports, actor, solution_id, claim_id)


@router.post("/solutions/{solution_id}/deployments/claims/{claim_id}/refuse")
async def refuse_claim(
    solution_id: SolutionId, claim_id: ClaimId, body: RefusalRequest, actor: CurrentActor, wired: Wired
) -> ClaimView:
    """Say that your municipality does not use the solution; the provider reads why (its editors)."""
    refused = await commands.refuse_claim(
        wired.ports, actor, solution_id, claim_id, organisation_id=body.organisation_id, reason=body.reason
    )
    return ClaimView.of(refused)


@router.get("/solutions/{id_or_slug}/deployments/{organisation_id}")
async def own_deployment(
    id_or_slug: SolutionId, organisation_id: OrganisationId, response: Response, actor: CurrentActor, wired: Wired
) -> OwnUseView:
    """How your municipality uses the solution (its members)."""
    return _shown(response, await queries.own_use(wired.ports, actor, id_or_slug, organisation_id), wired)


@router.post("/solutions/{solution_id}/deployments/{organisation_id}/reconfirm")
async def reconfirm(
    solution_id: SolutionId,
    organisation_id: OrganisationId,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> OwnUseView:
    """Say that your municipality uses the solution as before (its editors)."""
    use = await commands.reconfirm_use(wired.ports, actor, solution_id, organisation_id, expected=expected)
    return _shown(response, use, wired)


@router.post("/solutions/{solution_id}/deployments/{organisation_id}/end")
async def end(
    solution_id: SolutionId,
    organisation_id: OrganisationId,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
    body: EndRequest | None = None,
) -> OwnUseView:
    """Say that your municipality no longer uses the solution (its editors)."""
    month = body.month if body else None
    use = await commands.end_use(wired.ports, actor, solution_id, organisation_id, month, expected=expected)
    return _shown(response, use, wired)


@router.get("/organisations/{organisation_id}/deployments")
async def of_organisation(organisation_id: OrganisationId, actor: CurrentActor, wired: Wired) -> OwnUsesView:
    """What your municipality uses, and what providers claim that it uses (its members)."""
    held = await queries.uses_of(wired.ports, actor, organisation_id)
    return OwnUsesView.of(held, now=wired.ports.clock.now())
