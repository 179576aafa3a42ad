"""A background task that loses a cancellation is ended all the same."""

import asyncio

from servicekit import background


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again(monkeypatch) -> None:
    monkeypatch.setattr(background, "AGAIN_SECONDS", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.wait_for(background.end(task), timeout=5)
    assert (task.cancelled(), swallowed) == (True, 3)


async def test_a_task_that_failed_is_over() -> None:
    async def failing() -> None:
        raise ValueError("broken")

    task = asyncio.create_task(failing())
    await asyncio.wait([task])
    await background.end(task)
