"""Onboarding of organisations, and who acts for them."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from servicekit import errors

from catalog.application import mapping
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import organisation as rules
from catalog.domain.ars import settle
from catalog.domain.organisation import Member, MemberRole, Organisation, OrganisationChange, OrganisationState


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOrganisation:
    """What a person says about the organisation that wants to take part."""

    name: str
    kinds: tuple[OrganisationKind, ...]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    ars: str | None = None
    note: str | None = None


async def request_organisation(
    ports: Ports, actor: Actor, organisation_id: str, wanted: RequestOrganisation
) -> Loaded[Organisation]:
    """Ask for onboarding; the actor becomes the first admin. The same id again returns what is there.

    A regional key names the federal state. Raises ProblemError `ars-invalid`, `ars-elsewhere` (422).
    """
    ars, bundesland = wanted.ars, wanted.bundesland
    if ars is not None:
        ars, bundesland = settle(ars, bundesland)
    requested = Organisation(
        id=organisation_id,
        name=wanted.name,
        kinds=wanted.kinds,
        state=OrganisationState.REQUESTED,
        bundesland=bundesland,
        size_class=wanted.size_class,
        ars=ars,
        note=wanted.note,
        members=(actor.as_member(MemberRole.ADMIN),),
        created_at=ports.clock.now(),
    )
    if await ports.organisations.add(requested.id, requested):
        return Loaded(requested, 1)
    return _found(await ports.organisations.get(organisation_id), organisation_id)


async def approve_organisation(ports: Ports, actor: Actor, organisation_id: str) -> Loaded[Organisation]:
    """Onboard a requested organisation, or lift its suspension (curator)."""
    require_curator(actor)
    return await change_organisation(ports, organisation_id, lambda found: rules.approve(found, at=ports.clock.now()))


async def refuse_organisation(ports: Ports, actor: Actor, organisation_id: str, reason: str) -> Loaded[Organisation]:
    """Turn a request down (curator)."""
    require_curator(actor)
    return await change_organisation(
        ports, organisation_id, lambda found: rules.refuse(found, reason=reason, at=ports.clock.now())
    )


async def suspend_organisation(ports: Ports, actor: Actor, organisation_id: str, reason: str) -> Loaded[Organisation]:
    """Stop an organisation (curator); its solutions go offline when the policy handles the event."""
    require_curator(actor)
    return await change_organisation(
        ports, organisation_id, lambda found: rules.suspend(found, reason=reason, at=ports.clock.now())
    )


async def add_member(
    ports: Ports, actor: Actor, organisation_id: str, *, user: str, email: str | None, role: MemberRole
) -> Loaded[Organisation]:
    """Let a person act for the organisation, or change the role (its admin, or a curator)."""

    def decide(found: Organisation) -> OrganisationChange:
        _require_admin(actor, found)
        return rules.put_member(found, Member(user, role, email))

    return await change_organisation(ports, organisation_id, decide)


async def remove_member(ports: Ports, actor: Actor, organisation_id: str, user: str) -> Loaded[Organisation]:
    """End a membership (its admin, a curator, or the person itself)."""

    def decide(found: Organisation) -> OrganisationChange:
        if actor.user != user:
            _require_admin(actor, found)
        return rules.remove_member(found, user)

    return await change_organisation(ports, organisation_id, decide)


async def change_organisation(
    ports: Ports, organisation_id: str, command: Callable[[Organisation], OrganisationChange]
) -> Loaded[Organisation]:
    """Load, decide, save; raises ProblemError `organisation-not-found` (404)."""

    async def decide(loaded: Loaded[Organisation]) -> Write[Organisation]:
        change = command(loaded.state)
        return Write(change.state, mapping.of_organisation(change, now=ports.clock.now()))

    return _found(await ports.organisations.change(organisation_id, decide), organisation_id)


def _require_admin(actor: Actor, organisation: Organisation) -> None:
    if not actor.curator:
        require_member(actor, organisation, MemberRole.ADMIN)


def _found(loaded: Loaded[Organisation] | None, organisation_id: str) -> Loaded[Organisation]:
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    return loaded
