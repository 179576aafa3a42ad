"""Binds events to the policies of the catalog."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.catalog import OrganisationSuspended
from contracts.review import ChangesRequested, ReviewCompleted, ReviewOpened
from servicekit.delivery import Delivery

from catalog.application import policies
from catalog.wiring import Container


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """Consume events inside the block."""
    consumer = container.platform.consumer("catalog-policies")
    ports = container.ports

    @consumer.on(ReviewOpened)
    async def _review_opened(event: ReviewOpened, _: Delivery) -> None:
        await policies.on_review_opened(ports, event)

    @consumer.on(ChangesRequested)
    async def _changes_requested(event: ChangesRequested, _: Delivery) -> None:
        await policies.on_changes_requested(ports, event)

    @consumer.on(ReviewCompleted)
    async def _review_completed(event: ReviewCompleted, _: Delivery) -> None:
        await policies.on_review_completed(ports, event)

    @consumer.on(OrganisationSuspended)
    async def _organisation_suspended(event: OrganisationSuspended, _: Delivery) -> None:
        await policies.on_organisation_suspended(ports, event)

    async with container.platform.consuming():
        yield
