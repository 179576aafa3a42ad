"""Saved searches in MongoDB, each with the alerts that go out in the same write."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError
from servicekit import errors
from servicekit.digest_times import Frequency
from servicekit.mongo import AggregateCollection, Document, Stored, retrying

from search.application.alert_messages import message_of
from search.application.alert_ports import Decide, Listener
from search.domain.saved_search import MOST_PER_OWNER, Change, SavedSearch, StoredQuery

PAGE = 1000
SLOT_ATTEMPTS = 5
NEWEST_FIRST = (("created_at", DESCENDING), ("_id", DESCENDING))
_ALERTING = [each.value for each in Frequency if each is not Frequency.NEVER]
_LISTENER = dict.fromkeys(("organisation_id", "query", "listens_from"), 1)
_SAVED = TypeAdapter(SavedSearch)
_QUERY = TypeAdapter(StoredQuery)


class MongoSavedSearches:
    """The one writer of the collection `saved_searches`.

    Each search of a user takes one of the user's numbered slots, and no two the same one: so the limit holds also when
    a user saves several at the same moment.
    """

    def __init__(self, collection: AggregateCollection) -> None:
        self._saved = collection

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._saved.prepare()
        collection = self._saved.collection
        await collection.create_index([("owner", ASCENDING), ("slot", ASCENDING)], name="slot", unique=True)
        await collection.create_index([("frequency", ASCENDING), ("_id", ASCENDING)], name="frequency")
        await collection.create_index([("due_at", ASCENDING)], name="due")

    async def add(self, saved: SavedSearch) -> bool:
        """See `SavedSearches.add`."""
        for _ in range(SLOT_ATTEMPTS):
            if await self._saved.get(saved.id) is not None:
                return False
            slot = await self._free_slot(saved.owner)
            try:
                return await self._saved.insert(saved.id, {**_body(saved), "slot": slot})
            except DuplicateKeyError:  # the same user saved another one at the same moment
                continue
        raise errors.unavailable("busy", "you are saving several searches at once: try again", retry_after=1)

    async def get(self, search_id: str) -> SavedSearch | None:
        """Return one, or None."""
        stored = await self._saved.get(search_id)
        return None if stored is None else _state(stored)

    async def of_owner(self, owner: str) -> Sequence[SavedSearch]:
        """Return what a user saved, newest first."""
        return [_state(stored) for stored in await self._saved.find({"owner": owner}, sort=NEWEST_FIRST)]

    async def change(self, search_id: str, decide: Decide) -> SavedSearch | None:
        """See `SavedSearches.change`."""

        async def attempt() -> SavedSearch | None:
            stored = await self._saved.get(search_id)
            if stored is None:
                return None
            saved = _state(stored)
            return await self._save(saved, stored.version, decide(saved))

        return await retrying(attempt, attempts=10)

    async def remove(self, search_id: str, *, revision: int | None) -> bool:
        """See `SavedSearches.remove`; an alert that was not published yet goes with it."""
        query: Document = {"_id": search_id} if revision is None else {"_id": search_id, "revision": revision}
        return bool((await self._saved.collection.delete_one(query)).deleted_count)

    async def forget(self, owner: str, *, saved_before: datetime) -> int:
        """Delete what a user saved before an instant; return how many."""
        query = {"owner": owner, "created_at": {"$lt": saved_before}}
        return int((await self._saved.collection.delete_many(query)).deleted_count)

    async def leave(self, owner: str, organisation_id: str) -> None:
        """Forget for which organisation a user saved searches."""
        query = {"owner": owner, "organisation_id": organisation_id}
        await self._saved.collection.update_many(query, {"$set": {"organisation_id": None}, "$inc": {"version": 1}})

    async def listening(self, *, until: datetime) -> AsyncIterator[Sequence[Listener]]:
        """See `SavedSearches.listening`."""
        after = ""
        while True:
            query = {
                "frequency": {"$in": _ALERTING},
                "listens_from": {"$lt": until},
                "_id": {"$gt": after},
            }
            page = await self._saved.find(query, limit=PAGE, projection=_LISTENER)
            if page:
                yield [_listener(stored) for stored in page]
            if len(page) < PAGE:
                return
            after = page[-1].id

    async def due(self, now: datetime, limit: int) -> Sequence[SavedSearch]:
        """See `SavedSearches.due`."""
        query = {"due_at": {"$lte": now}}
        return [_state(stored) for stored in await self._saved.find(query, sort=[("due_at", ASCENDING)], limit=limit)]

    async def _save(self, before: SavedSearch, version: int, change: Change) -> SavedSearch:
        old, new = _body(before), _body(change.state)
        changes = {name: value for name, value in new.items() if old[name] != value}
        messages = [message_of(change.state, change.alert)] if change.alert else []
        if changes or messages:
            await self._saved.update(before.id, version, changes, messages)
        return change.state

    async def _free_slot(self, owner: str) -> int:
        """Return the lowest free slot; raises ProblemError `saved-search-limit` when there is none."""
        held = await self._saved.find({"owner": owner}, projection={"slot": 1})
        taken = {stored.body["slot"] for stored in held}
        free = [slot for slot in range(MOST_PER_OWNER) if slot not in taken]
        if not free:
            raise errors.conflict(
                "saved-search-limit", f"you have {MOST_PER_OWNER} saved searches, which is the most: delete one first"
            )
        return free[0]


def _body(saved: SavedSearch) -> Document:
    document: Document = _SAVED.dump_python(saved, mode="python")
    del document["id"]
    return document


def _state(stored: Stored) -> SavedSearch:
    fields = {name: value for name, value in stored.body.items() if name != "slot"}
    return _SAVED.validate_python({**fields, "id": stored.id})


def _listener(stored: Stored) -> Listener:
    body: Mapping[str, Any] = stored.body
    query = _QUERY.validate_python(body["query"])
    return Listener(stored.id, body["organisation_id"], query, body["listens_from"])
