"""What is known of solutions, in MongoDB."""

from collections.abc import Callable

from servicekit.mongo import AggregateCollection, VersionConflict, retrying

from checkup.adapters.run_documents import solution_body_of, solution_of
from checkup.application.mapping import job_of
from checkup.domain.run import Run
from checkup.domain.solution import Solution


class MongoSolutions:
    """The one writer of the collection `solutions`."""

    def __init__(self, collection: AggregateCollection) -> None:
        self._solutions = collection

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._solutions.prepare()

    async def get(self, solution_id: str) -> Solution | None:
        """Return the solution, or None."""
        stored = await self._solutions.get(solution_id)
        return None if stored is None else solution_of(stored)

    async def change(
        self, solution_id: str, decide: Callable[[Solution | None], Solution | None], *, run: Run | None = None
    ) -> Solution | None:
        """Load, decide, save, with the job of `run` in the same write; None decided saves nothing."""
        messages = [] if run is None else [job_of(run)]

        async def attempt() -> Solution | None:
            stored = await self._solutions.get(solution_id)
            before = None if stored is None else solution_of(stored)
            after = decide(before)
            if after is None or after == before:
                return before
            body = solution_body_of(after)
            if stored is None:
                if not await self._solutions.insert(solution_id, body, messages):
                    raise VersionConflict(solution_id)
            else:
                await self._solutions.update(solution_id, stored.version, body, messages)
            return after

        return await retrying(attempt, attempts=6)
