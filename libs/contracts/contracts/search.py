"""Events of the search."""

from typing import Literal

from contracts.envelope import Event, EventData


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
