"""Watches over the index: builds it when it is missing, outdated or lost, and carries out requested rebuilds."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from contracts.ids import uuid7
from servicekit import logging
from servicekit.background import end
from servicekit.clock import Clock
from servicekit.errors import ProblemError

from search.application.rebuild import Rebuilder
from search.application.rebuild_ports import EventLog, IndexAdministration, IndexState, Made, Mode, Run, RunLog

log = logging.get(__name__)

FIRST_LOOK_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0


def new_run(clock: Clock, *, reason: str, mode: Mode = "last_per_subject", force: bool = False) -> Run:
    """Return a run to be carried out."""
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
        self._complained = False
        self._since = clock.now()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Go on looking inside the block, which begins after the first look unless that takes long.

        A small index is there at once then; a large one is built while the process already answers its probes.
        """
        looked = asyncio.Event()
        watching = asyncio.create_task(self._watch(looked), name="index-supervisor")
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_LOOK_SECONDS):
                    await looked.wait()
            yield
        finally:
            await end(watching)

    async def _watch(self, looked: asyncio.Event) -> None:
        while True:
            await self._look_safely()
            looked.set()
            await asyncio.sleep(self._interval)

    async def _look_safely(self) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            await self.look()
        except ProblemError as error:
            self._complain(error, expected=error.transient or error.slug == "rebuild-running")
        except Exception as error:
            self._complain(error, expected=False)
        else:
            self._pause, self._complained = self._interval, False

    def _complain(self, error: Exception, *, expected: bool) -> None:
        """Log the first of a row of expected failures; wait longer and longer after unexpected ones."""
        if not expected:
            log.error("index not looked after", error=repr(error), exc_info=error)
            self._not_before = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        elif not self._complained:
            log.warning("index not looked after, will go on when it can", error=repr(error))
        self._complained = True

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
            async with self._runs.lease(owner):  # nobody is filling them: who did so died
                await self._remove(leftover, state.previous)

    async def _remove(self, leftover: Sequence[str], previous: str | None) -> None:
        """Remove half-built indices; keep the one before the live one, which a rollback had opened again."""
        if previous is not None and previous in leftover:
            await self._administration.close_for_writing(previous)
        await self._administration.discard([name for name in leftover if name != previous])

    async def _why(self, state: IndexState) -> str | None:
        """Return why the index must be built, or None."""
        if state.live is None:
            return "there is no index"
        made, schema = state.live_made, self._administration.schema
        if made.schema < schema:
            return f"the index has schema {made.schema}, this version needs {schema}"
        if made.schema == schema and made.stream != await self._log.identity():
            return "the index was built from another event stream"
        if made.schema == schema and made.vectors != self._administration.vectors and self._is_older(made):
            return "the index was made with another SEARCH_VECTORS or another model"
        return None

    def _is_older(self, made: Made) -> bool:
        """True when this process began after the index was made.

        What another process made since then it made with settings that are as new as ours or newer: while some have
        the old settings and some the new ones, they do not rebuild in turn.
        """
        return made.at is not None and made.at < self._since
