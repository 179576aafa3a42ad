"""The newest public reports of published solutions, read from the runs themselves: there is no copy to go stale."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo import DESCENDING
from servicekit.mongo import AggregateCollection

from checkup.domain.history import PublicScores
from checkup.domain.run import RunState


class MongoPublicScores:
    """Asks the two collections of runs and solutions together."""

    def __init__(self, solutions: AggregateCollection, runs: AggregateCollection) -> None:
        self._solutions, self._runs = solutions.collection, runs.name

    async def of_field(self, field_of_action: str, rubric_version: str) -> Sequence[PublicScores]:
        """Return the scores of the solutions of a field of action whose public report is under that rubric."""
        newest = [
            {
                "$match": {
                    "$expr": {
                        "$and": [
                            {"$eq": ["$solution_id", "$$solution"]},
                            {"$eq": ["$state", RunState.SCORED.value]},
                            {"$lte": ["$solution_version", "$$live"]},
                        ]
                    }
                }
            },
            {"$sort": {"requested_at": DESCENDING, "_id": DESCENDING}},
            {"$limit": 1},
            {"$project": {"report.rubric_version": 1, "report.dimensions.dimension": 1, "report.dimensions.score": 1}},
        ]
        cursor = self._solutions.aggregate(
            [
                {"$match": {"fields_of_action": field_of_action, "live_version": {"$ne": None}}},
                {
                    "$lookup": {
                        "from": self._runs,
                        "let": {"solution": "$_id", "live": "$live_version"},
                        "pipeline": newest,
                        "as": "newest",
                    }
                },
                {"$unwind": "$newest"},
                {"$match": {"newest.report.rubric_version": rubric_version}},
                {"$project": {"newest": 1}},
            ]
        )
        return [_scores(each["newest"]["report"]) async for each in cursor]


def _scores(report: dict[str, Any]) -> PublicScores:
    return {each["dimension"]: each["score"] for each in report["dimensions"]}


class CachedPublicScores:
    """Asks once per `seconds` and field; whoever comes meanwhile waits for the same answer."""

    def __init__(self, inner: MongoPublicScores, *, seconds: float) -> None:
        self._inner, self._seconds = inner, seconds
        self._held: dict[tuple[str, str], tuple[float, Sequence[PublicScores]]] = {}
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def of_field(self, field_of_action: str, rubric_version: str) -> Sequence[PublicScores]:
        """Return what was true at most `seconds` ago."""
        key = field_of_action, rubric_version
        clock = asyncio.get_running_loop().time
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key in self._held and clock() < self._held[key][0]:
                return self._held[key][1]
            found = await self._inner.of_field(field_of_action, rubric_version)
            self._held[key] = clock() + self._seconds, found
            return found
