"""What `bench.rebuild` measures, each in a process of its own: prints seconds, documents and peak memory as JSON."""

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path

import nats
import orjson
import uvloop
from contracts.ids import uuid7
from nats.aio.msg import Msg
from search import wiring
from search.adapters.event_log import JetStreamEventLog
from search.adapters.gathering import SubjectGathering
from search.adapters.making import DocumentMaker
from search.adapters.opensearch import client as engine
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.content import OpenSearchContent
from search.application.filling import Filler
from search.application.rebuild_ports import Mode, Run
from search.application.supervision import new_run
from search.application.tracking import Tracker
from search.settings import SearchSettings
from servicekit.clock import SystemClock

BULK = 500
Measured = tuple[float, int]
"""Seconds, and documents or messages."""


async def rebuild(settings: SearchSettings, mode: Mode) -> Measured:
    """The rebuild as the command carries it out."""
    async with wiring.build(settings) as container:
        started = time.perf_counter()
        run = await container.rebuilder.rebuild(new_run(container.platform.clock, reason="bench", mode=mode), uuid7())
        return time.perf_counter() - started, run.documents


class Nobody:
    """A run log and a lease that cost nothing."""

    async def put(self, run: Run) -> None:
        """Forget."""

    def check(self) -> None:
        """Hold for ever."""


async def client_side(settings: SearchSettings, mode: Mode) -> Measured:
    """Reading, sorting, joining, making and sending documents; the engine takes them and does nothing."""
    bus = await nats.connect(settings.nats_url)
    async with engine.connect(settings.opensearch_url, timeout_seconds=60) as client:
        content = OpenSearchContent(client)
        log = JetStreamEventLog(bus.jetstream(), wiring.DURABLE)
        tracker = Tracker(new_run(SystemClock(), reason="bench", mode=mode), Nobody(), Nobody(), None)  # type: ignore[arg-type]
        started = time.perf_counter()
        filler = Filler(content, log, SubjectGathering, DocumentMaker(settings.rebuild_processes))
        written = await filler.fill("null", upto=await log.last_sequence(), tracker=tracker)
        seconds = time.perf_counter() - started
    await bus.close()
    return seconds, written.documents


async def bare_bulk(settings: SearchSettings, documents: Path) -> Measured:
    """Ready documents out of a file into a new index, two bulk writes at a time."""
    number = 0
    async with engine.connect(settings.opensearch_url, timeout_seconds=600) as client:
        administration = OpenSearchAdministration(client, refresh_interval="200ms")
        with documents.open("rb") as lines:
            started = time.perf_counter()
            index = await administration.create("bench", SystemClock().now())

            async def sending() -> None:
                nonlocal number
                while body := list(islice(lines, 2 * BULK)):
                    number += len(body) // 2
                    answer = await client.bulk(body=b"".join(body), index=index)
                    if answer["errors"]:
                        raise RuntimeError(f"refused: {answer['items'][0]}")

            await asyncio.gather(sending(), sending())
            await administration.make_searchable(index)
            seconds = time.perf_counter() - started
        await administration.discard([index])
    return seconds, number


async def raw_replay(settings: SearchSettings) -> Measured:
    """All messages of the stream to a callback that counts them."""
    bus = await nats.connect(settings.nats_url)
    js = bus.jetstream()
    last = (await js.stream_info("EVENTS")).state.last_seq
    finished = asyncio.Event()
    count = 0

    async def received(message: Msg) -> None:
        nonlocal count
        count += 1
        if count == last:
            finished.set()

    started = time.perf_counter()
    await js.subscribe(
        "events.>",
        stream="EVENTS",
        cb=received,
        ordered_consumer=True,
        pending_msgs_limit=-1,
        pending_bytes_limit=-1,
    )
    await finished.wait()
    seconds = time.perf_counter() - started
    await bus.close()
    return seconds, count


def main(what: str, documents: str, mode: Mode) -> None:
    """Measure one thing and print it."""
    settings = SearchSettings()
    works: dict[str, Callable[[], Awaitable[Measured]]] = {
        "rebuild": lambda: rebuild(settings, mode),
        "client": lambda: client_side(settings, mode),
        "bulk": lambda: bare_bulk(settings, Path(documents)),
        "raw": lambda: raw_replay(settings),
    }

    async def measured() -> Measured:
        return await works[what]()

    seconds, number = uvloop.run(measured())
    alone, helper = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = 1024 * (alone + settings.rebuild_processes * helper)
    sys.stdout.buffer.write(orjson.dumps({"seconds": seconds, "number": number, "peak_bytes": peak}) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])  # type: ignore[arg-type]
