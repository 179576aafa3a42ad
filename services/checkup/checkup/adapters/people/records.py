"""Self-disclosures, checks, contests and logs of contradictions in MongoDB, one collection each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter
from pymongo import ASCENDING
from servicekit import errors
from servicekit.mongo import AggregateCollection, Database, Stored, VersionConflict, retrying
from servicekit.outbox import OutboxMessage

from checkup.application.people.ports import Loaded
from checkup.domain.people.disclosure import Edition
from checkup.domain.people.trail import Entry, Trail


class Audited(Protocol):
    """A frozen dataclass with an id and an audit trail."""

    @property
    def id(self) -> str: ...

    @property
    def audit(self) -> Trail: ...


T = TypeVar("T", bound=Audited)
OLDEST_FIRST = (("opened_at", ASCENDING), ("_id", ASCENDING))
MOST_ENTRIES = 300
KEPT_ENTRIES = 150
"""When a trail grows beyond the first number, all but so many of its newest entries move to the archive."""
_ENTRIES: TypeAdapter[list[Entry]] = TypeAdapter(list[Entry])
_EDITION: TypeAdapter[Edition] = TypeAdapter(Edition)


class MongoRecords(Generic[T]):
    """The one writer of a collection. Records of a solution are found by `solution_id`, or by being called like it."""

    def __init__(self, collection: AggregateCollection, kind: type[T], db: Database) -> None:
        self._records = collection
        self._type: TypeAdapter[T] = TypeAdapter(kind)
        self._archive = db["audit_archive"]

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._records.prepare()
        await self._records.collection.create_index([("solution_id", ASCENDING)], sparse=True)
        await self._records.collection.create_index([("state", ASCENDING)], sparse=True)
        await self._archive.create_index([("solution_id", ASCENDING), ("kind", ASCENDING)])

    async def get(self, record_id: str) -> Loaded[T] | None:
        """Return the record, or None."""
        stored = await self._records.get(record_id)
        return None if stored is None else self._loaded(stored)

    async def add(self, record: T, messages: Sequence[OutboxMessage] = ()) -> Loaded[T] | None:
        """Save a new record; None when there is one with this id already."""
        added = await self._records.insert(record.id, self._body(record), messages)
        return Loaded(record, 1) if added else None

    async def change(
        self,
        record_id: str,
        decide: Callable[[T | None], T],
        *,
        expected: int | None = None,
        messages: Callable[[T], Sequence[OutboxMessage]] | None = None,
    ) -> Loaded[T]:
        """Load, decide, save; see `Records.change`."""

        async def attempt() -> Loaded[T]:
            stored = await self._records.get(record_id)
            before = None if stored is None else self._loaded(stored)
            revision = before.revision if before else 0
            if expected is not None and expected != revision:
                raise _stale(revision)
            after = decide(before.record if before else None)
            if before is not None and after == before.record:
                return before
            out = messages(after) if messages else ()
            if stored is None:
                if not await self._records.insert(record_id, self._body(after), out):
                    raise VersionConflict(record_id)
                return Loaded(after, 1)
            after = await self._archived_beyond(after, revision)
            return Loaded(after, await self._records.update(record_id, revision, self._body(after), out))

        if expected is None:
            return await retrying(attempt, attempts=6)
        try:
            return await attempt()
        except VersionConflict:
            raise _stale(expected) from None

    async def of_solution(self, solution_id: str) -> Sequence[Loaded[T]]:
        """Return a solution's records, oldest first."""
        found = await self._records.find({"solution_id": solution_id}, sort=OLDEST_FIRST)
        return [self._loaded(stored) for stored in found]

    async def find(self, state: str, *, limit: int) -> Sequence[Loaded[T]]:
        """Return the records in a state, oldest first."""
        found = await self._records.find({"state": state}, sort=OLDEST_FIRST, limit=limit)
        return [self._loaded(stored) for stored in found]

    async def archived(self, solution_id: str) -> Sequence[Entry]:
        """Return the entries that moved to the archive, oldest first."""
        cursor = self._archive.find({"solution_id": solution_id, "kind": self._records.name}).sort("_id", ASCENDING)
        return [entry async for kept in cursor for entry in _ENTRIES.validate_python(kept["entries"])]

    async def _archived_beyond(self, record: T, revision: int) -> T:
        """Copy what is too much, then leave it out: a crash in between keeps it twice, and readers tell that."""
        if len(record.audit) <= MOST_ENTRIES:
            return record
        old, kept = record.audit[:-KEPT_ENTRIES], record.audit[-KEPT_ENTRIES:]
        entries = _ENTRIES.dump_python(list(old), mode="json")
        solution_id = getattr(record, "solution_id", record.id)
        key = f"{self._records.name}:{record.id}:{revision:09}"
        body = {"solution_id": solution_id, "kind": self._records.name, "entries": entries}
        await self._archive.replace_one({"_id": key}, body, upsert=True)
        shorter: T = replace(record, audit=kept)  # type: ignore[type-var]
        return shorter

    def _body(self, record: T) -> dict[str, Any]:
        body: dict[str, Any] = self._type.dump_python(record, mode="json")
        body.pop("id")
        return body

    def _loaded(self, stored: Stored) -> Loaded[T]:
        return Loaded(self._type.validate_python({**stored.body, "id": stored.id}), stored.version)


class MongoEditions:
    """Every published version, in documents that are written once."""

    def __init__(self, db: Database) -> None:
        self._editions = db["disclosure_editions"]

    async def add(self, solution_id: str, edition: Edition) -> None:
        """Keep a version; again is harmless."""
        body = {**_EDITION.dump_python(edition, mode="json"), "solution_id": solution_id}
        await self._editions.replace_one({"_id": body.pop("id")}, body, upsert=True)

    async def get(self, edition_id: str) -> Edition | None:
        """Return a version with its answers."""
        found = await self._editions.find_one({"_id": edition_id})
        if found is None:
            return None
        return _EDITION.validate_python({**found, "id": found["_id"]})


def _stale(revision: int) -> errors.ProblemError:
    return errors.stale("stale-version", f"somebody else saved meanwhile: it is at version {revision} now")
