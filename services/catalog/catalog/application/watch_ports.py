"""What the use cases of watchlists need beside the catalog's other ports."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from contracts.ids import derived_id

from catalog.application.dossier_ports import Market
from catalog.application.loading import Decide, Loaded
from catalog.application.ports import Ports
from catalog.domain.watchlist import Owner, Watchlist


def list_id(owner: Owner) -> str:
    """Return the id under which an owner's list is kept."""
    return derived_id("watchlist", owner.kind, owner.id)


class Watchlists(Protocol):
    """Where watchlists are kept; an empty one in version 0 as long as nothing was noted."""

    async def of(self, owner: Owner) -> Loaded[Watchlist]:
        """Return the owner's list."""
        ...

    async def change_of(self, owner: Owner, decide: Decide[Watchlist]) -> Loaded[Watchlist]:
        """Load, decide, save; return the saved state."""
        ...

    async def with_person(self, user: str) -> Collection[Owner]:
        """Return the organisations whose lists have entries that a person added."""
        ...

    async def with_solutions(self, solution_ids: Collection[str]) -> Collection[Owner]:
        """Return whose lists have one of these solutions."""
        ...

    async def remove_empty(self) -> int:
        """Delete what is kept of empty lists, once nothing of it waits to be published; return how many that were."""
        ...


@dataclass(frozen=True, slots=True)
class WatchPorts:
    """Everything a use case of watchlists may need."""

    catalog: Ports
    lists: Watchlists
    market: Market
