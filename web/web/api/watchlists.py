"""Watchlists of the catalog: one's own, and those that members of an organisation share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from web.api.caller import ApiModel, Caller

BASE = "/api/catalog/watchlists"
OWN = "me"
AT_ONCE = 25


class WatchlistLine(ApiModel):
    """A list that the user may use; `watched` are those of the asked solutions that are on it."""

    id: str
    name: str = ""
    entries: int = 0
    limit: int = 500
    may_write: bool = True
    watched: list[str] = []


class Lists(ApiModel):
    """The own list first."""

    items: list[WatchlistLine] = []


class Moved(ApiModel):
    """A figure that is another one than when the solution was noted."""

    figure: str
    before: float | None = None
    now: float | None = None


class Entry(ApiModel):
    """A solution on a list as it is public now; `revision` goes back as If-Match."""

    solution_id: str
    slug: str = ""
    name: str = ""
    organisation_name: str = ""
    note: str | None = None
    added_at: datetime | None = None
    revision: int = 1
    online: bool = True
    newer: bool = False
    changed: bool = False
    noted_version: int = 1
    noted_at: datetime | None = None
    version: int | None = None
    published_at: datetime | None = None
    rating: float | None = None
    ratings: int = 0
    checkup: dict[str, float] = {}
    moved: list[Moved] = []


class Entries(ApiModel):
    """A piece of a list, in the order that was asked for."""

    items: list[Entry] = []
    next_cursor: str | None = None


@dataclass(frozen=True)
class Watchlists:
    """Calls about watchlists; every one may raise ApiProblem."""

    call: Caller

    async def lists(self, solutions: Sequence[str] = ()) -> list[WatchlistLine]:
        """The user's lists, and which of the solutions (ids, at most 100) are on each."""
        return (await self.call.get(BASE, {"solution": list(solutions)[:100]})).as_model(Lists).items

    async def entries(self, list_id: str, sort: str, cursor: str = "") -> Entries:
        """404 for the list of an organisation that the user does not belong to."""
        query: dict[str, str | int | None] = {"sort": sort, "limit": AT_ONCE, "cursor": cursor or None}
        return (await self.call.get(f"{BASE}/{quote(list_id, safe='')}", query)).as_model(Entries)

    async def watch(self, list_id: str, solution: str) -> None:
        """Once more changes nothing."""
        await self.call.put(_entry(list_id, solution), {})

    async def unwatch(self, list_id: str, solution: str) -> None:
        """Once more changes nothing."""
        await self.call.delete(_entry(list_id, solution))

    async def annotate(self, list_id: str, solution: str, note: str | None, *, version: int) -> None:
        """412 when somebody changed the entry since."""
        await self.call.patch(_entry(list_id, solution), {"note": note}, version=version)

    async def acknowledge(self, list_id: str, solution: str) -> None:
        await self.call.post(f"{_entry(list_id, solution)}/seen")


def _entry(list_id: str, solution: str) -> str:
    return f"{BASE}/{quote(list_id, safe='')}/solutions/{quote(solution, safe='')}"
