"""relevance of the search on judged queries: nDCG@10, MRR, recall@10, zero hits, by type of query."""

import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import environ
from pathlib import Path
from typing import Any

from search.application.queries import Searching
from search.domain.search_request import SearchRequest
from servicekit.testing import embedded
from servicekit.testing.process import RunningServer, free_ports

from bench.relevance.eval_relevance import evaluate, load_queries, table
from bench.relevance.pipeline import Pipeline, pipeline

HERE = Path(__file__).parent
SETS = {"dev": HERE / "relevance_dev.json", "own": HERE / "relevance_own.json"}
"""`dev` came with the demo data; `own` was written later, by somebody who did not know the pipeline."""
NO_ANSWER = HERE / "no_answer.json"
SHOWN = 10


@asynccontextmanager
async def opened() -> AsyncIterator[Pipeline]:
    """Open the pipeline on the engine at `OPENSEARCH_URL`, or on an embedded one."""
    if given := environ.get("OPENSEARCH_URL"):
        async with pipeline(given) as ready:
            yield ready
        return
    with (
        tempfile.TemporaryDirectory(prefix="marktplatz-bench-") as directory,
        RunningServer(embedded.search(port=free_ports(1)[0]), Path(directory) / "engine.log") as server,
    ):
        async with pipeline(server.url) as ready:
            yield ready


async def measured(searching: Searching, queries: list[dict[str, Any]], **request: Any) -> dict[str, dict[str, Any]]:
    """Return the measures by type of query; `request` are further fields of the search."""
    found = {}
    for query in queries:
        answer = await searching.search(SearchRequest(text=query["query"], size=SHOWN, **request))
        found[query["query"]] = [result["id"] for result in answer.results]
    return evaluate(lambda text, size: found[text][:size], queries, SHOWN)[1]


async def unanswered(searching: Searching, **request: Any) -> list[int]:
    """Return how many solutions are found for each query that nothing answers; none is right."""
    queries = json.loads(NO_ANSWER.read_text(encoding="utf-8"))["queries"]
    return [(await searching.search(SearchRequest(text=each["query"], **request))).total for each in queries]


async def run() -> None:
    """Measure the pipeline as it is and print."""
    async with opened() as ready:
        searching = ready.searching()
        for name, path in SETS.items():
            sys.stdout.write(f"{name}\n{table(await measured(searching, load_queries(path)))}\n\n")
        totals = await unanswered(searching)
        sys.stdout.write(
            f"{len(totals)} queries that nothing answers: {totals.count(0)} find nothing, all together {sum(totals)}\n"
        )
