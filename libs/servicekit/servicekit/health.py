"""Liveness and readiness: named checks, asked on each call with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable

Check = Callable[[], Awaitable[object]]
CHECK_SECONDS = 2.0


class Checks:
    """What must work for the process to take traffic."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Register a check: it passes unless it raises, returns False, or takes longer than two seconds."""
        self._checks[name] = check

    async def run(self) -> dict[str, str]:
        """Return `ok` or the reason for each check."""
        names = list(self._checks)
        results = await asyncio.gather(*(self._one(self._checks[name]) for name in names))
        return dict(zip(names, results, strict=True))

    @staticmethod
    async def _one(check: Check) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                outcome = await check()
        except TimeoutError:
            return f"no answer within {CHECK_SECONDS:g} s"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "failed" if outcome is False else "ok"
