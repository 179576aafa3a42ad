"""Gets the measurements of a run: taken over from another one of the same commit, or made."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from contracts.web_address import same_repository

from checkup.application import assess
from checkup.application.ports import KeptAnalysis, Ports, Refs
from checkup.application.progress import Progress
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import Observations, with_observations
from checkup.domain.run import Run, Trigger

T = TypeVar("T")

REUSED_BY_SCHEDULE = timedelta(days=1)
"""A scheduled run is there to look again; it only shares the measurement of another solution's run of the same day."""

REUSED_WITH_DEMO = timedelta(hours=1)
"""A demo changes without a commit: whoever mended it asks for a run in order to see that."""


async def measured_lately(ports: Ports, begun: Run, url: str) -> tuple[KeptAnalysis | None, Refs | None]:
    """Return what can be taken over, and what the server said of HEAD and tags if it was asked."""
    if begun.forced or not ports.reuse_for:
        return None, None
    most = min(ports.reuse_for, REUSED_BY_SCHEDULE) if begun.trigger is Trigger.SCHEDULE else ports.reuse_for
    if begun.demo_url is not None:
        most = min(most, REUSED_WITH_DEMO)
    toolset = await ports.analyser.toolset()
    wanted = partial(
        ports.analyses.same, same_repository(url), toolset, demo_url=begun.demo_url, since=begun.as_of - most
    )
    if not await wanted(refs=None) or (refs := await _refs(ports, url)) is None:
        return None, None
    return await wanted(refs=refs.digest), refs


async def _refs(ports: Ports, url: str) -> Refs | None:
    """None when the server does not say; if it is away, the clone will tell why."""
    try:
        return await ports.repositories.refs(url)
    except CheckupFailure:
        return None


async def measured_now(ports: Ports, begun: Run, url: str, refs: Refs | None, progress: Progress) -> KeptAnalysis:
    """Fetch and analyse, while others look at what is not in the commit; `refs` is what the server said, if asked.

    Raises CheckupFailure.
    """
    async with _beside(_observed(ports, begun)) as seen:
        async with (
            ports.repositories.fetched(url, begun.as_of) as git_dir,
            _beside(_known(ports, url, git_dir, refs)) as known,
        ):
            progress.fetched()
            found = await ports.analyser.analyse(git_dir, begun.as_of, told=progress.told)
            await assess.gather(ports, begun.id, git_dir)
            refs = await known
        analysis = with_observations(found.analysis, *await seen)
    return KeptAnalysis(
        run_id=begun.id,
        repository_url=same_repository(url),
        as_of=begun.as_of,
        refs=refs.digest if refs is not None and refs.head == analysis.commit else None,
        analysis=analysis,
        network_isolated=found.network_isolated,
        demo_url=begun.demo_url,
    )


async def _observed(ports: Ports, begun: Run) -> Sequence[Observations]:
    return await asyncio.gather(*(observer.observe(begun) for observer in ports.observers))


async def _known(ports: Ports, url: str, git_dir: Path, refs: Refs | None) -> Refs | None:
    """HEAD and tags of what is measured: as the server said before, else of the clone, else as it says now."""
    if refs is not None or not ports.reuse_for:
        return refs
    return await ports.repositories.refs_in(git_dir) or await _refs(ports, url)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Work that goes on beside the block and not longer."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
