"""Decides what happens to each message: handled, tried again later, or set aside as a dead letter with its reason."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts import registry, topology
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.subjects import dlq_subject
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, Header
from pydantic import ValidationError

from servicekit import context, logging, telemetry
from servicekit.errors import ProblemError
from servicekit.mongo import UNREACHABLE, AlreadyHandled, VersionConflict

log = logging.get(__name__)

E = TypeVar("E", bound=Event)
EventHandler = Callable[[Any, "Delivery"], Awaitable[None]]
JobHandler = Callable[[bytes, "Delivery"], Awaitable[None]]

BACKOFF_SECONDS = (0.25, 1.0, 3.0, 10.0, 30.0)
REDRIVEN_STREAM, REDRIVEN_SEQUENCE = "Redriven-Stream", "Redriven-Sequence"
TRANSIENT_CAP_SECONDS = 5.0
FETCH_SECONDS = 1.0


def is_transient(error: Exception) -> bool:
    """True when something the handler depends on is away: the message is fine and waits as long as it takes."""
    if isinstance(error, ProblemError):
        return error.transient
    return isinstance(error, OSError | NatsError | VersionConflict | UNREACHABLE)


def is_permanent(error: Exception) -> bool:
    """True when no repetition can help: the message cannot be read, or the rules refuse it."""
    if isinstance(error, ProblemError):
        return not error.transient
    return isinstance(error, registry.MalformedEvent | registry.UnknownEventType | ValidationError)


@dataclass(frozen=True)
class Delivery:
    """Where a message came from; `attempt` counts from 1."""

    stream: str
    sequence: int
    attempt: int
    durable: str


@dataclass
class _Rules:
    """How one durable treats failures; the numbers come from the topology."""

    durable: str
    stream: str
    max_attempts: int
    js: JetStreamContext
    dlq: str = field(init=False)

    def __post_init__(self) -> None:
        self.dlq = dlq_subject(topology.consumer(self.durable).service, self.durable)

    async def settle(self, message: Msg, delivery: Delivery, work: Callable[[], Awaitable[None]]) -> str:
        """Run the work, acknowledge accordingly, and return the outcome for the metrics."""
        try:
            await work()
        except AlreadyHandled:
            await message.ack()
            return "repeated"
        except Exception as error:
            return await self._failed(message, delivery, error)
        await message.ack()
        return "handled"

    async def _failed(self, message: Msg, delivery: Delivery, error: Exception) -> str:
        """Waiting for something that is away has no limit; a fault of the message itself has `max_attempts`."""
        transient = is_transient(error)
        if is_permanent(error) or (not transient and delivery.attempt >= self.max_attempts):
            await self.dead_letter(message, delivery, error)
            return "dead"
        delay = BACKOFF_SECONDS[min(delivery.attempt, len(BACKOFF_SECONDS)) - 1]
        if transient:
            delay = min(delay, TRANSIENT_CAP_SECONDS)
        log.warning(
            "delivery failed, will be tried again",
            durable=self.durable,
            sequence=delivery.sequence,
            attempt=delivery.attempt,
            delay=delay,
            error=repr(error),
            exc_info=None if transient else error,
        )
        await message.nak(delay=delay)
        return "retried"

    async def dead_letter(self, message: Msg, delivery: Delivery, error: Exception) -> None:
        """Store the original bytes with the reason, then take the message out of the consumer's way."""
        reason = f"{type(error).__name__}: {error}"[:2000]
        headers = {
            Header.MSG_ID.value: f"{self.durable}:{message.metadata.stream}:{message.metadata.sequence.stream}",
            "Dlq-Reason": " ".join(reason.split()),
            "Dlq-Stream": delivery.stream,
            "Dlq-Sequence": str(delivery.sequence),
            "Dlq-Subject": message.subject,
            "Dlq-Durable": self.durable,
            "Dlq-Attempts": str(delivery.attempt),
        }
        try:
            await self.js.publish(self.dlq, message.data, headers=_ascii(headers))
        except Exception as failure:
            log.error("dead letter could not be stored, will be tried again", error=repr(failure))
            await message.nak(delay=BACKOFF_SECONDS[1])
            return
        log.error("dead letter", durable=self.durable, sequence=delivery.sequence, reason=reason)
        await message.term()


def _ascii(headers: dict[str, str]) -> dict[str, str]:
    return {key: value.encode("ascii", "backslashreplace").decode() for key, value in headers.items()}


def _delivery(message: Msg, durable: str) -> Delivery:
    """Read where a message is from; a redriven one keeps the place it had in its own stream."""
    metadata = message.metadata
    headers = message.headers or {}
    if REDRIVEN_SEQUENCE in headers:
        origin = (headers[REDRIVEN_STREAM], int(headers[REDRIVEN_SEQUENCE]))
    else:
        origin = (metadata.stream, metadata.sequence.stream)
    return Delivery(*origin, metadata.num_delivered or 1, durable)


class EventConsumer:
    """One durable of the topology, bound to handlers by event class.

    Events without a handler are acknowledged: a durable's filter may be wider than today's handlers. Dead letters that
    an operator sends again arrive here too, as if they came from their own place in the stream.
    """

    def __init__(self, broker: NatsBroker, js: JetStreamContext, durable: str, *, batch_size: int = 20) -> None:
        self.spec = topology.consumer(durable)
        self._handlers: dict[type[Event], EventHandler] = {}
        self._rules = _Rules(durable, self.spec.stream, self.spec.max_deliver, js)
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
        delivery = _delivery(message, self.spec.durable)
        started = time.perf_counter()
        try:
            outcome = await self._rules.settle(message, delivery, lambda: self._handle(message.data, delivery))
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


class JobConsumer:
    """Runs long jobs of a work queue: a fixed number at a time, with heartbeats while they run.

    On shutdown no more jobs are fetched and running ones are waited for; what is cut off by the end of the grace
    period is delivered to another worker when its `ack_wait` has passed.
    """

    def __init__(self, js: JetStreamContext, durable: str, handler: JobHandler, *, concurrency: int = 1) -> None:
        self.spec = topology.consumer(durable)
        self._js = js
        self._handler = handler
        self._concurrency = concurrency
        self._rules = _Rules(durable, self.spec.stream, self.spec.max_deliver, js)
        self._stopping = asyncio.Event()
        self.running = 0

    @asynccontextmanager
    async def consuming(self, grace_seconds: float) -> AsyncIterator[None]:
        """Fetch and run jobs inside the block; on exit wait up to `grace_seconds` for running ones."""
        self._stopping.clear()
        subscription = await self._js.pull_subscribe_bind(self.spec.durable, stream=self.spec.stream)
        lanes = [
            asyncio.create_task(self._lane(subscription), name=f"{self.spec.durable}-{lane}")
            for lane in range(self._concurrency)
        ]
        try:
            yield
        finally:
            self._stopping.set()
            _, late = await asyncio.wait(lanes, timeout=grace_seconds)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            with suppress(Exception):
                await subscription.unsubscribe()

    async def _lane(self, subscription: JetStreamContext.PullSubscription) -> None:
        while not self._stopping.is_set():
            try:
                messages = await subscription.fetch(1, timeout=FETCH_SECONDS)
            except TimeoutError:
                continue
            except Exception as error:
                if self._stopping.is_set():
                    return
                log.warning("job fetch failed", durable=self.spec.durable, error=repr(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), timeout=FETCH_SECONDS)
                continue
            for message in messages:
                await self._run(message)

    async def _run(self, message: Msg) -> None:
        delivery = _delivery(message, self.spec.durable)
        heartbeat = asyncio.create_task(self._heartbeat(message))
        started = time.perf_counter()
        self.running += 1
        try:
            bound = context.RequestContext(correlation_id=uuid7(), traceparent=context.next_traceparent(None))
            with context.bound(bound):
                outcome = await self._rules.settle(message, delivery, lambda: self._handler(message.data, delivery))
        except Exception as error:  # the acknowledgement itself failed: the message comes again
            log.warning("job not settled", durable=self.spec.durable, error=repr(error))
            outcome = "unsettled"
        finally:
            self.running -= 1
            heartbeat.cancel()
        telemetry.DELIVERIES.labels(self.spec.durable, outcome).inc()
        telemetry.DELIVERY_SECONDS.labels(self.spec.durable).observe(time.perf_counter() - started)

    async def _heartbeat(self, message: Msg) -> None:
        while True:
            await asyncio.sleep(self.spec.ack_wait_s / 3)
            try:
                await message.in_progress()
            except Exception as error:
                log.warning("heartbeat failed", durable=self.spec.durable, error=repr(error))
