"""What searching and projecting need from the outside; `rebuild_ports` holds what rebuilding needs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from search.domain.document import SolutionDocument
from search.domain.entry import Listed, Revision
from search.domain.query_text import QueryText
from search.domain.search_request import Position, SearchRequest

Counted = Mapping[str, Sequence[tuple[str, int]]]
"""Value and number of hits by facet."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of a result; `position` is that of its last hit when there are more.

    `results` are empty where only ids were asked for; `fitting` counts what fits each filter in words for certain.
    """

    total: int
    ids: list[str]
    results: list[dict[str, Any]]
    counts: Counted
    fitting: Mapping[str, int]
    position: Position | None


@dataclass(frozen=True, slots=True)
class Window:
    """The hits to be fused: everything near in meaning, and the best in words.

    `matches` are scores in words by id, `stated` how many filters in words each states (half for one only said in its
    texts). `cut` is where the engine's order goes on after these, None when they are all.
    """

    total: int
    matches: Mapping[str, float]
    stated: Mapping[str, float]
    counts: Counted
    fitting: Mapping[str, int]
    cut: float | None


Near = Callable[[], Awaitable[Collection[str]]]
"""Tells which solutions are near enough in meaning to be found by it alone."""


class SolutionSearch(Protocol):
    """Asks the live index. All raise ProblemError `search-unavailable`."""

    async def page(
        self, request: SearchRequest, text: QueryText, *, near: Collection[str] = (), complete: bool = True
    ) -> FoundPage:
        """Return one page in the engine's order; `near` ones are found too. Raises ProblemError `bad-cursor`."""
        ...

    async def window(self, request: SearchRequest, text: QueryText, near: Near) -> Window:
        """Return the hits that are to be fused; asks what is near once, while it already searches if that pays."""
        ...

    async def details(self, ids: Sequence[str], text: QueryText, cosines: Mapping[str, float]) -> list[dict[str, Any]]:
        """Return what is shown of solutions, in the order of the ids, with highlights and reasons."""
        ...


class ListingFeed(Protocol):
    """Tells what an index shows, and how far it is. All raise ProblemError `search-unavailable`."""

    async def live(self) -> str:
        """Return the name of the index that is searched now."""
        ...

    async def lineage(self, index: str) -> str:
        """Name what an index is made from and by: equal versions in indices of one lineage mean equal entries."""
        ...

    def revisions(self, index: str, *, after: int) -> AsyncIterator[list[Revision]]:
        """Read how far the index is with every solution, findable or not, whose position is above `after`.

        In batches, by position. What changes meanwhile is met at its old position or at its new one, or at both.
        """
        ...

    async def read(self, index: str, ids: Sequence[str]) -> list[Listed]:
        """Return solutions as they are now; those that are not in the index are left out."""
        ...


class PastQueries(Protocol):
    """Queries that found something, as people typed them."""

    def matching(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return at most `limit` queries that begin with `prefix` in any spelling, most used first, with their uses.

        An empty prefix matches every query. Answers from memory.
        """
        ...


class SolutionStore(Protocol):
    """Writes documents; several writers may do so at once."""

    async def targets(self) -> tuple[str, ...]:
        """Return the indices that live writes go to, the one that is searched last.

        Raises ProblemError `search-unavailable` when there is none.
        """
        ...

    async def join(
        self, index: str, documents: Collection[SolutionDocument], *, found_at_once: bool = False
    ) -> Mapping[str, str]:
        """Bring what the documents know into an index; returns the reason per id that the engine refuses for good.

        With `found_at_once` a search of the index finds it from then on, and not only after its next refresh.
        Raises ProblemError `search-unavailable` when the engine or the index is away.
        """
        ...
