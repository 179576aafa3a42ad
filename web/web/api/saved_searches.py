"""Saved searches of the search service: what a user wants to be told about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from web.api.caller import ApiModel, Caller

BASE = "/api/search/saved-searches"


class SavedQuery(ApiModel):
    """What is searched for again and again; `filters` maps a facet to its chosen values."""

    q: str = ""
    filters: dict[str, list[str]] = {}
    as_words: list[str] = []


class SavedSearch(ApiModel):
    """One saved search; `version` goes back as If-Match, `pending` matches wait to be told at `due_at`."""

    id: str
    name: str = ""
    query: SavedQuery = SavedQuery()
    frequency: str = "never"
    version: int = 0
    created_at: datetime | None = None
    pending: int = 0
    due_at: datetime | None = None


class SavedSearches(ApiModel):
    """All saved searches of a user."""

    items: list[SavedSearch] = Field(default_factory=list)


@dataclass(frozen=True)
class Saved:
    """Calls about saved searches; every one may raise ApiProblem."""

    call: Caller

    async def all(self) -> list[SavedSearch]:
        return (await self.call.get(BASE)).as_model(SavedSearches).items

    async def get(self, search_id: str) -> SavedSearch:
        """404 when there is none such, or when it is somebody else's."""
        return (await self.call.get(f"{BASE}/{search_id}")).as_model(SavedSearch)

    async def save(
        self,
        name: str,
        *,
        q: str,
        filters: Mapping[str, Sequence[str]],
        as_words: Sequence[str],
        frequency: str,
        key: str,
    ) -> SavedSearch:
        query = {"q": q, "filters": {facet: list(values) for facet, values in filters.items()}}
        body = {"name": name, "query": {**query, "as_words": list(as_words)}, "frequency": frequency}
        return (await self.call.post(BASE, body, key=key)).as_model(SavedSearch)

    async def change(self, search_id: str, *, name: str, frequency: str, version: int) -> None:
        """412 when it was changed since `version`."""
        await self.call.patch(f"{BASE}/{search_id}", {"name": name, "frequency": frequency}, version=version)

    async def delete(self, search_id: str, *, version: int) -> None:
        await self.call.delete(f"{BASE}/{search_id}", version=version)
