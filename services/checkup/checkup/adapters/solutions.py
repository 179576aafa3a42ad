"""What is known of solutions, in MongoDB."""

from collections.abc import Callable, Sequence

from pymongo import ASCENDING
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
        collection = self._solutions.collection
        await collection.create_index([("slug", ASCENDING)])
        await collection.create_index([("fields_of_action", ASCENDING), ("live_version", ASCENDING)])

    async def get(self, solution_id: str) -> Solution | None:
        """Return the solution, or None."""
        stored = await self._solutions.get(solution_id)
        return None if stored is None else solution_of(stored)

    async def online(self, slug: str) -> Solution | None:
        """Return the published solution of that slug, or None."""
        stored = await self._solutions.find_one({"slug": slug, "live_version": {"$ne": None}})
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
                await self._solutions.update(solution_id, stored.version, body, messages, outbox=stored.outbox)
            return after

        return await retrying(attempt, attempts=6)

    async def live(self) -> Sequence[Solution]:
        """Return the solutions that are online and name a repository."""
        found = await self._solutions.find({"live_version": {"$ne": None}})
        return [solution for solution in map(solution_of, found) if solution.live_repository is not None]

    async def all(self) -> Sequence[Solution]:
        """Return all solutions, in the order of their ids."""
        return [solution_of(stored) for stored in await self._solutions.find({})]
