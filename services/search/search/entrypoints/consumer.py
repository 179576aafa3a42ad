"""The worker: every event of the durable becomes a fact in the index, and the index is looked after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.envelope import Event
from servicekit.delivery import Delivery

from search.application.mapping import FACET_OF, fact_of
from search.wiring import DURABLE, Container

BATCH = 100
"""Messages fetched together; their handlers run at once and share rounds of writing."""


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """See to the index, then consume events, inside the block."""
    consumer = container.platform.consumer(DURABLE, batch_size=BATCH)

    async def project(event: Event, meta: Delivery) -> None:
        said = fact_of(event, meta.sequence)
        if said is not None:
            await container.projection.apply(said)

    for event_class in FACET_OF:
        consumer.on(event_class)(project)
    async with container.supervisor.watching(), container.platform.consuming():
        yield
