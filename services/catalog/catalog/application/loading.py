"""Aggregates as they are loaded, decided on and saved, and pages of them: the same for every kind."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from servicekit.clock import Clock
from servicekit.outbox import OutboxMessage

from catalog.domain.change import Change

T = TypeVar("T")
C_contra = TypeVar("C_contra", contravariant=True)
E = TypeVar("E")


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


class Told(Protocol[C_contra]):
    """Makes the messages that tell of a change."""

    def __call__(self, change: C_contra, /, *, now: datetime) -> tuple[OutboxMessage, ...]:
        """Return the messages, in order."""
        ...


def decision(command: Callable[[T], Change[T, E]], told: Told[Change[T, E]], clock: Clock) -> Decide[T]:
    """Return how a pure command decides on an aggregate, with the messages about what happened."""

    async def decide(loaded: Loaded[T]) -> Write[T]:
        change = command(loaded.state)
        return Write(change.state, told(change, now=clock.now()))

    return decide


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


class Aggregates(Protocol[T]):
    """Where one kind of aggregate is kept."""

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        """Return the aggregate, or None."""
        ...

    async def add(self, aggregate_id: str, state: T, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        """Save a new aggregate as version 1 with its messages; False when one with this id is there already."""
        ...

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        """Load, decide, save; return the saved state, or None when there is no such aggregate.

        An unchanged state without messages is not saved. `event_id` names the event that asks for the change: when it
        comes a second time nothing is changed.
        """
        ...
