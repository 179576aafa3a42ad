"""searches per second of service and gateway beside the bare engine with the same queries, 76 listings."""

import asyncio
import tempfile
from pathlib import Path

import httpx
import orjson
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.opensearch.query import page_body
from search.domain.query_text import QueryReader
from search.domain.search_request import SearchRequest
from search.domain.vocabulary import Vocabulary
from servicekit.testing.stack import Stack

from bench import figures, load

QUERIES = ("Mitfahrbank", "Telemedizin", "Dorf App", "Ehrenamt", "Smartphone Kurs", "Termin", "pflegende Angehörige")
SECONDS = 4.0
ROUNDS = 3


async def measure(stack: Stack) -> None:
    """Measure the three in turn at several numbers of connections and print."""
    status = stack.status()
    splitter = load_splitter()
    reader = QueryReader(splitter, load_thesaurus(), Vocabulary(splitter))
    engine = f"{status['opensearch']}/solutions/_search"
    bodies = [orjson.dumps(page_body(SearchRequest(text=q, mode="lexical"), reader.read(q))) for q in QUERIES]
    bare = [load.request(engine, body) for body in bodies]
    paths = [f"/solutions?{httpx.QueryParams({'q': query, 'mode': 'lexical'})}" for query in QUERIES]
    service = status["processes"]["search"]["address"]
    direct = [load.request(service + path) for path in paths]
    public = [load.request(f"{status['gateway']}/api/search{path}") for path in paths]
    figures.row("requests per second", "ours", "bare engine", "ratio")
    for connections in (1, 16, 64):
        rates: dict[str, list[float]] = {"engine": [], "service": [], "gateway": []}
        slowest: dict[str, list[float]] = {"engine": [], "service": [], "gateway": []}
        for _ in range(ROUNDS):
            for name, url, requests in (
                ("engine", engine, bare),
                ("service", service, direct),
                ("gateway", status["gateway"], public),
            ):
                result = await load.run(url, requests, connections=connections, seconds=SECONDS)
                rates[name].append(result.per_second)
                slowest[name] += result.milliseconds
        aim = 0.6 if connections == 16 else 0
        figures.paired(f"service, {connections} connection(s)", rates["service"], rates["engine"], "/s", aim)
        figures.paired(
            f"through the gateway, {connections} connection(s)", rates["gateway"], rates["engine"], "/s", aim
        )
        figures.row(
            "  milliseconds p50 / p99: engine, service, gateway",
            *(
                f"{figures.percentile(slowest[name], 50):.1f} / {figures.percentile(slowest[name], 99):.1f}"
                for name in ("engine", "service", "gateway")
            ),
        )


async def run() -> None:
    """Start the whole system with the demo listings, measure, stop."""
    with tempfile.TemporaryDirectory(prefix="marktplatz-bench-", ignore_cleanup_errors=True) as directory:
        stack = Stack(Path(directory))
        try:
            await asyncio.to_thread(stack.start)
            await measure(stack)
        finally:
            await asyncio.to_thread(stack.stop)
