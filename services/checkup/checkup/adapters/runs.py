"""Runs in MongoDB, with the job or event of their step in the same write."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING
from servicekit import errors
from servicekit.mongo import AggregateCollection, retrying

from checkup.adapters.run_documents import body_of, run_of, scored_run_of
from checkup.application.mapping import job_of, messages_of
from checkup.domain.history import ScoredRun
from checkup.domain.run import Run, RunState

WITHOUT_EVIDENCE = {"report.dimensions.metrics": 0, "report.probes": 0, "outbox": 0, "inbox": 0}
WITHOUT_REPORT = {"report": 0, "outbox": 0, "inbox": 0}
NEWEST_FIRST = (("requested_at", DESCENDING), ("_id", DESCENDING))


class MongoRuns:
    """The one writer of the collection `runs`."""

    def __init__(self, collection: AggregateCollection) -> None:
        self._runs = collection

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._runs.prepare()
        collection = self._runs.collection
        await collection.create_index([("solution_id", ASCENDING), ("requested_at", DESCENDING)])
        await collection.create_index([("state", ASCENDING), ("requested_at", ASCENDING)])
        await collection.create_index([("analysis_id", ASCENDING)], sparse=True)

    async def get(self, run_id: str) -> Run | None:
        """Return the run, or None."""
        stored = await self._runs.get(run_id)
        return None if stored is None else run_of(stored)

    async def look(self, run_id: str) -> Run | None:
        """Return the run without its report, or None; cheap enough to be asked every second."""
        found = await self._runs.find({"_id": run_id}, limit=1, projection=WITHOUT_REPORT)
        return run_of(found[0]) if found else None

    async def add(self, run: Run, *, with_job: bool = True) -> bool:
        """Save a new run; a queued one with its job, a finished one with its event. False when it is there already."""
        messages = messages_of(run) if run.finished else [job_of(run)] if with_job else []
        return await self._runs.insert(run.id, body_of(run), messages)

    async def change(self, run_id: str, decide: Callable[[Run], Run | None]) -> Run:
        """Load, decide, save; anew when somebody else saved first. None decided saves nothing."""

        async def attempt() -> Run:
            stored = await self._runs.get(run_id)
            if stored is None:
                raise errors.not_found("run-not-found", f"there is no run {run_id}")
            before = run_of(stored)
            after = decide(before)
            if after is None:
                return before
            messages = messages_of(after) if after.finished else []
            changes = _difference(body_of(before), body_of(after))
            await self._runs.update(run_id, stored.version, changes, messages, outbox=stored.outbox)
            return after

        return await retrying(attempt)

    async def of_solution(
        self, solution_id: str, *, up_to_version: int | None = None, scored_only: bool = False, limit: int = 50
    ) -> Sequence[Run]:
        """Return a solution's runs without their reports, newest first."""
        query = _of(solution_id, up_to_version)
        if scored_only:
            query["state"] = RunState.SCORED.value
        found = await self._runs.find(query, sort=NEWEST_FIRST, limit=limit, projection=WITHOUT_REPORT)
        return [run_of(stored) for stored in found]

    async def resting_on(self, analysis_id: str) -> Sequence[Run]:
        """Return the scored runs, without their reports, that rest on the measurements of a run."""
        query = {"analysis_id": analysis_id, "state": RunState.SCORED.value}
        return [run_of(stored) for stored in await self._runs.find(query, projection=WITHOUT_REPORT)]

    async def latest_report(self, solution_id: str, *, up_to_version: int | None = None) -> Run | None:
        """Return the newest scored run with its report."""
        query = {**_of(solution_id, up_to_version), "state": RunState.SCORED.value}
        found = await self._runs.find(query, sort=NEWEST_FIRST, limit=1)
        return run_of(found[0]) if found else None

    async def history(self, solution_id: str, *, up_to_version: int | None = None, limit: int) -> Sequence[ScoredRun]:
        """Return the newest scored runs without their evidence, newest first."""
        query = {**_of(solution_id, up_to_version), "state": RunState.SCORED.value}
        found = await self._runs.find(query, sort=NEWEST_FIRST, limit=limit, projection=WITHOUT_EVIDENCE)
        return [scored_run_of(stored) for stored in found]

    async def in_state(self, state: RunState, *, limit: int) -> Sequence[Run]:
        """Return runs in the state without their reports, the one asked for longest ago first."""
        found = await self._runs.find(
            {"state": state.value}, sort=(("requested_at", ASCENDING),), limit=limit, projection=WITHOUT_REPORT
        )
        return [run_of(stored) for stored in found]

    async def count(self, state: RunState) -> int:
        """Return how many runs are in the state."""
        return await self._runs.count({"state": state.value})


def _of(solution_id: str, up_to_version: int | None) -> dict[str, Any]:
    query: dict[str, Any] = {"solution_id": solution_id}
    if up_to_version is not None:
        query["solution_version"] = {"$lte": up_to_version}
    return query


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in after.items() if before.get(field) != value}
