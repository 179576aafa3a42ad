"""Ends background tasks for certain."""

import asyncio
from typing import Any

AGAIN_SECONDS = 1.0


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks and wait until they are over, whatever they ended with.

    One `cancel()` is not enough: until Python 3.12, `asyncio.wait_for` (which the NATS client uses for every request)
    loses a cancellation that arrives together with the awaited answer.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
