"""Onboarding as use cases: who may, and what the others are told."""

import pytest
from catalog.application import policies, use_policies
from catalog.application.actor import Actor
from catalog.application.commands import onboarding, regional_keys
from catalog.application.commands import organisations as commands
from catalog.application.commands.onboarding import RequestOrganisation
from catalog.application.commands.organisations import OrganisationFacts
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from contracts.catalog import (
    DeploymentConfirmed,
    MemberJoined,
    MemberLeft,
    OrganisationChanged,
    OrganisationOnboarded,
    OrganisationSuspended,
    SolutionPublished,
)
from contracts.guard import SolutionStandingChanged
from contracts.people import OnboardingRefused, OnboardingRequested
from contracts.vocabulary import Bundesland, OrganisationKind
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    REVIEWER,
    STRANGER,
    a_municipality,
    a_provider,
    an_organisation,
    published,
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


FACTS = OrganisationFacts(name="Neue Lösungen eG", website_url="https://www.example.org/")


async def test_a_new_name_reaches_memberships_solutions_uses_and_ratings(world: World) -> None:
    provider = a_provider()
    town = a_municipality(members=((CLERK, MemberRole.ADMIN),))
    online = published(provider=provider)
    world.has(provider, town, online)
    await world.uses(town, online)
    world.outbox.take()
    loaded = await commands.edit_organisation(world.ports, PROVIDER_ADMIN, provider.id, FACTS, expected=1)
    assert (loaded.state.name, loaded.version) == ("Neue Lösungen eG", 2)
    assert {entry.organisation_name for entry in world.outbox.memberships} == {"Neue Lösungen eG"}
    [changed] = world.outbox.take()
    assert isinstance(changed, OrganisationChanged)
    for _ in range(2):
        await policies.on_organisation_changed(world.ports, changed)
        await use_policies.on_organisation_changed(world.ports, changed)
    told, users_told = world.outbox.take()
    assert isinstance(users_told, SolutionStandingChanged)
    assert [(each.kind, each.before, each.after) for each in users_told.data.changes] == [
        ("provider", "Musterlösungen GmbH", "Neue Lösungen eG")
    ]
    assert isinstance(told, SolutionPublished)
    assert (told.data.organisation_name, told.data.version) == ("Neue Lösungen eG", 1)
    assert told.data.corrected_at is not None
    assert told.data.corrected_at > told.data.published_at, "as after a correction: nobody is told of a publication"

    renamed = OrganisationFacts(name="Kreis Ä")
    await commands.edit_organisation(world.ports, CLERK, town.id, renamed, expected=1)
    [changed] = world.outbox.take()
    await use_policies.on_organisation_changed(world.ports, changed)
    [used] = world.outbox.take()
    assert isinstance(used, DeploymentConfirmed)
    assert [each.organisation_name for each in used.data.deployments] == ["Kreis Ä"]


async def test_the_same_again_tells_nobody_and_an_older_version_is_refused(world: World) -> None:
    provider = a_provider()
    world.has(provider)
    same = OrganisationFacts(name=provider.name)
    assert (await commands.edit_organisation(world.ports, PROVIDER_ADMIN, provider.id, same, expected=1)).version == 1
    assert world.outbox.messages == []
    await commands.edit_organisation(world.ports, PROVIDER_ADMIN, provider.id, FACTS, expected=1)
    for actor, slug in (
        (PROVIDER_ADMIN, "stale-version"),
        (EDITOR, "missing-role"),
        (STRANGER, "foreign-organisation"),
    ):
        with pytest.raises(ProblemError) as refused:
            await commands.edit_organisation(world.ports, actor, provider.id, FACTS, expected=1)
        assert refused.value.slug == slug


async def test_only_curators_correct_the_regional_key_and_confirm_a_shared_one(world: World) -> None:
    town, other = a_municipality(ars="120640000000"), a_municipality(ars="051110000000")
    world.has(town, other)

    async def rekey(actor: Actor, ars: str | None, *alike: str) -> Organisation:
        confirmed = frozenset(alike)
        return (
            await regional_keys.rekey_organisation(
                world.ports, actor, town.id, ars, reason="Zahlendreher", shares_ars_with=confirmed
            )
        ).state

    for actor, ars, slug in (
        (CLERK, "05111", "missing-role"),
        (CURATOR, None, "ars-required"),
        (CURATOR, "99", "ars-invalid"),
        (CURATOR, "05111", "ars-shared"),
    ):
        with pytest.raises(ProblemError) as refused:
            await rekey(actor, ars)
        assert refused.value.slug == slug
    held = await rekey(CURATOR, "05111", other.id)
    assert (held.ars, held.bundesland, held.shares_ars_with) == ("051110000000", Bundesland.NW, (other.id,))
    assert held.ars_reason == "Zahlendreher"
    assert (await rekey(CURATOR, "05111", other.id)) == held, "the same again changes nothing"
    found = await regional_keys.holders_of(world.ports, CURATOR, town.id, "05111")
    assert (found.ars, found.bundesland) == ("051110000000", Bundesland.NW)
    assert [each.id for each in found.held_by] == [other.id]
    with pytest.raises(ProblemError, match="missing-role"):
        await regional_keys.holders_of(world.ports, CLERK, town.id, "05111")
