"""What alerts remember of each solution, in MongoDB: one small document per facet."""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo.errors import DuplicateKeyError
from servicekit.mongo import Database

from search.domain.alert_mark import Mark
from search.domain.document import FacetName

Key = tuple[str, FacetName]


class MongoAlertMarks:
    """The one writer of the collection `alert_marks`."""

    def __init__(self, db: Database) -> None:
        self._marks = db["alert_marks"]

    async def read(self, keys: Iterable[Key]) -> Mapping[Key, Mark]:
        """See `Marks.read`."""
        by_id = {_id(key): key for key in keys}
        cursor = self._marks.find({"_id": {"$in": list(by_id)}})
        return {by_id[found["_id"]]: _mark(by_id[found["_id"]], found) async for found in cursor}

    async def save(self, marks: Iterable[Mark]) -> None:
        """See `Marks.save`."""
        for mark in marks:
            said = {
                "stream": mark.stream,
                "sequence": mark.sequence,
                "version": mark.version,
                "awards": None if mark.awards is None else list(mark.awards),
            }
            key: dict[str, Any] = {"_id": _id((mark.solution_id, mark.facet))}
            older = {**key, "stream": mark.stream, "sequence": {"$lt": mark.sequence}}
            if (await self._marks.update_one(older, {"$set": said})).matched_count:
                continue
            try:  # two questions by the id: with `$or` the embedded database would read all marks
                await self._marks.update_one({**key, "stream": {"$ne": mark.stream}}, {"$set": said}, upsert=True)
            except DuplicateKeyError:  # a newer event was dealt with meanwhile
                continue


def _id(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _mark(key: Key, found: Mapping[str, Any]) -> Mark:
    awards = found["awards"]
    return Mark(
        solution_id=key[0],
        facet=key[1],
        stream=found["stream"],
        sequence=found["sequence"],
        version=found["version"],
        awards=None if awards is None else tuple(awards),
    )
