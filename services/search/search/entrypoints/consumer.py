"""The worker: every event of the durable becomes a fact in the index, and the index is looked after."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit.lanes import Batch

from search.application.mapping import fact_of
from search.entrypoints.alerting import alerting
from search.wiring import DURABLE, Container


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """See to the index, then consume events, inside the block."""

    async def project(batch: Batch) -> None:
        facts = [said for event, meta in batch if (said := fact_of(event, meta.sequence)) is not None]
        outcomes = await asyncio.gather(*map(container.projection.apply, facts), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    container.platform.batches(DURABLE, project)
    async with (
        container.supervisor.watching(),
        container.vector_maker.making(),
        container.vectors.placing(),
        alerting(container),
        container.platform.consuming(),
    ):
        yield
