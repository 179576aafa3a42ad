"""Measurements as documents: one per run, so that any rubric can score them again without a clone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo import ASCENDING, DESCENDING
from servicekit.mongo import Database, Document

from checkup.application.ports import KeptAnalysis
from checkup.domain.measurement import Analysis

_ANALYSIS: TypeAdapter[Analysis] = TypeAdapter(Analysis)


class MongoAnalyses:
    """The one writer of the collection `analyses`; nothing is published from it."""

    def __init__(self, db: Database) -> None:
        self._collection = db["analyses"]

    async def prepare(self) -> None:
        """Create the index (idempotent)."""
        await self._collection.create_index(
            [("repository_url", ASCENDING), ("refs", ASCENDING), ("as_of", DESCENDING)], name="same"
        )

    async def keep(self, kept: KeptAnalysis, *, now: datetime) -> None:
        """Save the measurements of a run, in place of what an earlier attempt at it left."""
        document: Document = {
            "repository_url": kept.repository_url,
            "as_of": kept.as_of,
            "refs": kept.refs,
            "demo_url": kept.demo_url,
            "toolset": kept.analysis.toolset,
            "network_isolated": kept.network_isolated,
            "kept_at": now,
            "analysis": _ANALYSIS.dump_python(kept.analysis, mode="json"),
        }
        await self._collection.replace_one({"_id": kept.run_id}, document, upsert=True)

    async def drop(self, run_id: str) -> None:
        """Forget the measurements of a run that came to nothing."""
        await self._collection.delete_one({"_id": run_id})

    async def get(self, run_id: str) -> KeptAnalysis | None:
        """Return the measurements of a run, or None."""
        return _kept(await self._collection.find_one({"_id": run_id}))

    async def older(self, before: datetime, *, after: str, limit: int) -> Sequence[str]:
        """Return the runs whose measurements were kept before a moment, in the order of their ids from `after` on."""
        query = {"_id": {"$gt": after}, "kept_at": {"$lt": before}}
        found = self._collection.find(query, {"_id": 1}).sort("_id", ASCENDING).limit(limit)
        return [document["_id"] async for document in found]

    async def same(
        self, repository_url: str, toolset: str, *, refs: str | None, demo_url: str | None, since: datetime
    ) -> KeptAnalysis | None:
        """Return the newest measurements of the same commit, tags and demo by the same tools, `as_of` that recent.

        `refs` None is any commit and tags.
        """
        query = {
            "repository_url": repository_url,
            "refs": refs or {"$ne": None},
            "toolset": toolset,
            "demo_url": demo_url,
            "as_of": {"$gte": since},
        }
        return _kept(await self._collection.find_one(query, sort=[("as_of", DESCENDING), ("_id", ASCENDING)]))


def _kept(document: dict[str, Any] | None) -> KeptAnalysis | None:
    if document is None:
        return None
    return KeptAnalysis(
        run_id=document["_id"],
        repository_url=document["repository_url"],
        as_of=document["as_of"],
        refs=document["refs"],
        demo_url=document.get("demo_url"),
        analysis=_ANALYSIS.validate_python(document["analysis"]),
        network_isolated=document["network_isolated"],
    )
