"""Writes the document of each solution into a new index, once, as of a position in the stream."""

from collections import deque
from collections.abc import Callable

from search.application.rebuild_ports import EventLog, Filling, Gather, IndexContent, ReplayMode
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
            under_way: deque[int] = deque()
            """Messages of each document that the engine has not answered for yet, in about the order of its answers."""
            async with self._content.filling(index) as filling:
                for messages in gathering.solutions():
                    document = await replayer.document(messages)
                    if document is None:
                        await tracker.step(len(messages))
                        continue
                    await filling.put(document)
                    under_way.append(len(messages))
                    await tracker.step(self._answered(filling, under_way, tracker))
            await tracker.step(self._answered(filling, under_way, tracker))
        return filling.checksum

    @staticmethod
    def _answered(filling: Filling, under_way: deque[int], tracker: Tracker) -> int:
        """Note what the engine has answered for since the last call, and return of how many messages that was made."""
        progress = tracker.progress
        before = progress.written + progress.refused
        progress.written, progress.refused = filling.checksum.documents, len(filling.refused)
        return sum(under_way.popleft() for _ in range(progress.written + progress.refused - before))
