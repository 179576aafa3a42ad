"""What is on a watchlist, and how each solution stands now compared with when it was noted."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.application.actor import Actor
from catalog.application.commands.watchlists import OWN, owner_of
from catalog.application.dossier_ports import MarketState
from catalog.application.ports import LiveSolution
from catalog.application.watch_ports import WatchPorts
from catalog.domain.watchlist import Owner, WatchEntry


class Order(StrEnum):
    """How a list is sorted."""

    NEWEST = "newest"
    NAME = "name"
    PROVIDER = "provider"
    CHANGED = "changed"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class ListBrief:
    """A list that somebody may use: `id` is `me` or an organisation's; `watched` are those of the asked solutions."""

    id: str
    name: str
    entries: int
    may_write: bool
    watched: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that differs from when the solution was noted; `figure` is `rating` or a dimension of the checkup."""

    figure: str
    before: float | None
    now: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedNow:
    """An entry and its solution as it is public now; `live` is None while it is not online."""

    entry: WatchEntry
    live: LiveSolution | None
    rating: float | None
    ratings: int
    scores: Mapping[str, float]
    moved: Sequence[Moved]

    @property
    def newer(self) -> bool:
        """True when another version is online than the one that was noted."""
        return self.live is not None and self.live.number != self.entry.noted.version

    @property
    def changed(self) -> bool:
        """True when anything differs from when it was noted."""
        return self.live is None or self.newer or bool(self.moved)

    @property
    def name(self) -> str:
        """What it is called now, or was when it was noted."""
        return self.live.listing.name if self.live else self.entry.name

    @property
    def organisation_name(self) -> str:
        """Who provides it now, or did when it was noted."""
        return self.live.organisation_name if self.live else self.entry.organisation_name


async def lists_of(ports: WatchPorts, actor: Actor, solutions: Collection[str]) -> list[ListBrief]:
    """Return the lists that the actor may use, the own one first."""
    held = await ports.catalog.organisations.of_member(actor.user)
    whose = [(OWN, "", True), *((each.state.id, each.state.name, each.state.onboarded) for each in held)]

    async def one(key: str, name: str, may_write: bool) -> ListBrief:
        owner = Owner("user", actor.user) if key == OWN else Owner("organisation", key)
        entries = (await ports.lists.of(owner)).state.entries
        return ListBrief(key, name, len(entries), may_write, [each for each in solutions if each in entries])

    return list(await asyncio.gather(*(one(*each) for each in whose)))


async def watched(
    ports: WatchPorts, actor: Actor, list_of: str, order: Order, *, start: int = 0, limit: int | None = None
) -> tuple[list[WatchedNow], int]:
    """Return a piece of a list, sorted, and how many entries the list has."""
    owner = await owner_of(ports, actor, list_of)
    entries = _newest_first((await ports.lists.of(owner)).state.entries.values())
    piece = slice(start, None if limit is None else start + limit)
    if order is Order.NEWEST:
        return await standing_of(ports, entries[piece]), len(entries)
    return _sorted(await standing_of(ports, entries), order)[piece], len(entries)


async def standing_of(ports: WatchPorts, entries: Sequence[WatchEntry]) -> list[WatchedNow]:
    """Return the entries with their solutions as they are public now, in the same order."""
    ids = [each.solution_id for each in entries]
    live, ratings, market = await asyncio.gather(
        ports.catalog.solutions.live_of(ids), ports.catalog.ratings.summaries(ids), ports.market.states(ids)
    )

    def one(entry: WatchEntry) -> WatchedNow:
        shown, summary = live.get(entry.solution_id), ratings.get(entry.solution_id)
        average = summary.average if summary else None
        scores = market.get(entry.solution_id, MarketState()).scores
        return WatchedNow(
            entry=entry,
            live=shown,
            rating=average,
            ratings=summary.count if summary else 0,
            scores=scores,
            moved=_moved(entry, average, scores) if shown else (),
        )

    return [one(each) for each in entries]


def _moved(entry: WatchEntry, average: float | None, scores: Mapping[str, float]) -> list[Moved]:
    before: dict[str, float | None] = {"rating": entry.noted.rating, **entry.noted.checkup}
    now: dict[str, float | None] = {"rating": average, **scores}
    return [
        Moved(figure, before.get(figure), now.get(figure))
        for figure in dict.fromkeys((*before, *now))
        if before.get(figure) != now.get(figure)
    ]


def _newest_first(entries: Iterable[WatchEntry]) -> list[WatchEntry]:
    return sorted(entries, key=lambda each: (each.added_at, each.solution_id), reverse=True)


def _sorted(newest: list[WatchedNow], order: Order) -> list[WatchedNow]:
    match order:
        case Order.NEWEST:
            return newest
        case Order.NAME:
            return sorted(newest, key=lambda each: each.name.casefold())
        case Order.PROVIDER:
            return sorted(newest, key=lambda each: (each.organisation_name.casefold(), each.name.casefold()))
        case Order.CHANGED:
            return sorted(newest, key=lambda each: not each.changed)
        case Order.RATING:
            return sorted(newest, key=lambda each: -(each.rating or 0))
