"""Watchlists in MongoDB, without an audit trail: what somebody looks at is nobody else's business."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, Literal, cast

from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection

from catalog.adapters.aggregates import Document, MongoBooks
from catalog.application.loading import Decide, Loaded
from catalog.domain.watchlist import Owner, Standing, WatchEntry, Watchlist

_ORGANISATION = "organisation:"


def key_of(owner: Owner) -> str:
    """Return the id of an owner's document."""
    return f"{owner.kind}:{owner.id}"


def _owner(key: str) -> Owner:
    kind, _, owner_id = key.partition(":")
    return Owner(cast(Literal["user", "organisation"], kind), owner_id)


def from_watchlist(held: Watchlist) -> Document:
    """Return the body of a list's document; `people` is for queries."""
    entries = list(held.entries.values())
    return {
        "entries": [asdict(each) for each in entries],
        "people": sorted({each.added_by for each in entries if each.added_by}),
    }


def to_watchlist(key: str, body: Mapping[str, Any]) -> Watchlist:
    """Read a list back."""
    entries = [WatchEntry(**{**each, "noted": Standing(**each["noted"])}) for each in body["entries"]]
    return Watchlist(_owner(key), {each.solution_id: each for each in entries})


class MongoWatchlists:
    """Lists in the collection `watchlists`, one document for each owner."""

    def __init__(self, collection: AggregateCollection) -> None:
        self._books = MongoBooks(
            collection,
            empty=lambda key: Watchlist(_owner(key)),
            to_fields=from_watchlist,
            to_body=from_watchlist,
            to_state=to_watchlist,
        )

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._books.collection.prepare()
        await self._books.collection.collection.create_index([("people", ASCENDING)], name="people")
        await self._books.collection.collection.create_index([("entries.solution_id", ASCENDING)], name="solution")

    async def of(self, owner: Owner) -> Loaded[Watchlist]:
        """Return the owner's list."""
        return await self._books.get(key_of(owner))

    async def change_of(self, owner: Owner, decide: Decide[Watchlist]) -> Loaded[Watchlist]:
        """Load, decide, save; return the saved state."""
        return await self._books.change(key_of(owner), decide)

    async def with_person(self, user: str) -> Collection[Owner]:
        """Return the organisations whose lists have entries that a person added."""
        query = {"people": user, "_id": {"$gt": _ORGANISATION, "$lt": f"{_ORGANISATION}\uffff"}}
        found = await self._books.collection.find(query, projection={"version": 1})
        return [_owner(stored.id) for stored in found]

    async def with_solutions(self, solution_ids: Collection[str]) -> Collection[Owner]:
        """Return whose lists have one of these solutions."""
        query = {"entries.solution_id": {"$in": sorted(solution_ids)}}
        return [_owner(stored.id) for stored in await self._books.collection.find(query, projection={"version": 1})]

    async def remove_empty(self) -> int:
        """Delete what is kept of empty lists, once nothing of it waits to be published; return how many that were."""
        query = {"entries": [], "outbox.id": {"$exists": False}}
        return int((await self._books.collection.collection.delete_many(query)).deleted_count)
