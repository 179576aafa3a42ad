"""Looks again and again in the background whether there is something to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from servicekit import logging
from servicekit.background import end
from servicekit.errors import ProblemError

log = logging.get(__name__)

LONGEST_PAUSE_SECONDS = 30.0

Look = Callable[[], Awaitable[bool]]
"""Looks once; True when there is more to do at once. Fails when something is away."""


@asynccontextmanager
async def looking(look: Look, *, seconds: float, name: str) -> AsyncIterator[None]:
    """Look every `seconds` inside the block; after failures later and later."""
    task = asyncio.create_task(_look(look, seconds, name), name=name)
    try:
        yield
    finally:
        await end(task)


async def _look(look: Look, seconds: float, name: str) -> None:
    pause, well = seconds, True
    while True:
        more = False
        try:
            more = await look()
        except Exception as error:
            if not (isinstance(error, ProblemError) and error.transient):
                log.error("background work failed", name=name, error=repr(error), exc_info=error)
            elif well:
                log.warning("background work waits for what is away", name=name, error=error.detail)
            pause, well = min(2 * pause, LONGEST_PAUSE_SECONDS) if not well else pause, False
        else:
            pause, well = seconds, True
        await asyncio.sleep(0 if more else pause)
