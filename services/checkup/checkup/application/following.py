"""Follows a run by looking at its document, so that it does not matter which process works on it or answers."""

import asyncio
from collections.abc import AsyncGenerator

from checkup.application.ports import Ports
from checkup.domain.run import Run

LOOK_SECONDS = 0.5


async def states(ports: Ports, run_id: str) -> AsyncGenerator[Run, None]:
    """Yield the run as it is now, then at each change, and stop when it has ended or is gone."""
    known: Run | None = None
    while (run := await ports.runs.look(run_id)) is not None:
        if run != known:
            yield run
            known = run
        if run.finished:
            return
        await asyncio.sleep(LOOK_SECONDS)
