"""Organisations: onboarding, members, and who am I."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response, status
from servicekit import http, idempotency
from servicekit.auth import CurrentUser
from servicekit.idempotency import IdempotentRoute

from catalog.application import queries
from catalog.application.commands import organisations as commands
from catalog.application.ports import Loaded
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, OrganisationId, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.organisations import (
    MemberRequest,
    MeView,
    OrganisationRequest,
    OrganisationView,
)
from catalog.entrypoints.api.schemas.texts import Reason

router = APIRouter(route_class=IdempotentRoute, tags=["organisations"])


def _shown(response: Response, loaded: Loaded[Organisation]) -> OrganisationView:
    response.headers["ETag"] = http.etag(loaded.version)
    return OrganisationView.of(loaded, inside=True)


@router.get("/me")
async def me(user: CurrentUser) -> MeView:
    """Who the token says you are, and the organisations that all services know you in."""
    return MeView.of(user)


@router.post("/organisations", status_code=status.HTTP_201_CREATED)
async def request_organisation(
    body: OrganisationRequest, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Ask for onboarding; you become the organisation's first admin once a curator approves."""
    loaded = await commands.request_organisation(wired.ports, actor, idempotency.new_id(request), body.to_command())
    return _shown(response, loaded)


@router.get("/organisations")
async def organisations(
    actor: CurrentActor,
    wired: Wired,
    page: http.Page,
    state: Annotated[OrganisationState | None, Query()] = None,
) -> Page[OrganisationView]:
    """All organisations for the team, your own ones for you."""
    found = await queries.organisations(wired.ports, actor, state, after=position(page), limit=page.limit)
    items = [OrganisationView.of(loaded, inside=True) for loaded in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.get("/organisations/{organisation_id}")
async def organisation(
    organisation_id: OrganisationId, response: Response, actor: OptionalActor, wired: Wired
) -> OrganisationView:
    """One organisation; those that are not onboarded only for their members and the team."""
    loaded, inside = await queries.organisation(wired.ports, actor, organisation_id)
    response.headers["ETag"] = http.etag(loaded.version)
    return OrganisationView.of(loaded, inside=inside)


@router.post("/organisations/{organisation_id}/approve")
async def approve(
    organisation_id: OrganisationId, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Onboard a requested organisation, or lift its suspension (curator)."""
    return _shown(response, await commands.approve_organisation(wired.ports, actor, organisation_id))


@router.post("/organisations/{organisation_id}/refuse")
async def refuse(
    organisation_id: OrganisationId, body: Reason, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Turn a request down (curator)."""
    return _shown(response, await commands.refuse_organisation(wired.ports, actor, organisation_id, body.reason))


@router.post("/organisations/{organisation_id}/suspend")
async def suspend(
    organisation_id: OrganisationId, body: Reason, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Stop an organisation and take its solutions offline (curator)."""
    return _shown(response, await commands.suspend_organisation(wired.ports, actor, organisation_id, body.reason))


@router.post("/organisations/{organisation_id}/members")
async def add_member(
    organisation_id: OrganisationId, body: MemberRequest, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Let a person act for the organisation, or change the role (its admin, or a curator)."""
    loaded = await commands.add_member(
        wired.ports, actor, organisation_id, user=body.user, email=body.email, role=body.role
    )
    return _shown(response, loaded)


@router.delete("/organisations/{organisation_id}/members/{user:path}")
async def remove_member(
    organisation_id: OrganisationId,
    user: Annotated[str, Path(min_length=1, max_length=200)],
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> OrganisationView:
    """End a membership (its admin, a curator, or the person itself)."""
    return _shown(response, await commands.remove_member(wired.ports, actor, organisation_id, user))
