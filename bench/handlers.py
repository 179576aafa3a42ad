"""handler throughput against raw `fetch(500)` with pydantic, and the time from event to handler when idle."""

import asyncio
import time

from contracts import samples
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.registry import parse
from contracts.review import ReviewOpened
from contracts.subjects import subject_of
from nats.js.api import AckPolicy, ConsumerConfig
from servicekit.delivery import Delivery
from servicekit.lanes import Batch
from servicekit.platform import Platform

from bench import figures
from bench.servers import Servers, servers

EVENTS = 4_000
ROUNDS = 3
IDLE_EVENTS = 300
DURABLE = "catalog-policies"


def opened() -> Event:
    """Return a new event that the durable wants."""
    return parse(samples.of(ReviewOpened).encode()).model_copy(update={"id": uuid7(), "subject": uuid7()})


async def fill(platform: Platform) -> None:
    """Publish the events of one round."""
    js = platform.nats.jetstream()
    for _ in range(EVENTS // 500):
        batch = [opened() for _ in range(500)]
        await asyncio.gather(*[await js.publish_async(subject_of(e), e.to_bytes()) for e in batch])


async def raw(platform: Platform) -> float:
    """Fetch 500 at a time, validate, acknowledge each; return events per second."""
    js = platform.nats.jetstream()
    info = await js.stream_info("EVENTS")
    config = ConsumerConfig(
        ack_policy=AckPolicy.EXPLICIT,
        opt_start_seq=info.state.last_seq - EVENTS + 1,
        deliver_policy="by_start_sequence",
    )
    subscription = await js.pull_subscribe("events.review.review_opened.>", stream="EVENTS", config=config)
    done = 0
    started = time.perf_counter()
    while done < EVENTS:
        for message in await subscription.fetch(500, timeout=5):
            parse(message.data)
            await message.ack()
            done += 1
    seconds = time.perf_counter() - started
    await subscription.unsubscribe()
    return EVENTS / seconds


async def handled(started_servers: Servers, batch_size: int) -> float:
    """Let the kit's consumer handle what waits; return events per second."""
    async with started_servers.platform() as platform:
        consumer = platform.consumer(DURABLE, batch_size=batch_size)
        finished = asyncio.Event()
        done = 0

        async def handler(event: ReviewOpened, meta: Delivery) -> None:
            nonlocal done
            done += 1
            if done >= EVENTS:
                finished.set()

        consumer.on(ReviewOpened)(handler)
        started = time.perf_counter()
        async with platform.consuming():
            await asyncio.wait_for(finished.wait(), timeout=120)
            seconds = time.perf_counter() - started
        return EVENTS / seconds


async def in_batches(started_servers: Servers) -> float:
    """Let the kit's batch consumer handle what waits; return events per second."""
    async with started_servers.platform() as platform:
        finished = asyncio.Event()
        done = 0

        async def handler(batch: Batch) -> None:
            nonlocal done
            done += len(batch)
            if done >= EVENTS:
                finished.set()

        platform.batches(DURABLE, handler)
        started = time.perf_counter()
        async with platform.consuming():
            await asyncio.wait_for(finished.wait(), timeout=120)
            seconds = time.perf_counter() - started
        return EVENTS / seconds


async def idle(started_servers: Servers) -> list[float]:
    """Publish one event at a time; return milliseconds until its handler runs."""
    async with started_servers.platform() as platform:
        consumer = platform.consumer(DURABLE)
        arrived: asyncio.Queue[float] = asyncio.Queue()

        async def handler(event: ReviewOpened, meta: Delivery) -> None:
            arrived.put_nowait(time.perf_counter())

        consumer.on(ReviewOpened)(handler)
        times = []
        async with platform.consuming():
            for _ in range(IDLE_EVENTS):
                event = opened()
                started = time.perf_counter()
                await platform.js.publish(subject_of(event), event.to_bytes())
                times.append((await asyncio.wait_for(arrived.get(), timeout=10) - started) * 1000)
        return times


async def run() -> None:
    """Measure in turn and print."""
    async with servers() as started:
        times = await idle(started)
        figures.row("milliseconds from publish to handler, idle", "p50", "p99", "", "aim")
        figures.row(
            f"{IDLE_EVENTS} events, one at a time",
            f"{figures.percentile(times, 50):.2f} ms",
            f"{figures.percentile(times, 99):.2f} ms",
            "",
            "p99 < 20",
        )
        figures.row("events per second", "ours", "raw", "ratio")
        other: list[float] = []
        ours: dict[str, list[float]] = {"20": [], "200": [], "batches": []}
        for _ in range(ROUNDS):
            for name, values in ours.items():
                async with started.platform() as platform:
                    await fill(platform)
                    if name == "20":
                        other.append(await raw(platform))
                values.append(await (in_batches(started) if name == "batches" else handled(started, int(name))))
        figures.paired("per message, batch_size=20", ours["20"], other, "/s", 0.2)
        figures.paired("per message, batch_size=200", ours["200"], other, "/s", 0.2)
        figures.paired("in batches of up to 500", ours["batches"], other, "/s", 0.6)
