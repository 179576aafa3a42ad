"""Writes the document of each solution into a new index, once, as of a position in the stream."""

from collections import deque
from collections.abc import Callable

from search.application.rebuild_ports import EventLog, Filling, Gather, IndexContent, Logged, Maker, ReplayMode, Stored
from search.application.replaying import Replayer
from search.application.tracking import Tracker
from search.domain.checksum import Checksum


class Filler:
    """Reads the whole stream first and sorts it by solution, so that no document is written twice or read back."""

    def __init__(self, content: IndexContent, event_log: EventLog, gather: Callable[[], Gather], maker: Maker) -> None:
        self._content = content
        self._log = event_log
        self._gather = gather
        self._maker = maker

    async def fill(self, index: str, *, upto: int, tracker: Tracker) -> Checksum:
        """Fill an index that nobody else writes to yet, and return the checksum of what was written."""
        replayer = Replayer(self._log, tracker)
        mode: ReplayMode = "full" if tracker.run.mode == "full" else "last_per_subject"
        with self._gather() as gathering:
            await replayer.gather(gathering, upto=upto, mode=mode)
            await tracker.enter("writing", gathering.messages)
            under_way: deque[int] = deque()
            """Messages of each document that the engine has not answered for yet, in about the order of its answers."""
            async with (
                self._content.filling(index) as filling,
                self._maker.making(gathering.messages) as making,
            ):
                async for messages, made in making.each(gathering.solutions()):
                    stored = made or await self._of_what_can_be_read(messages, replayer)
                    if stored is None:
                        await tracker.step(len(messages))
                        continue
                    await filling.put(stored)
                    under_way.append(len(messages))
                    await tracker.step(self._answered(filling, under_way, tracker))
            await tracker.step(self._answered(filling, under_way, tracker))
        return filling.checksum

    async def _of_what_can_be_read(self, messages: list[Logged], replayer: Replayer) -> Stored | None:
        document = await replayer.document(messages)
        return None if document is None else self._maker.stored(document)

    @staticmethod
    def _answered(filling: Filling, under_way: deque[int], tracker: Tracker) -> int:
        """Note what the engine has answered for since the last call, and return of how many messages that was made."""
        progress = tracker.progress
        before = progress.written + progress.refused
        progress.written, progress.refused = filling.checksum.documents, len(filling.refused)
        return sum(under_way.popleft() for _ in range(progress.written + progress.refused - before))
