"""What can be read: the public view, and for members and the team what is behind it."""

from dataclasses import dataclass

from contracts.listing import RatingSummary
from contracts.vocabulary import OrganisationKind
from servicekit import errors

from catalog.application.actor import Actor, may_see
from catalog.application.commands.solutions import provider_of
from catalog.application.ports import (
    LiveSolution,
    Loaded,
    Ports,
    Position,
    Selection,
    SolutionFilter,
)
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.solution import Solution, SolutionState


@dataclass(frozen=True, slots=True)
class PublicView:
    """A solution that is online with its ratings; `tag` changes when either does."""

    solution: Loaded[LiveSolution]
    ratings: Loaded[RatingSummary]

    @property
    def tag(self) -> str:
        """Return the strong entity tag."""
        return f'"{self.solution.version}.{self.ratings.version}"'


async def public_solution(ports: Ports, id_or_slug: str) -> PublicView:
    """Return what everybody may see of a solution that is online."""
    found = await ports.solutions.live(id_or_slug)
    if found is None:
        raise await _not_online(ports, id_or_slug)
    return PublicView(found, await ports.ratings.summary(found.state.id))


async def whole_solution(ports: Ports, actor: Actor, id_or_slug: str) -> Loaded[Solution]:
    """Return a solution with all its versions, for its provider's members and the team."""
    found = await find_solution(ports, id_or_slug)
    provider = await provider_of(ports, found.state)
    if not may_see(actor, provider):
        raise errors.forbidden("foreign-organisation", f"you are no member of {provider.name}")
    return found


async def find_solution(ports: Ports, id_or_slug: str) -> Loaded[Solution]:
    """Return the solution; raises ProblemError `solution-not-found` (404)."""
    found = await ports.solutions.get(id_or_slug) or await ports.solutions.by_slug(id_or_slug)
    if found is None:
        raise no_solution(id_or_slug)
    return found


async def public_solutions(
    ports: Ports, organisation_id: str | None, state: SolutionState | None, *, after: Position | None, limit: int
) -> Selection[LiveSolution]:
    """Return a page of what everybody may see; nothing but published solutions is public."""
    if state not in (None, SolutionState.PUBLISHED):
        return Selection((), None, 0)
    return await ports.solutions.live_page(organisation_id, after=after, limit=limit)


async def visible_in_every_state(
    ports: Ports, actor: Actor | None, organisation_id: str | None, state: SolutionState | None
) -> SolutionFilter | None:
    """Return which solutions the actor may see in every state, `state` or any, or None when only public ones.

    The team sees all. Others see those of their organisations: of the one asked for, or of all their providers.
    """
    if actor is None:
        return None
    if actor.in_team:
        return SolutionFilter(None if organisation_id is None else {organisation_id}, state)
    held = {loaded.state.id for loaded in await ports.organisations.of_member(actor.user) if _offers(loaded.state)}
    if organisation_id is not None:
        held &= {organisation_id}
    return SolutionFilter(held, state) if held else None


async def organisation(ports: Ports, actor: Actor | None, organisation_id: str) -> tuple[Loaded[Organisation], bool]:
    """Return the organisation, and whether the actor may see its members and note.

    Others see it only while it is onboarded.
    """
    found = await ports.organisations.get(organisation_id)
    inside = found is not None and may_see(actor, found.state)
    if found is None or not (inside or found.state.onboarded):
        raise errors.not_found("organisation-not-found", f"there is no organisation {organisation_id}")
    return found, inside


async def organisations(
    ports: Ports, actor: Actor, state: OrganisationState | None, *, after: Position | None, limit: int
) -> Selection[Organisation]:
    """Return a page of all organisations for the team, of the actor's own ones for others."""
    if actor.in_team:
        return await ports.organisations.page(state=state, after=after, limit=limit)
    own = [held for held in await ports.organisations.of_member(actor.user) if state in (None, held.state.state)]
    return Selection(own, None, len(own))


def _offers(organisation: Organisation) -> bool:
    return OrganisationKind.PROVIDER in organisation.kinds


async def _not_online(ports: Ports, id_or_slug: str) -> errors.ProblemError:
    held = await ports.solutions.get(id_or_slug) or await ports.solutions.by_slug(id_or_slug)
    if held is not None and held.state.state is SolutionState.EXPIRED:
        detail = f"the solution {id_or_slug} is offline: its provider has not confirmed it for twelve months"
        return errors.gone("solution-expired", detail)
    return no_solution(id_or_slug)


def no_solution(id_or_slug: str) -> errors.ProblemError:
    """Return the refusal for a solution that is not there, or not for the one who asks."""
    return errors.not_found("solution-not-found", f"there is no solution {id_or_slug}")
