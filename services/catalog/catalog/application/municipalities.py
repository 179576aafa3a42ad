"""For which municipality somebody acts, and what it holds."""

from typing import Protocol, TypeVar

from contracts.vocabulary import OrganisationKind
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application.actor import Actor, require_member
from catalog.application.ports import Loaded, Ports
from catalog.domain.organisation import MemberRole, Organisation, require_onboarded


class Held(Protocol):
    """What belongs to an organisation."""

    @property
    def organisation_id(self) -> str: ...


H = TypeVar("H", bound=Held)


async def acting_for(
    ports: Ports, actor: Actor, organisation_id: str | None, at_least: MemberRole, doing: str
) -> Organisation:
    """Return the onboarded municipality that the actor acts for; `doing` completes "only municipalities …".

    Without `organisation_id` it is the only one that the actor belongs to. Raises ProblemError `not-a-municipality`,
    `foreign-organisation`, `missing-role` (403), `organisation-not-onboarded` (409), `organisation-required` (422).
    """
    if organisation_id is None:
        found = await _only_one(ports, actor, doing)
    else:
        loaded = await ports.organisations.get(organisation_id)
        if loaded is None:
            raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
        found = loaded.state
    require_member(actor, found, at_least)
    require_onboarded(found)
    if OrganisationKind.MUNICIPALITY not in found.kinds:
        raise errors.forbidden("not-a-municipality", f"only municipalities {doing}: {found.name} is none")
    return found


async def municipalities_of(ports: Ports, actor: Actor) -> list[Organisation]:
    """Return the onboarded municipalities that the actor belongs to."""
    held = [loaded.state for loaded in await ports.organisations.of_member(actor.user)]
    return [found for found in held if found.onboarded and OrganisationKind.MUNICIPALITY in found.kinds]


async def _only_one(ports: Ports, actor: Actor, doing: str) -> Organisation:
    held = [loaded.state for loaded in await ports.organisations.of_member(actor.user)]
    municipalities = [found for found in held if OrganisationKind.MUNICIPALITY in found.kinds]
    if not municipalities:
        raise errors.forbidden("not-a-municipality", f"only members of an onboarded municipality {doing}")
    able = [found for found in municipalities if found.onboarded]
    if not able:
        require_onboarded(municipalities[0])
    if len(able) > 1:
        message = "you belong to more than one municipality: say for which one you act"
        raise errors.invalid("organisation-required", message, [FieldError("organisation_id", message)])
    return able[0]


async def own(ports: Ports, actor: Actor, found: Loaded[H] | None, at_least: MemberRole, missing: str) -> Loaded[H]:
    """Return what was found when the actor's own organisation holds it.

    Raises ProblemError `missing` (404), also for what others hold, `missing-role` (403) and, for more than reading,
    `organisation-not-onboarded` (409).
    """
    owner = await ports.organisations.get(found.state.organisation_id) if found else None
    if found is None or owner is None or owner.state.member(actor.user) is None:
        raise errors.not_found(missing, "your organisation has nothing of this id")
    require_member(actor, owner.state, at_least)
    if at_least is not MemberRole.MEMBER:
        require_onboarded(owner.state)
    return found
