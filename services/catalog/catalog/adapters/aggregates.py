"""Aggregates of any kind in MongoDB: loading, deciding and saving."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from pymongo import DESCENDING
from servicekit import keyset
from servicekit.mongo import AggregateCollection, AlreadyHandled, Stored, VersionConflict, retrying
from servicekit.outbox import OutboxMessage

from catalog.adapters.audit import AuditedCollection
from catalog.application.loading import Decide, Loaded, Position

T = TypeVar("T")
Document = dict[str, Any]
Saved = Callable[[str], None]
"""Told the id of every aggregate that this process changed."""
ATTEMPTS = 6
"""Many write into one book at the same moment."""
NEWEST_FIRST = (("created_at", DESCENDING), ("_id", DESCENDING))


Entries = Callable[[str, int, Mapping[str, Any] | None, Mapping[str, Any]], tuple[OutboxMessage, ...]]
"""What a change of an aggregate adds to the audit trail, by id, new version, and documents before and after."""


def no_entries(*_: object) -> tuple[OutboxMessage, ...]:
    """Of collections without a trail."""
    return ()


def ignore(aggregate_id: str) -> None:
    """Do nothing after a save."""


class MongoAggregates(Generic[T]):
    """Loading, deciding and saving, the same for every kind of aggregate."""

    def __init__(
        self,
        collection: AggregateCollection,
        to_body: Callable[[T], Document],
        to_state: Callable[[str, Mapping[str, Any]], T],
        saved: Saved,
    ) -> None:
        self._collection = collection
        self._to_body = to_body
        self._to_state = to_state
        self._saved = saved
        self._entries: Entries = collection.entries if isinstance(collection, AuditedCollection) else no_entries

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        """Return the aggregate, or None."""
        return self.maybe(await self._collection.get(aggregate_id))

    async def add(self, aggregate_id: str, state: T, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        """Save a new aggregate as version 1 with its messages; False when one with this id is there already."""
        body = self._to_body(state)
        return await self._collection.insert(
            aggregate_id, body, (*self._entries(aggregate_id, 1, None, body), *messages)
        )

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        """Load, decide, save what changed; again from the start when somebody else saved in between."""

        async def attempt() -> Loaded[T] | None:
            stored = await self._collection.get(aggregate_id)
            return None if stored is None else await self.decided(stored, decide, event_id=event_id)

        try:
            return await retrying(attempt)
        except AlreadyHandled:
            return await self.get(aggregate_id)

    async def decided(self, stored: Stored, decide: Decide[T], *, event_id: str | None = None) -> Loaded[T]:
        """Decide on a loaded document and save the fields that changed, with the messages; nothing without either."""
        found = self.loaded(stored)
        write = await decide(found)
        before, after = self._to_body(found.state), self._to_body(write.state)
        changes = {field: value for field, value in after.items() if field not in before or before[field] != value}
        if not changes and not write.messages:
            return found
        entries = self._entries(stored.id, stored.version + 1, before, after)
        version = await self._collection.update(
            stored.id,
            stored.version,
            changes,
            (*entries, *write.messages),
            event_id=event_id,
            outbox=stored.outbox,
        )
        self._saved(stored.id)
        await self._committed(entries)
        return Loaded(write.state, version)

    async def _committed(self, entries: Sequence[OutboxMessage]) -> None:
        """Do what is wanted at once after a save; the relay gets the same entries."""

    async def newest(
        self,
        query: Document,
        *,
        after: Position | None,
        limit: int,
        fields: Sequence[str] = (),
        counted: Callable[[], Awaitable[int]] | None = None,
    ) -> tuple[list[Stored], Position | None, int | None]:
        """Return one page, newest first, where the next one starts, and on the first page the number of all.

        `counted` knows that number without asking for all that match.
        """
        projection = dict.fromkeys((*fields, "version"), 1) if fields else None

        async def find(chosen: Document, most: int) -> list[Stored]:
            return await self._collection.find(chosen, sort=NEWEST_FIRST, limit=most, projection=projection)

        place = None if after is None else (after.created_at, after.id)
        found = await keyset.following(find, query, "created_at", place, limit + 1, descending=True)
        page = found[:limit]
        more = Position(page[-1].body["created_at"], page[-1].id) if len(found) > limit else None
        if after is not None:
            return page, more, None
        return page, more, await (counted() if counted else self._collection.count(query))

    def maybe(self, stored: Stored | None) -> Loaded[T] | None:
        """Return the aggregate of a document, or None."""
        return None if stored is None else self.loaded(stored)

    def loaded(self, stored: Stored) -> Loaded[T]:
        """Return the aggregate of a document."""
        return Loaded(self._to_state(stored.id, stored.body), stored.version)


class MongoBooks(Generic[T]):
    """Aggregates that are there from the beginning: the first change makes the document.

    `to_fields` names the parts of a book one by one (`ratings.<id>`), so that each is saved by itself; `to_body` is the
    whole document.
    """

    def __init__(
        self,
        collection: AggregateCollection,
        *,
        empty: Callable[[str], T],
        to_fields: Callable[[T], Document],
        to_body: Callable[[T], Document],
        to_state: Callable[[str, Mapping[str, Any]], T],
        saved: Saved = ignore,
    ) -> None:
        self.collection = collection
        self.books = MongoAggregates(collection, to_fields, to_state, saved)
        self._empty = empty
        self._to_body = to_body
        self._saved = saved
        self._entries: Entries = collection.entries if isinstance(collection, AuditedCollection) else no_entries

    async def get(self, aggregate_id: str, /) -> Loaded[T]:
        """Return the aggregate; empty, in version 0, as long as nothing was saved."""
        return await self.books.get(aggregate_id) or Loaded(self._empty(aggregate_id), 0)

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T]:
        """Load, decide, save what changed; again from the start when somebody else saved in between."""

        async def attempt() -> Loaded[T]:
            stored = await self.collection.get(aggregate_id)
            if stored is not None:
                return await self.books.decided(stored, decide, event_id=event_id)
            found = Loaded(self._empty(aggregate_id), 0)
            write = await decide(found)
            if write.state == found.state and not write.messages:
                return found
            body = self._to_body(write.state)
            messages = (*self._entries(aggregate_id, 1, None, body), *write.messages)
            if not await self.collection.insert(aggregate_id, body, messages, event_id=event_id):
                raise VersionConflict(aggregate_id)
            self._saved(aggregate_id)
            return Loaded(write.state, 1)

        try:
            return await retrying(attempt, attempts=ATTEMPTS)
        except AlreadyHandled:
            return await self.get(aggregate_id)
