"""Waiting for a condition with a deadline, instead of sleeping for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from time import monotonic, sleep
from typing import TypeVar, overload

T = TypeVar("T")
LONG_ENOUGH = 60.0
"""Seconds. A condition that comes true is not waited for any longer, and a busy machine takes its time."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.1


def _failure(timeout: float, message: str, last: object) -> TimeoutError:
    return TimeoutError(f"not within {timeout:g} s: {message or 'the condition'} (last: {last!r})")


@overload
async def until(fn: Callable[[], Awaitable[T]], timeout: float = ..., message: str = ...) -> T: ...  # noqa: ASYNC109


@overload
async def until(fn: Callable[[], T], timeout: float = ..., message: str = ...) -> T: ...  # noqa: ASYNC109


async def until(fn: Callable[[], T | Awaitable[T]], timeout: float = LONG_ENOUGH, message: str = "") -> T:  # noqa: ASYNC109
    """Call `fn` (plain or async) until it answers something true and return that.

    An AssertionError counts as "not yet", so that `fn` may consist of asserts (and then return True).
    Raises TimeoutError with `message` and the last answer after `timeout` seconds.
    """
    deadline, pause = monotonic() + timeout, _FIRST_PAUSE
    while True:
        last: object
        try:
            answer = fn()
            value: T = await answer if inspect.isawaitable(answer) else answer
            if value:
                return value
            last = value
        except AssertionError as error:
            last = error
        if monotonic() > deadline:
            raise _failure(timeout, message, last)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def until_sync(fn: Callable[[], T], timeout: float = LONG_ENOUGH, message: str = "") -> T:
    """The same for plain functions in plain tests."""
    deadline, pause = monotonic() + timeout, _FIRST_PAUSE
    while True:
        last: object
        try:
            if value := fn():
                return value
            last = value
        except AssertionError as error:
            last = error
        if monotonic() > deadline:
            raise _failure(timeout, message, last)
        sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
