"""Compares queries and solutions by meaning: computes the vectors of listings, loads and ranks them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from servicekit import logging
from servicekit.background import end
from servicekit.errors import ProblemError

from search.application.meaning_ports import Embedder, EmbeddingStore, HeldVectors, SolutionReader, VectorIndex
from search.application.mirror import Mirror
from search.application.ports import ListingFeed
from search.domain.entry import Entry
from search.domain.fusion import NOTHING_NEAR, Nearness
from search.domain.texts import content_hash, embedded_text

log = logging.get(__name__)

AT_ONCE = 500
RETRY_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 1.0
"""A search does not wait longer than this for what is near in meaning."""

Step = Callable[[dict[str, str]], Awaitable[bool]]
"""Does something about solutions that wait (content hashes by id); False when it came no further."""


class Backlog:
    """Solutions whose vector is not where it should be yet, told by the mirror."""

    def __init__(self) -> None:
        self._waiting: dict[str, str] = {}
        self._woken = asyncio.Event()

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """Take what changed (see `Listener`)."""
        for entry in added:
            self._waiting[entry.id] = entry.content_hash
        for solution_id in removed:
            self._waiting.pop(solution_id, None)
        self._woken.set()

    async def some(self) -> dict[str, str]:
        """Wait until there are some; return content hashes by id, oldest first."""
        while not self._waiting:
            self._woken.clear()
            await self._woken.wait()
        return dict(list(self._waiting.items())[:AT_ONCE])

    def settle(self, solution_id: str, hashed: str) -> bool:
        """Note that a solution has the vector of that content; False when it does not wait for that any more."""
        if self._waiting.get(solution_id) != hashed:
            return False
        del self._waiting[solution_id]
        return True

    def postpone(self, ids: Sequence[str]) -> None:
        """Put solutions behind all others."""
        for solution_id in ids:
            if solution_id in self._waiting:
                self._waiting[solution_id] = self._waiting.pop(solution_id)


class VectorMaker:
    """Computes the vectors of listings that have none yet, once per content, beside the projection."""

    def __init__(
        self, feed: ListingFeed, solutions: SolutionReader, embedder: Embedder, store: EmbeddingStore, *, seconds: float
    ) -> None:
        self._feed = feed
        self._solutions = solutions
        self._embedder = embedder
        self._store = store
        self._backlog = Backlog()
        self._mirror = Mirror(feed, seconds=seconds)
        self._mirror.subscribe(self._backlog)

    @asynccontextmanager
    async def making(self) -> AsyncIterator[None]:
        """Go on computing inside the block."""
        task = asyncio.create_task(_repeat(self._backlog, self._make, "vectors not computed"), name="vector-maker")
        try:
            async with self._mirror.following():
                yield
        finally:
            await end(task)

    async def _make(self, waiting: dict[str, str]) -> bool:
        known = await self._store.known(set(waiting.values()))
        missing = [solution_id for solution_id, hashed in waiting.items() if hashed not in known]
        for solution_id, hashed in waiting.items():
            if hashed in known:
                self._backlog.settle(solution_id, hashed)
        if not missing:
            return True
        documents = await self._solutions.read(await self._feed.live(), missing)
        further = len(missing) < len(waiting)
        for solution_id in missing:
            self._backlog.postpone([solution_id])  # one that fails keeps no other from being computed
            document, hashed = documents.get(solution_id), waiting[solution_id]
            if document is not None and document.listing is not None:
                text = embedded_text(document.listing.listing)
                if content_hash(text) != hashed:
                    continue  # it has changed: the mirror is about to tell
                (vector,) = await self._embedder.passages([text])
                await self._store.put(hashed, vector)
            further = self._backlog.settle(solution_id, hashed) or further
        return further


class VectorLoader:
    """Fetches the vectors of what can be found into the memory of this process, as they are computed."""

    def __init__(self, store: EmbeddingStore, vectors: HeldVectors) -> None:
        self._store = store
        self._vectors = vectors
        self._backlog = Backlog()

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """Take what changed (see `Listener`); a changed solution keeps its old vector until the new one is there."""
        self._backlog.changed(added, removed)
        for solution_id in removed:
            self._vectors.remove(solution_id)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Fetch vectors as they are computed inside the block."""
        task = asyncio.create_task(_repeat(self._backlog, self._fetch, "vectors not fetched"), name="vectors")
        try:
            yield
        finally:
            await end(task)

    async def _fetch(self, waiting: dict[str, str]) -> bool:
        vectors = await self._store.get(set(waiting.values()))
        later = []
        for solution_id, hashed in waiting.items():
            if hashed not in vectors:
                later.append(solution_id)
            elif self._backlog.settle(solution_id, hashed):  # it may have been removed meanwhile
                self._vectors.put(solution_id, vectors[hashed])
        self._backlog.postpone(later)
        return len(later) < len(waiting)


class Meaning:
    """Ranks solutions by their nearness to a query or to another solution.

    Searches go on in words when nothing can be compared: whatever ranks the vectors is away or slow.
    """

    def __init__(self, embedder: Embedder, vectors: VectorIndex) -> None:
        self._embedder = embedder
        self._vectors = vectors

    def __len__(self) -> int:
        """Return how many solutions can be compared."""
        return len(self._vectors)

    async def near_query(self, text: str, *, most: int, least: float) -> Nearness:
        """Return what is near a query in meaning; nothing when that cannot be told in time."""
        if len(self._vectors) == 0:
            return NOTHING_NEAR
        async with _in_time("query"):
            vector = await self._embedder.query(text)
            return await self._vectors.nearest(vector, most=most, least=least)
        return NOTHING_NEAR

    async def near_solution(self, solution_id: str, *, most: int) -> Nearness:
        """Return the solutions nearest to one, and the mean without itself; nothing while its vector is not there."""
        async with _in_time("solution"):
            vector = await self._vectors.vector(solution_id)
            if vector is None:
                return NOTHING_NEAR
            near, count = await self._vectors.nearest(vector, most=most + 1, least=-1.0), len(self._vectors)
            others = {key: cosine for key, cosine in near.cosines.items() if key != solution_id}
            if others and count > 1:
                return Nearness(others, (near.mean * count - 1) / (count - 1))
        return NOTHING_NEAR


@asynccontextmanager
async def _in_time(what: str) -> AsyncIterator[None]:
    """Leave the block, instead of failing or waiting for long, when something is not compared by meaning."""
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            yield
    except TimeoutError:
        log.warning("not compared by meaning in time", what=what)
    except ProblemError as error:
        if not error.transient:
            raise
        log.warning("not compared by meaning", what=what, error=error.detail)


async def _repeat(backlog: Backlog, step: Step, complaint: str) -> None:
    """Take steps while something waits: at once when the last one came further, after a pause when not."""
    pause = RETRY_SECONDS
    while True:
        waiting = await backlog.some()
        try:
            further = await step(waiting)
        except Exception as error:
            if isinstance(error, ProblemError) and error.transient:
                log.warning(complaint, error=error.detail)
            else:
                log.error(complaint, error=repr(error), exc_info=error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:
            pause = RETRY_SECONDS
            await asyncio.sleep(0 if further else RETRY_SECONDS)
