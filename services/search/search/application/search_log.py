"""Keeps the log of searches without slowing down or failing a search: it collects in memory and writes in between."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import monotonic
from uuid import uuid4

from prometheus_client import Counter
from servicekit import background, logging
from servicekit.clock import Clock
from servicekit.errors import ProblemError

from search.application.log_store import SearchLogStore
from search.domain.query_log import SearchEntry

MOST_WAITING = 2_000
"""Searches, and openings, held between two writes. What comes on top is dropped: a flood, or a database that is away,
costs no more memory than this, and a round writes no more."""
LAST_WRITE_SECONDS = 3.0
WARN_EVERY_SECONDS = 60.0

WRITTEN = Counter("search_log_written_total", "Searches and openings that the database took", ["what"])
DROPPED = Counter("search_log_dropped_total", "Searches and openings that were not kept", ["what"])

log = logging.get(__name__)


class SearchLog:
    """Notes searches and openings; noting neither waits nor fails."""

    def __init__(self, store: SearchLogStore, clock: Clock, *, write_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._write_seconds = write_seconds
        self._searches: dict[str, SearchEntry] = {}
        self._opened: set[str] = set()
        self._opened_before: set[str] = set()
        self._prepared = False
        self._warned = -WARN_EVERY_SECONDS

    def record(self, text: str, *, hits: int, filtered: bool, mode: str, earlier: str | None = None) -> str:
        """Note a search down and return its id.

        `earlier` is the id of the client's search before, which it sends when only filters or order are new: with the
        same words the two are one search.
        """
        entry = SearchEntry.of(
            text,
            search_id=earlier or str(uuid4()),
            at=self._clock.now(),
            hits=hits,
            filtered=filtered,
            mode=mode,
            continued=earlier is not None,
        )
        return self._note(entry)

    def opened(self, search_id: str) -> None:
        """Note that a result of a search was opened; the id of no search changes nothing."""
        self._mark(self._opened, {search_id})

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Write regularly inside the block, and at its end what is left."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._keep(stop), name="search-log")
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait([task], timeout=LAST_WRITE_SECONDS)
            await background.end(task)
            self._dropped(len(self._searches), len(self._opened | self._opened_before), why="the service stops")

    def _note(self, entry: SearchEntry) -> str:
        waiting = self._searches.get(entry.id)
        if waiting is not None and waiting.key != entry.key:  # the id of an earlier search with other words
            entry, waiting = replace(entry, id=str(uuid4()), continued=False), None
        if waiting is None and len(self._searches) >= MOST_WAITING:
            self._dropped(searches=1, why="too many wait")
        else:
            self._searches[entry.id] = entry if waiting is None else waiting.again(entry)
        return entry.id

    def _mark(self, waiting: set[str], opened: Collection[str]) -> None:
        new = [search_id for search_id in opened if search_id not in waiting]
        fitting = new[: MOST_WAITING - len(waiting)]
        waiting.update(fitting)
        self._dropped(openings=len(new) - len(fitting), why="too many wait")

    async def _keep(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._write()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._write_seconds)
        await self._write()
        await self._write()  # the openings of the last round

    async def _write(self) -> None:
        """Write what waits; openings a round later, so that a search noted by another process is there before them."""
        searches, self._searches = self._searches, {}
        opened, self._opened_before, self._opened = self._opened_before, self._opened, set()
        try:
            if not self._prepared:
                await self._store.prepare()
                self._prepared = True
            if searches or opened:
                await self._store.write(searches.values(), opened)
        except asyncio.CancelledError:
            self._put_back(searches, opened)
            raise
        except Exception as error:
            if isinstance(error, ProblemError) and error.transient:
                self._put_back(searches, opened)
                self._warn("the log of searches cannot be written, it is tried again", error=error.detail)
            else:
                self._dropped(len(searches), len(opened), why=repr(error))
        else:
            WRITTEN.labels("search").inc(len(searches))
            WRITTEN.labels("opening").inc(len(opened))

    def _put_back(self, searches: Mapping[str, SearchEntry], opened: Collection[str]) -> None:
        """Let them wait for the next round; some may have been written, so none is new to the database any more."""
        since, self._searches = self._searches, {}
        for entry in (*(replace(each, continued=True) for each in searches.values()), *since.values()):
            self._note(entry)
        self._mark(self._opened_before, opened)

    def _dropped(self, searches: int = 0, openings: int = 0, *, why: str) -> None:
        if searches or openings:
            DROPPED.labels("search").inc(searches)
            DROPPED.labels("opening").inc(openings)
            self._warn("a part of the log of searches is dropped", why=why)

    def _warn(self, sentence: str, **facts: str) -> None:
        if monotonic() - self._warned >= WARN_EVERY_SECONDS:
            self._warned = monotonic()
            log.warning(sentence, **facts)
