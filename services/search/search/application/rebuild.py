"""Builds a new index from the event stream beside the live one and swaps them, without anybody noticing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from contracts.ids import derived_id
from contracts.search import IndexRebuilt, IndexRebuiltData
from servicekit import errors, events, logging
from servicekit.clock import Clock

from search.application.filling import Filler
from search.application.ports import SolutionStore
from search.application.rebuild_ports import (
    Announcer,
    EventLog,
    Gather,
    IndexAdministration,
    IndexContent,
    IndexState,
    Maker,
    Run,
    RunLog,
)
from search.application.replaying import Replayer
from search.application.rollback import Rollback
from search.application.tracking import Report, Tracker
from search.application.verification import Verification

log = logging.get(__name__)

BY_HAND = "command"
"""Reason of a run that whoever asked for it carries out, and watches."""


class Rebuilder:
    """Carries out rebuilds and rollbacks, one at a time across all processes."""

    def __init__(
        self,
        *,
        administration: IndexAdministration,
        store: SolutionStore,
        content: IndexContent,
        event_log: EventLog,
        gather: Callable[[], Gather],
        maker: Maker,
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
        self._filler = Filler(content, event_log, gather, maker)
        self._verification = Verification(administration, content)
        self._rollback = Rollback(administration, store, content, event_log, gather)

    async def rebuild(self, run: Run, owner: str, report: Report | None = None) -> Run:
        """Carry out a run and return it as it ended.

        Raises ProblemError `rebuild-running`, `rebuild-implausible`, `rebuild-incomplete`, `rebuild-lease-lost`,
        `rollback-impossible` (conflicts) or one of the unavailable kind; the index behind the alias is untouched then.
        """
        async with self._runs.lease(owner) as lease:
            stored = await self._runs.get(run.id)
            if stored is not None and stored.state in ("done", "failed"):
                return stored  # somebody else has carried it out meanwhile
            begun = replace(run, state="running", started_at=self._clock.now(), index=None, progress=0.0, error=None)
            tracker = Tracker(begun, self._runs, lease, report)
            await tracker.save()
            index: str | None = None
            try:
                before = await self._administration.state()
                if stored is not None and stored.index is not None and stored.index == before.live:
                    index = stored.index  # whoever began it died after the swap
                    tracker.progress.written = stored.documents
                    await tracker.note(index=index)
                else:
                    index = await self._begin(run, before, tracker)
                    await tracker.note(index=index)
                    await self._bring_up_to_date(index, tracker)
                    tracker.progress.written = await self._verification.plausible(index, before, tracker)
                    lease.check()
                    await self._swap(index)
            except BaseException as error:
                await self._give_up(index, tracker, error)
                raise
            await self._tidy(index)
            return await self._finished(index, tracker)

    async def _begin(self, run: Run, before: IndexState, tracker: Tracker) -> str:
        if run.mode == "rollback":
            return await self._rollback.target(before)
        return await self._administration.create(await self._log.identity(), self._clock.now())

    async def _bring_up_to_date(self, index: str, tracker: Tracker) -> None:
        if tracker.run.mode == "rollback":
            await self._rollback.bring_up_to_date(index, tracker)
            return
        start = await self._log.last_sequence()
        written = await self._filler.fill(index, upto=start, tracker=tracker)
        await self._administration.make_searchable(index)
        await self._verification.complete(index, written, tracker)
        await self._administration.open_for_writing(index)
        # From here on every writer brings its facts into the new index before it acknowledges the event; whatever was
        # acknowledged before lies at or before this position.
        await self._catch_up(index, after=start, upto=await self._log.last_sequence(), tracker=tracker)
        await self._administration.make_searchable(index)

    async def _catch_up(self, index: str, *, after: int, upto: int, tracker: Tracker) -> None:
        async for documents in Replayer(self._log, tracker).recent(after=after, upto=upto):
            faults = await self._store.join(index, documents)
            tracker.progress.refused += len(faults)
            await self._verification.knows(index, [each for each in documents if each.id not in faults])

    async def _swap(self, index: str) -> None:
        try:
            await self._administration.swap(index)
        except errors.ProblemError:  # it may have been carried out all the same
            if (await self._administration.state()).live != index:
                raise

    async def _give_up(self, index: str | None, tracker: Tracker, error: BaseException) -> None:
        """Leave nothing half-built. What a process that is being stopped was asked to do is left to another one."""
        log.error("rebuild failed", run=tracker.run.id, index=index, error=repr(error))
        stopped = isinstance(error, asyncio.CancelledError) and tracker.run.reason != BY_HAND
        try:
            if index is not None and index != (await self._administration.state()).live:
                if tracker.run.mode == "rollback":
                    await self._administration.close_for_writing(index)
                else:
                    await self._administration.discard([index])
            if stopped:
                await tracker.note(state="requested", index=None)
            else:
                await tracker.note(state="failed", error=_in_words(error), finished_at=self._clock.now())
        except Exception as failure:  # the next rebuild tidies up
            log.warning("failed rebuild not tidied up", index=index, error=repr(failure))

    async def _tidy(self, index: str) -> None:
        """Keep the index that was live until now, for going back; remove everything older and half-built ones."""
        try:
            now = await self._administration.state()
            await self._administration.discard([name for name in now.all if name not in (index, now.previous)])
        except errors.ProblemError as error:
            log.warning("old indices not removed", error=error.detail)

    async def _finished(self, index: str, tracker: Tracker) -> Run:
        finished_at = self._clock.now()
        await tracker.note(state="done", finished_at=finished_at)
        run, seconds = tracker.run, round(tracker.seconds, 3)
        log.info(
            "index swapped", mode=run.mode, reason=run.reason, index=index, documents=run.documents, seconds=seconds
        )
        if run.mode != "rollback":
            data = IndexRebuiltData(
                index=index, documents=run.documents, events=run.events, seconds=seconds, mode=run.mode
            )
            event = events.stamp(IndexRebuilt, data, aggregate_id=index, now=finished_at)
            await self._announcer.announce(event.model_copy(update={"id": derived_id("index-rebuilt", index)}))
        return run


def _in_words(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError):
        return "stopped by hand"
    return error.detail if isinstance(error, errors.ProblemError) else f"{type(error).__name__}: {error}"[:500]
