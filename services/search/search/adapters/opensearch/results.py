"""Asks the engine and turns its answers into hits, and into results with safe highlights and reasons."""

import asyncio
import html
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from opensearchpy import AsyncOpenSearch, RequestError

from search.adapters.opensearch import paging
from search.adapters.opensearch.client import translated
from search.adapters.opensearch.counting import counts_of
from search.adapters.opensearch.matching import NEAR_FIRST, WEIGHTS, Weights
from search.adapters.opensearch.names import READ_ALIAS
from search.adapters.opensearch.query import (
    FITTING,
    MARK_CLOSE,
    MARK_OPEN,
    candidates_body,
    counts_body,
    details_body,
    page_body,
    weighing_body,
    window_body,
)
from search.application.ports import FoundPage, Near, Window
from search.domain.explanation import explain
from search.domain.query_text import QueryText
from search.domain.search_request import SearchRequest, bad_cursor

_SHOWN_AS = {"provider_text": "provider"}
ALL_AT_ONCE = 2_000
"""Listings up to which one request that scores and counts every hit costs less than several that do not."""


class OpenSearchSolutions:
    """`SolutionSearch` on OpenSearch."""

    def __init__(
        self,
        client: AsyncOpenSearch,
        *,
        timeout_seconds: float,
        weights: Weights = WEIGHTS,
        listings: Callable[[], int] = lambda: 0,
    ) -> None:
        """Ask through the client; `listings` tells about how many there are."""
        self._client = client
        self._timeout = timeout_seconds
        self._weights = weights
        self._listings = listings

    def weighted(self, weights: Weights) -> "OpenSearchSolutions":
        """Return the same with other weights (for measuring what each is worth)."""
        return OpenSearchSolutions(
            self._client, timeout_seconds=self._timeout, weights=weights, listings=self._listings
        )

    async def page(
        self, request: SearchRequest, text: QueryText, *, near: Collection[str] = (), complete: bool = True
    ) -> FoundPage:
        """See `SolutionSearch.page`."""
        weighed = complete or not self._crowded(text)
        body = page_body(request, text, near=near, complete=complete, weighed=weighed, weights=self._weights)
        answer = await self._ask(body, request)
        shown, position = paging.page(answer["hits"]["hits"], request)
        return FoundPage(
            total=answer["hits"]["total"]["value"],
            ids=[hit["_id"] for hit in shown],
            results=[_result(hit) for hit in shown] if complete else [],
            counts=counts_of(answer["aggregations"], request),
            fitting=_fitting(answer["aggregations"]),
            position=position,
        )

    async def window(self, request: SearchRequest, text: QueryText, near: Near) -> Window:
        """See `SolutionSearch.window`."""
        if self._crowded(text):
            return await self._window_of_many(request, text, near)
        enough = await near()
        answer = await self._ask(window_body(request, text, enough, self._weights), request)
        nearby, hits = frozenset(enough), answer["hits"]["hits"]
        for hit in hits:
            hit["_score"] -= NEAR_FIRST if hit["_id"] in nearby else 0.0
        return _window(hits, hits[-1:], answer, request, text)

    async def _window_of_many(self, request: SearchRequest, text: QueryText, near: Near) -> Window:
        """Find, compare meanings and count side by side, then weigh: apart, which spares scoring whatever is found."""
        comparing = asyncio.ensure_future(near())

        async def found() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
            candidates = _named(await self._ask(candidates_body(request, text, self._weights), request))
            ids = list(dict.fromkeys((*(hit["_id"] for hit in candidates), *await comparing)))
            return candidates, _named(await self._ask(weighing_body(ids, request, text, self._weights)))

        async def counted() -> dict[str, Any]:
            return await self._ask(counts_body(request, text, await comparing, self._weights))

        (candidates, weighed), counts = await asyncio.gather(found(), counted())
        return _window(weighed, candidates[-1:], counts, request, text)

    def _crowded(self, text: QueryText) -> bool:
        return self._listings() > ALL_AT_ONCE and text.searchable and not text.only_filters

    async def details(self, ids: Sequence[str], text: QueryText, cosines: Mapping[str, float]) -> list[dict[str, Any]]:
        """See `SolutionSearch.details`."""
        if not ids:
            return []
        answer = await self._ask(details_body(ids, text))
        found = {hit["_id"]: hit for hit in answer["hits"]["hits"]}
        results = []
        for solution_id in ids:
            if (hit := found.get(solution_id)) is not None:
                result = _result(hit)
                matched, said = hit.get("matched_queries", ()), hit["_source"].get("said") or {}
                reasons = explain(text, matched, said, cosines.get(solution_id))
                result["why"] = [] if text.empty else [reason.shown() for reason in reasons]
                results.append(result)
        return results

    async def _ask(self, body: dict[str, Any], request: SearchRequest | None = None) -> dict[str, Any]:
        with translated():
            try:
                answer: dict[str, Any] = await self._client.search(
                    index=READ_ALIAS, body=body, params={"request_timeout": self._timeout}
                )
            except RequestError as error:
                if request is not None and request.after is not None and "search_after" in str(error.info):
                    raise bad_cursor() from error
                raise
        return answer


def _named(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return hits that were asked for by `ONLY_IDS` as others are."""
    return [{**hit, "_id": hit["fields"]["id"][0]} for hit in answer["hits"]["hits"]]


def _window(
    hits: Sequence[dict[str, Any]],
    last: Sequence[dict[str, Any]],
    counted: Mapping[str, Any],
    request: SearchRequest,
    text: QueryText,
) -> Window:
    """Return hits with their scores in words; the engine's order goes on after the `last` one."""
    total = counted["hits"]["total"]["value"]
    return Window(
        total=total,
        matches={hit["_id"]: hit["_score"] for hit in hits},
        stated={hit["_id"]: _stated(hit, text) for hit in hits},
        counts=counts_of(counted.get("aggregations", {}), request),
        fitting=_fitting(counted.get("aggregations", {})),
        cut=last[0]["_score"] if last and len(hits) < total else None,
    )


def _result(hit: dict[str, Any]) -> dict[str, Any]:
    """Return one result: the card that was made when it was projected, with highlights and score."""
    result: dict[str, Any] = hit["_source"]["card"]
    score = hit.get("_score")
    result["highlights"] = {
        _SHOWN_AS.get(name, name): [marked(fragment) for fragment in fragments]
        for name, fragments in hit.get("highlight", {}).items()
    }
    result["score"] = round(score, 4) if score is not None and math.isfinite(score) else None
    result["why"] = [
        {"kind": "word", "field": _SHOWN_AS.get(name, name), "text": None, "matched": None}
        for name in hit.get("highlight", {})
    ]
    return result


def marked(fragment: str) -> str:
    """Return a fragment as safe HTML: everything is escaped, only the marks become tags."""
    return html.escape(fragment).replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>")


def _stated(hit: dict[str, Any], text: QueryText) -> float:
    """Return how far a hit states the filters in words; one that is only said in its texts counts half."""
    names = set(hit.get("matched_queries", ()))
    told = 0.0
    for intent in (each.intent for each in text.recognised):
        if f"stated:{intent.id}" in names:
            told += intent.weight
        elif f"said:{intent.id}" in names:
            told += intent.weight / 2
    return told


def _fitting(aggregations: Mapping[str, Any]) -> dict[str, int]:
    return {
        name.removeprefix(FITTING): counted["doc_count"]
        for name, counted in aggregations.items()
        if name.startswith(FITTING)
    }
