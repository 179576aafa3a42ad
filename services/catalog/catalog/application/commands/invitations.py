"""Admins invite colleagues by e-mail; whoever logs in with the link becomes a member."""

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta

from servicekit import errors

from catalog.application import people_mapping as mapping
from catalog.application.actor import Actor, require_member
from catalog.application.commands.organisations import change_organisation
from catalog.application.loading import decision
from catalog.application.ports import Loaded, Ports
from catalog.domain import invitation as rules
from catalog.domain import organisation as organisations
from catalog.domain.change import Change
from catalog.domain.invitation import Invitation, InvitationChange, Invited
from catalog.domain.organisation import MemberRole, Organisation, OrganisationChange, require_onboarded

DAY = timedelta(days=1)
TOKEN_BYTES = 32


async def invite(
    ports: Ports, actor: Actor, invitation_id: str, organisation_id: str, *, email: str, role: MemberRole
) -> Loaded[Invitation]:
    """Invite somebody (admins, curators). The same id again returns what is there.

    Raises ProblemError `too-many-invitations` (429), `already-invited` (409).
    """
    organisation = await _managed(ports, actor, organisation_id)
    held = await ports.people.invitations.get(invitation_id)
    if held is not None and held.state.organisation_id == organisation_id:
        return held
    require_onboarded(organisation)
    now = ports.clock.now()
    if await ports.people.invitations.begun(organisation_id, now - DAY) >= ports.people.limits.invitations_per_day:
        raise errors.too_many("too-many-invitations", "your organisation has sent too many invitations today", 3600)
    pending = await ports.people.invitations.pending_of(organisation_id)
    if any(each.state.email == email for each in pending):
        raise errors.conflict("already-invited", "this address has an invitation already: send it again instead")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        id=invitation_id,
        organisation_id=organisation_id,
        organisation_name=organisation.name,
        email=email,
        role=role,
        token_hash=rules.hashed(token),
        invited_by=actor.user,
        created_at=now,
        expires_at=now + rules.VALID,
    )
    messages = mapping.of_invitation(Change(invitation, (Invited(token),)), now=now)
    if await ports.people.invitations.add(invitation_id, invitation, messages):
        return Loaded(invitation, 1)
    return _found(await ports.people.invitations.get(invitation_id))


async def resend(ports: Ports, actor: Actor, organisation_id: str, invitation_id: str) -> Loaded[Invitation]:
    """Send a new link; the old one is worthless then (admins, curators)."""
    await _own(ports, actor, organisation_id, invitation_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return await _change(ports, invitation_id, lambda held: rules.resend(held, token, at=ports.clock.now()))


async def revoke(ports: Ports, actor: Actor, organisation_id: str, invitation_id: str) -> Loaded[Invitation]:
    """Take an invitation back (admins, curators)."""
    await _own(ports, actor, organisation_id, invitation_id)
    return await _change(ports, invitation_id, rules.revoke)


async def invitations_of(ports: Ports, actor: Actor, organisation_id: str) -> list[Loaded[Invitation]]:
    """Return the invitations that nobody has used yet, newest first (admins, curators)."""
    await _managed(ports, actor, organisation_id)
    return await ports.people.invitations.pending_of(organisation_id)


async def look_up(ports: Ports, token: str) -> Invitation:
    """Return the invitation of a link; raises ProblemError `invitation-invalid` (404) for any other token."""
    invitation_id, _, secret = token.partition(".")
    loaded = await ports.people.invitations.get(invitation_id)
    if loaded is None or not _fits(loaded.state, secret):
        raise errors.not_found("invitation-invalid", "there is no invitation with this link")
    return loaded.state


async def accept(ports: Ports, actor: Actor, token: str) -> Loaded[Organisation]:
    """Become a member with the link. The address of the log-in need not be the one that was invited (ADR 0016).

    Somebody who belongs to the organisation already keeps a higher role.
    """
    invitation = await look_up(ports, token)
    await _require_open(ports, invitation.organisation_id)
    await _change(ports, invitation.id, lambda held: rules.take(held, actor.user, at=ports.clock.now()))

    def join(found: Organisation) -> OrganisationChange:
        known = found.member(actor.user)
        if known is not None and known.role.covers(invitation.role):
            return Change(found)
        return organisations.put_member(found, actor.as_member(invitation.role))

    joined = await change_organisation(ports, invitation.organisation_id, join)
    await _change(ports, invitation.id, rules.accept)
    return joined


async def expire_due(ports: Ports) -> int:
    """End what nobody used in time, and forget the addresses; return how many that were."""
    now = ports.clock.now()
    due = await ports.people.invitations.expired(now, 100)
    for invitation_id in due:
        await _change(ports, invitation_id, lambda held: rules.expire(held, at=now))
    return len(due)


def _fits(invitation: Invitation, secret: str) -> bool:
    """True for the newest link of an invitation."""
    return hmac.compare_digest(invitation.token_hash, rules.hashed(secret))


async def _require_open(ports: Ports, organisation_id: str) -> None:
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise LookupError(f"invitation into the unknown organisation {organisation_id}")
    require_onboarded(loaded.state)


async def _managed(ports: Ports, actor: Actor, organisation_id: str) -> Organisation:
    loaded = await ports.organisations.get(organisation_id)
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    if not actor.curator:
        require_member(actor, loaded.state, MemberRole.ADMIN)
    return loaded.state


async def _own(ports: Ports, actor: Actor, organisation_id: str, invitation_id: str) -> None:
    require_onboarded(await _managed(ports, actor, organisation_id))
    loaded = _found(await ports.people.invitations.get(invitation_id))
    if loaded.state.organisation_id != organisation_id:
        raise _no_invitation()


async def _change(
    ports: Ports, invitation_id: str, command: Callable[[Invitation], InvitationChange]
) -> Loaded[Invitation]:
    how = decision(command, mapping.of_invitation, ports.clock)
    return _found(await ports.people.invitations.change(invitation_id, how))


def _found(loaded: Loaded[Invitation] | None) -> Loaded[Invitation]:
    if loaded is None:
        raise _no_invitation()
    return loaded


def _no_invitation() -> errors.ProblemError:
    return errors.not_found("invitation-not-found", "there is no such invitation of your organisation")
