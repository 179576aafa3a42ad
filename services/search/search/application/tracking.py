"""Stores and reports how far a run came, and stops it when the right to carry it out is lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from servicekit import logging
from servicekit.errors import ProblemError

from search.application.progress import Progress
from search.application.rebuild_ports import Lease, Phase, ReplayMode, Run, RunLog

log = logging.get(__name__)

REPORT_SECONDS = 1.0
LONGEST_TURN_SECONDS = 0.005
"""After so long the other tasks of the process (searches, live updates) get their turn."""

Report = Callable[[Run], Awaitable[None]]


class Tracker:
    """Follows one run."""

    def __init__(self, run: Run, runs: RunLog, lease: Lease, report: Report | None) -> None:
        self.run = run
        self.progress = Progress()
        self._runs = runs
        self._lease = lease
        self._report = report
        self._saving: asyncio.Task[None] | None = None
        self._started = self._saved = self._turn = time.monotonic()

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self._started

    async def enter(self, phase: Phase, total: int = 0) -> None:
        """Begin the next phase, of `total` steps."""
        self.progress.enter(phase, total, time.monotonic())
        await self.save()

    async def step(self, number: int = 1) -> None:
        """Count steps; let others have a turn; have the progress stored when it is time.

        Raises ProblemError `rebuild-lease-lost`.
        """
        self.progress.step(number)
        now = time.monotonic()
        if now - self._turn >= LONGEST_TURN_SECONDS:
            self._lease.check()
            await asyncio.sleep(0)
            self._turn = time.monotonic()
        if now - self._saved >= REPORT_SECONDS and (self._saving is None or self._saving.done()):
            self._saving = asyncio.create_task(self._save_meanwhile())

    def expect_documents_of(self, messages: int, mode: ReplayMode) -> None:
        """Say how many messages were kept so far, which is what will be written and verified."""
        reading = self.progress.stages["reading"]
        if mode == "last_per_subject":
            messages += reading.left
        elif reading.done:
            messages = messages * reading.total // reading.done
        self.progress.expect("writing", messages)
        self.progress.expect("verifying", messages)

    async def note(self, **changes: object) -> None:
        """Change the run and store it."""
        self.run = replace(self.run, **changes)  # type: ignore[arg-type]
        await self.save()

    async def save(self) -> None:
        """Store the run with its progress, after what is being stored already."""
        if self._saving is not None:
            await self._saving
        await self._save()

    async def _save_meanwhile(self) -> None:
        """Store the progress while the work goes on: an engine that is busy with it answers late."""
        try:
            await self._save()
        except ProblemError as error:
            log.warning("progress not stored", run=self.run.id, error=error.detail)

    async def _save(self) -> None:
        self._saved = time.monotonic()
        progress = self.progress
        progress.measure(self._saved)
        running = self.run.state == "running"
        left = progress.seconds_left() if running else None
        self.run = replace(
            self.run,
            phase=progress.phase if running else None,
            progress=round(progress.share, 3) if self.run.state != "done" else 1.0,
            eta_seconds=None if left is None else round(left, 1),
            events=progress.events,
            documents=progress.written,
            skipped=progress.unreadable + progress.refused,
        )
        await self._runs.put(self.run)
        if self._report is not None:
            await self._report(self.run)
