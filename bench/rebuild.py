"""rebuilding the index beside bare bulk writes of ready documents and beside raw replay, in turn.

`python -m bench rebuild` measures 1,000 and 10,000 solutions on the embedded engine, or on the one at OPENSEARCH_URL;
`python -m bench.rebuild 100000` other numbers. 1x is one event per facet (five per solution), 20x is twenty of each;
`BENCH_HISTORIES=1,4` and `BENCH_ROUNDS=1` take less. Raw replay hands every event to a callback that counts it: what a
rebuild with `--full` reads, which a usual one does not: it asks for the newest event of each subject.
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
from itertools import islice
from pathlib import Path
from random import Random

import nats
import orjson
from contracts.envelope import Event
from contracts.subjects import subject_of
from search.adapters.making import DocumentMaker
from search.application.mapping import apply
from search.domain.document import SolutionDocument
from search.testing import Events
from servicekit.testing import embedded, opensearch
from servicekit.testing.process import Probe, RunningServer, ServerSpec, free_ports

from bench import figures
from bench.catalogue import Entry, catalogue
from bench.servers import Servers, servers

FACETS = 5
SIZES = (1_000, 10_000)
HISTORIES = tuple(int(each) for each in os.environ.get("BENCH_HISTORIES", "1,20").split(","))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
IN_FLIGHT = 2000
MIB = 1024 * 1024
NEWEST = "{} last_per_subject"


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


def write(solutions: int, documents: Path, events: Path) -> None:
    """Write the documents as ready bulk bodies, and the events that they come from: a line of subject and data each."""
    maker = DocumentMaker(0)
    sequence = 0
    with documents.open("wb") as bodies, events.open("wb") as lines:
        for number, entry in enumerate(catalogue(solutions)):
            document: SolutionDocument | None = None
            for event in facets(entry, number):
                sequence += 1
                lines.write(subject_of(event).encode() + b" " + event.to_bytes() + b"\n")
                document = apply(document, event, sequence)
            assert document is not None
            action = orjson.dumps({"create": {"_id": entry.solution_id}})
            bodies.write(action + b"\n" + maker.stored(document).json + b"\n")


async def fill(bus: Servers, history: int, events: Path) -> None:
    """Publish the events so many times, each in order; raises RuntimeError when the stream has not kept them all."""
    client = await nats.connect(bus.nats_url, pending_size=64 * MIB)
    js = client.jetstream(timeout=60)
    published = 0
    for _ in range(history):
        with events.open("rb") as lines:
            while batch := [line.rstrip(b"\n").partition(b" ") for line in islice(lines, IN_FLIGHT)]:
                for subject, _, data in batch[:-1]:
                    await client.publish(subject.decode(), data)
                subject, _, data = batch[-1]
                published += len(batch)
                position = (await js.publish(subject.decode(), data)).seq
                if position != published:
                    raise RuntimeError(f"{position} of {published} events are in the stream")
    await client.close()


async def measure(what: str, bus: Servers, engine: str, documents: Path, mode: str) -> Outcome:
    """Measure one thing in a new process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.rebuild_work", what, str(documents), mode),
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
    """Measure one size with all histories in turn, and print."""
    once, often = HISTORIES[0], HISTORIES[-1]
    found: dict[tuple[str, int], list[Outcome]] = {}
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marktplatz-bench-")))
        documents, events = directory / "documents.ndjson", directory / "events"
        write(solutions, documents, events)
        buses = {history: await stack.enter_async_context(servers()) for history in HISTORIES}
        for history, bus in buses.items():
            await fill(bus, history, events)
        for _ in range(ROUNDS):
            for what, mode, address, histories in (
                ("rebuild", "last_per_subject", engine, HISTORIES),
                ("bulk", "", engine, (once,)),
                ("client", "last_per_subject", sink, HISTORIES),
                ("client", "full", sink, HISTORIES),
                ("raw", "", sink, HISTORIES),
            ):
                for history in histories:
                    outcome = await measure(what, buses[history], address, documents, mode)
                    expected = solutions * (FACETS * history if what == "raw" else 1)
                    if outcome.number < expected:  # the replay also meets the events that tell of rebuilds
                        raise RuntimeError(f"{what}: {outcome.number} instead of {expected}")
                    found.setdefault((f"{what} {mode}".strip(), history), []).append(outcome)

    def rates(what: str, history: int) -> list[float]:
        return [solutions / each.seconds for each in found[what, history]]

    for history in HISTORIES:
        title = f"{solutions:,}, {history}x"
        for name, ours, other, aim in (
            ("rebuild beside bare bulk", NEWEST.format("rebuild"), rates("bulk", once), 0.8),
            ("client side beside raw replay", NEWEST.format("client"), rates("raw", history), 0.45),
            ("client side --full beside raw replay", "client full", rates("raw", history), 0.45),
        ):
            figures.paired(f"{title}: {name}", rates(ours, history), other, "/s", aim)
    for what in ("rebuild", "client"):
        pairs = zip(*(found[NEWEST.format(what), history] for history in (often, once)), strict=True)
        ratio = statistics.median(a.seconds / b.seconds for a, b in pairs)
        figures.row(f"{solutions:,}: {what}, time of {often}x by {once}x", "", "", f"{ratio:.2f}", "aim < 1.3")
    peaks = (max(each.peak_bytes for each in found[NEWEST.format("rebuild"), history]) / MIB for history in HISTORIES)
    figures.row(f"{solutions:,}: peak memory of a rebuild", *(f"{peak:,.0f} MiB" for peak in peaks))


async def run(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure all sizes and print."""
    with tempfile.TemporaryDirectory(prefix="marktplatz-bench-") as directory:
        async with engines(Path(directory)) as (engine, sink):
            figures.row("solutions per second", "ours", "other", "ratio")
            for solutions in sizes:
                await compare(solutions, engine, sink)


if __name__ == "__main__":
    asyncio.run(run(tuple(int(size) for size in sys.argv[1:]) or SIZES))
