"""Private events of the catalog about watchlists: who wants to hear of which solutions."""

from typing import Literal

from contracts.envelope import Event, EventData


class _OfWatchlist(EventData):
    """Whose list it is, a person's or an organisation's, and which solutions. No notes: those stay in the catalog."""

    watchlist_id: str
    user: str | None = None
    organisation_id: str | None = None
    solution_ids: list[str]


class WatchStartedData(_OfWatchlist):
    """Data of `WatchStarted`."""


class WatchStarted(Event):
    """Solutions were put on a watchlist."""

    owner = "catalog"
    name = "watch_started"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.watch_started.v1"] = "digital.marktplatz.catalog.watch_started.v1"
    data: WatchStartedData


class WatchEndedData(_OfWatchlist):
    """Data of `WatchEnded`."""


class WatchEnded(Event):
    """Solutions were taken off a watchlist, or the list was erased."""

    owner = "catalog"
    name = "watch_ended"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.watch_ended.v1"] = "digital.marktplatz.catalog.watch_ended.v1"
    data: WatchEndedData
