"""Binds events about the use of solutions to what is told."""

from collections.abc import Awaitable, Callable

from contracts.catalog import DeploymentConfirmed, RatingHidden
from contracts.uses import (
    DeploymentClaimed,
    DeploymentClaimRefused,
    DeploymentDue,
    PeerMessageReported,
    PeerMessageSent,
    RatingReplied,
    RatingReported,
    RatingRestored,
)
from servicekit.delivery import Delivery, EventConsumer

from notify.application import use_notices as notices
from notify.application.notices import Notice
from notify.application.ports import Ports
from notify.application.relearning import learn_users

Tell = Callable[[Notice, Delivery], Awaitable[None]]


def bind(events: EventConsumer, private: EventConsumer, ports: Ports, say: Tell) -> None:
    """Register the handlers."""
    _bind_deployments(events, ports, say)
    _bind_ratings(events, ports, say)

    @private.on(PeerMessageSent)
    async def _written(event: PeerMessageSent, delivery: Delivery) -> None:
        await say(notices.of_peer_message(event), delivery)

    @private.on(PeerMessageReported)
    async def _message_reported(event: PeerMessageReported, delivery: Delivery) -> None:
        await say(notices.of_reported_message(event), delivery)


def _bind_deployments(events: EventConsumer, ports: Ports, say: Tell) -> None:
    @events.on(DeploymentClaimed)
    async def _claimed(event: DeploymentClaimed, delivery: Delivery) -> None:
        await say(notices.of_claim(event), delivery)

    @events.on(DeploymentClaimRefused)
    async def _refused(event: DeploymentClaimRefused, delivery: Delivery) -> None:
        await say(notices.of_refused_claim(event), delivery)

    @events.on(DeploymentConfirmed)
    async def _confirmed(event: DeploymentConfirmed, delivery: Delivery) -> None:
        await learn_users(ports, event, sequence=delivery.sequence)
        notice = notices.of_confirmation(event)
        if notice is not None:
            await say(notice, delivery)

    @events.on(DeploymentDue)
    async def _due(event: DeploymentDue, delivery: Delivery) -> None:
        await learn_users(ports, event, sequence=delivery.sequence)
        await say(notices.of_due(event), delivery)


def _bind_ratings(events: EventConsumer, ports: Ports, say: Tell) -> None:
    @events.on(RatingReplied)
    async def _replied(event: RatingReplied, delivery: Delivery) -> None:
        await say(notices.of_reply(event), delivery)

    @events.on(RatingReported)
    async def _reported(event: RatingReported, delivery: Delivery) -> None:
        await say(notices.of_reported_rating(event), delivery)

    @events.on(RatingHidden)
    async def _hidden(event: RatingHidden, delivery: Delivery) -> None:
        await say(notices.of_hidden_rating(event, await ports.names.of(event.data.solution_id)), delivery)

    @events.on(RatingRestored)
    async def _restored(event: RatingRestored, delivery: Delivery) -> None:
        await say(notices.of_restored_rating(event), delivery)
