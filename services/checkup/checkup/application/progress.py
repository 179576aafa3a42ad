"""While a run is worked on: tells how far it is, seldom, and notices when somebody has called it off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial

from servicekit import background, logging

from checkup.application.ports import Ports
from checkup.domain import run

log = logging.get(__name__)

LOOK_SECONDS = 1.0
"""How often a worker looks whether its run was called off, and at most writes how far it is."""
SEEN_EVERY = timedelta(seconds=15)
"""How often it writes that it is at work although nothing has changed."""


class CalledOff(Exception):
    """The run ended meanwhile by other hands: somebody cancelled it, or another worker was first."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What of a run is done: the repository is here, `done` of `total` metric groups are measured."""

    analysing: bool = False
    done: int = 0
    total: int = 0


class Progress:
    """How far one run is; the worker notes it as often as it likes."""

    def __init__(self) -> None:
        self.now = Reached()

    def fetched(self) -> None:
        """Note that the repository is here."""
        self.now = replace(self.now, analysing=True)

    def told(self, done: int, total: int) -> None:
        """Note how many metric groups are measured."""
        self.now = replace(self.now, done=done, total=total)


@asynccontextmanager
async def accompanied(ports: Ports, run_id: str) -> AsyncIterator[Progress]:
    """Write progress and watch for the end inside the block; CalledOff is raised there when the run has ended."""
    progress = Progress()
    working = asyncio.current_task()
    assert working is not None  # noqa: S101 - inside a coroutine
    ended = over = False

    async def watching() -> None:
        nonlocal ended
        await _until_ended(ports, run_id, progress)
        if not over:
            ended = True
            working.cancel()

    watcher = asyncio.create_task(watching(), name=f"watch-{run_id}")
    try:
        yield progress
    except asyncio.CancelledError:
        if ended and working.uncancel() == 0:
            raise CalledOff(run_id) from None
        raise
    finally:
        over = True
        await background.end(watcher)


async def _until_ended(ports: Ports, run_id: str, progress: Progress) -> None:
    written, seen_at = Reached(), ports.clock.now()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            held = await ports.runs.look(run_id)
            if held is None or held.finished:
                return
            reached, now = progress.now, ports.clock.now()
            if reached != written or now - seen_at >= SEEN_EVERY:
                await ports.runs.change(run_id, partial(run.seen, now=now, **asdict(reached)))
                written, seen_at = reached, now
        except Exception as error:  # the database is away: the work goes on, and is saved when it is back
            log.warning("progress not written", run_id=run_id, error=repr(error))
