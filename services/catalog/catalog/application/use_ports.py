"""Where deployments and conversations are kept; adapters and the tests' fakes implement it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from catalog.application.loading import Aggregates, Decide, Loaded, Position, Selection
from catalog.domain.blocklist import Blocklist
from catalog.domain.deployment import DeploymentBook
from catalog.domain.peer import Thread

T = TypeVar("T")


class Books(Protocol[T]):
    """One aggregate per id that is there from the beginning: empty, in version 0, as long as nothing was saved."""

    async def get(self, aggregate_id: str, /) -> Loaded[T]:
        """Return the aggregate."""
        ...

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T]:
        """Load, decide, save; return the saved state. An event is carried out once (`event_id`)."""
        ...


class DeploymentBooks(Books[DeploymentBook], Protocol):
    """Where the deployments of a solution are kept."""

    async def used_by(self, organisation_id: str) -> list[Loaded[DeploymentBook]]:
        """Return the books in which a municipality has a use, in force or ended."""
        ...

    async def claimed_of(self, organisation_id: str, name: str) -> list[Loaded[DeploymentBook]]:
        """Return the books with claims about a municipality, by its id or its name."""
        ...

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the solutions in which somebody has to be told something by now."""
        ...


class Blocklists(Books[Blocklist], Protocol):
    """Whom each municipality has blocked, under its id."""

    async def blocking(self, organisation_id: str) -> list[str]:
        """Return the municipalities that have blocked an organisation."""
        ...


class Threads(Aggregates[Thread], Protocol):
    """Where conversations are kept."""

    async def of_organisations(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Thread]:
        """Return the conversations of organisations, those begun last first."""
        ...

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Thread]:
        """Return the conversations with open complaints, those begun last first."""
        ...

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many conversations an organisation has begun since."""
        ...

    async def written_by(self, user: str) -> list[str]:
        """Return the conversations in which a person wrote or complained."""
        ...

    async def remove_before(self, moment: datetime, limit: int) -> int:
        """Delete conversations without a message since `moment`; return how many. What waits to be published stays."""
        ...


@dataclass(frozen=True, slots=True)
class PeerLimits:
    """How much a municipality may write, and how long it is kept."""

    threads_per_day: int
    keep: timedelta


@dataclass(frozen=True, slots=True)
class UsePorts:
    """Everything about the use of solutions."""

    deployments: DeploymentBooks
    threads: Threads
    blocklists: Blocklists
    limits: PeerLimits
