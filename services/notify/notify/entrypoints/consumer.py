"""Binds events to what is told and remembered, and runs the mailer beside it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from contracts.catalog import (
    CorrectionDecided,
    CorrectionOpened,
    MemberJoined,
    MemberLeft,
    OrganisationOnboarded,
    PubliccodeDrifted,
    RatingAdded,
    SolutionPublished,
    SolutionSubmitted,
)
from contracts.checkup import (
    CheckupFailed,
    CheckupScored,
    ContestAnswered,
    ContestOpened,
    ContradictionsFound,
    DisclosurePublished,
    ManualCheckCompleted,
)
from contracts.people import PersonErased
from contracts.review import ChangesRequested, ReviewCompleted
from contracts.search import SavedSearchAlerted
from servicekit.delivery import Delivery, EventConsumer

from notify.application import (
    alert_notice,
    checkup_notices,
    contacts,
    correction_notices,
    notices,
    publiccode_notice,
    relearning,
)
from notify.application.notices import Notice
from notify.application.policies import tell, tell_users
from notify.application.ports import Ports
from notify.entrypoints import guard_events, people_events, use_events, watch_events
from notify.entrypoints.mailer import Mailer
from notify.wiring import Container

Tell = Callable[[Notice, Delivery], Awaitable[None]]


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """Consume events and send mails inside the block."""
    platform = container.platform
    settings = container.settings
    mailer = Mailer(container.ports, container.rules, poll_seconds=settings.notify_poll_seconds)

    async def tell_and_send(notice: Notice, delivery: Delivery) -> None:
        if await tell(container.ports, notice, attempt=delivery.attempt):
            mailer.wake()

    async def tell_users_and_send(notice: Notice, solution_id: str) -> None:
        if await tell_users(container.ports, notice, solution_id):
            mailer.wake()

    events = platform.consumer("notify-events")
    _bind_catalog(events, container.ports, tell_and_send)
    use_events.bind(events, platform.consumer("notify-peers"), container.ports, tell_and_send)
    people_events.bind(platform.consumer("notify-people"), container.ports, tell_and_send)
    guard_events.bind(events, container.ports, tell_and_send, tell_users_and_send)
    watch_events.bind(
        platform.consumer("notify-watchers"), platform.consumer("notify-watches"), container.ports, mailer.wake
    )
    _bind_review(events, tell_and_send)
    _bind_checkup(events, container.ports, tell_and_send)
    _bind_people(events, container.ports, tell_and_send)
    _bind_members(platform.consumer("notify-contacts"), container.ports)
    _bind_alerts(platform.consumer("notify-alerts"), tell_and_send)
    await relearning.catch_up(container.ports, container.history)
    async with (
        mailer.running(settings.shutdown_seconds),
        watch_events.collecting(container.ports, mailer.wake, poll_seconds=settings.notify_digest_seconds),
        platform.consuming(),
    ):
        yield


def _bind_catalog(consumer: EventConsumer, ports: Ports, say: Tell) -> None:
    @consumer.on(SolutionSubmitted)
    async def _submitted(event: SolutionSubmitted, delivery: Delivery) -> None:
        await ports.names.remember(event.data.solution_id, event.data.listing.name)
        await say(notices.of_submission(event), delivery)

    @consumer.on(SolutionPublished)
    async def _published(event: SolutionPublished, delivery: Delivery) -> None:
        await ports.names.remember(event.data.solution_id, event.data.listing.name)
        if not correction_notices.is_correction(event):
            await say(notices.of_publication(event), delivery)

    @consumer.on(CorrectionOpened)
    async def _correction_opened(event: CorrectionOpened, delivery: Delivery) -> None:
        await say(correction_notices.of_opened(event), delivery)

    @consumer.on(CorrectionDecided)
    async def _correction_decided(event: CorrectionDecided, delivery: Delivery) -> None:
        await say(correction_notices.of_decided(event), delivery)

    @consumer.on(RatingAdded)
    async def _rated(event: RatingAdded, delivery: Delivery) -> None:
        await say(notices.of_rating(event), delivery)

    @consumer.on(OrganisationOnboarded)
    async def _onboarded(event: OrganisationOnboarded, delivery: Delivery) -> None:
        await say(notices.of_onboarding(event), delivery)

    @consumer.on(PubliccodeDrifted)
    async def _drifted(event: PubliccodeDrifted, delivery: Delivery) -> None:
        await say(publiccode_notice.of_drift(event), delivery)


def _bind_review(consumer: EventConsumer, say: Tell) -> None:
    @consumer.on(ChangesRequested)
    async def _asked(event: ChangesRequested, delivery: Delivery) -> None:
        await say(notices.of_changes_requested(event), delivery)

    @consumer.on(ReviewCompleted)
    async def _decided(event: ReviewCompleted, delivery: Delivery) -> None:
        await say(notices.of_decision(event), delivery)


def _bind_checkup(consumer: EventConsumer, ports: Ports, say: Tell) -> None:
    @consumer.on(CheckupScored)
    async def _scored(event: CheckupScored, delivery: Delivery) -> None:
        if notices.is_awaited(event):
            await say(notices.of_checkup(event, await ports.names.of(event.data.solution_id)), delivery)

    @consumer.on(CheckupFailed)
    async def _failed(event: CheckupFailed, delivery: Delivery) -> None:
        if notices.is_awaited(event):
            await say(notices.of_failed_checkup(event, await ports.names.of(event.data.solution_id)), delivery)


def _bind_people(consumer: EventConsumer, ports: Ports, say: Tell) -> None:
    """What provider and team tell each other about a checkup."""

    @consumer.on(DisclosurePublished)
    async def _disclosed(event: DisclosurePublished, delivery: Delivery) -> None:
        await say(checkup_notices.of_disclosure(event, await ports.names.of(event.data.solution_id)), delivery)

    @consumer.on(ManualCheckCompleted)
    async def _checked(event: ManualCheckCompleted, delivery: Delivery) -> None:
        await say(checkup_notices.of_manual_check(event, await ports.names.of(event.data.solution_id)), delivery)

    @consumer.on(ContradictionsFound)
    async def _contradicted(event: ContradictionsFound, delivery: Delivery) -> None:
        await say(checkup_notices.of_contradictions(event, await ports.names.of(event.data.solution_id)), delivery)

    @consumer.on(ContestOpened)
    async def _contested(event: ContestOpened, delivery: Delivery) -> None:
        await say(checkup_notices.of_contest(event, await ports.names.of(event.data.solution_id)), delivery)

    @consumer.on(ContestAnswered)
    async def _answered(event: ContestAnswered, delivery: Delivery) -> None:
        await say(checkup_notices.of_answer(event, await ports.names.of(event.data.solution_id)), delivery)


def _bind_members(consumer: EventConsumer, ports: Ports) -> None:
    @consumer.on(MemberJoined)
    async def _joined(event: MemberJoined, delivery: Delivery) -> None:
        await contacts.on_joined(ports, event, sequence=delivery.sequence)

    @consumer.on(MemberLeft)
    async def _left(event: MemberLeft, delivery: Delivery) -> None:
        await contacts.on_left(ports, event, sequence=delivery.sequence)

    @consumer.on(PersonErased)
    async def _erased(event: PersonErased, delivery: Delivery) -> None:
        await contacts.on_erased(ports, event, sequence=delivery.sequence)


def _bind_alerts(consumer: EventConsumer, say: Tell) -> None:
    @consumer.on(SavedSearchAlerted)
    async def _alerted(event: SavedSearchAlerted, delivery: Delivery) -> None:
        await say(alert_notice.of_alert(event), delivery)
