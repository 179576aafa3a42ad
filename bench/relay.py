"""events relayed per second from outboxes to JetStream, against raw `publish_async` with 64 in flight."""

import asyncio
import time

from contracts import samples
from contracts.catalog import SolutionPublished
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.registry import parse
from contracts.subjects import subject_of
from servicekit import outbox, telemetry
from servicekit.outbox import OutboxMessage
from servicekit.platform import Platform
from servicekit.relay import Relay

from bench import figures
from bench.servers import servers

EVENTS = 3_000
ROUNDS = 3


def events(count: int) -> list[Event]:
    """Return different events of a realistic size."""
    template = parse(samples.of(SolutionPublished).encode())
    return [template.model_copy(update={"id": uuid7(), "subject": uuid7()}) for _ in range(count)]


async def raw(platform: Platform) -> float:
    """Publish with 64 in flight; return events per second."""
    js = platform.nats.jetstream(publish_async_max_pending=64)
    batch = events(EVENTS)
    started = time.perf_counter()
    futures = [
        await js.publish_async(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})
        for event in batch
    ]
    await asyncio.gather(*futures)
    return EVENTS / (time.perf_counter() - started)


async def relayed(platform: Platform, per_document: int, *, kicked: bool) -> tuple[float, float]:
    """Fill outboxes, then relay them; return events per second until acknowledged, and until cleaned up too.

    `kicked`: as after commits, which hand their outboxes over; otherwise as after a crash, by reading the documents.
    """
    collection = platform.aggregates(f"bench{per_document}{kicked}")
    await collection.prepare()
    batch = events(EVENTS)
    documents = [
        {
            "_id": uuid7(),
            "version": 1,
            "inbox": [],
            "outbox": [outbox.of_event(event).to_document() for event in batch[start : start + per_document]],
        }
        for start in range(0, EVENTS, per_document)
    ]
    relay = Relay(platform.js)
    relay.watch(collection)
    platform.relay._collections.clear()
    await collection.collection.insert_many(documents)
    before = telemetry.EVENTS_RELAYED._value.get()
    started = time.perf_counter()
    async with relay:
        if kicked:
            for document in documents:
                relay.kick(
                    collection.name, document["_id"], [OutboxMessage.from_document(m) for m in document["outbox"]]
                )
        while (done := telemetry.EVENTS_RELAYED._value.get() - before) < EVENTS:
            await asyncio.sleep(0.001)
        seconds = time.perf_counter() - started
        while await collection.count_pending():
            await asyncio.sleep(0.01)
        cleaned = time.perf_counter() - started
    assert done == EVENTS, done
    return EVENTS / seconds, EVENTS / cleaned


async def run() -> None:
    """Measure in turn and print."""
    figures.row("events per second", "relay", "raw", "ratio")
    async with servers() as started, started.platform() as platform:
        for title, per_document, kicked in (
            ("after commits, 1 event per aggregate", 1, True),
            ("from the documents, 1 event per aggregate", 1, False),
            ("from the documents, 5 events per aggregate", 5, False),
        ):
            other, ours = [], []
            for _ in range(ROUNDS):
                other.append(await raw(platform))
                ours.append(await relayed(platform, per_document, kicked=kicked))
            figures.paired(title, [acknowledged for acknowledged, _ in ours], other, "/s", 0.5)
            figures.paired("  and taken out of the outboxes", [cleaned for _, cleaned in ours], other, "/s", 0)
