"""Binds the events of the catalogue to the policies of the review."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.catalog import OrganisationChanged, SolutionDelisted, SolutionSubmitted
from servicekit.delivery import Delivery

from review.application import policies
from review.wiring import Container


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """Consume events inside the block."""
    consumer = container.platform.consumer("review-policies")

    @consumer.on(SolutionSubmitted)
    async def _submitted(event: SolutionSubmitted, delivery: Delivery) -> None:
        await policies.on_submitted(container.ports, event)

    @consumer.on(SolutionDelisted)
    async def _delisted(event: SolutionDelisted, delivery: Delivery) -> None:
        await policies.on_delisted(container.ports, event)

    @consumer.on(OrganisationChanged)
    async def _organisation_changed(event: OrganisationChanged, delivery: Delivery) -> None:
        await policies.on_organisation_changed(container.ports, event)

    async with container.platform.consuming():
        yield
