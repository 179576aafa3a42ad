"""What operators can do."""

from dataclasses import replace

from servicekit import errors
from servicekit.clock import Clock

from search.application.rebuild_ports import IndexAdministration, Mode, Run, RunLog
from search.application.supervision import new_run

LATEST = 20


class Rebuilding:
    """Asks for rebuilds and rollbacks and tells how far they are; a worker carries them out."""

    def __init__(self, runs: RunLog, administration: IndexAdministration, clock: Clock) -> None:
        self._runs = runs
        self._administration = administration
        self._clock = clock

    async def request(self, *, by: str, mode: Mode, force: bool) -> Run:
        """Ask for a rebuild or a rollback.

        Raises ProblemError `rebuild-running` (409) while another one is not finished, `rollback-impossible` (409) when
        there is nothing to go back to.
        """
        unfinished = await self._runs.unfinished()
        if unfinished:
            raise errors.conflict(
                "rebuild-running", f"rebuild {unfinished[0].id} is {unfinished[0].state}: wait for it"
            )
        if mode == "rollback" and (await self._administration.state()).previous is None:
            raise errors.conflict("rollback-impossible", "no earlier index is kept; a rebuild is possible at any time")
        run = replace(new_run(self._clock, reason="requested", mode=mode, force=force), requested_by=by)
        await self._runs.put(run)
        return run

    async def get(self, run_id: str) -> Run:
        """Return a run; raises ProblemError `rebuild-not-found` (404)."""
        run = await self._runs.get(run_id)
        if run is None:
            raise errors.not_found("rebuild-not-found", f"there is no rebuild {run_id[:100]}")
        return run

    async def latest(self) -> list[Run]:
        """Return the newest runs, newest first."""
        return await self._runs.latest(LATEST)
