"""Builds the engine's query from a search request: pure data, no engine needed to test it."""

from dataclasses import dataclass
from typing import Any

from search.adapters.opensearch import counting, paging
from search.domain.query_text import QueryText
from search.domain.search_request import SearchRequest, Sort

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
"""Private-use characters that no indexed text contains; they become <mark> after escaping."""

_HIGHLIGHTED = {"name": 0, "aliases": 0, "summary": 0, "features": 1, "description": 2}
"""Fragments per field; 0 shows the whole field."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each field and each way of matching counts."""

    fields: tuple[str, ...] = (
        "name^4",
        "aliases^3",
        "summary^2",
        "features^1.2",
        "description",
        "audience^1.2",
        "provider_text",
        "place^1.5",
        "topics^1.5",
        "notes",
    )
    words: float = 0.5
    typos: float = 0.25
    tie: float = 0.1
    name_phrase: float = 2.0
    parts_title: float = 1.5
    parts_body: float = 1.0
    grams_title: float = 0.2
    grams_body: float = 1.0
    grams_minimum: str = "50%"
    joined: float = 1.0


WEIGHTS = Weights()

_SORTS: dict[Sort, list[dict[str, Any]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, {"id": "asc"}],
    Sort.NEWEST: [{"published_at": "desc"}, {"id": "asc"}],
    Sort.RATING: [{"rating_tenths": "desc"}, {"rating_count": "desc"}, {"id": "asc"}],
    Sort.CHECKUP: [{"checkup_tenths": "desc"}, {"id": "asc"}],
    Sort.MUNICIPALITIES: [{"municipalities": "desc"}, {"id": "asc"}],
    Sort.NAME: [{"sort_name": "asc"}, {"id": "asc"}],
}


def search_body(request: SearchRequest, text: QueryText, weights: Weights = WEIGHTS) -> dict[str, Any]:
    """Return the body of `_search`.

    Facet choices go into `post_filter`, so that each facet is counted under the choices of all others but its own.
    """
    body: dict[str, Any] = {
        "size": paging.fetch_size(request),
        "track_total_hits": True,
        "_source": ["card"],
        "query": {"bool": {"filter": [{"term": {"visible": True}}], "must": _ranking(text, weights)}},
        "sort": _SORTS[request.order],
        "aggs": counting.aggregations(request),
    }
    if request.selected:
        body["post_filter"] = {"bool": {"filter": counting.choices(request)}}
    if not request.size:
        return body
    if text.searchable:
        body["track_scores"] = True  # by relevance they are there anyway; the other orders show them too
        body["highlight"] = _highlight(text)
    if (after := paging.search_after(request)) is not None:
        body["search_after"] = after
    return body


def _ranking(text: QueryText, weights: Weights) -> list[dict[str, Any]]:
    if text.empty:
        return []
    if not text.searchable:
        return [{"match_none": {}}]
    clauses: list[dict[str, Any]] = [
        _multi_match(text.content, weights, weights.words),
        _multi_match(text.content, weights, weights.typos, fuzziness="AUTO", prefix_length=1),
        {"match_phrase": {"name": {"query": text.content, "boost": weights.name_phrase}}},
        _match("grams_title", text.folded, weights.grams_title, minimum_should_match=weights.grams_minimum),
        _match("grams_body", text.folded, weights.grams_body, minimum_should_match=weights.grams_minimum),
    ]
    if text.parts:
        parts = " ".join(text.parts)
        clauses.append(_match("parts_title", parts, weights.parts_title))
        clauses.append(_match("parts_body", parts, weights.parts_body))
    if text.joined:
        clauses.append(_multi_match(" ".join(text.joined), weights, weights.joined))
    return [{"bool": {"should": clauses, "minimum_should_match": 1}}]


def _multi_match(query: str, weights: Weights, boost: float, **options: Any) -> dict[str, Any]:
    fields = {"fields": list(weights.fields), "type": "best_fields", "tie_breaker": weights.tie}
    return {"multi_match": {"query": query, **fields, "boost": boost, **options}}


def _match(field: str, query: str, boost: float, **options: Any) -> dict[str, Any]:
    return {"match": {field: {"query": query, "boost": boost, **options}}}


def _highlight(text: QueryText) -> dict[str, Any]:
    """Mark words, typos and compound parts by a query of their own: marking by the ranking one takes twice as long."""
    fields = {"fields": [*_HIGHLIGHTED]}
    should = [{"multi_match": {"query": text.content, **fields, "fuzziness": "AUTO", "prefix_length": 1}}]
    if others := [*text.parts, *text.joined]:
        should.append({"multi_match": {"query": " ".join(others), **fields}})
    return {
        "pre_tags": [MARK_OPEN],
        "post_tags": [MARK_CLOSE],
        "fragment_size": 160,
        "highlight_query": {"bool": {"should": should}},
        "fields": {name: {"number_of_fragments": count} for name, count in _HIGHLIGHTED.items()},
    }
