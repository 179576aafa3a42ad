"""Events of the search."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.envelope import Event, EventData
from contracts.vocabulary import CheckupDimension


class IndexRebuiltData(EventData):
    """Data of `IndexRebuilt`."""

    index: str
    documents: int
    events: int
    seconds: float
    mode: Literal["last_per_subject", "full"]


class IndexRebuilt(Event):
    """A new search index replaced the old one."""

    owner = "search"
    name = "index_rebuilt"

    type: Literal["digital.marktplatz.search.index_rebuilt.v1"] = "digital.marktplatz.search.index_rebuilt.v1"
    data: IndexRebuiltData


class AlertMatch(EventData):
    """A solution that a saved search finds, and what is new about it."""

    solution_id: str
    slug: str
    name: str
    summary: str
    reason: Literal["new_listing", "changed_listing", "lost_award", "new_rating"]
    lost_awards: list[CheckupDimension] = []
    at: AwareDatetime
    """When it happened."""


class SavedSearchAlertedData(EventData):
    """Data of `SavedSearchAlerted`; what is told happened from `since` to `until`."""

    saved_search_id: str
    user: str
    name: str
    query: str
    """The search as the query string of an address, without `?`."""
    frequency: Literal["at_once", "daily", "weekly"]
    matches: list[AlertMatch]
    more: Annotated[int, Field(ge=0)] = 0
    """Matches beyond the ones listed."""
    since: AwareDatetime
    until: AwareDatetime


class SavedSearchAlerted(Event):
    """There is something new for a search that a user saved; names the user."""

    owner = "search"
    name = "saved_search_alerted"
    visibility = "private"

    type: Literal["digital.marktplatz.search.saved_search_alerted.v1"] = (
        "digital.marktplatz.search.saved_search_alerted.v1"
    )
    data: SavedSearchAlertedData
