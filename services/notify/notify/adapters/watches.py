"""Who watches which solution, which awards it had, and what waits to be told, in MongoDB."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError
from servicekit.clock import Clock
from servicekit.mongo import Database

from notify.application.ports import Watcher
from notify.domain.digest import Digest, Item

MARK_KEPT_SECONDS = 60 * 24 * 3600
"""Twice as long as the private stream keeps its events."""
REMEMBERED = 500
"""Events of which a user's digest knows that they were taken up, and items that it has at most."""


class MongoWatches:
    """The one writer of `watches` and `solution_awards`.

    What ended stays as a mark for a while, so that an older event that is delivered again cannot bring it back.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._watches = db["watches"]
        self._awards = db["solution_awards"]
        self._clock = clock

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._watches.create_index([("solution_id", ASCENDING), ("ended_at", ASCENDING)], name="solution")
        await self._watches.create_index("ended_at", expireAfterSeconds=MARK_KEPT_SECONDS, name="ended")

    async def start(self, watcher: Watcher, solution_ids: Sequence[str], *, sequence: int) -> None:
        """Remember who watches, unless something newer is known than stream sequence `sequence`."""
        await self._mark(watcher, solution_ids, sequence, None)

    async def end(self, watcher: Watcher, solution_ids: Sequence[str], *, sequence: int) -> None:
        """Forget who watched, unless something newer is known than stream sequence `sequence`."""
        await self._mark(watcher, solution_ids, sequence, self._clock.now())

    async def of(self, solution_id: str) -> Collection[Watcher]:
        """Return who watches a solution."""
        cursor = self._watches.find({"solution_id": solution_id, "ended_at": None})
        return [Watcher(each["user"], each["organisation_id"]) async for each in cursor]

    async def awards_before(self, solution_id: str, *, sequence: int) -> frozenset[str]:
        """Return the awards that a solution had before the event at this place in its stream."""
        found = await self._awards.find_one({"_id": solution_id, "sequence": {"$lt": sequence}})
        return frozenset(found["awards"]) if found else frozenset()

    async def note_awards(self, solution_id: str, awards: Collection[str], *, sequence: int) -> None:
        """Remember the awards, unless newer ones are known."""
        change = {"$set": {"awards": sorted(awards), "sequence": sequence}}
        try:
            await self._awards.update_one({"_id": solution_id, "sequence": {"$lt": sequence}}, change, upsert=True)
        except DuplicateKeyError:
            return  # there are some, and they are newer

    async def _mark(
        self, watcher: Watcher, solution_ids: Sequence[str], sequence: int, ended_at: datetime | None
    ) -> None:
        for solution_id in solution_ids:
            key = f"{solution_id}|{watcher.user or ''}|{watcher.organisation_id or ''}"
            fields = {**asdict(watcher), "solution_id": solution_id, "sequence": sequence, "ended_at": ended_at}
            try:
                await self._watches.update_one(
                    {"_id": key, "sequence": {"$lte": sequence}}, {"$set": fields}, upsert=True
                )
            except DuplicateKeyError:
                continue  # something newer is known


class MongoDigests:
    """The one writer of `watch_digests`: one document for each user.

    What is due is set apart under the number of its batch before it is told and dropped afterwards: whoever dies in
    between leaves it to the next one, who tells the same under the same number.
    """

    def __init__(self, db: Database) -> None:
        self._digests = db["watch_digests"]

    async def prepare(self) -> None:
        """Create the index (idempotent)."""
        await self._digests.create_index([("due_at", ASCENDING)], name="due_at", sparse=True)

    async def collect(self, user: str, item: Item, due_at: datetime) -> None:
        """Keep something until then, once for each event."""
        fresh: dict[str, Any] = {"_id": user, "taken": {"$ne": item.event_id}}
        change = {
            "$push": {
                "items": {"$each": [asdict(item)], "$slice": -REMEMBERED},
                "taken": {"$each": [item.event_id], "$slice": -REMEMBERED},
            },
            "$min": {"due_at": due_at},
            "$inc": {"changes": 1},
        }
        try:
            await self._digests.update_one(fresh, change, upsert=True)
        except DuplicateKeyError:  # taken already, or somebody else began the document at this moment
            await self._digests.update_one(fresh, change)

    async def due(self, now: datetime, limit: int) -> Sequence[Digest]:
        """Return what is to be told now, what was set apart before included."""
        query = {"$or": [{"due_at": {"$lte": now}}, {"told": {"$exists": True}}]}
        found = [document async for document in self._digests.find(query).limit(limit)]
        return [digest for document in found if (digest := await self._set_apart(document)) is not None]

    async def drop(self, digest: Digest) -> None:
        """Forget what has been told."""
        await self._digests.update_one({"_id": digest.user, "batch": digest.batch}, {"$unset": {"told": ""}})

    async def erase(self, user: str, organisation_id: str | None) -> None:
        """Forget what waits for a user because of an organisation (None: at all)."""
        if organisation_id is None:
            await self._digests.delete_one({"_id": user})
            return
        gone = {"organisation_id": organisation_id}
        await self._digests.update_one({"_id": user}, {"$pull": {"items": gone}, "$inc": {"changes": 1}})

    async def _set_apart(self, document: dict[str, Any]) -> Digest | None:
        user = document["_id"]
        if "told" in document:
            return Digest(user, document["batch"], _items(document["told"]))
        batch = document.get("batch", 0) + 1
        unchanged = {"_id": user, "changes": document["changes"], "told": {"$exists": False}}
        change = {
            "$set": {"told": document["items"], "items": [], "batch": batch},
            "$unset": {"due_at": ""},
            "$inc": {"changes": 1},
        }
        done = await self._digests.update_one(unchanged, change)
        return Digest(user, batch, _items(document["items"])) if done.modified_count else None


def _items(documents: Sequence[dict[str, Any]]) -> tuple[Item, ...]:
    return tuple(Item(**each) for each in documents)
