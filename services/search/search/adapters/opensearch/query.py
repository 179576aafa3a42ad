"""Builds the bodies of the engine's searches: pure data, no engine needed to test it."""

from collections.abc import Collection, Sequence
from typing import Any

from search.adapters.opensearch import paging
from search.adapters.opensearch.counting import aggregations, choices
from search.adapters.opensearch.matching import (
    WEIGHTS,
    Clause,
    Weights,
    alike,
    near_clause,
    not_contradicted,
    ranking,
    reasons,
    stated_first,
    stated_or_said,
)
from search.domain.query_text import QueryText
from search.domain.search_request import SearchRequest, Sort

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
"""Private-use characters that no indexed text contains; they become <mark> after escaping."""

WINDOW = 100
"""Hits in words that are fused with what is near in meaning; what comes after them stays in the engine's order."""
CANDIDATES = 150
"""Of a crowded index: the best by all clauses but the optional ones, which then weigh these."""
ONLY_IDS = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["id"]}
"""Hits that say who they are by a column: looking hundreds of them up costs more than finding them."""
FITTING = "fitting:"
_HIGHLIGHTED = {"name": 0, "aliases": 0, "summary": 0, "features": 1, "description": 2}
"""Fragments per field; 0 shows the whole field."""

_VISIBLE = {"term": {"visible": True}}

_SORTS: dict[Sort, list[dict[str, Any]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, {"id": "asc"}],
    Sort.NEWEST: [{"published_at": "desc"}, {"id": "asc"}],
    Sort.RATING: [{"rating_tenths": "desc"}, {"rating_count": "desc"}, {"id": "asc"}],
    Sort.CHECKUP: [{"checkup_tenths": "desc"}, {"id": "asc"}],
    Sort.MUNICIPALITIES: [{"municipalities": "desc"}, {"id": "asc"}],
    Sort.NAME: [{"sort_name": "asc"}, {"id": "asc"}],
}


def page_body(
    request: SearchRequest,
    text: QueryText,
    *,
    near: Collection[str] = (),
    complete: bool = True,
    weighed: bool = True,
    weights: Weights = WEIGHTS,
) -> dict[str, Any]:
    """Return the body for one page in the engine's order; `complete` ones bring cards and highlights along.

    Not `weighed` ones leave out what only counts for what is found otherwise: the order of `candidates_body`.
    """
    body = _found(request, text, near, weights, weighed=weighed)
    body |= {"size": paging.fetch_size(request), "_source": ["card"] if complete else False}
    if complete and text.searchable:
        body["track_scores"] = True  # by relevance they are there anyway; the other orders show them too
        body["highlight"] = _highlight(text)
    if (after := paging.search_after(request)) is not None:
        body["search_after"] = after
    return body


def window_body(
    request: SearchRequest, text: QueryText, near: Collection[str], weights: Weights = WEIGHTS
) -> dict[str, Any]:
    """Return the body for the hits that are fused: all that are near in meaning, then the best in words."""
    return {**_found(request, text, near, weights), "size": WINDOW + len(near), "_source": False}


def candidates_body(request: SearchRequest, text: QueryText, weights: Weights = WEIGHTS) -> dict[str, Any]:
    """Return the body for what may come first in words in a crowded index.

    Nothing in it makes the engine look at every hit: nothing is counted, and no clause is optional that matches nearly
    everything, so that it can leave out what cannot come first.
    """
    body = _found(request, text, (), weights, weighed=False)
    found = body["query"]["bool"]
    return {
        **ONLY_IDS,
        "size": CANDIDATES,
        "track_total_hits": False,
        "query": {"bool": {**found, "filter": [*found["filter"], *choices(request)]}},
        "sort": body["sort"],
    }


def counts_body(
    request: SearchRequest, text: QueryText, near: Collection[str], weights: Weights = WEIGHTS
) -> dict[str, Any]:
    """Return the body that only counts what is found; the engine may answer it from memory."""
    body = _found(request, text, near, weights, weighed=False)
    found = body["query"]["bool"]
    everything = {"bool": {"filter": [*found["filter"], *found.get("must", ())]}}
    return {**{name: value for name, value in body.items() if name != "sort"}, "size": 0, "query": everything}


def weighing_body(
    ids: Sequence[str], request: SearchRequest, text: QueryText, weights: Weights = WEIGHTS
) -> dict[str, Any]:
    """Return the body for the scores by all clauses of those of some solutions that may be found."""
    found = _found(request, text, (), weights)["query"]["bool"]
    among = [{"ids": {"values": list(ids)}}, *found["filter"], *choices(request)]
    return {
        **ONLY_IDS,
        "size": len(ids),
        "track_total_hits": False,
        "query": {"bool": {"filter": among, "should": [*ranking(text, weights), *found.get("should", ())]}},
    }


def details_body(ids: Sequence[str], text: QueryText) -> dict[str, Any]:
    """Return the body that brings cards, highlights and reasons of solutions that were found."""
    body: dict[str, Any] = {
        "size": len(ids),
        "track_total_hits": False,
        "_source": ["card", "said"],
        "query": {"bool": {"filter": [{"ids": {"values": list(ids)}}, _VISIBLE], "should": reasons(text)}},
    }
    if text.recognised:
        intents = [each.intent for each in text.recognised]
        body["query"]["bool"]["should"] += stated_first(intents, 1.0)
    if text.searchable:
        body["highlight"] = _highlight(text)
    return body


def _found(
    request: SearchRequest, text: QueryText, near: Collection[str], weights: Weights, *, weighed: bool = True
) -> dict[str, Any]:
    """Return what all searches share: what matches, in which order, and how the facets count.

    Facet choices go into `post_filter`, so that each facet is counted under the choices of all others but its own.
    """
    intents = [each.intent for each in text.recognised]
    found: dict[str, Any] = {"filter": [_VISIBLE, *not_contradicted(intents)]}
    clauses = ranking(text, weights) + ([near_clause(near)] if near else [])
    optional = [
        *(alike(text, weights) if weighed and text.searchable else ()),
        *stated_first(intents, weights.stated),
    ]
    if text.only_filters:
        optional += clauses
    elif not text.empty:
        found["must"] = [_any_of(clauses)] if clauses else [{"match_none": {}}]
    if optional:
        found["should"] = optional
    body: dict[str, Any] = {
        "track_total_hits": True,
        "query": {"bool": found},
        "sort": _SORTS[request.order],
        "aggs": aggregations(request),
    }
    for intent in intents:
        fitting = [stated_or_said(intent), *choices(request)]
        body["aggs"][f"{FITTING}{intent.id}"] = {"filter": {"bool": {"filter": fitting}}}
    if request.selected:
        body["post_filter"] = {"bool": {"filter": choices(request)}}
    return body


def _any_of(clauses: list[Clause]) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _highlight(text: QueryText) -> dict[str, Any]:
    """Mark words in their right spelling and compound parts, by a query of their own: the ranking one takes longer.

    Not by one with typos allowed: what it asks of every word of every text takes as long as the search itself.
    """
    marked = " ".join((text.content, *text.parts, *text.joined))
    return {
        "pre_tags": [MARK_OPEN],
        "post_tags": [MARK_CLOSE],
        "fragment_size": 160,
        "highlight_query": {"multi_match": {"query": marked, "fields": [*_HIGHLIGHTED]}},
        "fields": {name: {"number_of_fragments": count} for name, count in _HIGHLIGHTED.items()},
    }
