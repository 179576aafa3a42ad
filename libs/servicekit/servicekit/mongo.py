"""Aggregates in MongoDB: one update per command, with the messages to publish inside the same document.

Works on a standalone server: no transactions, no change streams. A document is
`{_id, version, outbox: [...], inbox: [...], ...body}`; nobody else writes it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, ReturnDocument, UpdateOne
from pymongo.errors import ConnectionFailure, DuplicateKeyError, ExecutionTimeout, NotPrimaryError

from servicekit import errors
from servicekit.outbox import OutboxMessage
from servicekit.settings import ServiceSettings

Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Sort = Sequence[tuple[str, int]]
T = TypeVar("T")

INBOX_SIZE = 200
"""How many handled event ids an aggregate remembers; redelivery is bounded by `max_deliver`, so this is ample."""
UNREACHABLE = ConnectionFailure | NotPrimaryError | ExecutionTimeout
"""What the driver raises while the server is away (for `isinstance`)."""
_OWN_FIELDS = ("_id", "version", "outbox", "inbox")


class VersionConflict(Exception):
    """Somebody else saved the aggregate first; load it again and decide anew."""


class AlreadyHandled(Exception):
    """The event that caused this command changed the aggregate before."""


class Publisher(Protocol):
    """Publishes what lies in the outboxes."""

    def kick(self, collection: str, document_id: str, outbox: Sequence[OutboxMessage]) -> None:
        """Publish these messages, which are the document's whole outbox in order, soon."""
        ...

    def acknowledged(self, collection: str, document_id: str) -> frozenset[str]:
        """Return the ids of messages that were published and may still lie in the document's outbox."""
        ...

    def removed(self, collection: str, document_id: str, ids: Iterable[str]) -> None:
        """Take note that these messages no longer lie in the document's outbox."""
        ...


@dataclass(frozen=True)
class Stored:
    """An aggregate as loaded: `body` is the document without `_id`, `version`, `outbox` and `inbox`.

    `outbox` is what waited in it to be published, or had just been, in order; empty in lists.
    """

    id: str
    version: int
    body: Document
    outbox: tuple[OutboxMessage, ...] = ()


@dataclass(frozen=True)
class Mongo:
    """An open connection and the service's own database."""

    client: AsyncIOMotorClient[Document]
    db: Database

    async def ping(self) -> None:
        """Raise when the server does not answer."""
        await self.client.admin.command("ping")


@asynccontextmanager
async def connect(settings: ServiceSettings) -> AsyncIterator[Mongo]:
    """Open the service's database; the client reconnects by itself."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        settings.mongodb_url,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        socketTimeoutMS=30_000,
        retryWrites=False,
        appname=settings.service_name,
    )
    try:
        yield Mongo(client, client[settings.mongodb_database])
    finally:
        client.close()


def _stored(document: Mapping[str, Any]) -> Stored:
    body = {key: value for key, value in document.items() if key not in _OWN_FIELDS}
    outbox = tuple(OutboxMessage.from_document(entry) for entry in document.get("outbox", ()))
    return Stored(document["_id"], document.get("version", 0), body, outbox)


class AggregateCollection:
    """The only writer of one kind of aggregate."""

    def __init__(self, db: Database, name: str, *, relay: Publisher | None = None) -> None:
        self.name = name
        self.collection: AsyncIOMotorCollection[Document] = db[name]
        self._relay = relay

    async def prepare(self) -> None:
        """Create the index the relay sweeps by (idempotent)."""
        await self.collection.create_index([("outbox.id", ASCENDING)], name="outbox")

    async def get(self, document_id: str) -> Stored | None:
        """Return the aggregate, or None."""
        return await self.find_one({"_id": document_id})

    async def find_one(self, query: Mapping[str, Any]) -> Stored | None:
        """Return the first aggregate that matches, or None."""
        document = await self.collection.find_one(dict(query))
        return None if document is None else _stored(document)

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sort = (("_id", ASCENDING),),
        limit: int = 0,
        skip: int = 0,
        projection: Mapping[str, int] | None = None,
    ) -> list[Stored]:
        """Return the aggregates that match, in order; `limit` 0 means all of them."""
        cursor = self.collection.find(dict(query), dict(projection) if projection else {"outbox": 0, "inbox": 0})
        cursor = cursor.sort(list(sort)).skip(skip).limit(limit)
        return [_stored(document) async for document in cursor]

    async def count(self, query: Mapping[str, Any]) -> int:
        """Return how many aggregates match."""
        return int(await self.collection.count_documents(dict(query)))

    async def insert(
        self,
        document_id: str,
        body: Mapping[str, Any],
        messages: Sequence[OutboxMessage] = (),
        *,
        event_id: str | None = None,
    ) -> bool:
        """Save a new aggregate as version 1 with its messages.

        Returns False when an aggregate with this id is there already (nothing is changed then).
        Raises DuplicateKeyError when another unique index of the collection refuses it.
        """
        document = {
            **body,
            "_id": document_id,
            "version": 1,
            "outbox": [message.to_document() for message in messages],
            "inbox": [event_id] if event_id else [],
        }
        try:
            await self.collection.insert_one(document)
        except DuplicateKeyError:
            if await self.collection.find_one({"_id": document_id}, {"_id": 1}) is not None:
                return False
            raise
        if messages and self._relay is not None:
            self._relay.kick(self.name, document_id, messages)
        return True

    async def update(
        self,
        document_id: str,
        expected_version: int,
        changes: Mapping[str, Any],
        messages: Sequence[OutboxMessage] = (),
        *,
        event_id: str | None = None,
        unset: Sequence[str] = (),
        outbox: Sequence[OutboxMessage] | None = None,
    ) -> int:
        """Save changed top-level fields and the messages in one update; return the new version.

        `event_id` is the event being handled: its second arrival raises AlreadyHandled and changes nothing. `outbox` is
        that of the aggregate as loaded in `expected_version`: what was published of it leaves the document with this
        update; when it is None, the update reads the outbox back.
        Raises VersionConflict when the aggregate is no longer at `expected_version`.
        """
        query: Document = {"_id": document_id, "version": expected_version}
        update: Document = {"$inc": {"version": 1}}
        if changes:
            update["$set"] = dict(changes)
        if unset:
            update["$unset"] = dict.fromkeys(unset, "")
        push: Document = {}
        gone, waiting = self._published_of(document_id, outbox or ())
        if messages or gone:
            push["outbox"] = {"$each": [message.to_document() for message in messages]}
        if gone:
            # Since it was loaded, others can only have taken out what was published: the last ones are all that waits.
            push["outbox"]["$slice"] = -(len(waiting) + len(messages))
        if event_id:
            query["inbox"] = {"$ne": event_id}
            push["inbox"] = {"$each": [event_id], "$slice": -INBOX_SIZE}
        if push:
            update["$push"] = push
        if outbox is None:
            saved = await self.collection.find_one_and_update(
                query, update, projection={"outbox": 1}, return_document=ReturnDocument.AFTER
            )
            matched = saved is not None
            waiting = [OutboxMessage.from_document(entry) for entry in saved["outbox"]] if saved else []
        else:
            matched = (await self.collection.update_one(query, update)).matched_count > 0
            waiting = [*waiting, *messages]
        if not matched:
            await self._why_nothing_matched(document_id, event_id)
        elif self._relay is not None:
            self._relay.removed(self.name, document_id, gone)
            if messages:
                self._relay.kick(self.name, document_id, waiting)
        return expected_version + 1

    def _published_of(
        self, document_id: str, outbox: Sequence[OutboxMessage]
    ) -> tuple[list[str], Sequence[OutboxMessage]]:
        """Return the ids at the head of an outbox that were published, and what follows them."""
        if not outbox or self._relay is None:
            return [], outbox
        known = self._relay.acknowledged(self.name, document_id)
        first = next((place for place, message in enumerate(outbox) if message.id not in known), len(outbox))
        return [message.id for message in outbox[:first]], outbox[first:]

    async def _why_nothing_matched(self, document_id: str, event_id: str | None) -> None:
        if event_id and await self.collection.find_one({"_id": document_id, "inbox": event_id}, {"_id": 1}):
            raise AlreadyHandled(event_id)
        raise VersionConflict(f"{self.name}/{document_id}")

    async def pending(self, limit: int, after: str = "") -> dict[str, list[OutboxMessage]]:
        """Return what waits to be published, in order, by document id, of the next `limit` documents after an id."""
        query = {"outbox.id": {"$gt": ""}, "_id": {"$gt": after}}
        cursor = self.collection.find(query, {"outbox": 1}).sort("_id", ASCENDING).limit(limit)
        return {
            document["_id"]: [OutboxMessage.from_document(entry) for entry in document["outbox"]]
            async for document in cursor
        }

    async def count_pending(self) -> int:
        """Return how many aggregates have something to publish."""
        return int(await self.collection.count_documents({"outbox.id": {"$gt": ""}}))

    async def published(self, message_ids: Mapping[str, Iterable[str]]) -> None:
        """Take acknowledged messages, given by document id, out of the outboxes."""
        pulls = [
            UpdateOne({"_id": document_id}, {"$pull": {"outbox": {"id": {"$in": list(ids)}}}})
            for document_id, ids in message_ids.items()
        ]
        await self.collection.bulk_write(pulls, ordered=False)


async def retrying(attempt: Callable[[], Awaitable[T]], attempts: int = 3) -> T:
    """Run load-decide-save again when somebody else saved first.

    Raises ProblemError `busy` (503) when every attempt lost.
    """
    for number in range(attempts):
        try:
            return await attempt()
        except VersionConflict:
            await asyncio.sleep(random.uniform(0.001, 0.02) * (number + 1))  # noqa: S311 - jitter, not a secret
    raise errors.unavailable("busy", "others are changing this at the same moment: try again", retry_after=1)
