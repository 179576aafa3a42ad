"""What the buttons "Merken" on cards and pages need: which solutions are on which of the user's lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.api.watchlists import OWN, WatchlistLine
from web.page import Page
from web.partly import part

PATIENCE_SECONDS = 1.5


@dataclass(frozen=True)
class Watching:
    """The user's lists as far as a page shows their solutions."""

    lists: Sequence[WatchlistLine]

    @property
    def own(self) -> frozenset[str]:
        return frozenset(each for line in self.lists if line.id == OWN for each in line.watched)

    @property
    def shared(self) -> list[WatchlistLine]:
        """The lists of organisations that the user may write to."""
        return [line for line in self.lists if line.id != OWN and line.may_write]


async def watching(page: Page, solutions: Sequence[str]) -> Watching | None:
    """None for visitors, and while the catalog does not answer: then there are no buttons."""
    if page.session is None or not solutions:
        return None
    found = await part(page.services.watchlists.lists(solutions), seconds=PATIENCE_SECONDS)
    return Watching(found.value) if found.value is not None else None
