"""The published versions out of the collection `solutions`; drafts, findings and people are never read."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
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
COUNTED_SECONDS = 10
"""How long a number is believed while the last changes are the same."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
MARKS = ("withdrawn.at", "suspended.at", "expired.at", "live.corrected_at", "renamed_at")


class MongoPublishedSolutions:
    """Reads by indexes; what it remembers only spares looking at everything again."""

    def __init__(self, db: Database) -> None:
        self._collection = db["solutions"]
        self._floor = _EVER
        self._counted = ("", 0, 0.0)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        state = ("state", ASCENDING)
        await self._collection.create_index([state, ("_id", ASCENDING)], name="open_data")
        await self._collection.create_index(
            [state, ("published_at", DESCENDING), ("_id", ASCENDING)], name="last_published"
        )
        for mark in MARKS:
            await self._collection.create_index(
                [(mark, DESCENDING), ("_id", ASCENDING)], name=f"last_{mark.partition('.')[0]}", sparse=True
            )

    async def standing(self) -> Standing:
        """Return how many there are, and a mark made of that and of the last changes of each kind.

        Whatever leaves the set gets a newer mark than all others; whatever comes back makes the set larger; whatever
        changes is published later than all others. So different sets have different marks, also while the clocks of
        several processes differ by no more than the time that the last NEWEST changes took.
        """
        newest = [await self._last_published()]
        newest += [await self._newest({mark: {"$gt": _EVER}}, mark) for mark in MARKS]
        marks = repr([[(key, at.isoformat()) for key, at in each] for each in newest])
        count = await self._count(marks)
        said = repr((count, marks))
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

    async def _count(self, marks: str) -> int:
        """Count again after every change, and once in a while for one with an older time than others before it."""
        held, count, until = self._counted
        if held != marks or time.monotonic() >= until:
            count = await self._collection.count_documents(PUBLISHED)
            self._counted = (marks, count, time.monotonic() + COUNTED_SECONDS)
        return count

    async def _last_published(self) -> list[tuple[str, datetime]]:
        """Return those published last, looking no further back than the last time unless too few are left."""
        found = await self._newest({**PUBLISHED, "published_at": {"$gte": self._floor}}, "published_at")
        if len(found) < NEWEST and self._floor > _EVER:
            found = await self._newest({**PUBLISHED, "published_at": {"$gte": _EVER}}, "published_at")
        # The embedded database leaves out what is equal to a bound of an index that descends.
        self._floor = found[-1][1] - timedelta(milliseconds=1) if len(found) == NEWEST else _EVER
        return found

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
