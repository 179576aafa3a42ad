"""What somebody searches for: words, filters, order, place in the result; to and from the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

PATH = "/suche"
FACETS = (
    "field_of_action",
    "kind",
    "target_group",
    "offer_form",
    "operating_model",
    "licence_group",
    "price_model",
    "hosting_location",
    "accessibility_level",
    "checkup_score",
    "award",
    "rating",
    "used_by_size",
    "bundesland",
    "provider",
)
SORTS = {
    "relevance": "Relevanz",
    "newest": "Neueste zuerst",
    "rating": "Beste Bewertung",
    "checkup": "Bestes Checkup-Ergebnis",
    "municipalities": "Meiste nutzende Kommunen",
    "name": "Name (A–Z)",
}
LONGEST_QUERY = 300
LONGEST_CURSOR = 2000
MOST_VALUES = 50


@dataclass(frozen=True)
class SearchQuery:
    """One search; `filters` maps a facet to its chosen values."""

    q: str = ""
    sort: str = ""
    cursor: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, params: QueryParams) -> "SearchQuery":
        """Read the page's address; what means nothing here is left out."""
        filters = {
            facet: tuple(dict.fromkeys(value for value in params.getlist(facet) if value))[:MOST_VALUES]
            for facet in FACETS
        }
        sort = params.get("sort", "")
        return cls(
            q=params.get("q", "").strip()[: LONGEST_QUERY + 1],
            sort=sort if sort in SORTS else "",
            cursor=params.get("cursor", "")[:LONGEST_CURSOR],
            filters={facet: values for facet, values in filters.items() if values},
        )

    @property
    def order(self) -> str:
        """The order that applies: by relevance when there are words to be relevant to, by name otherwise."""
        return self.sort or ("relevance" if self.q else "name")

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The active filters as (facet, value)."""
        return [(facet, value) for facet, values in self.filters.items() for value in values]

    def _address(self, q: str, filters: Mapping[str, tuple[str, ...]], cursor: str) -> str:
        pairs = [("q", q)] if q else []
        pairs += [(facet, value) for facet, values in filters.items() for value in values]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("cursor", cursor)] if cursor else []
        return f"{PATH}?{urlencode(pairs)}" if pairs else PATH

    @property
    def first_page(self) -> str:
        """The address of the same search from its beginning."""
        return self._address(self.q, self.filters, "")

    def next_page(self, cursor: str) -> str:
        """The address of the next page."""
        return self._address(self.q, self.filters, cursor)

    def without(self, facet: str, value: str) -> str:
        """The address of the search without one filter."""
        kept = {
            name: tuple(each for each in values if (name, each) != (facet, value))
            for name, values in self.filters.items()
        }
        return self._address(self.q, kept, "")

    @property
    def without_filters(self) -> str:
        """The address of the search with its words only."""
        return self._address(self.q, {}, "")

    @property
    def without_words(self) -> str:
        """The address of the search with its filters only."""
        return self._address("", self.filters, "")
