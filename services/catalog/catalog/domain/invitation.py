"""Invitations of colleagues into an organisation: one link for one use, which whoever logs in with it may take.

The token is kept as a hash only, also after its use, so that a used link is told from a wrong one.
The address is forgotten as soon as the invitation has ended.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from servicekit import errors

from catalog.domain.change import Change
from catalog.domain.organisation import MemberRole

VALID = timedelta(days=14)
MAX_SENT = 5
"""Mails for one invitation."""


class InvitationState(StrEnum):
    """What became of an invitation."""

    PENDING = "pending"
    TAKEN = "taken"
    """Somebody came with the link and is about to become a member."""
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation; `email` is None once it has ended."""

    id: str
    organisation_id: str
    organisation_name: str
    email: str | None
    role: MemberRole
    token_hash: str
    invited_by: str | None
    state: InvitationState = InvitationState.PENDING
    sent: int = 1
    taken_by: str | None = None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """The link is to be mailed; only this event and the mail ever hold the token."""

    token: str


InvitationChange = Change[Invitation, Invited]


def hashed(token: str) -> str:
    """Return what is kept of a token: it is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def resend(invitation: Invitation, token: str, *, at: datetime) -> InvitationChange:
    """Send a new link, which makes the old one worthless."""
    _require_pending(invitation)
    if invitation.sent >= MAX_SENT:
        raise errors.conflict("invitation-sent-often", f"an invitation is sent at most {MAX_SENT} times")
    sent = replace(invitation, token_hash=hashed(token), sent=invitation.sent + 1, expires_at=at + VALID)
    return Change(sent, (Invited(token),))


def revoke(invitation: Invitation) -> InvitationChange:
    """Take an invitation back; once more changes nothing."""
    if invitation.state is InvitationState.REVOKED:
        return Change(invitation)
    _require_pending(invitation)
    return Change(_ended(invitation, InvitationState.REVOKED))


def take(invitation: Invitation, user: str, *, at: datetime) -> InvitationChange:
    """Use the link. It is used up from then on; the same person may go on where it was cut off."""
    if invitation.state is InvitationState.TAKEN and invitation.taken_by == user:
        return Change(invitation)
    if invitation.state is InvitationState.REVOKED:
        raise errors.conflict("invitation-revoked", "this invitation was taken back")
    if invitation.state in (InvitationState.TAKEN, InvitationState.ACCEPTED):
        raise errors.conflict("invitation-used", "this invitation was used already")
    if invitation.state is InvitationState.EXPIRED or invitation.expires_at <= at:
        raise errors.conflict("invitation-expired", "this invitation has expired")
    return Change(replace(invitation, state=InvitationState.TAKEN, taken_by=user))


def accept(invitation: Invitation) -> InvitationChange:
    """Note that whoever took it is a member now."""
    return Change(_ended(invitation, InvitationState.ACCEPTED))


def expire(invitation: Invitation, *, at: datetime) -> InvitationChange:
    """End what nobody used in time."""
    if invitation.state is not InvitationState.PENDING or invitation.expires_at > at:
        return Change(invitation)
    return Change(_ended(invitation, InvitationState.EXPIRED))


def renamed(invitation: Invitation, name: str) -> Invitation:
    """Take over the organisation's name, as long as somebody may come with the link."""
    pending = invitation.state is InvitationState.PENDING
    return replace(invitation, organisation_name=name) if pending else invitation


def forget_person(invitation: Invitation, user: str) -> InvitationChange:
    """Forget who invited and who came."""
    by = None if invitation.invited_by == user else invitation.invited_by
    taken = (
        None if invitation.taken_by == user and invitation.state is InvitationState.ACCEPTED else invitation.taken_by
    )
    return Change(replace(invitation, invited_by=by, taken_by=taken))


def _ended(invitation: Invitation, state: InvitationState) -> Invitation:
    return replace(invitation, state=state, email=None)


def _require_pending(invitation: Invitation) -> None:
    if invitation.state is not InvitationState.PENDING:
        raise errors.conflict("invitation-ended", f"this invitation is {invitation.state}")
