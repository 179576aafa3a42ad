"""rebuilding the index beside bare bulk writes of ready documents and beside raw replay, in turn.

`python -m bench rebuild` measures 1,000 and 10,000 solutions on the embedded engine, or on the one at OPENSEARCH_URL;
`python -m bench.rebuild 100000` other numbers. 1x is one event per facet (five per solution), 20x is twenty of each.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import nats
import orjson
from contracts.envelope import Event
from contracts.subjects import subject_of
from search.application.mapping import apply
from search.domain.document import SolutionDocument
from search.testing import Events
from servicekit.testing import embedded, opensearch
from servicekit.testing.process import Probe, RunningServer, ServerSpec, free_ports

from bench import figures
from bench.catalogue import Entry, catalogue
from bench.rebuild_work import source_maker
from bench.servers import Servers, servers

FACETS = 5
SIZES = (1_000, 10_000)
HISTORIES = (1, 20)
ROUNDS = 3
IN_FLIGHT = 500
MIB = 1024 * 1024


@dataclass
class Outcome:
    """What one process measured."""

    seconds: float
    number: int
    peak_bytes: int


@asynccontextmanager
async def engines(directory: Path) -> AsyncIterator[tuple[str, str]]:
    """Start what takes documents; yields the address of an engine and of one that keeps nothing."""
    port, null_port = free_ports(2)
    null = ServerSpec(
        name="null-engine",
        argv=(sys.executable, "-m", "bench.null_engine", str(null_port)),
        url=f"http://127.0.0.1:{null_port}",
        ready=Probe(f"http://127.0.0.1:{null_port}"),
        cwd=Path(__file__).parents[1],
    )
    async with AsyncExitStack() as stack:
        sink = stack.enter_context(RunningServer(null, directory / "null-engine.log"))
        given = os.environ.get("OPENSEARCH_URL")
        if given:
            opensearch.refuse_foreign(given)
            stack.callback(opensearch.empty, given)
            yield given, sink.url
        else:
            real = stack.enter_context(RunningServer(embedded.search(port=port), directory / "engine.log"))
            yield real.url, sink.url


def facets(entry: Entry, number: int) -> list[Event]:
    """Return one event for each facet of a solution: published, reviewed, checked, rated, used."""
    random, happened = Random(number), Events(entry.slug)
    return [
        happened.published(provider=entry.provider, **entry.listing.model_dump(mode="json")),
        happened.reviewed(),
        happened.scored(score=float(random.randint(0, 100))),
        happened.rated(random.randint(1, 40), average=random.randint(10, 50) / 10),
        happened.deployed(random.randint(0, 3)),
    ]


async def fill(bus: Servers, solutions: int, history: int, documents: Path) -> None:
    """Publish the events, and write the documents that they make as ready bulk bodies."""
    client = await nats.connect(bus.nats_url)
    js = client.jetstream(publish_async_max_pending=IN_FLIGHT)
    source_of = source_maker()
    messages: list[tuple[str, bytes]] = []
    with documents.open("wb") as file:
        for number, entry in enumerate(catalogue(solutions)):
            document: SolutionDocument | None = None
            for event in facets(entry, number):
                messages.append((subject_of(event), event.to_bytes()))
                document = apply(document, event, len(messages))
            assert document is not None
            action = orjson.dumps({"create": {"_id": entry.solution_id}})
            file.write(action + b"\n" + orjson.dumps(source_of(document)) + b"\n")
    for _ in range(history):
        for start in range(0, len(messages), IN_FLIGHT):
            batch = messages[start : start + IN_FLIGHT]
            await asyncio.gather(*[await js.publish_async(subject, data) for subject, data in batch])
    await client.close()


async def measure(what: str, bus: Servers, engine: str, documents: Path, mode: str = "last_per_subject") -> Outcome:
    """Measure one thing in a new process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.rebuild_work", what, mode, str(documents)),
        env={
            **os.environ,
            "ENV": "test",
            "NATS_URL": bus.nats_url,
            "MONGODB_URL": bus.mongo_url,
            "OPENSEARCH_URL": engine,
            "LOG_LEVEL": "error",
        },
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{what} failed with {process.returncode}")
    return Outcome(**json.loads(output.splitlines()[-1]))


async def compare(solutions: int, engine: str, sink: str) -> None:
    """Measure one size with both histories in turn, and print."""
    once, often = HISTORIES
    seconds: dict[tuple[str, int], list[float]] = {}
    peaks: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marktplatz-bench-")))
        documents = directory / "documents.ndjson"
        buses = {history: await stack.enter_async_context(servers()) for history in HISTORIES}
        for history, bus in buses.items():
            await fill(bus, solutions, history, documents)
        for _ in range(ROUNDS):
            for what, address, histories in (
                ("rebuild", engine, HISTORIES),
                ("bulk", engine, (once,)),
                ("client", sink, HISTORIES),
                ("raw", sink, HISTORIES),
            ):
                for history in histories:
                    outcome = await measure(what, buses[history], address, documents)
                    expected = solutions * (FACETS * history if what == "raw" else 1)
                    if outcome.number < expected:  # the replay also meets the events that tell of rebuilds
                        raise RuntimeError(f"{what}: {outcome.number} instead of {expected}")
                    seconds.setdefault((what, history), []).append(outcome.seconds)
                    peaks[what] = max(peaks.get(what, 0), outcome.peak_bytes)

    def rates(what: str, history: int) -> list[float]:
        return [solutions / each for each in seconds[what, history]]

    for history in HISTORIES:
        title = f"{solutions:,} solutions, {history}x history"
        figures.paired(f"{title}: rebuild beside bulk", rates("rebuild", history), rates("bulk", once), "/s", 0.8)
        figures.paired(f"{title}: client beside replay", rates("client", history), rates("raw", history), "/s", 0.45)
    for what in ("rebuild", "client"):
        ratio = statistics.median(a / b for a, b in zip(seconds[what, often], seconds[what, once], strict=True))
        figures.row(f"{solutions:,} solutions: {what}, time of {often}x by 1x", "", "", f"{ratio:.2f}", "aim < 1.3")
    figures.row(f"{solutions:,} solutions: peak memory of a rebuild", f"{peaks['rebuild'] / MIB:,.0f} MiB")


async def run(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure all sizes and print."""
    with tempfile.TemporaryDirectory(prefix="marktplatz-bench-") as directory:
        async with engines(Path(directory)) as (engine, sink):
            figures.row("solutions per second", "ours", "other", "ratio")
            for solutions in sizes:
                await compare(solutions, engine, sink)


if __name__ == "__main__":
    asyncio.run(run(tuple(int(size) for size in sys.argv[1:]) or SIZES))
