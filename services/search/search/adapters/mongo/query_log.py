"""The log of searches in MongoDB: one small document per search, forgotten by a TTL index."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure
from servicekit import errors
from servicekit.mongo import UNREACHABLE, Database, Document

from search.application.log_store import DayFigures, QueryFigures, QueryReport
from search.domain.query_log import SearchEntry

TTL = "forgotten"
LONGEST_AGGREGATION_MS = 20_000
DUPLICATE_KEY = 11000
OTHER_TIME_TO_LIVE = (85, 86)
"""IndexOptionsConflict and IndexKeySpecsConflict: the index was made with another setting."""

_OF_EVERY = {"$sum": 1}
_NOTHING_FOUND = {"$sum": {"$cond": [{"$eq": ["$hits", 0]}, 1, 0]}}
_OPENED = {"$sum": {"$cond": ["$opened", 1, 0]}}


class MongoSearchLog:
    """The one writer of the collection `searches`."""

    def __init__(self, db: Database, *, kept: timedelta) -> None:
        self._db = db
        self._searches = db["searches"]
        self._kept_seconds = int(kept.total_seconds())

    async def prepare(self) -> None:
        """Create the index that forgets, or give it the time that is set now (idempotent)."""
        with _reachable():
            try:
                await self._searches.create_index("at", name=TTL, expireAfterSeconds=self._kept_seconds)
            except OperationFailure as error:
                if error.code not in OTHER_TIME_TO_LIVE:
                    raise
                wanted = {"name": TTL, "expireAfterSeconds": self._kept_seconds}
                await self._db.command({"collMod": self._searches.name, "index": wanted})

    async def write(self, searches: Collection[SearchEntry], opened: Collection[str]) -> None:
        """Save searches, then mark those of which a result was opened; the same again changes nothing."""
        with _reachable():
            if searches:
                await self._save(list(searches))
            if opened:
                unmarked = {"_id": {"$in": list(opened)}, "opened": False}
                await self._searches.update_many(unmarked, {"$set": {"opened": True}})

    async def _save(self, searches: Sequence[SearchEntry]) -> None:
        writes = [_continuation(entry) if entry.continued else InsertOne(_document(entry)) for entry in searches]
        try:
            await self._searches.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            refused = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in refused):
                raise
            # The id belongs to a search with other words: the client mistook it, and this is a search of its own.
            mistaken = [searches[each["index"]] for each in refused]
            others = [{**_document(entry), "_id": str(uuid4())} for entry in mistaken if entry.continued]
            if others:
                await self._searches.insert_many(others)

    async def by_day(self, since: datetime, left_before: datetime) -> list[DayFigures]:
        """Count searches by day (UTC); days without any are left out."""
        day = {"$dateToString": {"date": "$at", "format": "%Y-%m-%d"}}
        figures = {"searches": _OF_EVERY, "zero": _NOTHING_FOUND, "abandoned": _abandoned(left_before)}
        found = await self._sum_up(
            [{"$match": {"at": {"$gte": since}}}, {"$group": {"_id": day, **figures}}, {"$sort": {"_id": 1}}]
        )
        return [
            DayFigures(date.fromisoformat(each["_id"]), each["searches"], each["zero"], each["abandoned"])
            for each in found
        ]

    async def by_query(self, since: datetime, left_before: datetime, *, limit: int) -> QueryReport:
        """Return the most frequent queries, and those that most often found nothing, or were abandoned."""
        figures = {"zero": _NOTHING_FOUND, "opened": _OPENED, "abandoned": _abandoned(left_before)}
        branches = {of: _most(of, limit) for of in ("searches", "zero", "abandoned")}
        pipeline = [{"$match": {"at": {"$gte": since}}}, *_by_key(figures), {"$facet": branches}]
        (found,) = await self._sum_up(pipeline)
        return QueryReport(*([_figures(each) for each in found[of]] for of in branches))

    async def successful(self, *, minimum: int, limit: int) -> list[tuple[str, int]]:
        """Return queries with hits that were searched often enough to be shown to others, most frequent first."""
        known = [{"searches": {"$gte": minimum}}, {"searches": {"$gte": 2}, "opened": {"$gte": 1}}]
        pipeline = [
            {"$match": {"key": {"$ne": None}, "hits": {"$gt": 0}}},
            *_by_key({"opened": _OPENED}),
            {"$match": {"$or": known}},
            *_most("searches", limit),
        ]
        return [(each["query"], each["searches"]) for each in await self._sum_up(pipeline)]

    async def _sum_up(self, pipeline: list[Document]) -> list[Document]:
        with _reachable():
            return [each async for each in self._searches.aggregate(pipeline, maxTimeMS=LONGEST_AGGREGATION_MS)]


def _document(entry: SearchEntry) -> Document:
    return {
        "_id": entry.id,
        "at": entry.at,
        "query": entry.query,
        "key": entry.key,
        "hits": entry.hits,
        "filtered": entry.filtered,
        "mode": entry.mode,
        "opened": False,
    }


def _continuation(entry: SearchEntry) -> UpdateOne:
    """Bring an entry up to date, or make it when it is not there (any more)."""
    new = _document(entry)
    same = {"_id": new.pop("_id"), "key": new.pop("key")}
    update: Document = {"$max": {"hits": new.pop("hits")}, "$set": {"mode": new.pop("mode")}}
    if entry.filtered:
        update["$set"]["filtered"] = new.pop("filtered")
    return UpdateOne(same, {**update, "$setOnInsert": new}, upsert=True)


def _abandoned(left_before: datetime) -> Document:
    led_nowhere = [{"$gt": ["$hits", 0]}, {"$not": ["$opened"]}, {"$lte": ["$at", left_before]}]
    return {"$sum": {"$cond": [{"$and": led_nowhere}, 1, 0]}}


def _by_key(figures: dict[str, Any]) -> list[Document]:
    """Group by key, each shown in its most frequent spelling (of equally frequent ones the first in the alphabet)."""
    summed = {name: {"$sum": f"${name}"} for name in ("searches", *figures)}
    return [
        {"$group": {"_id": {"k": "$key", "q": "$query"}, "searches": _OF_EVERY, **figures, "last": {"$max": "$at"}}},
        {"$sort": {"searches": -1, "_id.q": 1}},
        {"$group": {"_id": "$_id.k", "query": {"$first": "$_id.q"}, **summed, "last": {"$max": "$last"}}},
    ]


def _most(figure: str, limit: int) -> list[Document]:
    return [{"$match": {figure: {"$gt": 0}}}, {"$sort": {figure: -1, "_id": 1}}, {"$limit": limit}]


def _figures(found: Document) -> QueryFigures:
    return QueryFigures(
        query=found["query"],
        searches=found["searches"],
        zero=found["zero"],
        opened=found["opened"],
        abandoned=found["abandoned"],
        last=found["last"],
    )


@contextmanager
def _reachable() -> Iterator[None]:
    """Say in the service's own words that the database is away."""
    try:
        yield
    except UNREACHABLE.__args__ as error:
        raise errors.unavailable("temporarily-unavailable", "the database does not answer") from error
