"""Ends background tasks for certain."""

import asyncio

AGAIN_SECONDS = 1.0


async def end(task: "asyncio.Task[None]") -> None:
    """Cancel a task and wait until it is over, whatever it ended with.

    One `cancel()` is not enough: until Python 3.12, `asyncio.wait_for` (which the NATS client uses for every request)
    loses a cancellation that arrives together with the awaited answer.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)
    await asyncio.gather(task, return_exceptions=True)
