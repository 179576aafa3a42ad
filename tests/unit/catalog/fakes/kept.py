"""Aggregates and books in dictionaries, and what they would publish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from catalog.application.ports import Decide, Loaded, Position
from catalog.domain.inquiry import Inquiry
from catalog.domain.invitation import Invitation
from catalog.domain.organisation import Organisation
from catalog.domain.peer import Thread
from catalog.domain.solution import Solution
from contracts import registry
from contracts.envelope import Event
from servicekit.auth import Membership
from servicekit.outbox import OutboxMessage

T = TypeVar("T")
S = TypeVar("S", Organisation, Solution, Thread, Inquiry, Invitation)


@dataclass
class Outbox:
    """Everything that would be published, in the order in which it was saved."""

    messages: list[OutboxMessage] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """The contract events, parsed as a reader would."""
        return [registry.parse(message.data) for message in self.messages if not message.subject.startswith("$KV.")]

    @property
    def memberships(self) -> list[Membership]:
        """The entries written into the members bucket."""
        entries = [message for message in self.messages if message.subject.startswith("$KV.members.")]
        return [Membership.model_validate_json(entry.data) for entry in entries]

    def take(self) -> list[Any]:
        """Return the events so far and forget all messages."""
        taken = self.events
        self.messages.clear()
        return taken


class InMemory(Generic[T]):
    """Aggregates in a dictionary, with the version check and the inbox guard of the real ones."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.held: dict[str, Loaded[T]] = {}
        self._handled: set[tuple[str, str]] = set()

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        return self.held.get(aggregate_id)

    async def add(self, aggregate_id: str, state: T, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        if aggregate_id in self.held:
            return False
        self.outbox.messages.extend(messages)
        self.held[aggregate_id] = Loaded(state, 1)
        return True

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        found = self.held.get(aggregate_id)
        if found is None:
            return None
        return await self.decide(aggregate_id, found, decide, event_id, lambda: self.held[aggregate_id])

    async def decide(
        self,
        aggregate_id: str,
        found: Loaded[T],
        decide: Decide[T],
        event_id: str | None,
        again: Callable[[], Loaded[T]],
    ) -> Loaded[T]:
        while True:
            write = await decide(found)
            if write.state == found.state and not write.messages:
                return found
            if again() is not found and again() != found:
                found = again()
                continue
            if event_id is not None and (aggregate_id, event_id) in self._handled:
                return found
            if event_id is not None:
                self._handled.add((aggregate_id, event_id))
            self.outbox.messages.extend(write.messages)
            self.held[aggregate_id] = Loaded(write.state, found.version + 1)
            return self.held[aggregate_id]


class InMemoryBooks(Generic[T]):
    def __init__(self, outbox: Outbox, empty: Callable[[str], T]) -> None:
        self.books = InMemory[T](outbox)
        self._empty = empty

    async def get(self, aggregate_id: str, /) -> Loaded[T]:
        return self.books.held.get(aggregate_id) or Loaded(self._empty(aggregate_id), 0)

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T]:
        found = await self.get(aggregate_id)
        return await self.books.decide(
            aggregate_id, found, decide, event_id, lambda: self.books.held.get(aggregate_id, found)
        )


def newest(
    found: list[Loaded[S]], after: Position | None, limit: int
) -> tuple[list[Loaded[S]], Position | None, int | None]:
    """Newest first, from behind `after`."""
    ordered = sorted(found, key=lambda loaded: (loaded.state.created_at, loaded.state.id), reverse=True)
    rest = [
        loaded
        for loaded in ordered
        if after is None or (loaded.state.created_at, loaded.state.id) < (after.created_at, after.id)
    ]
    page = rest[:limit]
    more = Position(page[-1].state.created_at, page[-1].state.id) if len(rest) > limit else None
    return page, more, None if after else len(found)
