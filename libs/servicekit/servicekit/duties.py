"""What a worker does because time has passed; any number of workers may do it beside each other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from servicekit import logging
from servicekit.background import end
from servicekit.settling import is_transient

log = logging.get(__name__)

Duty = Callable[[], Awaitable[int]]
"""Does some of what is due and returns how much that was, 0 when nothing is left."""


@asynccontextmanager
async def on_duty(duties: Sequence[Duty], *, interval_seconds: float, name: str) -> AsyncIterator[None]:
    """Carry out each duty every so often inside the block. What is due while no worker runs is done by the next one.

    Of a row of failures the first is logged, with `name`.
    """
    async with AsyncExitStack() as stack:
        for duty in duties:
            task = asyncio.create_task(_again_and_again(duty, interval_seconds, name), name=name)
            stack.push_async_callback(end, task)
        yield


async def _again_and_again(duty: Duty, interval_seconds: float, name: str) -> None:
    complained = False
    while True:
        try:
            while await duty():
                pass
            complained = False
        except Exception as error:  # something is away: nothing is lost, it stays due
            if not complained:
                log.warning(
                    "duties wait", name=name, error=repr(error), exc_info=None if is_transient(error) else error
                )
            complained = True
        await asyncio.sleep(interval_seconds)
