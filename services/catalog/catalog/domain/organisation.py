"""Organisations: who may offer or rate solutions, and who acts for them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from servicekit import errors

from catalog.domain import mandate
from catalog.domain.change import Change
from catalog.domain.mandate import Proof

MAX_MEMBERS = 1000
WITHDRAWN = "Die Person, die den Antrag gestellt hat, hat ihre Daten löschen lassen."


class OrganisationState(StrEnum):
    """Where an organisation stands in its onboarding."""

    REQUESTED = "requested"
    ONBOARDED = "onboarded"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class MemberRole(StrEnum):
    """What a person may do for an organisation; each role includes the ones before it."""

    MEMBER = "member"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: "MemberRole") -> bool:
        """True when this role includes the needed one."""
        order = list(MemberRole)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Member:
    """A person who acts for an organisation; the contact data never leaves through a public event."""

    user: str
    role: MemberRole
    email: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A provider, a municipality, or both."""

    id: str
    name: str
    kinds: tuple[OrganisationKind, ...]
    state: OrganisationState
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    ars: str | None = None
    website_url: str | None = None
    description: str | None = None
    note: str | None = None
    reason: str | None = None
    proof: Proof | None = None
    shares_ars_with: tuple[str, ...] = ()
    """Organisations with the same key when the team approved this one all the same."""
    ars_reason: str | None = None
    """Why the team corrected the key."""
    members: tuple[Member, ...] = ()
    created_at: datetime
    decided_at: datetime | None = None

    @property
    def onboarded(self) -> bool:
        """True while the organisation may act."""
        return self.state is OrganisationState.ONBOARDED

    def member(self, user: str) -> Member | None:
        """Return the member, or None."""
        return next((member for member in self.members if member.user == user), None)


@dataclass(frozen=True, slots=True)
class Requested:
    """The team has a request to decide; `again` after a refusal."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was turned down; `requester` still has the contact data."""

    requester: Member
    reason: str


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The organisation may act from now on."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """The organisation may no longer act."""

    reason: str


@dataclass(frozen=True, slots=True)
class DataChanged:
    """The name, or something else that everybody sees, is new."""


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    """What a person may do for the organisation is new; every service must learn it."""

    member: Member
    active: bool


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A person acts for the organisation from now on."""

    member: Member


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A person no longer acts for the organisation."""

    user: str


OrganisationEvent = (
    Requested | Refused | Onboarded | DataChanged | Suspended | MembershipChanged | MemberJoined | MemberLeft
)
OrganisationChange = Change[Organisation, OrganisationEvent]


def suspend(organisation: Organisation, *, reason: str, at: datetime) -> OrganisationChange:
    """Stop an organisation: its members may not act until it is approved again."""
    if not organisation.onboarded:
        raise wrong_state("suspend", organisation)
    stopped = [MembershipChanged(member, active=False) for member in organisation.members]
    suspended = replace(organisation, state=OrganisationState.SUSPENDED, reason=reason, decided_at=at)
    return Change(suspended, (*stopped, Suspended(reason)))


def put_member(organisation: Organisation, member: Member) -> OrganisationChange:
    """Let a person act for the organisation, or change the role; the same again changes nothing."""
    require_onboarded(organisation)
    known = organisation.member(member.user)
    if known is not None:
        member = replace(member, email=member.email or known.email, display_name=known.display_name)
        if member == known:
            return Change(organisation)
    elif len(organisation.members) >= MAX_MEMBERS:
        raise errors.conflict("too-many-members", f"an organisation has at most {MAX_MEMBERS} members")
    others = tuple(other for other in organisation.members if other.user != member.user)
    _keep_an_admin((*others, member))
    changed = replace(organisation, members=(*others, member))
    granted = MembershipChanged(member, active=True)
    return Change(changed, (granted,) if known else (granted, MemberJoined(member)))


def remove_member(organisation: Organisation, user: str) -> OrganisationChange:
    """End a membership; the person's contact data goes with it."""
    require_onboarded(organisation)
    known = organisation.member(user)
    if known is None:
        raise errors.not_found("member-not-found", f"{user} is no member of this organisation")
    others = tuple(member for member in organisation.members if member.user != user)
    _keep_an_admin(others)
    changed = replace(organisation, members=others)
    return Change(changed, (MembershipChanged(known, active=False), MemberLeft(user)))


def erase_member(organisation: Organisation, user: str, *, offers: bool, at: datetime) -> OrganisationChange:
    """Forget a person who wants to be erased, in any state: membership, contact data, proof of mandate.

    `offers`: it has a listing online or under review. A request that nobody is left to stand for counts as refused.
    Raises ProblemError `erasure-last-admin` (409) when others, or a listing, would be left without an admin.
    """
    known = organisation.member(user)
    if known is None:
        return Change(organisation)
    others = tuple(member for member in organisation.members if member.user != user)
    if (others or offers) and not any(member.role is MemberRole.ADMIN for member in others):
        raise errors.conflict(
            "erasure-last-admin",
            f"{organisation.name} would be left without an admin: name another one, or withdraw its listings and "
            "remove its members first",
        )
    given = organisation.proof is not None and organisation.proof.given_by == user
    left = replace(
        organisation,
        members=others,
        proof=mandate.erased(organisation.proof, at=at) if given else organisation.proof,
    )
    match organisation.state:
        case OrganisationState.REQUESTED:
            withdrawn = replace(left, state=OrganisationState.REFUSED, reason=WITHDRAWN, decided_at=at)
            return Change(left if others else withdrawn)
        case OrganisationState.REFUSED:
            return Change(left)
        case _:
            return Change(left, (MembershipChanged(known, active=False), MemberLeft(user)))


def edit(
    organisation: Organisation, *, name: str, website_url: str | None, description: str | None, size: SizeClass | None
) -> OrganisationChange:
    """Say something else about the organisation; the services learn a new name with each membership."""
    require_onboarded(organisation)
    edited = replace(organisation, name=name, website_url=website_url, description=description, size_class=size)
    return _told(organisation, edited)


def rekey(
    organisation: Organisation,
    ars: str | None,
    bundesland: Bundesland | None,
    *,
    reason: str,
    same_ars: Collection[str],
    confirmed: Collection[str],
) -> OrganisationChange:
    """Give the organisation another regional key, which may be that of others only when each is `confirmed`.

    The reason stays with it, and thereby in the audit trail.
    """
    require_onboarded(organisation)
    mandate.require_key(organisation.kinds, ars)
    mandate.require_confirmed(ars, same_ars, confirmed)
    shared = tuple(sorted(same_ars))
    keyed = replace(organisation, ars=ars, bundesland=bundesland, shares_ars_with=shared)
    return _told(organisation, organisation if keyed == organisation else replace(keyed, ars_reason=reason))


def _told(before: Organisation, after: Organisation) -> OrganisationChange:
    if after == before:
        return Change(before)
    renamed = after.members if after.name != before.name else ()
    return Change(after, (*(MembershipChanged(member, active=True) for member in renamed), DataChanged()))


def require_onboarded(organisation: Organisation) -> None:
    """Raise ProblemError `organisation-not-onboarded` (409) unless the organisation may act."""
    if not organisation.onboarded:
        raise errors.conflict(
            "organisation-not-onboarded", f"the organisation is not onboarded: it is {organisation.state}"
        )


def _keep_an_admin(members: tuple[Member, ...]) -> None:
    if not any(member.role is MemberRole.ADMIN for member in members):
        raise errors.conflict("last-admin", "the organisation needs at least one admin: name another one first")


def wrong_state(command: str, organisation: Organisation) -> errors.ProblemError:
    """Return the refusal of a command that the organisation's state does not allow."""
    return errors.conflict("wrong-state", f"cannot {command}: the organisation is {organisation.state}")
