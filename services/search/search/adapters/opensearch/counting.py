"""Counts facets: each under the choices of all others but its own, so that a choice never hides its siblings.

Engines pay per document and aggregation, hardly per value. So the values of all closed facets also lie together in one
field and are counted at once; only facets with a choice, and those whose values are open, are counted by their own
field.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from search.domain.facets import FACETS, Facet
from search.domain.search_request import SearchRequest

TOGETHER = "facet_values"
"""The field, and the name of its aggregation."""
MOST_BUCKETS = 100
_CLOSED_VALUES = sum(len(facet.vocabulary) for facet in FACETS if facet.vocabulary)
_SEPARATOR = "="

Counts = dict[str, list[tuple[str, int]]]


def together(fields: Mapping[str, Any]) -> list[str]:
    """Return what the common field holds of a document with these fields."""
    return [
        f"{facet.name}{_SEPARATOR}{value}"
        for facet in FACETS
        if facet.vocabulary
        for value in _list(fields[facet.name])
    ]


def choices(request: SearchRequest, *, except_for: str | None = None) -> list[dict[str, Any]]:
    """Return the filters that a search's choices are."""
    return [{"terms": {name: list(values)}} for name, values in request.selected.items() if name != except_for]


def aggregations(request: SearchRequest) -> dict[str, Any]:
    """Return the `aggs` of `_search` that count what the request wants counted."""
    shared, own = _ways(request)
    asked: dict[str, Any] = {}
    if shared:
        asked[TOGETHER] = _under(choices(request), {"field": TOGETHER, "size": _CLOSED_VALUES})
    for facet in own:
        others, chosen = choices(request, except_for=facet.name), request.selected.get(facet.name)
        asked[facet.name] = _under(others, {"field": facet.name, "size": MOST_BUCKETS})
        if chosen and facet.vocabulary is None:  # chosen ones may not be among the most frequent
            asked[_of_chosen(facet)] = _under(
                others, {"field": facet.name, "include": list(chosen), "size": len(chosen)}
            )
    return asked


def counts_of(answer: Mapping[str, Any], request: SearchRequest) -> Counts:
    """Return value and number of hits by facet, from the `aggregations` of an answer."""
    shared, own = _ways(request)
    counts: Counts = {facet.name: [] for facet in request.counted}
    for pair, number in _buckets(answer[TOGETHER]) if shared else ():
        name, _, value = pair.partition(_SEPARATOR)
        if any(facet.name == name for facet in shared):
            counts[name].append((value, number))
    for facet in own:
        chosen = answer.get(_of_chosen(facet))
        counts[facet.name] = [*dict(_buckets(answer[facet.name]) + (_buckets(chosen) if chosen else [])).items()]
    return counts


def _ways(request: SearchRequest) -> tuple[list[Facet], list[Facet]]:
    """Return the facets that are counted together, and those that are counted each by its own field."""
    shared = [facet for facet in request.counted if facet.vocabulary and facet.name not in request.selected]
    if len(shared) == 1:
        shared = []
    return shared, [facet for facet in request.counted if facet not in shared]


def _under(filters: list[dict[str, Any]], terms: dict[str, Any]) -> dict[str, Any]:
    if not filters:
        return {"terms": terms}
    return {"filter": {"bool": {"filter": filters}}, "aggs": {"values": {"terms": terms}}}


def _buckets(aggregation: Mapping[str, Any]) -> list[tuple[str, int]]:
    values = aggregation.get("values", aggregation)
    return [(bucket["key"], bucket["doc_count"]) for bucket in values["buckets"]]


def _of_chosen(facet: Facet) -> str:
    return f"{facet.name}_chosen"


def _list(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)
