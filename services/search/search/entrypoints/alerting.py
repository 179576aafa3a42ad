"""The worker's part about saved searches: hears events, forgets who left, sends what was collected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.catalog import MemberLeft
from contracts.people import PersonErased
from servicekit.delivery import Delivery
from servicekit.duties import on_duty
from servicekit.lanes import Batch

from search.application.news import HEARD_EVENTS
from search.wiring import Container

ALERTS_DURABLE = "search-alerts"
MEMBERS_DURABLE = "search-members"
BATCH = 100


@asynccontextmanager
async def alerting(container: Container) -> AsyncIterator[None]:
    """Register the consumers, which start with the platform's, and send collected alerts inside the block."""
    platform, parts = container.platform, container.alerting

    async def heard(batch: Batch) -> None:
        await parts.alerts.hear([(event, meta.sequence) for event, meta in batch if isinstance(event, HEARD_EVENTS)])

    platform.batches(ALERTS_DURABLE, heard, batch_size=BATCH)
    members = platform.consumer(MEMBERS_DURABLE)

    @members.on(MemberLeft)
    async def _left(event: MemberLeft, _: Delivery) -> None:
        user = event.data.user
        others = platform.members.of(user)
        await parts.saving.left(user, event.data.organisation_id, others=others, at=event.time)

    @members.on(PersonErased)
    async def _erased(event: PersonErased, _: Delivery) -> None:
        await parts.saving.forget(event.data.user, at=event.time)

    duties, interval = [parts.alerts.tell_due], container.settings.alerts_poll_seconds
    async with on_duty(duties, interval_seconds=interval, name="collected alerts"):
        yield
