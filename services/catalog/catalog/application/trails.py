"""Who may read which audit trail, and how much of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from servicekit import errors

from catalog.application import queries
from catalog.application.actor import TEAM, Actor, may_see
from catalog.application.audit import FEEDBACK, ORGANISATION, SOLUTION, Entry, without_strangers
from catalog.application.commands.solutions import provider_of
from catalog.application.ports import Ports
from catalog.domain.organisation import Member


@dataclass(frozen=True, slots=True)
class Reader:
    """A trail that the actor may read. The team sees who did it; the owner sees that of its own people only."""

    ports: Ports
    trail: str
    members: Mapping[str, Member]
    team: bool

    def shown(self, entry: Entry) -> Entry:
        """Return the entry as this reader may see it."""
        return entry if self.team else without_strangers(entry, self.members)

    async def page(self, *, after: str | None, limit: int) -> tuple[list[Entry], str | None]:
        """Return entries, newest first, and where the next page starts."""
        found = await self.ports.trail.page(self.trail, after=after, limit=limit)
        return [self.shown(entry) for entry in found.items], found.next

    async def every(self) -> AsyncIterator[Entry]:
        """Yield all entries, oldest first."""
        async for entry in self.ports.trail.every(self.trail):
            yield self.shown(entry)


async def of_solution(ports: Ports, actor: Actor, id_or_slug: str, *, feedback: bool = False) -> Reader:
    """Return the trail of a listing (the provider's members and the team), or of its feedback (the team)."""
    solution = (await queries.find_solution(ports, id_or_slug)).state
    provider = await provider_of(ports, solution)
    if not may_see(actor, provider):
        raise errors.forbidden("foreign-organisation", f"you are no member of {provider.name}")
    if feedback and not actor.in_team:
        raise errors.forbidden("missing-role", f"this needs one of the roles {', '.join(sorted(TEAM))}")
    members = {member.user: member for member in provider.members}
    return Reader(ports, f"{FEEDBACK if feedback else SOLUTION}:{solution.id}", members, actor.in_team)


async def of_organisation(ports: Ports, actor: Actor, organisation_id: str) -> Reader:
    """Return the trail of an organisation (its members and the team)."""
    loaded, inside = await queries.organisation(ports, actor, organisation_id)
    if not inside:
        raise errors.forbidden("foreign-organisation", f"you are no member of {loaded.state.name}")
    members = {member.user: member for member in loaded.state.members}
    return Reader(ports, f"{ORGANISATION}:{organisation_id}", members, actor.in_team)
