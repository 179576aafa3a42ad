"""The audit trail in MongoDB: entries are saved with the change and moved into the collection `audit`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from contracts.ids import uuid7
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError
from servicekit import context
from servicekit.clock import Clock
from servicekit.mongo import AggregateCollection, Database
from servicekit.outbox import OutboxMessage
from servicekit.platform import Platform

from catalog.application.audit import (
    CHANGED,
    CREATED,
    FEEDBACK,
    ORGANISATION,
    SOLUTION,
    SUBJECT,
    Audited,
    Entry,
    FieldDifference,
    Page,
    differences,
    trail_of,
)

Document = dict[str, Any]
DUPLICATE = 11000
CONTACT = frozenset({"email", "display_name"})
PRIVATE = frozenset({"messages", "complaints", "rulings", "asking", "people"})
AUDITED: Mapping[str, Audited] = {
    "organisations": Audited(
        "organisation", ORGANISATION, left_out=CONTACT | {"proof"}, derived=frozenset({"name_key"})
    ),
    "solutions": Audited(
        "solution",
        SOLUTION,
        derived=frozenset({"live", "renamed_at", "unapproved_at", "updated_at", "guard_at", "told"}),
    ),
    "ratings": Audited("ratings", FEEDBACK, derived=frozenset({"summary", "score", "people"})),
    "deployments": Audited(
        "deployments", FEEDBACK, left_out=frozenset({"contacts"}), derived=frozenset({"about", "users", "next_at"})
    ),
    "threads": Audited(
        "thread",
        FEEDBACK,
        owner="solution_id",
        left_out=PRIVATE | {"answering"},
        derived=frozenset({"organisations", "reported", "updated_at"}),
    ),
    "publiccode_drifts": Audited("publiccode", SOLUTION, derived=frozenset({"checked_at", "turn", "turn_at"})),
    "dossiers": Audited(
        "dossier",
        ORGANISATION,
        owner="organisation_id",
        left_out=frozenset({"title", "need", "criteria", "candidates", "record", "log", "seals", "conclusion"}),
        derived=frozenset({"updated_at"}),
    ),
    "requirement_profiles": Audited(
        "requirement_profile",
        ORGANISATION,
        owner="organisation_id",
        left_out=frozenset({"name", "requirements"}),
        derived=frozenset({"updated_at"}),
    ),
    "inquiries": Audited(
        "inquiry",
        FEEDBACK,
        owner="solution_id",
        left_out=PRIVATE | {"provider", "wish", "dossier_id"},
        derived=frozenset({"reported", "next_at", "updated_at"}),
    ),
    "invitations": Audited(
        "invitation",
        ORGANISATION,
        owner="organisation_id",
        left_out=frozenset({"email", "address", "token_hash", "invited_by", "taken_by"}),
        derived=frozenset({"organisation_name"}),
    ),
    "blocklists": Audited("blocklist", ORGANISATION),
}
"""By collection. Of conversations and inquiries only that something happened: their words and people are private and
get erased. Dossiers keep a sealed log of their own, with names; what they and requirement profiles hold is not for the
team, which reads trails.
"""


class AuditedCollection(AggregateCollection):
    """A collection whose changes are in the audit trail."""

    def __init__(self, platform: Platform, name: str) -> None:
        super().__init__(platform.db, name, relay=platform.relay)
        self._clock: Clock = platform.clock
        self._audited = AUDITED[name]
        platform.relay.watch(self)

    def entries(
        self, aggregate_id: str, version: int, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> tuple[OutboxMessage, ...]:
        """Return the entry of a change that leads to a version, to be saved with it; none when nothing differs."""
        found = differences(self._audited, before or {}, after)
        if not found:
            return ()
        bound = context.current()
        entry = Entry(
            id=uuid7(),
            trail=trail_of(self._audited, aggregate_id, after),
            kind=self._audited.kind,
            aggregate_id=aggregate_id,
            version=version,
            action=CREATED if before is None else CHANGED,
            at=self._clock.now(),
            actor=bound.actor,
            by_service=bound.actor is None,
            cause=bound.causation_id,
            correlation_id=bound.correlation_id,
            differences=found,
        )
        return (OutboxMessage(entry.id, SUBJECT, orjson.dumps(entry, default=str), "application/json"),)


class MongoAuditTrail:
    """Entries by the id that they were given when they were written, which grows with time."""

    def __init__(self, db: Database) -> None:
        self._collection = db["audit"]

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.create_index([("trail", ASCENDING), ("_id", DESCENDING)], name="trail")

    async def store(self, messages: Sequence[OutboxMessage]) -> None:
        """Keep entries; one that is there already stays as it is."""
        try:
            await self._collection.insert_many([_document(message) for message in messages], ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise

    async def page(self, trail: str, *, after: str | None, limit: int) -> Page:
        """Return entries of a trail, newest first."""
        query: Document = {"trail": trail}
        if after is not None:
            query["_id"] = {"$lt": after}
        cursor = self._collection.find(query).sort("_id", DESCENDING).limit(limit + 1)
        found = [_entry(document) async for document in cursor]
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    async def every(self, trail: str) -> AsyncIterator[Entry]:
        """Yield all entries of a trail, oldest first."""
        async for document in self._collection.find({"trail": trail}).sort("_id", ASCENDING):
            yield _entry(document)


def _document(message: OutboxMessage) -> Document:
    entry: Document = orjson.loads(message.data)
    return {"_id": entry.pop("id"), **entry, "at": datetime.fromisoformat(entry["at"])}


def _entry(document: Mapping[str, Any]) -> Entry:
    found = {key: value for key, value in document.items() if key != "_id"}
    found["differences"] = tuple(FieldDifference(**each) for each in found["differences"])
    return Entry(id=document["_id"], **found)
