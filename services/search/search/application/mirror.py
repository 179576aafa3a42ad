"""Keeps what can be found in the memory of a process: a small entry per solution, following the live index.

Spelling correction, suggestions and the ranking of vectors read nothing else, so they answer in well under a
millisecond and go on when the engine is away.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from servicekit import logging
from servicekit.background import end
from servicekit.errors import ProblemError

from search.application.ports import ListingFeed
from search.domain.entry import Entry, Listed

log = logging.get(__name__)

OVERLAP = 1000
OVERLAP_SECONDS = 5.0
"""Workers write out of order: so often, a look goes back so many stream positions; what is later than that is found by
the next look at everything."""
WHOLE_SECONDS = 60.0
"""How often everything is compared; only ids and versions are read for that."""
WHOLE_SHARE = 0.02
"""The most of the time that comparing everything may take."""
READ_AT_ONCE = 200
TOLD_AT_ONCE = 20
"""Entries between two moments at which waiting requests are answered."""
FIRST_LOOK_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0


class Listener(Protocol):
    """Somebody who keeps something of his own about every solution that can be found."""

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """Take new and changed entries (an entry replaces the one with its id), and ids that cannot be found any more.

        Called with few entries at a time, on the event loop; must not take long.
        """
        ...


class Mirror:
    """What can be found, as of at most `seconds` ago while the engine answers.

    When it does not, when an index is removed in the middle of a look, or when there is no index at all, the mirror
    keeps what it has and looks again. What is gone is only removed after everything was seen.
    """

    def __init__(self, feed: ListingFeed, *, seconds: float) -> None:
        self._feed = feed
        self._seconds = seconds
        self._entries: dict[str, Entry] = {}
        self._versions: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._index = ""
        self._lineage = ""
        self._position = 0
        self._whole_due = 0.0
        self._overlap_due = 0.0
        self.entries: Mapping[str, Entry] = MappingProxyType(self._entries)
        """By id, without `words` and `parts`."""
        self.version = 0
        """Grows with every change."""
        self.loaded = False
        """True when everything was seen once."""

    def subscribe(self, listener: Listener) -> None:
        """Tell somebody of every change; to be called before the mirror follows the index."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow the live index inside the block, which begins after the first look unless that takes long."""
        looked = asyncio.Event()
        task = asyncio.create_task(self._follow(looked), name="mirror")
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_LOOK_SECONDS):
                    await looked.wait()
            yield
        finally:
            await end(task)

    async def look(self) -> None:
        """Bring the mirror up to date once; raises ProblemError `search-unavailable`."""
        index = await self._feed.live()
        now = time.monotonic()
        if index != self._index or now >= self._whole_due:
            await self._look_at_everything(index)
        elif now >= self._overlap_due:
            await self._take_from(index, after=self._position - OVERLAP)
            self._overlap_due = now + OVERLAP_SECONDS
        else:
            await self._take_from(index, after=self._position)

    async def _look_at_everything(self, index: str) -> None:
        started = time.monotonic()
        if index != self._index:
            await self._turn_to(index)
        seen = await self._take_from(index, after=0)
        gone = [each for each in self._versions if each not in seen]
        for at in range(0, len(gone), TOLD_AT_ONCE):
            await self._tell([], gone[at : at + TOLD_AT_ONCE])
        finished = time.monotonic()
        self._whole_due = finished + max(WHOLE_SECONDS, (finished - started) / WHOLE_SHARE)
        self._index, self.loaded = index, True

    async def _turn_to(self, index: str) -> None:
        """Prepare for another index; versions of another lineage say nothing, so everything is read again."""
        lineage = await self._feed.lineage(index)
        if lineage != self._lineage:
            self._versions = dict.fromkeys(self._versions, 0)
        self._index, self._lineage, self._position = "", lineage, 0

    async def _take_from(self, index: str, *, after: int) -> set[str]:
        """Read what is new above a position; return the ids of all that is there."""
        seen: set[str] = set()
        async for batch in self._feed.revisions(index, after=after):
            seen.update(revision.id for revision in batch)
            stale = [each.id for each in batch if self._versions.get(each.id) != each.version]
            for start in range(0, len(stale), READ_AT_ONCE):
                listed = await self._feed.read(index, stale[start : start + READ_AT_ONCE])
                for at in range(0, len(listed), TOLD_AT_ONCE):
                    await self._tell(listed[at : at + TOLD_AT_ONCE], [])
            self._position = max(self._position, batch[-1].position)
        return seen

    async def _tell(self, listed: Sequence[Listed], gone: Sequence[str]) -> None:
        added = [each.entry for each in listed if each.entry is not None]
        hidden = [each.revision.id for each in listed if each.entry is None]
        removed = [each for each in (*hidden, *gone) if each in self._entries]
        if added or removed:
            self._entries.update((entry.id, replace(entry, words=(), parts=())) for entry in added)
            for each in removed:
                del self._entries[each]
            self.version += 1
            for listener in self._listeners:
                listener.changed(added, removed)
        self._versions.update((each.revision.id, each.revision.version) for each in listed)
        for each in gone:
            del self._versions[each]
        await asyncio.sleep(0)

    async def _follow(self, looked: asyncio.Event) -> None:
        pause, well = self._seconds, True
        while True:
            try:
                await self.look()
            except Exception as error:
                if not (isinstance(error, ProblemError) and error.transient):
                    log.error("mirror not brought up to date", error=repr(error), exc_info=error)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                elif well:
                    log.warning("mirror not brought up to date, it keeps what it has", error=error.detail)
                well = False
            else:
                pause, well = self._seconds, True
            looked.set()
            await asyncio.sleep(pause)
