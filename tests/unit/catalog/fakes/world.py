"""A whole catalog in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from catalog.application import audit
from catalog.application.people_ports import PeopleLimits, PeoplePorts
from catalog.application.ports import Loaded, Ports, Write
from catalog.application.use_ports import PeerLimits, UsePorts
from catalog.domain import using
from catalog.domain.deployment import DeploymentBook, Terms, Use
from catalog.domain.organisation import Organisation
from catalog.domain.solution import Solution
from servicekit.clock import FixedClock

from tests.unit.catalog.given import START

from .kept import Outbox
from .organisations import InMemoryOrganisations
from .people import InMemoryInquiries, InMemoryInvitations
from .solutions import InMemorySolutions
from .uses import InMemoryBlocklists, InMemoryDeploymentBooks, InMemoryRatingBooks, InMemoryThreads


class NoTrail:
    """The audit trail of a catalog in memory, which keeps none: it is written where documents are saved."""

    async def page(self, trail: str, *, after: str | None, limit: int) -> audit.Page:
        return audit.Page((), None)

    async def every(self, trail: str) -> AsyncIterator[audit.Entry]:
        return
        yield


@dataclass(frozen=True, slots=True)
class World:
    """The ports in memory, and what a test looks at beside them."""

    ports: Ports
    organisations: InMemoryOrganisations
    solutions: InMemorySolutions
    threads: InMemoryThreads
    clock: FixedClock
    outbox: Outbox

    def has(self, *states: Organisation | Solution) -> None:
        """Put organisations and solutions where they belong, in version 1."""
        for state in states:
            kept: Any = self.organisations if isinstance(state, Organisation) else self.solutions
            kept.held[state.id] = Loaded(state, 1)

    def later(self, minutes: int = 1, *, days: int = 0) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(days=days, minutes=minutes))

    async def uses(self, municipality: Organisation, solution: Solution, **terms: Any) -> Use:
        """Let a municipality have declared that it uses a solution; nobody is told."""
        by_provider = municipality.id == solution.organisation_id

        async def decide(loaded: Loaded[DeploymentBook]) -> Write[DeploymentBook]:
            return Write(
                using.declare(
                    loaded.state, municipality, Terms(**terms), by_provider=by_provider, by="x", at=self.clock.now()
                ).state
            )

        return (await self.ports.uses.deployments.change(solution.id, decide)).state.use(municipality.id)


def new_world() -> World:
    """An empty catalog."""
    outbox = Outbox()
    clock = FixedClock(START + timedelta(hours=1))
    organisations, solutions = InMemoryOrganisations(outbox), InMemorySolutions(outbox)
    threads = InMemoryThreads(outbox)
    uses = UsePorts(
        InMemoryDeploymentBooks(outbox), threads, InMemoryBlocklists(outbox), PeerLimits(3, timedelta(days=180))
    )
    people = PeoplePorts(
        InMemoryInquiries(outbox), InMemoryInvitations(outbox), PeopleLimits(inquiries_per_day=3, invitations_per_day=5)
    )
    ports = Ports(organisations, solutions, InMemoryRatingBooks(outbox), uses, people, clock, NoTrail())
    return World(ports, organisations, solutions, threads, clock, outbox)
