"""Watches over the index: builds it when it is missing, outdated or lost, and carries out requested rebuilds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.ids import uuid7
from servicekit import logging
from servicekit.clock import Clock
from servicekit.errors import ProblemError

from search.application.ports import EventLog, IndexAdministration, IndexState, Mode, Run, RunLog
from search.application.rebuild import Rebuilder

log = logging.get(__name__)

LONGEST_PAUSE_SECONDS = 60.0


def new_run(clock: Clock, *, reason: str, mode: Mode = "last_per_subject", force: bool = False) -> Run:
    """Return a rebuild to be carried out."""
    return Run(uuid7(), mode, force, "requested", reason, requested_at=clock.now())


class Supervisor:
    """Looks after the index every `interval` seconds for as long as it runs."""

    def __init__(
        self,
        *,
        administration: IndexAdministration,
        event_log: EventLog,
        runs: RunLog,
        rebuilder: Rebuilder,
        clock: Clock,
        interval_seconds: float,
    ) -> None:
        self._administration = administration
        self._log = event_log
        self._runs = runs
        self._rebuilder = rebuilder
        self._clock = clock
        self._interval = interval_seconds
        self._pause = interval_seconds
        self._not_before = 0.0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look once, then go on looking inside the block."""
        await self._look_safely()
        watching = asyncio.create_task(self._watch(), name="index-supervisor")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            await self._look_safely()

    async def _look_safely(self) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            await self.look()
            self._pause = self._interval
        except Exception as error:
            quiet = isinstance(error, ProblemError) and (error.transient or error.slug == "rebuild-running")
            log.log(30 if quiet else 40, "index not looked after", error=repr(error), exc_info=None if quiet else error)
            if not quiet:
                self._not_before = time.monotonic() + self._pause
                self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    async def look(self) -> None:
        """Build the index when it needs it, else carry out the oldest requested rebuild, else tidy up."""
        state = await self._administration.state()
        reason = await self._why(state)
        waiting = await self._runs.unfinished()
        owner = uuid7()
        if waiting:
            await self._rebuilder.rebuild(waiting[0], owner)
        elif reason is not None:
            await self._rebuilder.rebuild(new_run(self._clock, reason=reason), owner)
        elif leftover := [name for name in state.targets if name != state.live]:
            async with self._runs.lease(owner):  # nobody is filling it: its builder died
                await self._administration.discard(leftover)

    async def _why(self, state: IndexState) -> str | None:
        """Return why the index must be built, or None."""
        if state.live is None:
            return "there is no index"
        if state.schema < self._administration.schema:
            return f"the index has schema {state.schema}, this version needs {self._administration.schema}"
        if state.schema == self._administration.schema and state.stream != await self._log.identity():
            return "the index was built from another event stream"
        return None
