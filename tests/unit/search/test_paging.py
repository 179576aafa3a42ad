"""Pages follow each other on an engine whose scores waver in the last digits, as the embedded one's do."""

import random
import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.adapters.opensearch import paging
from search.domain.search_request import Position, SearchRequest, Sort
from search.domain.shown import DIGEST_CHARACTERS, digests


def shown(score: float) -> float:
    """The engine shows 32 bits of it."""
    (rounded,) = struct.unpack("f", struct.pack("f", score))
    return float(rounded)


class WaveringEngine:
    """Answers `search_after` by relevance; each request sums up in another order."""

    def __init__(self, scores: dict[str, float], seed: int) -> None:
        self._scores = scores
        self._chance = random.Random(seed)

    def search(self, request: SearchRequest) -> list[dict[str, Any]]:
        wavering = {key: score * (1 + self._chance.uniform(-1e-8, 1e-8)) for key, score in self._scores.items()}
        hits = sorted(wavering.items(), key=lambda hit: (-hit[1], hit[0]))
        after = paging.search_after(request)
        if after is not None:
            hits = [(key, score) for key, score in hits if (-score, key) > (-float(after[0]), str(after[1]))]
        return [
            {"_id": key, "_score": shown(score), "sort": [shown(score), key]}
            for key, score in hits[: paging.fetch_size(request)]
        ]


def all_pages(engine: WaveringEngine, request: SearchRequest) -> list[str]:
    seen: list[str] = []
    for _ in range(1000):
        hits, position = paging.page(engine.search(request), request)
        seen += [hit["_id"] for hit in hits]
        if position is None:
            return seen
        request = replace(request, after=position)
    raise AssertionError("the pages never end")


@settings(deadline=None)
@given(scores=st.lists(st.sampled_from([0.1, 1.5, 1.5000001, 7.25, 12.0]), max_size=60), seed=st.integers(0, 999))
def test_every_result_is_shown_once_though_scores_waver_and_many_are_equal(scores: list[float], seed: int) -> None:
    by_id = {f"id-{number}": score for number, score in enumerate(scores)}
    seen = all_pages(WaveringEngine(by_id, seed), SearchRequest(text="x", size=1 + seed % 7))
    assert sorted(seen) == sorted(by_id)


def test_the_cursor_forgets_results_that_are_far_above() -> None:
    engine = WaveringEngine({f"id-{number}": float(number + 1) for number in range(50)}, seed=1)
    request = SearchRequest(text="x", size=5)
    _, first = paging.page(engine.search(request), request)
    assert first is not None
    _, second = paging.page(engine.search(replace(request, after=first)), replace(request, after=first))
    assert second is not None
    assert len(str(second[1])) == DIGEST_CHARACTERS


@settings(deadline=None)
@given(seed=st.integers(0, 999), shown=st.sets(st.integers(0, 29)))
def test_what_was_shown_in_another_order_before_is_left_out_of_every_page(seed: int, shown: set[int]) -> None:
    engine = WaveringEngine({f"id-{number}": 1.0 + number % 4 for number in range(30)}, seed)
    before = {f"id-{number}" for number in shown}
    request = SearchRequest(text="x", size=1 + seed % 7, after=(4.0, "", digests(sorted(before))))
    seen = all_pages(engine, request)
    assert sorted([*seen, *before]) == sorted(f"id-{number}" for number in range(30))


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.RATING, Sort.NAME])
def test_other_orders_start_exactly_where_the_page_before_ended(sort: Sort) -> None:
    position: Position = (1, "id-1")
    request = SearchRequest(text="x", sort=sort, size=2, after=position)
    assert paging.search_after(request) == [1, "id-1"]
    assert paging.fetch_size(request) == 3
    hits = [{"_id": f"id-{number}", "_score": None, "sort": [number, f"id-{number}"]} for number in (2, 3, 4)]
    assert paging.page(hits, request) == (hits[:2], (3, "id-3"))
    assert paging.page(hits[:2], request) == (hits[:2], None)
