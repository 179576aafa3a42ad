"""Onboarding and membership."""

from collections.abc import Callable

import pytest
from catalog.domain import onboarding
from catalog.domain import organisation as rules
from catalog.domain.organisation import (
    Member,
    MemberJoined,
    MemberLeft,
    MemberRole,
    MembershipChanged,
    Onboarded,
    Organisation,
    OrganisationChange,
    OrganisationState,
    Refused,
    Suspended,
)
from servicekit.errors import ProblemError

from .given import EDITOR, PROVIDER_ADMIN, READER, a_member, a_provider, an_organisation, minutes

ADMIN = PROVIDER_ADMIN.as_member(MemberRole.ADMIN)


def requested() -> Organisation:
    return an_organisation(state=OrganisationState.REQUESTED)


def test_approving_a_request_lets_its_members_act() -> None:
    change = onboarding.approve(requested(), at=minutes(5))
    assert change.state.onboarded
    assert change.state.decided_at == minutes(5)
    assert change.events == (MembershipChanged(ADMIN, active=True), Onboarded(), MemberJoined(ADMIN))


def test_refusing_a_request_drops_the_contact_data() -> None:
    change = onboarding.refuse(requested(), reason="unbekannt", at=minutes(5))
    assert change.state.state is OrganisationState.REFUSED
    assert change.state.reason == "unbekannt"
    assert change.state.members == (Member(PROVIDER_ADMIN.user, MemberRole.ADMIN),)
    assert [type(event) for event in change.events] == [Refused]


def test_suspending_stops_every_member() -> None:
    provider = a_provider()
    change = rules.suspend(provider, reason="Insolvenz", at=minutes(5))
    assert change.state.state is OrganisationState.SUSPENDED
    assert change.events == (
        *(MembershipChanged(held, active=False) for held in provider.members),
        Suspended("Insolvenz"),
    )


def test_approving_a_suspended_organisation_lifts_that_and_nobody_joins_anew() -> None:
    suspended = rules.suspend(an_organisation(), reason="Insolvenz", at=minutes(5)).state
    change = onboarding.approve(suspended, at=minutes(6))
    assert change.state.onboarded
    assert change.state.reason is None
    assert change.events == (MembershipChanged(ADMIN, active=True), Onboarded())


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (lambda found: onboarding.approve(found, at=minutes(1)), OrganisationState.ONBOARDED),
        (lambda found: onboarding.approve(found, at=minutes(1)), OrganisationState.REFUSED),
        (lambda found: onboarding.refuse(found, reason="x", at=minutes(1)), OrganisationState.ONBOARDED),
        (lambda found: onboarding.refuse(found, reason="x", at=minutes(1)), OrganisationState.SUSPENDED),
        (lambda found: rules.suspend(found, reason="x", at=minutes(1)), OrganisationState.REQUESTED),
        (lambda found: rules.suspend(found, reason="x", at=minutes(1)), OrganisationState.SUSPENDED),
    ],
)
def test_what_does_not_fit_the_state_is_refused(
    command: Callable[[Organisation], OrganisationChange], state: OrganisationState
) -> None:
    with pytest.raises(ProblemError, match=f"the organisation is {state}") as refused:
        command(an_organisation(state=state))
    assert (refused.value.slug, refused.value.kind) == ("wrong-state", "conflict")


def test_a_new_member_joins() -> None:
    new = a_member("neu", MemberRole.EDITOR)
    change = rules.put_member(a_provider(), new)
    assert change.state.member("neu") == new
    assert change.events == (MembershipChanged(new, active=True), MemberJoined(new))


def test_another_role_for_a_member_is_a_change_and_keeps_the_contact_data() -> None:
    change = rules.put_member(a_provider(), Member(READER.user, MemberRole.EDITOR))
    promoted = READER.as_member(MemberRole.EDITOR)
    assert change.state.member(READER.user) == promoted
    assert change.events == (MembershipChanged(promoted, active=True),)


def test_the_same_member_again_changes_nothing() -> None:
    provider = a_provider()
    change = rules.put_member(provider, Member(READER.user, MemberRole.MEMBER))
    assert change.state == provider
    assert change.events == ()


def test_a_removed_member_is_forgotten() -> None:
    change = rules.remove_member(a_provider(), EDITOR.user)
    assert change.state.member(EDITOR.user) is None
    gone = EDITOR.as_member(MemberRole.EDITOR)
    assert change.events == (MembershipChanged(gone, active=False), MemberLeft(EDITOR.user))


def test_an_unknown_member_cannot_be_removed() -> None:
    with pytest.raises(ProblemError) as refused:
        rules.remove_member(a_provider(), "nobody")
    assert (refused.value.slug, refused.value.kind) == ("member-not-found", "not_found")


@pytest.mark.parametrize(
    "command",
    [
        lambda found: rules.remove_member(found, PROVIDER_ADMIN.user),
        lambda found: rules.put_member(found, Member(PROVIDER_ADMIN.user, MemberRole.EDITOR)),
    ],
)
def test_the_last_admin_stays(command: Callable[[Organisation], OrganisationChange]) -> None:
    with pytest.raises(ProblemError) as refused:
        command(a_provider())
    assert (refused.value.slug, refused.value.kind) == ("last-admin", "conflict")


def test_members_change_only_while_the_organisation_is_onboarded() -> None:
    with pytest.raises(ProblemError) as refused:
        rules.put_member(requested(), a_member())
    assert refused.value.slug == "organisation-not-onboarded"
    assert refused.value.detail == "the organisation is not onboarded: it is requested"


def test_the_number_of_members_has_a_limit() -> None:
    crowd = tuple(a_member(f"user-{number}") for number in range(rules.MAX_MEMBERS - 1))
    full = rules.replace(an_organisation(), members=(ADMIN, *crowd))
    with pytest.raises(ProblemError, match="at most 1000 members"):
        rules.put_member(full, a_member("one-too-many"))
    assert rules.put_member(full, a_member("user-1", MemberRole.EDITOR)).events


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        ("member", "member", True),
        ("member", "editor", False),
        ("editor", "member", True),
        ("editor", "admin", False),
        ("admin", "editor", True),
    ],
)
def test_a_role_includes_the_lower_ones(held: str, needed: str, enough: bool) -> None:
    assert MemberRole(held).covers(MemberRole(needed)) is enough
