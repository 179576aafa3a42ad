"""The search service: hits with their reasons, facets, paging, similar solutions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from web.api.caller import ApiModel, Caller

BASE = "/api/search"
ID_HEADER = "Search-Id"


class HitRating(ApiModel):
    """Rating of a hit; `average` is None while nobody has rated."""

    average: float | None = None
    count: int = 0


class Reason(ApiModel):
    """Why something was found: what of the search (`text`) met what of the solution (`matched`), and where."""

    kind: str
    field: str | None = None
    text: str | None = None
    matched: str | None = None


class Image(ApiModel):
    """A picture of a hit."""

    id: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


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
    checkup_grade: str | None = None
    awards: list[str] = []
    lapsed: list[str] = []
    municipalities: int = 0
    image: Image | None = None
    published_at: datetime | None = None
    highlights: dict[str, list[str]] = {}
    why: list[Reason] = []


class FacetValue(ApiModel):
    """One value of a facet with the number of solutions it would leave."""

    value: str
    label: str = ""
    count: int = 0
    selected: bool = False


class Recognised(ApiModel):
    """A filter that was read out of the words; `relaxed` when so few solutions pass it that others follow."""

    id: str
    text: str = ""
    label: str = ""
    facet: str | None = None
    value: str | None = None
    relaxed: bool = False


class Corrected(ApiModel):
    """The words in the spelling that is more likely meant; `html` marks what differs."""

    text: str
    html: str = ""


class Found(ApiModel):
    """One page of hits with the facets of the whole result; `search_id` names the search for what is opened of it.

    Words that cannot be searched for, such as symbols and bare function words, are not `searchable`.
    """

    total: int = 0
    searchable: bool = True
    results: list[Hit] = []
    facets: dict[str, list[FacetValue]] = {}
    next_cursor: str | None = None
    recognised: list[Recognised] = []
    corrected: Corrected | None = None
    search_id: str = ""


class SimilarHit(Hit):
    """A solution like another one; `shared` says in what, as `facet:value`."""

    similarity: float | None = None
    shared: list[str] = []


class Similar(ApiModel):
    """The solutions most like one, best first."""

    results: list[SimilarHit] = []


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
        as_words: Sequence[str] = (),
        spelling: str | None = None,
        search_id: str | None = None,
    ) -> Found:
        """Search; `search_id` when only filters or order changed, so that it counts as the same search."""
        query = {"q": q, "sort": sort, "size": size, "cursor": cursor, "as_words": as_words, "spelling": spelling}
        headers = {ID_HEADER: search_id} if search_id else None
        answer = await self.call.get(f"{BASE}/solutions", {**query, **(filters or {})}, headers=headers)
        found = answer.as_model(Found)
        return found.model_copy(update={"search_id": answer.headers.get(ID_HEADER) or search_id or ""})

    async def similar(self, solution_id: str, *, size: int) -> Similar:
        return (await self.call.get(f"{BASE}/similar/{solution_id}", {"size": size})).as_model(Similar)

    async def opened(self, search_id: str, solution_id: str) -> None:
        """Note that a result of a search was opened."""
        await self.call.post(f"{BASE}/searches/{search_id}/opened", {"solution_id": solution_id})
