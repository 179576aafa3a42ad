"""What is known of uploaded files, in the collection `media_records`."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from servicekit.mongo import Database

from catalog.application.media_ports import MediaRecord


class MongoMediaRecords:
    """One document per file, with its id as `_id`."""

    def __init__(self, db: Database) -> None:
        self._collection = db["media_records"]

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.create_index([("solution_id", ASCENDING)], name="solution")
        await self._collection.create_index([("check_at", ASCENDING)], name="due")

    async def get(self, media_id: str) -> MediaRecord | None:
        """Return the record, or None."""
        document = await self._collection.find_one({"_id": media_id})
        return None if document is None else _record(document)

    async def put(self, record: MediaRecord) -> None:
        """Keep a record; again: with a new `check_at`."""
        body = asdict(record)
        await self._collection.replace_one({"_id": body.pop("id")}, body, upsert=True)

    async def count(self, solution_id: str) -> int:
        """Return how many records a solution has."""
        return await self._collection.count_documents({"solution_id": solution_id})

    async def due(self, moment: datetime) -> AsyncIterator[MediaRecord]:
        """Yield records whose `check_at` has come, oldest first."""
        cursor = self._collection.find({"check_at": {"$lte": moment}}).sort([("check_at", ASCENDING)])
        async for document in cursor:
            yield _record(document)

    async def delete(self, record: MediaRecord) -> bool:
        """Forget the record unless it was put anew meanwhile; True when it is gone."""
        found = await self._collection.delete_one({"_id": record.id, "check_at": record.check_at})
        return found.deleted_count == 1


def _record(document: Mapping[str, Any]) -> MediaRecord:
    body = {name: value for name, value in document.items() if name != "_id"}
    return MediaRecord(id=document["_id"], **{**body, "variants": tuple(body["variants"])})
