"""When to look again for something that is seldom there."""

import time
from collections.abc import Callable


class Pace:
    """Soon after something was found, then rarer and rarer: each pause is twice the one before, up to the longest.

    The first look is due at once. Pauses are in seconds, `now` is a clock that never goes back.
    """

    def __init__(self, shortest: float, longest: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._shortest = min(shortest, longest)
        self._longest = longest
        self._now = now
        self._pause = self._shortest
        self._next = now()

    @property
    def seconds_left(self) -> float:
        """Return how long it is until the next look, 0 when it is due."""
        return max(0.0, self._next - self._now())

    def looked(self, *, found: bool) -> None:
        """Take note that somebody looked just now."""
        self._pause = self._shortest if found else min(2 * self._pause, self._longest)
        self._next = self._now() + self._pause

    def soon(self) -> None:
        """Look again after the shortest pause, or earlier if that is due."""
        self._pause = self._shortest
        self._next = min(self._next, self._now() + self._pause)
