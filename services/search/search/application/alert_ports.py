"""What saved searches and their alerts need from the outside."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from search.domain.alert_mark import Mark
from search.domain.document import FacetName
from search.domain.saved_search import Change, SavedSearch, StoredQuery
from search.domain.wanted import Offer

Decide = Callable[[SavedSearch], Change]
"""Decides on a saved search; runs again on the newer one when somebody else saved first."""
Settled = Callable[[], Awaitable[int]]
"""Tells up to which stream sequence every event was projected, or given up."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A saved search that is to be told of news, as far as matching needs it."""

    id: str
    organisation_id: str | None
    query: StoredQuery
    listens_from: datetime


class SavedSearches(Protocol):
    """Where saved searches are kept, each with the alerts that go out."""

    async def add(self, saved: SavedSearch) -> bool:
        """Save a new one; False when it is there already. Raises ProblemError `saved-search-limit` (409)."""
        ...

    async def get(self, search_id: str) -> SavedSearch | None:
        """Return one, or None."""
        ...

    async def of_owner(self, owner: str) -> Sequence[SavedSearch]:
        """Return what a user saved, newest first."""
        ...

    async def change(self, search_id: str, decide: Decide) -> SavedSearch | None:
        """Load, decide, save with the alert; return the saved state, or None when there is no such search."""
        ...

    async def remove(self, search_id: str, *, revision: int | None) -> bool:
        """Delete one, as long as it is at `revision` (None: in any case); False when it was not."""
        ...

    async def forget(self, owner: str, *, saved_before: datetime) -> int:
        """Delete what a user saved before an instant; return how many."""
        ...

    async def leave(self, owner: str, organisation_id: str) -> None:
        """Forget for which organisation a user saved searches."""
        ...

    def listening(self, *, until: datetime) -> AsyncIterator[Sequence[Listener]]:
        """Return those with alerts that listen for what happened up to an instant, in pages."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[SavedSearch]:
        """Return those whose collected matches are to be told by now, longest overdue first."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A solution as the index has it at this moment; `offer` is None when it cannot be found."""

    seq: Mapping[FacetName, int]
    slug: str = ""
    name: str = ""
    summary: str = ""
    offer: Offer | None = None


class Solutions(Protocol):
    """The projected solutions. All raise ProblemError `search-unavailable`."""

    async def read(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Return the solutions that are in the index, as last written (searchable or not yet)."""
        ...

    async def settled(self) -> int:
        """Return the stream sequence up to which every event was projected, or given up."""
        ...


class Marks(Protocol):
    """What is known of each facet of a solution from the events that were dealt with."""

    async def read(self, keys: Iterable[tuple[str, FacetName]]) -> Mapping[tuple[str, FacetName], Mark]:
        """Return the marks that there are, by solution and facet."""
        ...

    async def save(self, marks: Iterable[Mark]) -> None:
        """Save marks, unless a newer event of the same stream was dealt with meanwhile."""
        ...
