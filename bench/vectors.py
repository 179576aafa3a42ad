"""milliseconds to rank vectors in memory, and by the engine in OPENSEARCH_URL when there is one."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opensearchpy import AsyncOpenSearch
from search.adapters.embedder import DIMENSIONS
from search.adapters.opensearch import client as engine
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.vector_field import VectorField, as_json
from search.adapters.opensearch.vectors import EngineVectors
from search.adapters.vectors import MemoryVectors
from search.application.meaning_ports import Vector, VectorIndex
from search.application.queries import MOST_NEAR
from servicekit.testing.opensearch import refuse_foreign

from bench import figures

SIZES = (1_000, 10_000, 100_000, 300_000)
CHUNK = 1_000
QUERIES = 200
WARM_SECONDS = 15.0
"""An engine compiles what it is asked often; until then it answers at a third of the speed."""
IN_FLIGHT = (1, 16)
FIELD = VectorField("synthetic", DIMENSIONS)


class Cone:
    """Vectors that lie to one another as those of texts do.

    Cosines to a query are 0.79 on average, as those of the demo's listings. Topics make some of them neighbours:
    without any, nothing is nearer than anything else, and a graph of neighbours finds no way.
    """

    def __init__(self, topics: int = 500) -> None:
        drawn = np.random.default_rng(1)
        self._axis = self._unit(drawn.standard_normal(DIMENSIONS))
        self._topics = self._unit(drawn.standard_normal((topics, DIMENSIONS)))

    @staticmethod
    def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
        return scaled

    def chunk(self, seed: int, number: int) -> NDArray[np.float32]:
        """Return some vectors, as exact as they are stored."""
        drawn = np.random.default_rng((2, seed))
        topic = self._topics[drawn.integers(len(self._topics), size=number)]
        alone = self._unit(drawn.standard_normal((number, DIMENSIONS)))
        return self._unit(self._axis + 0.4 * topic + 0.33 * alone).astype(np.float16).astype(np.float32)

    def chunks(self, size: int) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Return ids and vectors of `size` solutions."""
        for start in range(0, size, CHUNK):
            yield [f"id-{start + row}" for row in range(CHUNK)], self.chunk(start, CHUNK)


@dataclass
class Measured:
    """Milliseconds of single queries by number in flight, and what was found."""

    milliseconds: dict[int, list[float]]
    found: list[list[str]]
    """Nearest first."""

    def recall(self, exact: "Measured", first: int) -> str:
        """Return how many of the really nearest were found."""
        pairs = zip(self.found, exact.found, strict=True)
        return f"{sum(len({*one[:first]} & {*other[:first]}) for one, other in pairs) / (first * QUERIES):.3f}"

    def cells(self) -> list[str]:
        """Return p50 and p99 for each number in flight."""
        return [
            f"{figures.percentile(values, 50):.1f} / {figures.percentile(values, 99):.1f}"
            for values in self.milliseconds.values()
        ]


async def ask(index: VectorIndex, queries: list[Vector]) -> Measured:
    """Ask every query, so many at the same time."""
    measured = Measured({}, [])
    for in_flight in IN_FLIGHT:
        values: list[float] = []
        found: list[list[str]] = []
        waiting = iter(queries)

        async def worker(values: list[float], found: list[list[str]], waiting: Iterator[Vector]) -> None:
            for query in waiting:
                started = time.perf_counter()
                near = await index.nearest(query, most=MOST_NEAR, least=0.0)
                values.append(1000 * (time.perf_counter() - started))
                found.append(sorted(near.cosines, key=lambda key: -near.cosines[key]))

        await asyncio.gather(*(worker(values, found, waiting) for _ in range(in_flight)))
        measured.milliseconds[in_flight] = values
        measured.found = measured.found or found
    return measured


def resident_mb() -> float:
    """Return the memory of this process in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@asynccontextmanager
async def filled(client: AsyncOpenSearch, cone: Cone, size: int) -> AsyncIterator[tuple[EngineVectors, float, float]]:
    """Fill an index of its own; return it with the seconds that took, and its size in MB."""
    administration = OpenSearchAdministration(client, refresh_interval="-1", vectors=FIELD)
    index = await administration.create("bench", datetime.now(UTC))
    try:
        started = time.perf_counter()
        for ids, vectors in cone.chunks(size):
            lines = b"".join(
                as_json({"create": {"_id": key}}) + b"\n" + as_json({"id": key, "visible": True, "vector": row}) + b"\n"
                for key, row in zip(ids, vectors, strict=True)
            )
            answer = await client.bulk(body=lines, index=index, params={"request_timeout": 600})
            assert not answer["errors"]
        await client.indices.refresh(index=index, params={"request_timeout": 600})
        seconds = time.perf_counter() - started
        while (await stats(client, index))["merges"]["current"]:
            await asyncio.sleep(1)
        await administration.swap(index)
        ranked = EngineVectors(client, FIELD, look_seconds=60, timeout_seconds=60)
        await ranked.look()
        yield ranked, seconds, (await stats(client, index))["store"]["size_in_bytes"] / 1e6
    finally:
        await administration.discard([index])


async def stats(client: AsyncOpenSearch, index: str) -> dict[str, dict[str, float]]:
    """Return the engine's figures of an index."""
    answer = await client.indices.stats(index=index, metric="merge,store")
    figures_of: dict[str, dict[str, float]] = answer["indices"][index]["primaries"]
    return figures_of


async def run() -> None:
    """Measure each size in memory, and in the engine when one is given."""
    cone, url = Cone(), os.environ.get("OPENSEARCH_URL")
    queries = [*cone.chunk(10**9, QUERIES)]
    if url:
        refuse_foreign(url)
    heads = [f"{in_flight} in flight" for in_flight in IN_FLIGHT]
    figures.row("milliseconds p50 / p99 for the nearest 100", *heads, "MB", "filled in s", "recall@10", "recall@100")
    async with engine.connect(url or "http://127.0.0.1:9200", timeout_seconds=120) as client:
        for size in SIZES:
            before, started = resident_mb(), time.perf_counter()
            held = MemoryVectors(DIMENSIONS)
            for ids, vectors in cone.chunks(size):
                for key, row in zip(ids, vectors, strict=True):
                    held.put(key, row)
            seconds = time.perf_counter() - started
            exact = await ask(held, queries)
            taken = resident_mb() - before
            figures.row(f"{size:,} in memory", *exact.cells(), f"{taken:.0f}", f"{seconds:.0f}", "1", "1")
            del held
            if url:
                async with filled(client, cone, size) as (ranked, seconds, megabytes):
                    warm = time.perf_counter() + WARM_SECONDS
                    while time.perf_counter() < warm:
                        await ask(ranked, queries)
                    near = await ask(ranked, queries)
                recalls = (near.recall(exact, first) for first in (10, MOST_NEAR))
                cells = (*near.cells(), f"{megabytes:.0f}", f"{seconds:.0f}", *recalls)
                figures.row(f"{size:,} in the engine", *cells)
