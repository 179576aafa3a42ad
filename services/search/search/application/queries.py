"""What can be asked: a search, with its facets labelled and its choices marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.application.ports import SolutionSearch
from search.domain.compounds import Splitter
from search.domain.facets import FACETS, Facet
from search.domain.query_text import understand
from search.domain.search_request import SearchRequest


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A page as the API answers it; `next_position` is what the next cursor says, None on the last page."""

    total: int
    results: list[dict[str, Any]]
    facets: dict[str, list[dict[str, Any]]]
    next_position: dict[str, Any] | None


class Searching:
    """The pipeline of a search: understand the text, ask the engine, label the facets."""

    def __init__(self, solutions: SolutionSearch, splitter: Splitter) -> None:
        self._solutions = solutions
        self._splitter = splitter

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Return one page; raises ProblemError `search-unavailable` or `bad-cursor`."""
        page = await self._solutions.search(request, understand(request.text, self._splitter))
        return SearchAnswer(
            total=page.total,
            results=page.results,
            facets=facets_of(page.counts, request.selected),
            next_position=request.cursor_at(page.position) if page.position is not None else None,
        )

    async def facets(self, request: SearchRequest) -> SearchAnswer:
        """Count the facets that a request of size 0 wants; raises ProblemError `search-unavailable`."""
        return await self.search(request)


def facets_of(
    counts: Mapping[str, Sequence[tuple[str, int]]], selected: Mapping[str, tuple[str, ...]]
) -> dict[str, list[dict[str, Any]]]:
    """Return each facet's values, in their order or most frequent first; chosen ones even when nothing has them."""
    return {
        facet.name: _values(facet, counts[facet.name], selected.get(facet.name, ()))
        for facet in FACETS
        if facet.name in counts
    }


def _values(facet: Facet, counts: Sequence[tuple[str, int]], chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    counted = {**dict.fromkeys(chosen, 0), **dict(counts)}
    ordered = sorted(counted.items(), key=lambda entry: (facet.place(entry[0]), -entry[1], facet.label(entry[0])))
    return [
        {"value": value, "label": facet.label(value), "count": count, "selected": value in chosen}
        for value, count in ordered
    ]
