"""Invitations into organisations."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response, status
from pydantic import BaseModel, StringConstraints
from servicekit import http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.application.commands import invitations as commands
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import MemberRole
from catalog.entrypoints.api.dependencies import CurrentActor, OrganisationId, Wired
from catalog.entrypoints.api.pages import Page
from catalog.entrypoints.api.schemas.organisations import OrganisationView
from catalog.entrypoints.api.schemas.texts import EMail
from catalog.entrypoints.api.schemas.texts import Request as Body

router = APIRouter(route_class=IdempotentRoute, tags=["invitations"])
InvitationId = Annotated[str, Path(min_length=1, max_length=100)]


class InvitationRequest(Body):
    """Invite somebody by e-mail."""

    email: EMail
    role: MemberRole = MemberRole.MEMBER


class TokenRequest(Body):
    """What the link of an invitation ends with."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class InvitationView(BaseModel):
    """An invitation as admins of the organisation see it; `email` is null once it has ended."""

    id: str
    email: str | None
    role: MemberRole
    state: InvitationState
    sent: int
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """Return the view."""
        return cls(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            state=invitation.state,
            sent=invitation.sent,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class OfferView(BaseModel):
    """An invitation as whoever has the link sees it."""

    organisation_id: str
    organisation_name: str
    role: MemberRole
    state: InvitationState
    expires_at: datetime


@router.post("/organisations/{organisation_id}/invitations", status_code=status.HTTP_201_CREATED)
async def invite(
    organisation_id: OrganisationId, body: InvitationRequest, request: Request, actor: CurrentActor, wired: Wired
) -> InvitationView:
    """Invite somebody by e-mail (admins, curators): the mail has a link for one use, valid for 14 days."""
    loaded = await commands.invite(
        wired.ports, actor, idempotency.new_id(request), organisation_id, email=body.email, role=body.role
    )
    return InvitationView.of(loaded.state)


@router.get("/organisations/{organisation_id}/invitations")
async def invitations(organisation_id: OrganisationId, actor: CurrentActor, wired: Wired) -> Page[InvitationView]:
    """The invitations that nobody has used yet, newest first (admins, curators)."""
    found = await commands.invitations_of(wired.ports, actor, organisation_id)
    return Page(items=[InvitationView.of(each.state) for each in found], next_cursor=None, total=len(found))


@router.post("/organisations/{organisation_id}/invitations/{invitation_id}/resend")
async def resend(
    organisation_id: OrganisationId, invitation_id: InvitationId, actor: CurrentActor, wired: Wired
) -> InvitationView:
    """Send a new link; the old one is worthless then (admins, curators)."""
    return InvitationView.of((await commands.resend(wired.ports, actor, organisation_id, invitation_id)).state)


@router.delete("/organisations/{organisation_id}/invitations/{invitation_id}")
async def revoke(
    organisation_id: OrganisationId, invitation_id: InvitationId, actor: CurrentActor, wired: Wired
) -> InvitationView:
    """Take an invitation back (admins, curators)."""
    return InvitationView.of((await commands.revoke(wired.ports, actor, organisation_id, invitation_id)).state)


@router.post("/invitations/look-up")
async def look_up(body: TokenRequest, actor: CurrentActor, wired: Wired) -> OfferView:
    """What the link invites to (whoever is logged in and has it); a POST, so that no log holds the token."""
    held = await commands.look_up(wired.ports, body.token)
    return OfferView(
        organisation_id=held.organisation_id,
        organisation_name=held.organisation_name,
        role=held.role,
        state=held.state,
        expires_at=held.expires_at,
    )


@router.post("/invitations/accept")
async def accept(body: TokenRequest, response: Response, actor: CurrentActor, wired: Wired) -> OrganisationView:
    """Become a member (whoever is logged in and has the link); the link is used up then."""
    loaded = await commands.accept(wired.ports, actor, body.token)
    response.headers["ETag"] = http.etag(loaded.version)
    return OrganisationView.of(loaded, inside=True, reader=actor)
