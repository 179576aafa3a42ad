"""Watchlists, and what is known of the market, in memory."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from catalog.application.dossier_ports import CheckupState, MarketState
from catalog.application.ports import Decide, Loaded
from catalog.domain.watchlist import Owner, Watchlist
from contracts.listing import ReviewSeal

from .kept import Outbox


class InMemoryWatchlists:
    def __init__(self, outbox: Outbox) -> None:
        self.held: dict[Owner, Loaded[Watchlist]] = {}
        self._outbox = outbox

    async def of(self, owner: Owner) -> Loaded[Watchlist]:
        return self.held.get(owner) or Loaded(Watchlist(owner), 0)

    async def change_of(self, owner: Owner, decide: Decide[Watchlist]) -> Loaded[Watchlist]:
        found = await self.of(owner)
        write = await decide(found)
        if write.state == found.state and not write.messages:
            return found
        self.held[owner] = Loaded(write.state, found.version + 1)
        self._outbox.messages.extend(write.messages)
        return self.held[owner]

    async def with_person(self, user: str) -> Collection[Owner]:
        return [
            owner
            for owner, loaded in self.held.items()
            if owner.kind == "organisation" and any(each.added_by == user for each in loaded.state.entries.values())
        ]

    async def with_solutions(self, solution_ids: Collection[str]) -> Collection[Owner]:
        return [
            owner for owner, loaded in self.held.items() if not loaded.state.entries.keys().isdisjoint(solution_ids)
        ]

    async def remove_empty(self) -> int:
        empty = [owner for owner, loaded in self.held.items() if not loaded.state.entries]
        for owner in empty:
            del self.held[owner]
        return len(empty)


class InMemoryMarket:
    def __init__(self) -> None:
        self.known: dict[str, MarketState] = {}

    async def note_seal(self, solution_id: str, seal: ReviewSeal | None, decided_at: datetime) -> None:
        self.known[solution_id] = replace(self.known.get(solution_id, MarketState()), seal=seal)

    async def note_checkup(self, solution_id: str, checkup: CheckupState) -> None:
        self.known[solution_id] = replace(self.known.get(solution_id, MarketState()), checkup=checkup)

    async def states(self, solution_ids: Collection[str]) -> Mapping[str, MarketState]:
        return {key: self.known[key] for key in solution_ids if key in self.known}
