"""Remembers past queries that led somewhere, for suggestions: answered from memory, learnt anew in the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from servicekit import background, logging

from search.application.log_store import SearchLogStore
from search.domain.past_queries import QueryBook

MOST_REMEMBERED = 5_000
LARGEST_SHARE = 0.05
"""Of the time that learning may take: a log that is slow to sum up is read less often."""

log = logging.get(__name__)


class RememberedQueries:
    """The port `PastQueries`."""

    def __init__(self, store: SearchLogStore, *, minimum: int, refresh_seconds: float) -> None:
        """`minimum` searches make a query known; two are enough when a result was opened."""
        self._store = store
        self._minimum = minimum
        self._refresh_seconds = refresh_seconds
        self._book = QueryBook()
        self._failing = False

    def matching(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return past queries that continue the prefix with how often each was searched; see `QueryBook`."""
        return self._book.matching(prefix, limit)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Learn inside the block what is searched for."""
        task = asyncio.create_task(self._follow(), name="past-queries")
        try:
            yield
        finally:
            await background.end(task)

    async def _follow(self) -> None:
        while True:
            seconds = await self._learn()
            await asyncio.sleep(max(self._refresh_seconds, seconds / LARGEST_SHARE))

    async def _learn(self) -> float:
        """Read the log; return how many seconds that kept the database busy."""
        started = monotonic()
        try:
            self._book = QueryBook(await self._store.successful(minimum=self._minimum, limit=MOST_REMEMBERED))
        except Exception as error:
            if not self._failing:
                log.warning("past queries cannot be read: those known so far stay", error=repr(error))
            self._failing = True
            return 0.0
        self._failing = False
        return monotonic() - started
