"""what each part of the search pipeline is worth: nDCG@10 without it, as the table in docs/search.md.

The last column: of the queries that nothing answers, those that find nothing.
"""

import sys
from dataclasses import replace
from typing import Any

from search.adapters.opensearch.matching import WEIGHTS
from search.domain.fusion import FusionWeights
from search.domain.intents import known_intents

from bench.relevance import SETS, measured, opened, unanswered
from bench.relevance.eval_relevance import load_queries

FUSION = FusionWeights()
VARIANTS: dict[str, dict[str, Any]] = {
    "everything": {},
    "words only (`mode=lexical`)": {"request": {"mode": "lexical"}},
    "without meaning": {"fusion": replace(FUSION, meaning=0.0)},
    "meaning and filters only": {"fusion": replace(FUSION, words=0.0)},
    "without synonyms": {"synonyms": False},
    "without related concepts": {"weights": replace(WEIGHTS, related_title=0.0, related_body=0.0)},
    "without concepts that are narrower": {"weights": replace(WEIGHTS, concepts_wide=0.0)},
    "concepts of the name count as others": {"weights": replace(WEIGHTS, concepts_title=0.0)},
    "without 3- and 4-grams": {"weights": replace(WEIGHTS, grams=0.0)},
    "without compound parts": {"weights": replace(WEIGHTS, parts=0.0)},
    "without the broader concepts in the vector of a bare term": {"context": False},
    "one part of a compound finds": {"weights": replace(WEIGHTS, parts_found="1")},
    "without words written together": {"weights": replace(WEIGHTS, joined=0.0)},
    "without whole words": {"weights": replace(WEIGHTS, words=0.0, misspelt=0.0)},
    "without spelling correction": {"request": {"literal": True}},
    "without filters in words": {"request": {"as_words": known_intents()}},
}
TYPES = ("typo", "umlaut", "compound-split", "synonym", "natural-language", "filterable")


async def run() -> None:
    """Measure each variant on both sets and print a table."""
    queries = {name: load_queries(path) for name, path in SETS.items()}
    heads = [f"{name}: {each}" for name in SETS for each in ("all", *TYPES)]
    sys.stdout.write(f"| | {' | '.join(heads)} | find nothing |\n|---{'|---' * (len(heads) + 1)}|\n")
    async with opened() as ready:
        for title, variant in VARIANTS.items():
            changes = {key: value for key, value in variant.items() if key != "request"}
            searching = ready.searching(**changes)
            cells = []
            for name in SETS:
                summary = await measured(searching, queries[name], **variant.get("request", {}))
                cells += [f"{summary[each]['ndcg']:.3f}"[1:] if each in summary else "-" for each in ("all", *TYPES)]
            cells.append(str((await unanswered(searching, **variant.get("request", {}))).count(0)))
            sys.stdout.write(f"| {title} | {' | '.join(cells)} |\n")
            sys.stdout.flush()
