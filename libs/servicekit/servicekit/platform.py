"""What every service stands on: connections, identity, outbox relay and consumers, opened in one place."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.js import JetStreamContext

from servicekit import broker as brokers
from servicekit import logging
from servicekit import mongo as documents
from servicekit.auth import Members, TokenVerifier
from servicekit.clock import Clock, SystemClock
from servicekit.delivery import EventConsumer
from servicekit.ended_sessions import EndedSessions
from servicekit.health import Checks
from servicekit.idempotency import IdempotencyStore
from servicekit.lanes import BatchConsumer, BatchHandler, JobConsumer, JobHandler, Lanes
from servicekit.mongo import AggregateCollection, Mongo
from servicekit.relay import Relay
from servicekit.settings import ServiceSettings

log = logging.get(__name__)


@dataclass
class Platform:
    """The open connections of one process and the things made from them."""

    settings: ServiceSettings
    clock: Clock
    checks: Checks
    nats: Client
    js: JetStreamContext
    members: Members
    verifier: TokenVerifier
    broker: NatsBroker
    relay: Relay
    mongo: Mongo
    idempotency: IdempotencyStore
    lanes: list[Lanes] = field(default_factory=list)

    @property
    def db(self) -> documents.Database:
        """The service's own database."""
        return self.mongo.db

    def aggregates(self, name: str) -> AggregateCollection:
        """Return the collection of one kind of aggregate; its outboxes are relayed."""
        collection = AggregateCollection(self.db, name, relay=self.relay)
        self.relay.watch(collection)
        return collection

    def consumer(self, durable: str, *, batch_size: int = 20) -> EventConsumer:
        """Return a consumer of events to register handlers with; it starts with `consuming`."""
        return EventConsumer(self.broker, self.js, durable, batch_size=batch_size)

    def jobs(self, durable: str, handler: JobHandler, *, concurrency: int = 1) -> JobConsumer:
        """Return a consumer of long jobs; it starts with `consuming`."""
        consumer = JobConsumer(self.js, durable, handler, concurrency=concurrency)
        self.lanes.append(consumer)
        return consumer

    def batches(self, durable: str, handler: BatchHandler, *, batch_size: int = 500) -> BatchConsumer:
        """Return a consumer of events in batches; it starts with `consuming`."""
        consumer = BatchConsumer(self.js, durable, handler, batch_size=batch_size)
        self.lanes.append(consumer)
        return consumer

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        """Start all consumers; on exit stop fetching, finish what runs, and acknowledge it."""
        async with AsyncExitStack() as stack:
            for consumer in self.lanes:
                await stack.enter_async_context(consumer.consuming(self.settings.shutdown_seconds))
            if self.broker.subscribers:
                stack.push_async_callback(self.broker.stop)
                await self.broker.start()
                self.checks.add("consumers", self._broker_alive)
            yield

    async def _broker_alive(self) -> bool:
        return bool(await self.broker.ping(timeout=1.5))


@asynccontextmanager
async def open_platform(
    settings: ServiceSettings, *, ready_without_mongo: bool = False, clock: Clock | None = None
) -> AsyncIterator[Platform]:
    """Open everything a service needs; raises when a server cannot be reached or was not provisioned.

    `ready_without_mongo` keeps a started process ready while the document database is away: what needs none goes on.
    """
    clock = clock or SystemClock()
    checks = Checks()
    async with AsyncExitStack() as stack:
        reconnected: list[Callable[[], None]] = []
        client = await stack.enter_async_context(brokers.connect(settings, reconnected))
        js = client.jetstream(publish_async_max_pending=4096)
        mongo = await stack.enter_async_context(documents.connect(settings))
        relay = Relay(js, longest_sweep_seconds=settings.outbox_sweep_seconds)
        members = await stack.enter_async_context(Members(js))
        ended = await stack.enter_async_context(EndedSessions(js))
        reconnected += [members.resync, ended.resync]
        platform = Platform(
            settings=settings,
            clock=clock,
            checks=checks,
            nats=client,
            js=js,
            members=members,
            verifier=TokenVerifier(settings, ended),
            broker=brokers.faststream(settings),
            relay=relay,
            mongo=mongo,
            idempotency=IdempotencyStore(mongo.db, clock),
        )
        await platform.idempotency.prepare()
        if not ready_without_mongo:
            checks.add("mongodb", mongo.ping)
        await stack.enter_async_context(relay)

        async def nats_alive() -> bool:
            return client.is_connected

        checks.add("nats", nats_alive)
        checks.add("members", members.ready)
        checks.add("ended-sessions", ended.ready)
        yield platform
