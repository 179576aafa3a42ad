"""What the use cases need from outside; adapters and the tests' fakes implement it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from contracts.listing import Listing, RatingSummary
from contracts.profile import questionnaire
from contracts.profile.questionnaire import Questionnaire
from servicekit.clock import Clock
from servicekit.outbox import OutboxMessage

from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.rating import RatingBook
from catalog.domain.solution import Solution, SolutionState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """An aggregate and the version it was loaded in, which its ETag shows."""

    state: T
    version: int


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """What to save together: the new state and the messages that tell of it."""

    state: T
    messages: tuple[OutboxMessage, ...] = ()


Decide = Callable[[Loaded[T]], Awaitable[Write[T]]]
"""Decides on a loaded aggregate; runs again on the newer one when somebody else saved first."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: lists run from the newest to the oldest."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Selection(Generic[T]):
    """One page of a list; `total` counts the whole list and is None on later pages."""

    items: Sequence[Loaded[T]]
    next: Position | None
    total: int | None


class SlugTaken(Exception):
    """Another solution has this slug."""


class Aggregates(Protocol[T]):
    """Where one kind of aggregate is kept."""

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        """Return the aggregate, or None."""
        ...

    async def add(self, aggregate_id: str, state: T, /) -> bool:
        """Save a new aggregate as version 1; False when one with this id is there already."""
        ...

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        """Load, decide, save; return the saved state, or None when there is no such aggregate.

        An unchanged state without messages is not saved. `event_id` names the event that asks for the change: when it
        comes a second time nothing is changed.
        """
        ...


class Organisations(Aggregates[Organisation], Protocol):
    """Where organisations are kept."""

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        """Return the organisations that the person belongs to, in any state, newest first."""
        ...

    async def page(
        self, *, state: OrganisationState | None, after: Position | None, limit: int
    ) -> Selection[Organisation]:
        """Return organisations, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSolution:
    """What the public sees of a solution that is online: the published version and no other."""

    id: str
    slug: str
    organisation_id: str
    organisation_name: str
    number: int
    listing: Listing
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    first_published_at: datetime


@dataclass(frozen=True, slots=True)
class SolutionFilter:
    """Which solutions a list shows; None means any."""

    organisation_ids: Collection[str] | None = None
    state: SolutionState | None = None


class Solutions(Aggregates[Solution], Protocol):
    """Where solutions are kept; adding one raises SlugTaken when another one has its slug."""

    async def by_slug(self, slug: str) -> Loaded[Solution] | None:
        """Return the solution with this slug, or None."""
        ...

    async def free_slug(self, wanted: str) -> str:
        """Return the wanted slug or, when it is taken, the first free one with a number behind it."""
        ...

    async def ids_of(self, organisation_id: str) -> list[str]:
        """Return the ids of all solutions of an organisation."""
        ...

    async def page(self, chosen: SolutionFilter, *, after: Position | None, limit: int) -> Selection[Solution]:
        """Return solutions, newest first."""
        ...

    async def live(self, id_or_slug: str) -> Loaded[LiveSolution] | None:
        """Return what the public sees of the solution, or None while it is not online."""
        ...

    async def live_page(
        self, organisation_id: str | None, *, after: Position | None, limit: int
    ) -> Selection[LiveSolution]:
        """Return what the public sees, newest solutions first."""
        ...


class RatingBooks(Protocol):
    """Where the ratings of a solution are kept; an empty book in version 0 as long as nobody has rated."""

    async def get(self, solution_id: str, /) -> Loaded[RatingBook]:
        """Return the ratings."""
        ...

    async def summary(self, solution_id: str) -> Loaded[RatingSummary]:
        """Return their summary only."""
        ...

    async def change(self, solution_id: str, decide: Decide[RatingBook], /) -> Loaded[RatingBook]:
        """Load, decide, save; return the saved state."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case may need."""

    organisations: Organisations
    solutions: Solutions
    ratings: RatingBooks
    clock: Clock
    profile: Questionnaire = field(default_factory=questionnaire.load)
    """Which questions a listing answers."""
