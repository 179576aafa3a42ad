"""Organisations: who takes part, who acts for them, and who am I."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from servicekit import http
from servicekit.auth import CurrentUser
from servicekit.idempotency import IdempotentRoute

from catalog.application import queries
from catalog.application.actor import Actor
from catalog.application.commands import organisations as commands
from catalog.application.commands import regional_keys
from catalog.application.commands.regional_keys import same_ars
from catalog.application.ports import Loaded
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, OrganisationId, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.organisations import (
    Key,
    KeyRequest,
    MemberRequest,
    MeView,
    OrganisationEdit,
    OrganisationView,
    RegionalKeyView,
)
from catalog.entrypoints.api.schemas.texts import Reason

router = APIRouter(route_class=IdempotentRoute, tags=["organisations"])


def shown(response: Response, loaded: Loaded[Organisation], actor: Actor) -> OrganisationView:
    """Return the view of an organisation for somebody inside, its version as ETag."""
    response.headers["ETag"] = http.etag(loaded.version)
    return OrganisationView.of(loaded, inside=True, reader=actor)


@router.get("/me")
async def me(user: CurrentUser) -> MeView:
    """Who the token says you are, and the organisations that all services know you in."""
    return MeView.of(user)


@router.get("/organisations")
async def organisations(
    actor: CurrentActor,
    wired: Wired,
    page: http.Page,
    state: Annotated[OrganisationState | None, Query()] = None,
) -> Page[OrganisationView]:
    """All organisations for the team, your own ones for you."""
    found = await queries.organisations(wired.ports, actor, state, after=position(page), limit=page.limit)
    alike = await same_ars(wired.ports, [loaded.state for loaded in found.items]) if actor.curator else {}
    items = [
        OrganisationView.of(loaded, inside=True, reader=actor, alike=alike.get(loaded.state.id))
        for loaded in found.items
    ]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.get("/organisations/{organisation_id}")
async def organisation(
    organisation_id: OrganisationId, response: Response, actor: OptionalActor, wired: Wired
) -> OrganisationView:
    """One organisation; those that are not onboarded only for their members and the team."""
    loaded, inside = await queries.organisation(wired.ports, actor, organisation_id)
    alike = await same_ars(wired.ports, [loaded.state]) if actor is not None and actor.curator else {}
    response.headers["ETag"] = http.etag(loaded.version)
    return OrganisationView.of(loaded, inside=inside, reader=actor, alike=alike.get(organisation_id))


@router.put("/organisations/{organisation_id}")
async def edit(
    organisation_id: OrganisationId,
    body: OrganisationEdit,
    expected: http.IfMatch,
    *,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> OrganisationView:
    """Say something else about the organisation (its admin, or a curator); a new name is carried everywhere."""
    loaded = await commands.edit_organisation(wired.ports, actor, organisation_id, body.to_command(), expected=expected)
    return shown(response, loaded, actor)


@router.put("/organisations/{organisation_id}/ars")
async def rekey(
    organisation_id: OrganisationId, body: KeyRequest, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Correct the regional key, and with it the federal state (curator); 409 `ars-shared` unless others are named."""
    confirmed = frozenset(body.shares_ars_with)
    loaded = await regional_keys.rekey_organisation(
        wired.ports, actor, organisation_id, body.ars, reason=body.reason, shares_ars_with=confirmed
    )
    return shown(response, loaded, actor)


@router.get("/organisations/{organisation_id}/ars")
async def key(
    organisation_id: OrganisationId, actor: CurrentActor, wired: Wired, ars: Annotated[Key, Query()]
) -> RegionalKeyView:
    """What a regional key would name, and who has it beside the organisation (curator)."""
    return RegionalKeyView.of(await regional_keys.holders_of(wired.ports, actor, organisation_id, ars))


@router.post("/organisations/{organisation_id}/suspend")
async def suspend(
    organisation_id: OrganisationId, body: Reason, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Stop an organisation and take its solutions offline (curator)."""
    loaded = await commands.suspend_organisation(wired.ports, actor, organisation_id, body.reason)
    return shown(response, loaded, actor)


@router.post("/organisations/{organisation_id}/members")
async def add_member(
    organisation_id: OrganisationId, body: MemberRequest, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Let a person act for the organisation, or change the role (its admin, or a curator)."""
    loaded = await commands.add_member(
        wired.ports, actor, organisation_id, user=body.user, email=body.email, role=body.role
    )
    return shown(response, loaded, actor)


@router.delete("/organisations/{organisation_id}/members/{user:path}")
async def remove_member(
    organisation_id: OrganisationId,
    user: Annotated[str, Path(min_length=1, max_length=200)],
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> OrganisationView:
    """End a membership (its admin, a curator, or the person itself)."""
    return shown(response, await commands.remove_member(wired.ports, actor, organisation_id, user), actor)
