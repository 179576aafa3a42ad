"""What is similar to a solution: the hits of a search for its own words and its own meaning."""

from collections.abc import Mapping
from typing import Any

from contracts.vocabulary import OfferForm
from servicekit import errors

from search.application.meaning import Meaning
from search.application.ports import SolutionSearch
from search.application.queries import MOST_NEAR
from search.domain.fusion import FusionWeights, fuse
from search.domain.intents import known_intents
from search.domain.query_text import QueryReader, QueryText
from search.domain.search_request import LONGEST_TEXT, SearchRequest
from search.domain.words import clean


class Similar:
    """Finds what is similar to a solution, with the ranking of searches."""

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

    async def to(self, solution_id: str, size: int) -> list[dict[str, Any]]:
        """Return what a search for the words and the meaning of a solution finds beside it, best first.

        Raises ProblemError `solution-not-found` or `search-unavailable`.
        """
        nothing = QueryText("")
        (this,) = await self._solutions.details([solution_id], nothing, {}) or (None,)
        if this is None:
            raise errors.not_found("solution-not-found", f"there is no solution {solution_id[:100]}")
        scores = await self._like(this)
        best = max(scores.values(), default=0.0) or 1.0
        results = await self._solutions.details([*scores][:size], nothing, {})
        for result in results:
            result["similarity"] = round(scores[result["id"]] / best, 3)
            result["shared"] = _shared(this, result)
        return results

    async def _like(self, card: Mapping[str, Any]) -> dict[str, float]:
        """Return the fused scores of what is like a solution, best first; nothing while its vector is not there.

        Vectors alone favour the few solutions that are near to all others.
        """
        said = clean(f"{card['name']} {card['summary']}")[:LONGEST_TEXT]
        text = self._reader.read(said, literal=True, as_words=known_intents())
        near = await self._meaning.near_solution(card["id"], most=MOST_NEAR)
        if not near.cosines:
            return {}

        async def nearest() -> list[str]:
            return [*near.cosines]

        window = await self._solutions.window(SearchRequest(text.text, counted=()), text, nearest)
        others = {key: score for key, score in window.matches.items() if key != card["id"]}
        return fuse(others, near, {}, self._weights)


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return what two solutions have in common, as facet and value."""
    shared = [f"field_of_action:{each}" for each in one["fields_of_action"] if each in other["fields_of_action"]]
    for facet in ("offer_form", "bundesland", "provider"):
        if one[facet] == other[facet] and one[facet] not in (None, OfferForm.OTHER):
            shared.append(f"{facet}:{one[facet]}")
    return shared
