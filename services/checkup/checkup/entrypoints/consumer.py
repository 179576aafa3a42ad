"""Binds the events of the catalogue to the policies, and the work queue to the runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from contracts.catalog import SolutionDelisted, SolutionPublished, SolutionSubmitted
from contracts.checkup import CheckupScored, DisclosurePublished, ManualCheckCompleted
from servicekit import background, context, logging
from servicekit.delivery import Delivery

from checkup import wiring
from checkup.adapters import confined
from checkup.application import policies, rescoring, retention, triggers
from checkup.application.assess import AssessmentJob, carry_out
from checkup.application.mapping import Job
from checkup.application.people.policies import refresh
from checkup.application.perform import perform
from checkup.wiring import Container

log = logging.get(__name__)
PRUNE_EVERY = timedelta(days=1)


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """Consume events and jobs inside the block."""
    platform, ports = container.platform, container.ports
    consumer = platform.consumer("checkup-policies")

    @consumer.on(SolutionSubmitted)
    async def _submitted(event: SolutionSubmitted, delivery: Delivery) -> None:
        await policies.on_submitted(ports, event)
        await refresh(container.people, event.data.solution_id)

    @consumer.on(SolutionPublished)
    async def _published(event: SolutionPublished, delivery: Delivery) -> None:
        await policies.on_published(ports, event)
        await refresh(container.people, event.data.solution_id)

    @consumer.on(SolutionDelisted)
    async def _delisted(event: SolutionDelisted, delivery: Delivery) -> None:
        await policies.on_delisted(ports, event)

    @consumer.on(CheckupScored)
    async def _scored(event: CheckupScored, delivery: Delivery) -> None:
        await policies.on_scored(ports, event)
        await refresh(container.people, event.data.solution_id)

    @consumer.on(DisclosurePublished)
    async def _disclosed(event: DisclosurePublished, delivery: Delivery) -> None:
        await refresh(container.people, event.data.solution_id)

    @consumer.on(ManualCheckCompleted)
    async def _checked(event: ManualCheckCompleted, delivery: Delivery) -> None:
        await rescoring.judged(ports, event.data.solution_id, event.data.check_id)
        await refresh(container.people, event.data.solution_id)

    async def run(body: bytes, delivery: Delivery) -> None:
        job = Job.model_validate_json(body)
        asked = context.RequestContext(
            correlation_id=job.correlation_id,
            traceparent=context.next_traceparent(job.traceparent),
            actor=job.actor,
            causation_id=job.causation_id,
        )
        with context.bound(asked):
            await perform(ports, job)

    async def assess(body: bytes, delivery: Delivery) -> None:
        job = AssessmentJob.model_validate_json(body)
        traceparent = context.next_traceparent(job.traceparent)
        with context.bound(context.RequestContext(correlation_id=job.correlation_id, traceparent=traceparent)):
            await carry_out(ports, job)

    if container.settings.checkup_require_isolation and not await confined.can_isolate():
        raise RuntimeError("CHECKUP_REQUIRE_ISOLATION is set, and this kernel gives children no network namespace")
    container.fetch.prepare()
    platform.jobs("checkup-runs", run, concurrency=container.settings.checkup_concurrency)
    platform.jobs("checkup-assessments", assess)
    async with platform.consuming():
        watch = asyncio.create_task(_triggering(container), name="triggers")
        try:
            yield
        finally:
            await background.end(watch)


async def _triggering(container: Container) -> None:
    """Queue what is due, now and then; any number of workers may."""
    rhythm, pruned_at = wiring.rhythm(container.settings), None
    while True:
        await asyncio.sleep(container.settings.checkup_trigger_seconds)
        now = container.platform.clock.now()
        if pruned_at is None or now - pruned_at >= PRUNE_EVERY:
            pruned_at = now
            await _prune(container)
        for look in (triggers.queue_due, triggers.queue_released):
            try:
                if made := await look(container.ports, rhythm):
                    log.info("runs queued", why=look.__name__, runs=made)
            except Exception as error:  # something is away: the next round looks again
                log.warning("triggers not looked at", why=look.__name__, error=repr(error))


async def _prune(container: Container) -> None:
    try:
        dropped = await retention.prune(container.ports, container.settings.checkup_keep_analyses)
        log.info("old measurements dropped", dropped=dropped)
    except Exception as error:  # the database is away: tomorrow is another day
        log.warning("old measurements not dropped", error=repr(error))
