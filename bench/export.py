"""open data of the catalog: all published solutions as files, read from a process of its own.

Memory is that of the process, at its highest while the answer is read. Sizes: `BENCH_EXPORT_SIZES` (1000,100000).
"""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psutil
from catalog.settings import CatalogSettings
from catalog.wiring import build

from bench import figures
from bench.catalog import api
from bench.published import fill
from bench.servers import Servers, servers

SIZES = tuple(int(each) for each in os.environ.get("BENCH_EXPORT_SIZES", "1000,100000").split(","))
FORMATS = ("ndjson", "csv", "ttl", "jsonld")
PAGES = 10
REPEATS = 10
MEGABYTE = 1_000_000
LOOK_SECONDS = 0.02


class Memory:
    """The highest resident memory of a process while it was looked at, in bytes."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.highest = 0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look all the time."""
        self.highest = self._look()
        looking = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            looking.cancel()
            self.highest = max(self.highest, self._look())

    async def _keep_looking(self) -> None:
        while True:
            self.highest = max(self.highest, self._look())
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self) -> int:
        return int(self._process.memory_info().rss)


async def file(client: httpx.AsyncClient, memory: Memory, extension: str, size: int) -> None:
    """Read one file to its end and print how that went."""
    async with memory.watched():
        length, first = 0, 0.0
        started = time.perf_counter()
        async with client.stream("GET", f"/opendata/solutions.{extension}") as answer:
            answer.raise_for_status()
            async for chunk in answer.aiter_raw():
                first = first or time.perf_counter() - started
                length += len(chunk)
        took = time.perf_counter() - started
    figures.row(
        f"{size:,} listings, {extension}",
        f"{size / took:,.0f} /s",
        f"{length / MEGABYTE:,.1f} MB",
        f"{first * 1000:,.0f} ms",
        f"{memory.highest / MEGABYTE:,.0f} MB",
    )


async def pages(client: httpx.AsyncClient, memory: Memory, size: int) -> None:
    """Follow the first pages of 100 in JSON."""
    read, length, first = 0, 0, 0.0
    following: str | None = "/opendata/solutions.json?limit=100"
    async with memory.watched():
        started = time.perf_counter()
        for _ in range(PAGES):
            if following is None:
                break
            answer = (await client.get(following)).raise_for_status()
            first = first or time.perf_counter() - started
            body = answer.json()
            read, length = read + len(body["items"]), length + len(answer.content)
            cursor = body["next_cursor"]
            following = f"/opendata/solutions.json?limit=100&cursor={cursor}" if cursor else None
        took = time.perf_counter() - started
    figures.row(
        f"{size:,} listings, the first {read:,} in pages of 100",
        f"{read / took:,.0f} /s",
        f"{length / MEGABYTE:,.1f} MB",
        f"{first * 1000:,.0f} ms",
        f"{memory.highest / MEGABYTE:,.0f} MB",
    )


async def unchanged(client: httpx.AsyncClient, size: int) -> None:
    """Ask whether anything has changed."""
    tag = (await client.head("/opendata/solutions.csv")).headers["etag"]
    took = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        answer = await client.get("/opendata/solutions.csv", headers={"If-None-Match": tag})
        took.append((time.perf_counter() - started) * 1000)
        if answer.status_code != httpx.codes.NOT_MODIFIED:
            raise RuntimeError(f"{answer.status_code} for what has not changed")
    figures.row(f"{size:,} listings, nothing has changed (304)", "", "", f"{statistics.median(took):,.0f} ms")


async def measure(started: Servers, size: int) -> None:
    """Measure a catalogue of a size in a fresh process."""
    async with (
        api(started) as running,
        httpx.AsyncClient(base_url=running.address, trust_env=False, timeout=600) as client,
    ):
        memory = Memory(running.pid)
        async with memory.watched():
            await client.get("/opendata")
        figures.row(f"{size:,} listings, process after its start", "", "", "", f"{memory.highest / MEGABYTE:,.0f} MB")
        for extension in FORMATS:
            await file(client, memory, extension, size)
        await pages(client, memory, size)
        await unchanged(client, size)


async def run() -> None:
    """Measure in turn and print."""
    figures.row("", "listings", "length", "first byte", "peak memory")
    async with servers() as started:
        settings = CatalogSettings(
            nats_url=started.nats_url, mongodb_url=started.mongo_url, mongodb_database="bench", log_level="warning"
        )
        done = 0
        for size in sorted(SIZES):
            async with build(settings) as container:
                began = time.perf_counter()
                await fill(container, size, start=done)
                figures.row(f"{size:,} listings, filled in", f"{(size - done) / (time.perf_counter() - began):,.0f} /s")
            done = size
            await measure(started, size)
