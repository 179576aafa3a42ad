"""Writes the document of each solution into a new index, once, as of a position in the stream."""

from collections.abc import Callable

from search.application.rebuild_ports import EventLog, Gather, IndexContent, ReplayMode
from search.application.replaying import Replayer
from search.application.tracking import Tracker
from search.domain.checksum import Checksum


class Filler:
    """Reads the whole stream first and sorts it by solution, so that no document is written twice or read back."""

    def __init__(self, content: IndexContent, event_log: EventLog, gather: Callable[[], Gather]) -> None:
        self._content = content
        self._log = event_log
        self._gather = gather

    async def fill(self, index: str, *, upto: int, tracker: Tracker) -> Checksum:
        """Fill an index that nobody else writes to yet, and return the checksum of what was written."""
        replayer = Replayer(self._log, tracker)
        mode: ReplayMode = "full" if tracker.run.mode == "full" else "last_per_subject"
        with self._gather() as gathering:
            await replayer.gather(gathering, upto=upto, mode=mode)
            await tracker.enter("writing", gathering.messages)
            async with self._content.filling(index) as filling:
                for messages in gathering.solutions():
                    document = await replayer.document(messages)
                    if document is not None:
                        await filling.put(document)
                    tracker.progress.written = filling.checksum.documents
                    await tracker.step(len(messages))
        tracker.progress.written, tracker.progress.refused = filling.checksum.documents, len(filling.refused)
        return filling.checksum
