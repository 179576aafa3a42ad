"""Binds events of the lifecycle guard, and what they need to know of users, to what is told."""

from collections.abc import Awaitable, Callable

from contracts.catalog import DeploymentEnded, SolutionDelisted
from contracts.guard import SolutionStandingChanged, SolutionTermDue
from servicekit.delivery import Delivery, EventConsumer

from notify.application import guard_notices as notices
from notify.application.notices import Notice
from notify.application.ports import Ports
from notify.application.relearning import learn_users

Tell = Callable[[Notice, Delivery], Awaitable[None]]
TellUsers = Callable[[Notice, str], Awaitable[None]]


def bind(events: EventConsumer, ports: Ports, say: Tell, say_to_users: TellUsers) -> None:
    """Register the handlers."""

    @events.on(SolutionTermDue)
    async def _term_due(event: SolutionTermDue, delivery: Delivery) -> None:
        await say(notices.of_term(event), delivery)
        if (lost := notices.of_lost_term(event)) is not None:
            await say_to_users(lost, event.data.solution_id)

    @events.on(SolutionStandingChanged)
    async def _standing_changed(event: SolutionStandingChanged, _: Delivery) -> None:
        await say_to_users(notices.of_standing(event), event.data.solution_id)

    @events.on(SolutionDelisted)
    async def _delisted(event: SolutionDelisted, _: Delivery) -> None:
        name = await ports.names.of(event.data.solution_id)
        await say_to_users(notices.of_delisting(event, name), event.data.solution_id)

    @events.on(DeploymentEnded)
    async def _ended(event: DeploymentEnded, delivery: Delivery) -> None:
        await learn_users(ports, event, sequence=delivery.sequence)
