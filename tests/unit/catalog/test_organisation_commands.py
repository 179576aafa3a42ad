"""Onboarding as use cases: who may, and what the others are told."""

import pytest
from catalog.application.commands import onboarding
from catalog.application.commands import organisations as commands
from catalog.application.commands.onboarding import RequestOrganisation
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from contracts.catalog import MemberJoined, MemberLeft, OrganisationOnboarded, OrganisationSuspended
from contracts.people import OnboardingRefused, OnboardingRequested
from contracts.vocabulary import Bundesland, OrganisationKind
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    REVIEWER,
    STRANGER,
    a_provider,
    an_organisation,
)

WANTED = RequestOrganisation(
    name="Musterlösungen GmbH", kinds=(OrganisationKind.PROVIDER,), bundesland=Bundesland.BB, note="Bitte"
)


async def requested(world: World) -> Organisation:
    return (await onboarding.request_organisation(world.ports, PROVIDER_ADMIN, "org-1", WANTED)).state


async def test_who_requests_becomes_the_first_admin_and_only_the_team_is_told(world: World) -> None:
    loaded = await onboarding.request_organisation(world.ports, PROVIDER_ADMIN, "org-1", WANTED)
    assert loaded.version == 1
    assert loaded.state.state is OrganisationState.REQUESTED
    assert loaded.state.members == (PROVIDER_ADMIN.as_member(MemberRole.ADMIN),)
    [told] = world.outbox.take()
    assert isinstance(told, OnboardingRequested)
    assert (told.visibility, told.data.organisation_name, told.data.again) == ("private", "Musterlösungen GmbH", False)


async def test_the_same_request_again_returns_what_is_there(world: World) -> None:
    first = await requested(world)
    world.later()
    assert await requested(world) == first


async def test_an_approval_tells_the_services_who_may_act_and_notify_how_to_reach_them(world: World) -> None:
    await requested(world)
    loaded = await onboarding.approve_organisation(world.ports, CURATOR, "org-1")
    assert loaded.state.onboarded
    [entry] = world.outbox.memberships
    assert entry.model_dump() == {
        "user": "provider-admin",
        "organisation_id": "org-1",
        "organisation_name": "Musterlösungen GmbH",
        "kinds": ["provider"],
        "role": "admin",
        "active": True,
    }
    _, onboarded, joined = world.outbox.take()
    assert isinstance(onboarded, OrganisationOnboarded)
    assert (onboarded.data.name, onboarded.data.bundesland) == ("Musterlösungen GmbH", Bundesland.BB)
    assert isinstance(joined, MemberJoined)
    assert (joined.data.email, joined.data.display_name) == ("provider-admin@example.org", "Ada Anbieterin")


async def test_no_personal_data_in_what_everybody_can_read(world: World) -> None:
    await requested(world)
    await onboarding.approve_organisation(world.ports, CURATOR, "org-1")
    for message in world.outbox.messages:
        if not message.subject.startswith("private."):
            assert b"example.org" not in message.data
            assert b"Ada" not in message.data


async def test_a_suspension_ends_every_membership(world: World) -> None:
    provider = a_provider()
    world.has(provider)
    await commands.suspend_organisation(world.ports, CURATOR, provider.id, "Insolvenz")
    assert {(entry.user, entry.active) for entry in world.outbox.memberships} == {
        (member.user, False) for member in provider.members
    }
    [suspended] = world.outbox.take()
    assert isinstance(suspended, OrganisationSuspended)
    assert suspended.data.reason == "Insolvenz"


async def test_a_refusal_tells_the_requester_why_and_forgets_how(world: World) -> None:
    await requested(world)
    world.outbox.take()
    loaded = await onboarding.refuse_organisation(world.ports, CURATOR, "org-1", "unbekannt")
    assert (loaded.state.state, loaded.version) == (OrganisationState.REFUSED, 2)
    [told] = world.outbox.take()
    assert isinstance(told, OnboardingRefused)
    assert (told.data.user, told.data.email, told.data.reason) == (
        "provider-admin",
        "provider-admin@example.org",
        "unbekannt",
    )
    assert loaded.state.members[0].email is None


@pytest.mark.parametrize("actor", [PROVIDER_ADMIN, STRANGER, REVIEWER])
async def test_only_curators_decide(world: World, actor: object) -> None:
    provider = a_provider()
    world.has(provider)
    for attempt in (
        onboarding.approve_organisation(world.ports, actor, provider.id),  # type: ignore[arg-type]
        onboarding.refuse_organisation(world.ports, actor, provider.id, "x"),  # type: ignore[arg-type]
        commands.suspend_organisation(world.ports, actor, provider.id, "x"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ProblemError) as refused:
            await attempt
        assert (refused.value.slug, refused.value.kind) == ("missing-role", "forbidden")
        assert refused.value.detail == "this needs the role curator"


async def test_what_is_not_there_cannot_be_decided(world: World) -> None:
    with pytest.raises(ProblemError) as refused:
        await onboarding.approve_organisation(world.ports, CURATOR, "nothing")
    assert (refused.value.slug, refused.value.kind) == ("organisation-not-found", "not_found")


@pytest.mark.parametrize("actor", [PROVIDER_ADMIN, CURATOR])
async def test_admins_and_curators_add_members(world: World, actor: object) -> None:
    provider = a_provider()
    world.has(provider)
    loaded = await commands.add_member(
        world.ports,
        actor,  # type: ignore[arg-type]
        provider.id,
        user="neu",
        email="neu@example.org",
        role=MemberRole.EDITOR,
    )
    assert loaded.state.member("neu") is not None
    [entry] = world.outbox.memberships
    assert (entry.user, entry.role, entry.active) == ("neu", "editor", True)
    [joined] = world.outbox.take()
    assert (joined.data.user, joined.data.email) == ("neu", "neu@example.org")


async def test_admins_remove_members(world: World) -> None:
    provider = a_provider()
    world.has(provider)
    await commands.remove_member(world.ports, PROVIDER_ADMIN, provider.id, READER.user)
    [entry] = world.outbox.memberships
    assert (entry.user, entry.active) == (READER.user, False)
    [left] = world.outbox.take()
    assert isinstance(left, MemberLeft)


async def test_members_may_leave(world: World) -> None:
    provider = a_provider()
    world.has(provider)
    loaded = await commands.remove_member(world.ports, READER, provider.id, READER.user)
    assert loaded.state.member(READER.user) is None


async def test_others_do_not_manage_members(world: World) -> None:
    provider = a_provider()
    world.has(provider)
    with pytest.raises(ProblemError) as refused:
        await commands.remove_member(world.ports, EDITOR, provider.id, READER.user)
    assert refused.value.slug == "missing-role"
    assert refused.value.detail == "this needs the role admin in Musterlösungen GmbH: you are editor"
    with pytest.raises(ProblemError) as refused:
        await commands.add_member(world.ports, STRANGER, provider.id, user="x", email=None, role=MemberRole.ADMIN)
    assert refused.value.slug == "foreign-organisation"
    assert refused.value.detail == "you are no member of Musterlösungen GmbH"


async def test_a_requested_organisation_has_no_members_to_manage(world: World) -> None:
    waiting = an_organisation(state=OrganisationState.REQUESTED)
    world.has(waiting)
    with pytest.raises(ProblemError) as refused:
        await commands.add_member(world.ports, PROVIDER_ADMIN, waiting.id, user="x", email=None, role=MemberRole.ADMIN)
    assert refused.value.slug == "organisation-not-onboarded"
