#!/usr/bin/env python3
"""Measures how relevant the search answers are: judged queries in, nDCG, MRR and recall out (standard library only).

Result lists come from one of three sources:
  HTTP      eval_relevance.py --base-url http://127.0.0.1:8000 --path /api/search/solutions
  callable  eval_relevance.py --callable package.module:function     # function(query, size) -> list of ids
  file      eval_relevance.py --run run.json                         # {"q01": ["comby", ...], ...}

Measures (k = --size, default 10): nDCG@k with gain 2^grade-1; MRR@k of the first hit with grade >= 1; MRR2@k of the
first hit with grade 2 (only queries that have one); recall@k over grade >= 1; zero = share of queries without any
result; norel = share without a relevant one in the first k; latency in milliseconds. An id that is delivered twice
counts once, where it came first. Exit 1 when a threshold is missed, exit 2 when a request failed.
"""

import argparse
import importlib
import json
import math
import re
import statistics
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
METRICS = ("ndcg", "mrr", "mrr2", "recall", "zero", "norel")

Search = Callable[[str, int], Iterable[str]]
Row = dict[str, Any]


def load_queries(path: Path) -> list[Row]:
    data = json.loads(path.read_text(encoding="utf-8"))
    queries: list[Row] = data["queries"] if isinstance(data, dict) else data
    return queries


def _step(value: Any, token: str) -> list[Any]:
    if token in ("[*]", "[]"):
        if isinstance(value, list):
            return value
        return list(value.values()) if isinstance(value, dict) else []
    key = token.strip("[]")
    if isinstance(value, list) and key.isdigit():
        return value[int(key) : int(key) + 1]
    return [value[key]] if isinstance(value, dict) and key in value else []


def json_path(document: Any, path: str) -> list[Any]:
    """'results[*].slug', 'hits.hits[*]._source.slug', 'data.0.id' -> flat list of what is there."""
    current = [document]
    for token in re.findall(r"\[\*?\]|\[\d+\]|[^.\[\]]+", path):
        current = [found for value in current for found in _step(value, token)]
    return [item for value in current for item in (value if isinstance(value, list) else [value])]


def dcg(grades: Sequence[int]) -> float:
    """Discounted cumulative gain with exponential gain (Burges et al. 2005)."""
    return math.fsum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _reciprocal_rank(grades: Sequence[int], least: int) -> float:
    return next((1 / (rank + 1) for rank, grade in enumerate(grades) if grade >= least), 0.0)


def score_query(ranked: Sequence[str], judgements: dict[str, int], k: int = 10) -> dict[str, float | None]:
    grades = [judgements.get(name, 0) for name in list(dict.fromkeys(ranked))[:k]]
    ideal = dcg(sorted(judgements.values(), reverse=True)[:k])
    relevant = sum(1 for grade in judgements.values() if grade >= 1)
    has_exact = any(grade >= 2 for grade in judgements.values())
    return {
        "ndcg": dcg(grades) / ideal if ideal else 0.0,
        "mrr": _reciprocal_rank(grades, 1),
        "mrr2": _reciprocal_rank(grades, 2) if has_exact else None,
        "recall": sum(1 for grade in grades if grade >= 1) / min(relevant, k) if relevant else 0.0,
        "zero": 0.0 if grades else 1.0,
        "norel": 0.0 if any(grade >= 1 for grade in grades) else 1.0,
    }


def evaluate(search: Search, queries: Sequence[Row], k: int = 10) -> tuple[list[Row], dict[str, Row]]:
    rows: list[Row] = []
    for query in queries:
        started = time.perf_counter()
        ranked = list(search(query["query"], k))
        elapsed = (time.perf_counter() - started) * 1000
        head = {"id": query["id"], "query": query["query"], "types": query["types"], "results": ranked[:k]}
        rows.append({**head, "ms": elapsed, **score_query(ranked, query["judgements"], k)})
    types = sorted({name for row in rows for name in row["types"]})
    summary = {"all": _aggregate(rows)}
    summary.update({name: _aggregate([row for row in rows if name in row["types"]]) for name in types})
    return rows, summary


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _aggregate(rows: Sequence[Row]) -> Row:
    latencies = sorted(row["ms"] for row in rows)
    found: Row = {metric: _mean(row[metric] for row in rows) for metric in METRICS}
    found["n"] = len(rows)
    found["p50_ms"] = statistics.median(latencies) if latencies else None
    found["p95_ms"] = latencies[min(len(latencies) - 1, math.ceil(0.95 * len(latencies)) - 1)] if latencies else None
    return found


def table(summary: dict[str, Row]) -> str:
    def number(value: float | None, digits: int = 3) -> str:
        return "-" if value is None else f"{value:.{digits}f}"

    head = f"{'type':18s} {'n':>3s}" + "".join(f"{name:>7s}" for name in (*METRICS, "p50ms", "p95ms"))
    lines = [head]
    for name, row in summary.items():
        measures = "".join(f"{number(row[metric]):>7s}" for metric in METRICS)
        latency = f"{number(row['p50_ms'], 1):>7s}{number(row['p95_ms'], 1):>7s}"
        lines.append(f"{name:18s} {row['n']:3d}{measures}{latency}")
    return "\n".join(lines)


class HttpSearch:
    """Asks a search endpoint; failed requests are collected in `errors` and count as no result."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.errors: list[str] = []
        self.headers = {"Accept": "application/json"}
        self.headers.update(
            {name.strip(): value.strip() for name, _, value in (h.partition(":") for h in options.header)}
        )

    def __call__(self, query: str, size: int) -> list[str]:
        options = self.options
        params = [(options.query_param, query), *(tuple(param.split("=", 1)) for param in options.param)]
        if options.size_param:
            params.append((options.size_param, str(size)))
        separator = "&" if "?" in options.path else "?"
        url = options.base_url.rstrip("/") + options.path + separator + urllib.parse.urlencode(params)
        try:
            request = urllib.request.Request(url, headers=self.headers)
            with urllib.request.urlopen(request, timeout=options.timeout) as response:
                body = json.load(response)
        except (urllib.error.URLError, ValueError, OSError) as error:
            self.errors.append(f"{query!r}: {error}")
            return []
        return [str(found) for found in json_path(body, options.results_path)]


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = found.add_mutually_exclusive_group(required=True)
    source.add_argument("--base-url", help="for instance the gateway's address")
    source.add_argument("--callable", dest="function", metavar="MODULE:FUNCTION")
    source.add_argument("--run", type=Path, help="JSON file {query id: [slug, ...]}")
    found.add_argument("--qrels", type=Path, default=HERE / "relevance_dev.json", help="judged queries")
    found.add_argument("--path", default="/api/search/solutions")
    found.add_argument("--query-param", default="q")
    found.add_argument("--size-param", default="size", help="empty when the endpoint knows none")
    found.add_argument("--size", type=int, default=10)
    found.add_argument("--param", action="append", default=[], help="another parameter name=value, repeatable")
    found.add_argument("--results-path", default="results[*].slug", help="where the ids are in the JSON answer")
    found.add_argument("--header", action="append", default=[], help="'Name: value', repeatable")
    found.add_argument("--timeout", type=float, default=10)
    found.add_argument("--out", type=Path, help="write the report as JSON")
    found.add_argument("--per-query", action="store_true", help="list each query, the worst first")
    found.add_argument("--min-ndcg", type=float)
    found.add_argument("--min-recall", type=float)
    found.add_argument("--max-zero", type=float)
    return found


def _source(options: argparse.Namespace, queries: Sequence[Row]) -> tuple[Search, list[str]]:
    if options.base_url:
        http = HttpSearch(options)
        return http, http.errors
    if options.function:
        sys.path.insert(0, str(Path.cwd()))
        module, _, name = options.function.partition(":")
        return getattr(importlib.import_module(module), name), []
    run = json.loads(options.run.read_text(encoding="utf-8"))
    by_query = {query["query"]: run.get(query["id"], []) for query in queries}
    return lambda query, _size: by_query[query], []


def _missed(options: argparse.Namespace, overall: Row) -> list[str]:
    missed = []
    if options.min_ndcg is not None and overall["ndcg"] < options.min_ndcg:
        missed.append(f"nDCG {overall['ndcg']:.3f} < {options.min_ndcg}")
    if options.min_recall is not None and overall["recall"] < options.min_recall:
        missed.append(f"recall {overall['recall']:.3f} < {options.min_recall}")
    if options.max_zero is not None and overall["zero"] > options.max_zero:
        missed.append(f"zero {overall['zero']:.3f} > {options.max_zero}")
    return missed


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    queries = load_queries(options.qrels)
    search, errors = _source(options, queries)
    rows, summary = evaluate(search, queries, options.size)
    print(table(summary))
    if options.per_query:
        for row in sorted(rows, key=lambda row: row["ndcg"]):
            best = ", ".join(row["results"][:5])
            print(f"{row['id']} nDCG={row['ndcg']:.3f} recall={row['recall']:.2f} {row['query']!r} -> {best}")
    if options.out:
        report = {"qrels": options.qrels.name, "k": options.size, "summary": summary, "queries": rows, "errors": errors}
        options.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if errors:
        print(f"{len(errors)} requests failed, for instance {errors[0]}", file=sys.stderr)
        return 2
    missed = _missed(options, summary["all"])
    if missed:
        print("threshold missed: " + "; ".join(missed), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
