"""All published solutions as open data: what there is, a page of it, everything in order."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.profile.questionnaire import Questionnaire

from catalog.application.ports import LiveSolution
from catalog.domain.open_data.terms import Terms

BATCH = 50
"""Solutions read at once: a listing may have 100,000 bytes."""
WINDOW = 2_000
"""Ids read at once."""
SITEMAP_PAGE = 10_000
"""Addresses in one page of the sitemap (the protocol allows 50,000)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many solutions are published, when one of them last came, changed or went, and what tells states apart."""

    count: int
    changed_at: datetime | None
    mark: str

    @property
    def sitemap_pages(self) -> int:
        """How many pages of the sitemap hold solutions."""
        return -(-self.count // SITEMAP_PAGE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A solution in the sitemap."""

    slug: str
    changed_at: datetime


class PublishedSolutions(Protocol):
    """The published versions in an order that stays; it says nothing about them."""

    async def standing(self) -> Standing:
        """Return what the whole set is like, without reading it."""
        ...

    async def ids(self, after: str | None, limit: int) -> Sequence[str]:
        """Return up to so many ids behind that one in order, from the first on without one."""
        ...

    async def those(self, ids: Sequence[str]) -> Sequence[LiveSolution]:
        """Return those of them that are still published, in the order of these ids."""
        ...

    async def entries(self, start: int, limit: int) -> Sequence[Entry]:
        """Return up to so many entries from that place on, counted from 0."""
        ...


@dataclass(frozen=True, slots=True)
class OpenData:
    """Everything the files are made of."""

    solutions: PublishedSolutions
    terms: Terms
    profile: Questionnaire


async def every(solutions: PublishedSolutions) -> AsyncIterator[LiveSolution]:
    """Yield all solutions, holding a few at a time.

    Each batch is a query of its own, so a slow reader keeps nothing open. What is withdrawn meanwhile is left out.
    """
    last: str | None = None
    while ids := await solutions.ids(last, WINDOW):
        for start in range(0, len(ids), BATCH):
            for each in await solutions.those(ids[start : start + BATCH]):
                yield each
        last = ids[-1]
