"""Reads the event stream and makes documents of it."""

from collections.abc import AsyncIterator, Iterable

from servicekit import logging

from search.application.projection import merged
from search.application.reading import Unreadable, said_by
from search.application.rebuild_ports import EventLog, Gathering, Logged, ReplayMode
from search.application.tracking import Tracker
from search.domain.document import SolutionDocument, join

log = logging.get(__name__)


class Replayer:
    """Makes of the stream what the live projection makes of it, message by message."""

    def __init__(self, event_log: EventLog, tracker: Tracker) -> None:
        self._log = event_log
        self._tracker = tracker

    async def gather(self, into: Gathering, *, upto: int, mode: ReplayMode) -> None:
        """Read everything up to a position and sort it by solution."""
        async with self._log.replay(after=0, upto=upto, mode=mode) as replay:
            await self._tracker.enter("reading", replay.total)
            async for batch in replay:
                into.add(batch)
                await self._tracker.step(len(batch))
                self._tracker.expect_documents_of(into.messages, mode)

    async def document(self, messages: Iterable[Logged]) -> SolutionDocument | None:
        """Return what the messages of one solution say together; None when none of them can be read."""
        document: SolutionDocument | None = None
        for logged in messages:
            said = self._read(logged) or await self._earlier(logged)
            if said is not None:
                document = join(document, said)
        return document

    async def recent(self, *, after: int, upto: int) -> AsyncIterator[list[SolutionDocument]]:
        """Read every event of (after, upto], in batches, as what it says."""
        async with self._log.replay(after=after, upto=upto, mode="full") as replay:
            await self._tracker.enter("catching_up", replay.total)
            async for batch in replay:
                yield merged(said for logged in batch if (said := self._read(logged)) is not None)
                await self._tracker.step(len(batch))

    def _read(self, logged: Logged) -> SolutionDocument | None:
        """Return what a message says; None when it cannot be read (the live projection has made it a dead letter)."""
        try:
            return said_by(logged)
        except Unreadable as error:
            self._tracker.progress.unreadable += 1
            log.warning("event skipped", sequence=logged.sequence, subject=logged.subject, error=str(error))
            return None

    async def _earlier(self, unreadable: Logged) -> SolutionDocument | None:
        """Return what the newest readable message before this one says, on the same subject.

        Messages that were replaced by one that cannot be read have not been replaced for the live projection.
        """
        found: SolutionDocument | None = None
        before, subject = unreadable.sequence - 1, unreadable.subject
        async with self._log.replay(after=0, upto=before, mode="full", subject=subject) as replay:
            async for batch in replay:
                for logged in batch:
                    found = self._read(logged) or found
        return found
