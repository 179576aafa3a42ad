"""The published versions out of the collection `solutions`; drafts, findings and people are never read."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from pymongo import ASCENDING, DESCENDING
from servicekit.mongo import Database

from catalog.adapters import documents
from catalog.application.open_data import Entry, Standing
from catalog.application.ports import LiveSolution
from catalog.domain.solution import SolutionState

PUBLISHED = {"state": SolutionState.PUBLISHED.value}
_PUBLIC = dict.fromkeys(documents.LIVE_FIELDS, 1)
NEWEST = 20
"""How many of the last changes tell one state of the set from another."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = ("withdrawn.at", "suspended.at", "live.corrected_at", "renamed_at")


class MongoPublishedSolutions:
    """Reads by indexes; nothing is counted or kept beside the solutions."""

    def __init__(self, db: Database) -> None:
        self._collection = db["solutions"]

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        state = ("state", ASCENDING)
        await self._collection.create_index([state, ("_id", ASCENDING)], name="open_data")
        await self._collection.create_index(
            [state, ("published_at", DESCENDING), ("_id", ASCENDING)], name="last_published"
        )
        for mark in _MARKS:
            await self._collection.create_index(
                [(mark, DESCENDING), ("_id", ASCENDING)], name=f"last_{mark.partition('.')[0]}", sparse=True
            )

    async def standing(self) -> Standing:
        """Return how many there are, and a mark made of that and of the last changes of each kind.

        Whatever leaves the set gets a newer mark than all others; whatever comes back makes the set larger; whatever
        changes is published later than all others. So different sets have different marks, also while the clocks of
        several processes differ by no more than the time that the last NEWEST changes took.
        """
        count = await self._collection.count_documents(PUBLISHED)
        newest = [await self._newest(PUBLISHED, "published_at")]
        newest += [await self._newest({mark: {"$gt": _EVER}}, mark) for mark in _MARKS]
        said = repr((count, [[(key, at.isoformat()) for key, at in each] for each in newest]))
        changed_at = max((at for each in newest for _, at in each), default=None)
        return Standing(count, changed_at, hashlib.sha256(said.encode()).hexdigest())

    async def ids(self, after: str | None, limit: int) -> Sequence[str]:
        """Return up to so many ids behind that one in order, from the first on without one."""
        behind = {} if after is None else {"_id": {"$gt": after}}
        cursor = self._collection.find({**PUBLISHED, **behind}, {"_id": 1}).sort([("_id", ASCENDING)]).limit(limit)
        return [found["_id"] async for found in cursor]

    async def those(self, ids: Sequence[str]) -> Sequence[LiveSolution]:
        """Return those of them that are still published, in the order of their ids."""
        found = [each async for each in self._collection.find({**PUBLISHED, "_id": {"$in": list(ids)}}, _PUBLIC)]
        return [documents.to_live(each["_id"], each) for each in sorted(found, key=itemgetter("_id"))]

    async def entries(self, start: int, limit: int) -> Sequence[Entry]:
        """Return up to so many entries from that place on, counted from 0."""
        fields = {"slug": 1, "published_at": 1, "live.corrected_at": 1}
        cursor = self._collection.find(PUBLISHED, fields).sort([("_id", ASCENDING)]).skip(start).limit(limit)
        return [Entry(found["slug"], _changed_at(found)) async for found in cursor]

    async def _newest(self, query: dict[str, Any], field: str) -> list[tuple[str, datetime]]:
        """Return id and moment of the last ones."""
        part, _, inner = field.partition(".")
        cursor = self._collection.find(query, {field: 1}).sort([(field, DESCENDING), ("_id", ASCENDING)]).limit(NEWEST)
        found = []
        async for document in cursor:
            value = document[part]
            found.append((document["_id"], value[inner] if inner else value))
        return found


def _changed_at(found: Mapping[str, Any]) -> datetime:
    """When what is public was last published or corrected."""
    published: datetime = found["published_at"]
    corrected: datetime | None = found["live"].get("corrected_at")
    return max(published, corrected) if corrected else published
