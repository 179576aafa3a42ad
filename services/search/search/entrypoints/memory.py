"""What every process that answers requests keeps in its memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from search.wiring import Container


@asynccontextmanager
async def memory(container: Container) -> AsyncIterator[None]:
    """Fill it and keep it up to date inside the block."""
    async with (
        container.vectors.following(),
        container.mirror.following(),
        container.search_log.keeping(),
        container.past_queries.following(),
    ):
        yield
