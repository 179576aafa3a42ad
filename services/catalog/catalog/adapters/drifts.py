"""Comparisons with publiccode.yml files as documents."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from servicekit.mongo import AggregateCollection

from catalog.adapters.aggregates import MongoAggregates, ignore
from catalog.adapters.documents import Document
from catalog.application.publiccode.ports import Difference, Drift


class MongoDrifts(MongoAggregates[Drift]):
    """Comparisons in the collection `publiccode_drifts`, under the id of the solution."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(collection, from_drift, to_drift, ignore)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()


def from_drift(drift: Drift) -> Document:
    """Return the body of a comparison's document."""
    body = asdict(drift)
    del body["solution_id"]
    return {**body, "problem": list(drift.problem) if drift.problem else None, "differences": list(body["differences"])}


def to_drift(solution_id: str, body: Mapping[str, Any]) -> Drift:
    """Read a comparison back."""
    return Drift(
        solution_id=solution_id,
        live_version=body["live_version"],
        checked_at=body["checked_at"],
        source=body["source"],
        problem=tuple(body["problem"]) if body["problem"] else None,
        differences=tuple(Difference(**each) for each in body["differences"]),
        errors=body["errors"],
        turn=body["turn"],
        turn_at=body["turn_at"],
        told=body["told"],
    )
