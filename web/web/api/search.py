"""The search service: hits, facets, paging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from web.api.caller import ApiModel, Caller

BASE = "/api/search"


class HitRating(ApiModel):
    """Rating of a hit; `average` is None while nobody has rated."""

    average: float | None = None
    count: int = 0


class Hit(ApiModel):
    """One solution found; `highlights` hold escaped text with `<mark>`."""

    id: str
    slug: str
    name: str
    summary: str = ""
    provider: str = ""
    kind: str | None = None
    offer_form: str | None = None
    fields_of_action: list[str] = []
    bundesland: str | None = None
    region: str | None = None
    licence: str | None = None
    rating: HitRating = HitRating()
    checkup: dict[str, float | None] = {}
    awards: list[str] = []
    published_at: datetime | None = None
    highlights: dict[str, list[str]] = {}


class FacetValue(ApiModel):
    """One value of a facet with the number of solutions it would leave."""

    value: str
    label: str = ""
    count: int = 0
    selected: bool = False


class Found(ApiModel):
    """One page of hits with the facets of the whole result."""

    total: int = 0
    results: list[Hit] = []
    facets: dict[str, list[FacetValue]] = {}
    next_cursor: str | None = None


@dataclass(frozen=True)
class Search:
    """Calls of the search service; every one may raise ApiProblem."""

    call: Caller

    async def solutions(
        self,
        *,
        q: str = "",
        sort: str | None = None,
        size: int = 20,
        cursor: str | None = None,
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> Found:
        query = {"q": q, "sort": sort, "size": size, "cursor": cursor, **(filters or {})}
        return (await self.call.get(f"{BASE}/solutions", query)).as_model(Found)
