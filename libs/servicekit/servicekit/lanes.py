"""Consumers that fetch for themselves: long jobs a few at a time, and events in batches."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from contracts import registry, topology
from contracts.envelope import Event
from contracts.ids import uuid7
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from servicekit import background, context, logging, telemetry
from servicekit.settling import Delivery, Settling, delivery_of, is_transient

log = logging.get(__name__)

JobHandler = Callable[[bytes, Delivery], Awaitable[None]]
Batch = Sequence[tuple[Event, Delivery]]
BatchHandler = Callable[[Batch], Awaitable[None]]

FETCH_SECONDS = 1.0


class Lanes(ABC):
    """Fetches from a durable in some lanes at once and takes what was fetched; on exit finishes what runs."""

    def __init__(self, js: JetStreamContext, durable: str) -> None:
        self.spec = topology.consumer(durable)
        self._js = js
        self._settling = Settling(self.spec, js)
        self._stopping = asyncio.Event()

    @abstractmethod
    def _sources(self) -> Sequence[tuple[topology.Consumer, int]]:
        """Return a durable and how many messages to fetch at once, for each lane."""

    @abstractmethod
    async def _take(self, messages: list[Msg]) -> None:
        """Work on fetched messages and settle each; must not raise."""

    @asynccontextmanager
    async def consuming(self, grace_seconds: float) -> AsyncIterator[None]:
        """Fetch inside the block; on exit wait up to `grace_seconds` for what runs.

        What is cut off then is delivered again, here or elsewhere, at the latest when its `ack_wait` has passed.
        """
        self._stopping.clear()
        sources = self._sources()
        subscriptions = {
            spec.durable: await self._js.pull_subscribe_bind(spec.durable, stream=spec.stream) for spec, _ in sources
        }
        lanes = [
            asyncio.create_task(self._lane(subscriptions[spec.durable], size), name=f"{spec.durable}-{number}")
            for number, (spec, size) in enumerate(sources)
        ]
        try:
            yield
        finally:
            self._stopping.set()
            await asyncio.wait(lanes, timeout=grace_seconds)
            await background.end(*lanes)
            for subscription in subscriptions.values():
                with suppress(Exception):
                    await subscription.unsubscribe()

    async def _lane(self, subscription: JetStreamContext.PullSubscription, size: int) -> None:
        while not self._stopping.is_set():
            try:
                messages = await subscription.fetch(size, timeout=FETCH_SECONDS)
            except TimeoutError:
                continue
            except Exception as error:
                if self._stopping.is_set():
                    return
                log.warning("fetch failed", durable=self.spec.durable, error=repr(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), timeout=FETCH_SECONDS)
                continue
            await self._take(messages)

    async def _settle(self, message: Msg, delivery: Delivery, work: Callable[[], Awaitable[None]]) -> None:
        started = time.perf_counter()
        try:
            outcome = await self._settling.settle(message, delivery, work)
        except Exception as error:  # the acknowledgement itself failed: the message comes again
            log.warning("message not settled", durable=self.spec.durable, error=repr(error))
            outcome = "unsettled"
        telemetry.DELIVERIES.labels(self.spec.durable, outcome).inc()
        telemetry.DELIVERY_SECONDS.labels(self.spec.durable).observe(time.perf_counter() - started)


class JobConsumer(Lanes):
    """Runs long jobs of a work queue: a fixed number at a time, with heartbeats while they run.

    A job that is cut off by the end of the process is handed back, so that another process takes it at once.
    """

    def __init__(self, js: JetStreamContext, durable: str, handler: JobHandler, *, concurrency: int = 1) -> None:
        super().__init__(js, durable)
        self._handler = handler
        self._concurrency = concurrency
        self.running = 0

    def _sources(self) -> Sequence[tuple[topology.Consumer, int]]:
        return [(self.spec, 1)] * self._concurrency

    async def _take(self, messages: list[Msg]) -> None:
        for message in messages:
            if self._stopping.is_set():  # fetched while the end was asked for: somebody else takes it
                await self._hand_back(message)
                continue
            heartbeat = asyncio.create_task(self._heartbeat(message))
            self.running += 1
            try:
                bound = context.RequestContext(correlation_id=uuid7(), traceparent=context.next_traceparent(None))
                with context.bound(bound):
                    delivery = delivery_of(message, self.spec.durable)
                    await self._settle(message, delivery, partial(self._handler, message.data, delivery))
            except asyncio.CancelledError:
                await asyncio.shield(self._hand_back(message))
                raise
            finally:
                self.running -= 1
                heartbeat.cancel()

    async def _hand_back(self, message: Msg) -> None:
        try:
            await message.nak()
        except Exception as error:  # it is delivered again when its `ack_wait` has passed
            log.warning("job not handed back", durable=self.spec.durable, error=repr(error))

    async def _heartbeat(self, message: Msg) -> None:
        while True:
            await asyncio.sleep(self.spec.ack_wait_s / 3)
            try:
                await message.in_progress()
            except Exception as error:
                log.warning("heartbeat failed", durable=self.spec.durable, error=repr(error))


class BatchConsumer(Lanes):
    """Hands over whatever waits, up to `batch_size` events at once, in the order of the stream.

    For handlers that do many at the price of one, such as bulk writes. When a batch fails by its own fault, its events
    are tried one by one, so that a single bad one does not hold up the others. Bytes that are no event become dead
    letters.
    """

    def __init__(self, js: JetStreamContext, durable: str, handler: BatchHandler, *, batch_size: int = 500) -> None:
        super().__init__(js, durable)
        self._handler = handler
        # A fetch of more than may be unacknowledged would wait for its timeout each time.
        self._batch_size = min(batch_size, self.spec.max_ack_pending)

    def _sources(self) -> Sequence[tuple[topology.Consumer, int]]:
        return [(self.spec, self._batch_size), (topology.consumer(topology.redrive_of(self.spec.durable)), 1)]

    async def _take(self, messages: list[Msg]) -> None:
        started = time.perf_counter()
        readable: list[Msg] = []
        batch: list[tuple[Event, Delivery]] = []
        for message in messages:
            delivery = delivery_of(message, self.spec.durable)
            try:
                event = registry.parse(message.data)
            except ValueError as error:
                await self._settle(message, delivery, _raising(error))
            else:
                readable.append(message)
                batch.append((event, delivery))
        try:
            if batch:
                await self._handler(batch)
            for message in readable:
                await message.ack()
        except Exception as error:
            await self._take_apart(readable, batch, error)
            return
        telemetry.DELIVERIES.labels(self.spec.durable, "handled").inc(len(batch))
        telemetry.DELIVERY_SECONDS.labels(self.spec.durable).observe(time.perf_counter() - started)

    async def _take_apart(self, readable: list[Msg], batch: Batch, error: Exception) -> None:
        """Put all back when something is away, which a second try at once would find away too; else try one by one."""
        log.warning("batch failed", durable=self.spec.durable, events=len(batch), error=repr(error))
        for message, entry in zip(readable, batch, strict=True):
            again = _raising(error) if is_transient(error) else partial(self._handler, [entry])
            await self._settle(message, entry[1], again)


def _raising(error: Exception) -> Callable[[], Awaitable[None]]:
    """Return work that fails with an error that is known already, for settling."""

    async def work() -> None:
        raise error

    return work
