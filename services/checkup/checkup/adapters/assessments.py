"""Assessments in MongoDB, with the job of their step in the same write."""

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection, Stored, VersionConflict, retrying

from checkup.application.assess import assessment_job
from checkup.domain.assessment import Assessment, AssessmentState, Decision

ABANDONED = timedelta(days=7)
_ASSESSMENT: TypeAdapter[Assessment] = TypeAdapter(Assessment)


class MongoAssessments:
    """The one writer of the collection `assessments`; the id is that of the run."""

    def __init__(self, collection: AggregateCollection) -> None:
        self._assessments = collection

    async def prepare(self) -> None:
        """Create the indexes (idempotent); texts of runs that were never scored are forgotten after a week."""
        await self._assessments.prepare()
        await self._assessments.collection.create_index(
            [("gathered_at", ASCENDING)],
            name="abandoned",
            expireAfterSeconds=int(ABANDONED.total_seconds()),
            partialFilterExpression={"queued": False, "state": AssessmentState.PENDING.value},
        )

    async def get(self, run_id: str) -> Assessment | None:
        """Return the assessment of the run, or None."""
        stored = await self._assessments.get(run_id)
        return None if stored is None else _read(stored)

    async def put(self, new: Assessment) -> None:
        """Save what was gathered; what an earlier attempt at the run gathered is replaced until the run is scored."""

        async def attempt() -> None:
            stored = await self._assessments.get(new.run_id)
            if stored is None:
                if not await self._assessments.insert(new.run_id, _body(new)):
                    raise VersionConflict(new.run_id)
            elif not _read(stored).queued:
                await self._assessments.update(new.run_id, stored.version, _body(new), outbox=stored.outbox)

        await retrying(attempt)

    async def change(self, run_id: str, decide: Decision) -> Assessment | None:
        """Load, decide, save with the job if this queues it; anew when somebody else saved first.

        None decided saves nothing; None returned means that there is no assessment of this run.
        """

        async def attempt() -> Assessment | None:
            stored = await self._assessments.get(run_id)
            if stored is None:
                return None
            before = _read(stored)
            after = decide(before)
            if after is None:
                return before
            messages = [assessment_job(run_id)] if after.queued and not before.queued else []
            await self._assessments.update(run_id, stored.version, _body(after), messages, outbox=stored.outbox)
            return after

        return await retrying(attempt)


def _body(assessment: Assessment) -> dict[str, Any]:
    body: dict[str, Any] = _ASSESSMENT.dump_python(assessment, mode="json", exclude={"run_id"})
    return {**body, "gathered_at": assessment.gathered_at, "finished_at": assessment.finished_at}


def _read(stored: Stored) -> Assessment:
    return _ASSESSMENT.validate_python({**stored.body, "run_id": stored.id})
