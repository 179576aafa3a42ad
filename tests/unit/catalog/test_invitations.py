"""Invitations: one link for one use, limits, expiry, and what stays of an address."""

from typing import Any

import pytest
from catalog.application.actor import Actor
from catalog.application.commands import invitations as commands
from catalog.application.commands import onboarding, organisations
from catalog.application.loading import Write
from catalog.application.people_policies import forget_person
from catalog.domain.invitation import MAX_SENT, InvitationState
from catalog.domain.organisation import MemberRole, Organisation
from contracts.catalog import MemberInvited, MemberJoined
from servicekit.errors import ProblemError

from .fakes import World
from .given import CURATOR, EDITOR, PROVIDER_ADMIN, READER, STRANGER, a_provider

GUEST = Actor("guest", "Gülşah Ŵöřļđ", "other-address@example.org")


async def invited(world: World, provider: Organisation, key: str = "one", **given: Any) -> str:
    """Invite somebody; return the token of the link."""
    await commands.invite(
        world.ports,
        given.get("actor", PROVIDER_ADMIN),
        key,
        provider.id,
        email=given.get("email", f"{key}@example.org"),
        role=given.get("role", MemberRole.EDITOR),
    )
    event = world.outbox.take()[-1]
    assert isinstance(event, MemberInvited)
    return event.data.token


async def refused(awaited: Any) -> str:
    with pytest.raises(ProblemError) as refusal:
        await awaited
    return refusal.value.slug


async def state_of(world: World, key: str = "one") -> Any:
    held = await world.ports.people.invitations.get(key)
    assert held is not None
    return held.state


async def test_whoever_logs_in_with_the_link_becomes_a_member_once(world: World, provider: Organisation) -> None:
    token = await invited(world, provider)
    assert token.partition(".")[2] not in str(await state_of(world)), "only a hash is kept"
    assert (await commands.look_up(world.ports, token)).organisation_name == provider.name
    joined = (await commands.accept(world.ports, GUEST, token)).state.member("guest")
    assert joined is not None
    assert (joined.role, joined.email) == (MemberRole.EDITOR, "other-address@example.org")
    assert [type(event) for event in world.outbox.take()] == [MemberJoined]
    held = await state_of(world)
    assert (held.state, held.email, held.taken_by) == (InvitationState.ACCEPTED, None, "guest")
    for actor in (GUEST, STRANGER):
        assert await refused(commands.accept(world.ports, actor, token)) == "invitation-used"
    await organisations.remove_member(world.ports, PROVIDER_ADMIN, provider.id, "guest")
    assert await refused(commands.accept(world.ports, GUEST, token)) == "invitation-used", "no way back in"


async def test_what_was_cut_off_between_link_and_membership_goes_on_for_the_same_person(
    world: World, provider: Organisation
) -> None:
    token = await invited(world, provider)
    await organisations.suspend_organisation(world.ports, CURATOR, provider.id, "Insolvenz")
    assert await refused(commands.accept(world.ports, GUEST, token)) == "organisation-not-onboarded"
    assert (await state_of(world)).state is InvitationState.PENDING
    await onboarding.approve_organisation(world.ports, CURATOR, provider.id)

    async def taken(loaded: Any) -> Any:
        return Write(commands.rules.take(loaded.state, "guest", at=world.clock.now()).state)

    await world.ports.people.invitations.change("one", taken)
    assert await refused(commands.accept(world.ports, STRANGER, token)) == "invitation-used"
    assert (await commands.accept(world.ports, GUEST, token)).state.member("guest") is not None


async def test_foreign_expired_and_revoked_links_lead_nowhere(world: World, provider: Organisation) -> None:
    token = await invited(world, provider)
    other = await invited(world, provider, "two")
    crossed = f"one.{other.partition('.')[2]}"
    for wrong in ("", "x", "one", "one.", "nobody.x", crossed, token + "x"):
        assert await refused(commands.accept(world.ports, GUEST, wrong)) == "invitation-invalid", wrong
    await commands.revoke(world.ports, PROVIDER_ADMIN, provider.id, "two")
    assert await refused(commands.accept(world.ports, GUEST, other)) == "invitation-revoked"
    world.later(days=14)
    assert await refused(commands.accept(world.ports, GUEST, token)) == "invitation-expired"
    assert await commands.expire_due(world.ports) == 1
    assert await commands.expire_due(world.ports) == 0
    assert ((await state_of(world)).state, (await state_of(world)).email) == (InvitationState.EXPIRED, None)
    assert await refused(commands.accept(world.ports, GUEST, token)) == "invitation-expired"


async def test_a_link_is_sent_again_and_the_old_one_is_worthless(world: World, provider: Organisation) -> None:
    old = await invited(world, provider)
    world.later(days=10)
    await commands.resend(world.ports, PROVIDER_ADMIN, provider.id, "one")
    [event] = world.outbox.take()
    assert await refused(commands.accept(world.ports, GUEST, old)) == "invitation-invalid"
    world.later(days=13)
    await commands.accept(world.ports, GUEST, event.data.token)
    assert await refused(commands.resend(world.ports, PROVIDER_ADMIN, provider.id, "one")) == "invitation-ended"
    await invited(world, provider, "two")
    for _ in range(MAX_SENT - 1):
        await commands.resend(world.ports, PROVIDER_ADMIN, provider.id, "two")
    assert await refused(commands.resend(world.ports, PROVIDER_ADMIN, provider.id, "two")) == "invitation-sent-often"


async def test_only_admins_invite_and_not_without_end(world: World, provider: Organisation) -> None:
    for actor, slug in ((EDITOR, "missing-role"), (STRANGER, "foreign-organisation")):
        assert await refused(invited(world, provider, actor=actor)) == slug
        assert await refused(commands.invitations_of(world.ports, actor, provider.id)) == slug
    await invited(world, provider, "one")
    assert await refused(invited(world, provider, "again", email="one@example.org")) == "already-invited"
    for number in range(4):
        await invited(world, provider, f"more-{number}")
    for number in range(1000):
        assert await refused(invited(world, provider, f"many-{number}")) == "too-many-invitations"
    assert len(await commands.invitations_of(world.ports, CURATOR, provider.id)) == 5
    other = a_provider()
    world.has(other)
    assert await refused(commands.revoke(world.ports, CURATOR, other.id, "one")) == "invitation-not-found"


async def test_a_higher_role_is_kept_and_persons_are_forgotten(world: World, provider: Organisation) -> None:
    token = await invited(world, provider, role=MemberRole.MEMBER)
    joined = await commands.accept(world.ports, EDITOR, token)
    member = joined.state.member(EDITOR.user)
    assert member is not None
    assert member.role is MemberRole.EDITOR
    promoted = await commands.accept(world.ports, READER, await invited(world, provider, "two", role=MemberRole.ADMIN))
    assert [each.role for each in promoted.state.members if each.user == READER.user] == [MemberRole.ADMIN]
    for user in (PROVIDER_ADMIN.user, EDITOR.user):
        await forget_person(world.ports, user)
    assert ((await state_of(world)).invited_by, (await state_of(world)).taken_by) == (None, None)
