"""searches per second and their milliseconds through the gateway, beside the bare engine with the same query."""

import os
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

import httpx
import orjson
from search.adapters.lexicon import load_constituents, load_splitter, load_thesaurus
from search.adapters.opensearch import client as engine
from search.adapters.opensearch.feed import OpenSearchListingFeed
from search.adapters.opensearch.query import page_body
from search.application.mirror import Mirror
from search.domain.query_text import QueryReader
from search.domain.search_request import SearchRequest
from search.domain.vocabulary import Vocabulary

from bench import figures, load, queries
from bench.listed import Listed, listed

CONNECTIONS = (1, 16, 64)
SECONDS = 3.0
ROUNDS = 3
LEXICAL_AIM = "0.6"
HYBRID_AIM = "p99 < 150 ms"
SUGGESTING_AIM = "p99 < 20 ms"


@dataclass
class Target:
    """Something that answers searches, and how it did."""

    address: str
    requests: Iterator[bytes]
    loads: list[load.Load] = field(default_factory=list)

    async def take(self, connections: int) -> None:
        """Ask for some seconds."""
        self.loads.append(await load.run(self.address, self.requests, connections=connections, seconds=SECONDS))

    def row(self, title: str, beside: "Target | None" = None, aim: str = "") -> None:
        """Print rate and milliseconds, and how the rate compares to another's of the same rounds; forget them."""
        times = [each for taken in self.loads for each in taken.milliseconds]
        refused = sum(taken.refused for taken in self.loads)
        rates = [taken.per_second for taken in self.loads]
        ratio = ""
        if beside is not None:
            ratios = [ours / taken.per_second for ours, taken in zip(rates, beside.loads, strict=True)]
            ratio = f"{statistics.median(ratios):.2f}"
        figures.row(
            f"  {title}",
            f"{figures.percentile(times, 50):.1f} ms",
            f"{figures.percentile(times, 99):.1f} ms",
            f"{statistics.median(rates):,.0f} /s",
            ratio,
            aim + (f", {refused} REFUSED" if refused else ""),
        )


async def measure(system: Listed) -> None:
    """Measure everything and print."""
    texts = queries.judged()
    Random(0).shuffle(texts)
    public = f"{system.gateway}/api/search"
    bodies = await _bodies(system.engine, texts)
    bare = Target(system.engine, cycle([load.request(f"{system.engine}/solutions/_search", body) for body in bodies]))
    direct = Target(system.service, cycle(_gets(system.service, _searches(texts, mode="lexical"))))
    lexical = Target(system.gateway, cycle(_gets(public, _searches(texts, mode="lexical"))))
    hybrid = Target(system.gateway, cycle(_gets(public, _searches(texts))))
    unheard = Target(system.gateway, _gets(public, _searches(queries.unheard(0))))
    suggesting = Target(system.gateway, _gets(public, (f"/suggest?{_query(q=q)}" for q in queries.typed(0))))
    everything = (bare, direct, lexical, hybrid, unheard)
    for target in everything:  # afterwards caches are filled and the engine's compiler has seen it
        await target.take(2)
    for target in everything:
        await target.take(16)
        target.loads.clear()
    for connections in CONNECTIONS:
        figures.row(f"{connections} connection(s)", "p50", "p99", "rate", "of engine", "aim")
        for _ in range(ROUNDS):
            for target in everything:
                await target.take(connections)
        direct.row("words only, service", bare, LEXICAL_AIM if connections == 16 else "")
        lexical.row("words only, gateway", bare, LEXICAL_AIM if connections == 16 else "")
        hybrid.row("whole pipeline, gateway, repeated queries", bare, HYBRID_AIM)
        unheard.row("whole pipeline, gateway, new queries", bare, HYBRID_AIM)
        bare.row("bare engine, words only")
        for target in everything:
            target.loads.clear()
    figures.row("1 connection", "p50", "p99", "rate", "", "aim")
    for _ in range(ROUNDS):
        await suggesting.take(1)
    suggesting.row("suggestions, gateway", aim=SUGGESTING_AIM)
    for name in system.pids:
        figures.row(f"peak memory of {name}", f"{system.peak_megabytes(name):,.0f} MB")


async def _bodies(url: str, texts: Iterable[str]) -> list[bytes]:
    """Return what the service asks the engine for these texts, which takes the vocabulary of the listings."""
    splitter = load_splitter()
    vocabulary = Vocabulary(splitter, load_constituents())
    async with engine.connect(url, timeout_seconds=60) as client:
        mirror = Mirror(OpenSearchListingFeed(client), seconds=60)
        mirror.subscribe(vocabulary)
        await mirror.look()
    reader = QueryReader(splitter, load_thesaurus(), vocabulary)
    return [orjson.dumps(page_body(SearchRequest(text=text, mode="lexical"), reader.read(text))) for text in texts]


def _searches(texts: Iterable[str], **parameters: str) -> Iterator[str]:
    return (f"/solutions?{_query(q=text, **parameters)}" for text in texts)


def _query(**parameters: str) -> str:
    return str(httpx.QueryParams(parameters))


def _gets(address: str, paths: Iterable[str]) -> Iterator[bytes]:
    return (load.request(address + path) for path in paths)


async def run() -> None:
    """Measure with each number of listings.

    BENCH_LISTINGS says which (`1000,10000`), OPENSEARCH_URL on which engine (empty, or started for tests); without them
    76 and 1,000 on the embedded one.
    """
    usual = "1000,10000" if "OPENSEARCH_URL" in os.environ else "76,1000"
    for size in map(int, os.environ.get("BENCH_LISTINGS", usual).split(",")):
        where = "OpenSearch" if "OPENSEARCH_URL" in os.environ else "the embedded engine"
        figures.row(f"\n### {size:,} listings on {where}\n")
        async with listed(size) as system:
            await measure(system)
