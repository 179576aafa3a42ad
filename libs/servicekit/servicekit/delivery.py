"""Consumers of events, one at a time: each durable of the topology bound to handlers by event class."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from contracts import registry, topology
from contracts.envelope import Event
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from servicekit import context, logging, telemetry
from servicekit.settling import Delivery, Settling, delivery_of

__all__ = ["Delivery", "EventConsumer"]

log = logging.get(__name__)

E = TypeVar("E", bound=Event)
EventHandler = Callable[[Any, Delivery], Awaitable[None]]

FETCH_SECONDS = 1.0


class EventConsumer:
    """One durable of the topology, bound to handlers by event class.

    Events without a handler are acknowledged: a durable's filter may be wider than today's handlers. Dead letters that
    an operator sends again arrive here too, as if they came from their own place in the stream.
    """

    def __init__(self, broker: NatsBroker, js: JetStreamContext, durable: str, *, batch_size: int = 20) -> None:
        self.spec = topology.consumer(durable)
        self._handlers: dict[type[Event], EventHandler] = {}
        self._settling = Settling(self.spec, js)
        for spec, size in ((self.spec, batch_size), (topology.consumer(topology.redrive_of(durable)), 1)):
            subscriber = broker.subscriber(
                stream=JStream(spec.stream, declare=False),
                durable=spec.durable,
                pull_sub=PullSub(batch_size=size, timeout=FETCH_SECONDS),
                ack_policy=AckPolicy.MANUAL,
                config=ConsumerConfig(filter_subjects=list(spec.filter_subjects)),
                decoder=_keep_message,
            )
            subscriber(self._on_message)

    def on(self, event_class: type[E]) -> Callable[[Callable[[E, Delivery], Awaitable[None]]], EventHandler]:
        """Register the handler of one event class."""

        def register(handler: Callable[[E, Delivery], Awaitable[None]]) -> EventHandler:
            self._handlers[event_class] = handler
            return handler

        return register

    async def _on_message(self, wrapped: NatsMessage) -> None:
        message: Msg = wrapped.raw_message
        delivery = delivery_of(message, self.spec.durable)
        started = time.perf_counter()
        try:
            outcome = await self._settling.settle(message, delivery, lambda: self._handle(message.data, delivery))
        except Exception as error:  # the acknowledgement itself failed: the message comes again
            log.warning("message not settled", durable=self.spec.durable, error=repr(error))
            outcome = "unsettled"
        telemetry.DELIVERIES.labels(self.spec.durable, outcome).inc()
        telemetry.DELIVERY_SECONDS.labels(self.spec.durable).observe(time.perf_counter() - started)

    async def _handle(self, data: bytes, delivery: Delivery) -> None:
        event = registry.parse(data)
        handler = self._handlers.get(type(event))
        if handler is None:
            return
        caused = context.RequestContext(
            correlation_id=event.correlationid or event.id,
            traceparent=context.next_traceparent(event.traceparent),
            actor=event.actor,
            causation_id=event.id,
        )
        with context.bound(caused):
            await handler(event, delivery)


async def _keep_message(message: NatsMessage, _original: Any = None) -> NatsMessage:
    """Hand the whole message to the handler; parsing happens where its failure can be settled."""
    return message
