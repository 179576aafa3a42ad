"""What becomes of organisations that take part, and who acts for them."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.vocabulary import SizeClass
from servicekit import errors

from catalog.application import mapping
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.loading import decision
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import organisation as rules
from catalog.domain.organisation import Member, MemberRole, Organisation, OrganisationChange


async def suspend_organisation(ports: Ports, actor: Actor, organisation_id: str, reason: str) -> Loaded[Organisation]:
    """Stop an organisation (curator); its solutions go offline when the policy handles the event."""
    require_curator(actor)
    return await change_organisation(
        ports, organisation_id, lambda found: rules.suspend(found, reason=reason, at=ports.clock.now())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """What an organisation says about itself."""

    name: str
    website_url: str | None = None
    description: str | None = None
    size_class: SizeClass | None = None


async def edit_organisation(
    ports: Ports, actor: Actor, organisation_id: str, facts: OrganisationFacts, *, expected: int
) -> Loaded[Organisation]:
    """Say something else about the organisation (its admin, or a curator); the policies carry the name on.

    Raises ProblemError `stale-version` (412) when it is not in the `expected` version any more.
    """

    async def decide(loaded: Loaded[Organisation]) -> Write[Organisation]:
        require_admin(actor, loaded.state)
        errors.require_version("the organisation", expected, loaded.version)
        change = rules.edit(
            loaded.state,
            name=facts.name,
            website_url=facts.website_url,
            description=facts.description,
            size=facts.size_class,
        )
        return Write(change.state, mapping.of_organisation(change, now=ports.clock.now()))

    return found_organisation(await ports.organisations.change(organisation_id, decide), organisation_id)


async def add_member(
    ports: Ports, actor: Actor, organisation_id: str, *, user: str, email: str | None, role: MemberRole
) -> Loaded[Organisation]:
    """Let a person act for the organisation, or change the role (its admin, or a curator)."""

    def decide(found: Organisation) -> OrganisationChange:
        require_admin(actor, found)
        return rules.put_member(found, Member(user, role, email))

    return await change_organisation(ports, organisation_id, decide)


async def remove_member(ports: Ports, actor: Actor, organisation_id: str, user: str) -> Loaded[Organisation]:
    """End a membership (its admin, a curator, or the person itself)."""

    def decide(found: Organisation) -> OrganisationChange:
        if actor.user != user:
            require_admin(actor, found)
        return rules.remove_member(found, user)

    return await change_organisation(ports, organisation_id, decide)


async def change_organisation(
    ports: Ports, organisation_id: str, command: Callable[[Organisation], OrganisationChange]
) -> Loaded[Organisation]:
    """Load, decide, save; raises ProblemError `organisation-not-found` (404)."""
    how = decision(command, mapping.of_organisation, ports.clock)
    return found_organisation(await ports.organisations.change(organisation_id, how), organisation_id)


def require_admin(actor: Actor, organisation: Organisation) -> None:
    """Raise ProblemError (403) unless the actor is an admin of the organisation, or a curator."""
    if not actor.curator:
        require_member(actor, organisation, MemberRole.ADMIN)


def found_organisation(loaded: Loaded[Organisation] | None, organisation_id: str) -> Loaded[Organisation]:
    """Return the organisation; raises ProblemError `organisation-not-found` (404)."""
    if loaded is None:
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    return loaded
