"""What can be asked of a text: a search, and its facets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.application.meaning import Meaning
from search.application.ports import FoundPage, SolutionSearch, Window
from search.domain.facets import FACETS_BY_NAME, Facet
from search.domain.fusion import NOTHING_NEAR, FusionWeights, Nearness, fuse
from search.domain.query_text import QueryReader, QueryText
from search.domain.search_request import LONGEST_POSITION, Mode, Position, SearchRequest, Sort
from search.domain.shown import digest, digests, names_of

MOST_NEAR = 100
"""Solutions that are found by meaning alone, at most."""
NEAR_ENOUGH = 0.82
"""Cosine from which a solution is found by meaning alone; below it, what is nothing alike begins (docs/search.md)."""
NEAR_ENOUGH_UNFAMILIAR = 0.845
"""The same for queries none of whose words anything is known about."""
IN_WINDOW = -1.0
"""Stands in a position for the score while pages come out of the window."""

Labelled = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A query in its right spelling, and the words of it that were misspelt."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A page as the API answers it; `next_position` is what the next cursor says, None on the last page.

    Not `searchable` is a text that has no word to be found: it holds symbols or function words only.
    """

    total: int
    searchable: bool
    results: list[dict[str, Any]]
    facets: Labelled
    recognised: list[dict[str, Any]]
    corrected: Corrected | None
    mode: Mode
    next_position: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Hits:
    """One page before it is filled with what is shown."""

    page: FoundPage
    scores: Mapping[str, float]
    near: Nearness


class Searching:
    """The pipeline of a search: understand the text, match words, compare meanings, fuse, explain."""

    def __init__(
        self,
        solutions: SolutionSearch,
        reader: QueryReader,
        meaning: Meaning,
        weights: FusionWeights = FusionWeights(),  # noqa: B008 -- frozen
    ) -> None:
        self._solutions = solutions
        self._reader = reader
        self._meaning = meaning
        self._weights = weights

    def read(self, request: SearchRequest) -> QueryText:
        """Understand the text; a filter in words gives way to a choice in the same facet."""
        text = self._reader.read(request.text, literal=request.literal, as_words=request.as_words)
        chosen = [each.intent.id for each in text.recognised if each.intent.facet in request.selected]
        if chosen:
            text = self._reader.read(
                request.text, literal=request.literal, as_words=frozenset((*request.as_words, *chosen))
            )
        return text

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Return one page; raises ProblemError `search-unavailable` or `bad-cursor`."""
        text = self.read(request)
        if request.mode == "lexical" or not text.searchable:
            page = await self._solutions.page(request, text)
            return _answer(request, text, page, page.results)
        if request.order is Sort.RELEVANCE and (request.after is None or request.after[0] == IN_WINDOW):
            hits = await self._fused(request, text)
        else:
            near = await self._near(text)
            page = await self._solutions.page(request, text, near=_enough(near, text), complete=False)
            hits = _Hits(page, {}, near)
        results = await self._solutions.details(hits.page.ids, text, hits.near.cosines)
        for result in results:
            result["score"] = hits.scores.get(result["id"])
        return _answer(request, text, hits.page, results)

    async def facets(self, request: SearchRequest) -> SearchAnswer:
        """Return the facets of a search without results; raises ProblemError `search-unavailable`."""
        text = self.read(request)
        near = await self._near(text) if request.mode == "hybrid" and text.searchable else NOTHING_NEAR
        counted = replace(request, size=0, after=None, sort=Sort.NAME)
        page = await self._solutions.page(counted, text, near=_enough(near, text), complete=False)
        return _answer(request, text, replace(page, position=None), [])

    async def _near(self, text: QueryText) -> Nearness:
        return await self._meaning.near_query(text.embedded, most=MOST_NEAR, least=0.0)

    async def _fused(self, request: SearchRequest, text: QueryText) -> _Hits:
        """Return a page of the fused order, filled up from the engine's where the window ends.

        Positions name what was shown of the window, so that nothing comes twice and nothing of it is left out, however
        the order changes meanwhile. Those after it are of the engine's order.
        """
        near = NOTHING_NEAR

        async def enough() -> list[str]:
            nonlocal near
            near = await self._near(text)
            return _enough(near, text)

        window = await self._solutions.window(request, text, enough)
        scores = fuse(window.matches, near, window.stated, self._weights)
        named = str(request.after[2]) if request.after is not None else ""
        shown = names_of(named)
        left = [key for key in scores if digest(key) not in shown]
        ids = left[: request.size]
        named = (named + digests(ids))[-LONGEST_POSITION:]
        position: Position | None = None
        if len(left) > len(ids):
            position = (IN_WINDOW, "", named)
        elif window.cut is not None:
            position = (window.cut, "", named)
            if len(ids) < request.size:
                rest = replace(request, size=request.size - len(ids), after=position)
                tail = await self._solutions.page(rest, text, near=_enough(near, text), complete=False)
                ids, position = [*ids, *tail.ids], tail.position
        return _Hits(_page(window, ids, position), scores, near)


def _page(window: Window, ids: list[str], position: Position | None) -> FoundPage:
    return FoundPage(window.total, ids, [], window.counts, window.fitting, position)


def _enough(near: Nearness, text: QueryText) -> list[str]:
    """Return what is near enough to be found by meaning alone."""
    least = NEAR_ENOUGH if text.familiar else NEAR_ENOUGH_UNFAMILIAR
    return [key for key, cosine in near.cosines.items() if cosine >= least]


def _answer(request: SearchRequest, text: QueryText, page: FoundPage, results: list[dict[str, Any]]) -> SearchAnswer:
    return SearchAnswer(
        total=page.total,
        searchable=text.empty or text.searchable,
        results=results,
        facets=facets_of(page.counts, request.selected),
        recognised=[
            {
                "id": each.intent.id,
                "text": each.text,
                "label": each.intent.label,
                "facet": each.intent.facet,
                "value": each.intent.values[0] if len(each.intent.values) == 1 else None,
                "relaxed": page.fitting.get(each.intent.id, 0) < page.total,
            }
            for each in text.recognised
        ],
        corrected=Corrected(text.spoken, tuple(right for _, right in text.corrections)) if text.corrections else None,
        mode=request.mode,
        next_position=request.cursor_at(page.position) if page.position is not None else None,
    )


def facets_of(counts: Mapping[str, Sequence[tuple[str, int]]], selected: Mapping[str, tuple[str, ...]]) -> Labelled:
    """Return each facet's values, in their order or most frequent first; chosen ones even when nothing has them."""
    return {
        name: _values(facet, counts[name], selected.get(name, ()))
        for name, facet in FACETS_BY_NAME.items()
        if name in counts
    }


def _values(facet: Facet, counts: Sequence[tuple[str, int]], chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    counted = {**dict.fromkeys(chosen, 0), **dict(counts)}
    ordered = sorted(counted.items(), key=lambda entry: (facet.place(entry[0]), -entry[1], facet.label(entry[0])))
    return [
        {"value": value, "label": facet.label(value), "count": count, "selected": value in chosen}
        for value, count in ordered
    ]
