"""Binds events to what watchers are told, and looks regularly for what was collected."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from contracts.catalog import RatingAdded, SolutionDelisted, SolutionPublished
from contracts.checkup import CheckupScored
from contracts.guard import SolutionStandingChanged, SolutionTermDue
from contracts.watches import WatchEnded, WatchStarted
from servicekit.delivery import Delivery, EventConsumer
from servicekit.duties import on_duty

from notify.application import correction_notices, watch_news, watching
from notify.application.ports import Ports
from notify.application.watching import News


def bind(events: EventConsumer, private: EventConsumer, ports: Ports, wake: Callable[[], None]) -> None:
    """Register the handlers; `wake` is called when there is something to send."""

    async def say(news: News, delivery: Delivery) -> None:
        if await watching.tell_watchers(ports, news, attempt=delivery.attempt):
            wake()

    @private.on(WatchStarted)
    async def _started(event: WatchStarted, delivery: Delivery) -> None:
        await watching.on_started(ports, event, sequence=delivery.sequence)

    @private.on(WatchEnded)
    async def _ended(event: WatchEnded, delivery: Delivery) -> None:
        await watching.on_ended(ports, event, sequence=delivery.sequence)

    @events.on(SolutionPublished)
    async def _published(event: SolutionPublished, delivery: Delivery) -> None:
        if not correction_notices.is_correction(event):
            await say(watch_news.of_publication(event), delivery)

    @events.on(SolutionDelisted)
    async def _delisted(event: SolutionDelisted, delivery: Delivery) -> None:
        await say(watch_news.of_delisting(event, await ports.names.of(event.data.solution_id)), delivery)

    @events.on(SolutionTermDue)
    async def _term_due(event: SolutionTermDue, delivery: Delivery) -> None:
        if (news := watch_news.of_lost_term(event)) is not None:
            await say(news, delivery)

    @events.on(SolutionStandingChanged)
    async def _standing_changed(event: SolutionStandingChanged, delivery: Delivery) -> None:
        await say(watch_news.of_standing(event), delivery)

    @events.on(RatingAdded)
    async def _rated(event: RatingAdded, delivery: Delivery) -> None:
        await say(watch_news.of_rating(event), delivery)

    @events.on(CheckupScored)
    async def _scored(event: CheckupScored, delivery: Delivery) -> None:
        solution_id = event.data.solution_id
        before = await ports.watches.awards_before(solution_id, sequence=delivery.sequence)
        news = watch_news.of_lost_awards(event, before, await ports.names.of(solution_id))
        if news is not None:
            await say(news, delivery)
        await ports.watches.note_awards(solution_id, watch_news.awards_of(event), sequence=delivery.sequence)


def collecting(ports: Ports, wake: Callable[[], None], *, poll_seconds: float) -> AbstractAsyncContextManager[None]:
    """Tell collected news when they are due, inside the block."""

    async def tell() -> int:
        if told := await watching.tell_collected(ports):
            wake()
        return told

    return on_duty([tell], interval_seconds=poll_seconds, name="digests")
