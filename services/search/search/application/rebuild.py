"""Builds a new index from the event stream beside the live one and swaps them, without anybody noticing."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from contracts import registry
from contracts.ids import derived_id
from contracts.search import IndexRebuilt, IndexRebuiltData
from servicekit import errors, events, logging
from servicekit.clock import Clock

from search.application.mapping import fact_of
from search.application.ports import (
    Announcer,
    EventLog,
    IndexAdministration,
    IndexState,
    Lease,
    Logged,
    Progress,
    Run,
    RunLog,
    SolutionStore,
)
from search.domain.document import SolutionDocument, join

log = logging.get(__name__)

MOST_IN_MEMORY = 20_000
"""Solutions held while merging; more are written in between, which costs a read each but bounds the memory."""
LARGEST_DROP = 0.3
SMALLEST_COMPARED = 10
"""With fewer visible solutions than this, a drop in percent says nothing."""
REPORT_SECONDS = 0.5

Report = Callable[[Run], Awaitable[None]]


class Rebuilder:
    """Carries out rebuilds, one at a time across all processes."""

    def __init__(
        self,
        *,
        administration: IndexAdministration,
        store: SolutionStore,
        event_log: EventLog,
        runs: RunLog,
        announcer: Announcer,
        clock: Clock,
    ) -> None:
        self._administration = administration
        self._store = store
        self._log = event_log
        self._runs = runs
        self._announcer = announcer
        self._clock = clock

    async def rebuild(self, run: Run, owner: str, report: Report | None = None) -> Run:
        """Carry out a run and return it as it ended.

        Raises ProblemError `rebuild-running`, `rebuild-implausible`, `rebuild-incomplete`, `rebuild-lease-lost`
        (conflicts) or one of the unavailable kind; the index behind the alias is untouched then.
        """
        async with self._runs.lease(owner) as lease:
            stored = await self._runs.get(run.id)
            if stored is not None and stored.state in ("done", "failed"):
                return stored  # somebody else has carried it out meanwhile
            running = replace(run, state="running", started_at=self._clock.now())
            tracker = _Tracker(running, self._runs, lease, report)
            await tracker.save()
            index: str | None = None
            try:
                before = await self._administration.state()
                index = await self._administration.create(await self._log.identity(), self._clock.now())
                await tracker.note(index=index)
                await self._fill(index, tracker)
                await self._verify(index, before, tracker)
                lease.check()
                await self._administration.swap(index)
            except BaseException as error:
                await self._give_up(index, tracker, error)
                raise
            await self._tidy(index, before)
            return await self._finished(index, tracker)

    async def _fill(self, index: str, tracker: "_Tracker") -> None:
        """Replay up to now, let live writes in, then replay what came in between."""
        start = await self._log.last_sequence()
        await tracker.note(last_position=start)
        await self._replay(index, 0, start, tracker)
        await self._administration.open_for_writing(index)
        # From here on every writer brings its facts into the new index before it acknowledges the event; whatever was
        # acknowledged before lies at or before this position.
        end = await self._log.last_sequence()
        await tracker.note(last_position=end)
        await self._replay(index, start, end, tracker)
        await self._administration.finish_filling(index)

    async def _replay(self, index: str, after: int, upto: int, tracker: "_Tracker") -> None:
        mode = tracker.run.mode if after == 0 else "full"
        held: dict[str, SolutionDocument] = {}
        async with self._log.replay(after=after, upto=upto, mode=mode) as batches:
            async for batch in batches:
                for logged in batch:
                    said = self._read(logged, tracker.progress)
                    if said is not None:
                        held[said.id] = join(held.get(said.id), said)
                tracker.progress.position = batch[-1].sequence
                if len(held) >= MOST_IN_MEMORY:
                    await self._write(index, held, tracker)
                await tracker.tick()
        await self._write(index, held, tracker)

    @staticmethod
    def _read(logged: Logged, progress: Progress) -> SolutionDocument | None:
        progress.events += 1
        try:
            return fact_of(registry.parse(logged.data), logged.sequence)
        except (registry.MalformedEvent, registry.UnknownEventType) as error:
            progress.unreadable += 1  # the live projection has put it with the dead letters
            log.warning("event skipped", sequence=logged.sequence, error=str(error))
            return None

    async def _write(self, index: str, held: dict[str, SolutionDocument], tracker: "_Tracker") -> None:
        documents = list(held.values())
        held.clear()
        first = not tracker.progress.ids
        for start in range(0, len(documents), 1000):
            chunk = documents[start : start + 1000]
            faults = await self._store.join(index, chunk, expect_new=first)
            for solution_id, fault in faults.items():
                log.error("document refused", id=solution_id, fault=fault)
            tracker.progress.ids.update(document.id for document in chunk if document.id not in faults)
            await tracker.tick()

    async def _verify(self, index: str, before: IndexState, tracker: "_Tracker") -> None:
        new = await self._administration.count(index)
        expected = len(tracker.progress.ids)
        if new.documents < expected:
            raise errors.conflict("rebuild-incomplete", f"{index} has {new.documents} of {expected} documents")
        if before.live is None or tracker.run.force:
            return
        old = await self._administration.count(before.live)
        if old.visible >= SMALLEST_COMPARED and new.visible < old.visible * (1 - LARGEST_DROP):
            raise errors.conflict(
                "rebuild-implausible",
                f"{index} would show {new.visible} solutions, {before.live} shows {old.visible}: "
                "rebuild with force if that is right",
            )

    async def _give_up(self, index: str | None, tracker: "_Tracker", error: BaseException) -> None:
        log.error("rebuild failed", run=tracker.run.id, index=index, error=repr(error))
        try:
            if index is not None:
                await self._administration.discard([index])
            await tracker.note(state="failed", error=_in_words(error), finished_at=self._clock.now())
        except Exception as failure:  # the next rebuild tidies up
            log.warning("failed rebuild not tidied up", index=index, error=repr(failure))

    async def _tidy(self, index: str, before: IndexState) -> None:
        """Keep the index that was live until now, for going back; remove everything older and half-built ones."""
        kept = {index, before.live}
        try:
            await self._administration.discard([name for name in before.all if name not in kept])
        except errors.ProblemError as error:
            log.warning("old indices not removed", error=error.detail)

    async def _finished(self, index: str, tracker: "_Tracker") -> Run:
        run, progress = tracker.run, tracker.progress
        finished_at = self._clock.now()
        seconds = round(tracker.seconds, 3)
        await tracker.note(state="done", documents=len(progress.ids), finished_at=finished_at)
        data = IndexRebuiltData(
            index=index, documents=len(progress.ids), events=progress.events, seconds=seconds, mode=run.mode
        )
        event = events.stamp(IndexRebuilt, data, aggregate_id=index, now=finished_at)
        await self._announcer.announce(event.model_copy(update={"id": derived_id("index-rebuilt", index)}))
        log.info("index rebuilt", reason=run.reason, unreadable=progress.unreadable, **data.model_dump())
        return tracker.run


class _Tracker:
    """Stores and reports how far a run came, a few times a second at most."""

    def __init__(self, run: Run, runs: RunLog, lease: Lease, report: Report | None) -> None:
        self.run = run
        self.progress = Progress()
        self._runs = runs
        self._lease = lease
        self._report = report
        self._started = self._saved = time.monotonic()

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self._started

    async def note(self, **changes: object) -> None:
        """Change the run and store it."""
        self.run = replace(self.run, **changes)  # type: ignore[arg-type]
        await self.save()

    async def tick(self) -> None:
        """Stop when the lease is lost; store the progress when it is time."""
        self._lease.check()
        if time.monotonic() - self._saved >= REPORT_SECONDS:
            await self.save()

    async def save(self) -> None:
        """Store the run with its progress."""
        self._saved = time.monotonic()
        progress = self.progress
        self.run = replace(self.run, events=progress.events, position=progress.position, documents=len(progress.ids))
        await self._runs.put(self.run)
        if self._report is not None:
            await self._report(self.run)


def _in_words(error: BaseException) -> str:
    return error.detail if isinstance(error, errors.ProblemError) else f"{type(error).__name__}: {error}"[:500]
