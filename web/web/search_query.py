"""What somebody searches for: words, filters, order, place in the result; to and from the address of the page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from web.words import PROFILE_FILTERS

PATH = "/suche"
SAVING_PATH = "/meine-suchen/neu"
SURVEY_PATH = "/markterkundungen/neu"
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
    *(each.name for each in PROFILE_FILTERS),
    "validity",
    "checkup_score",
    "checkup_grade",
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
MOST_AS_WORDS = 20
LONGEST_ID = 200
_SEARCH_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def search_id_of(params: QueryParams) -> str:
    """The search that a page was reached from; empty when it is none or none of ours."""
    given = params.get("suche", "")
    return given if _SEARCH_ID.match(given) else ""


@dataclass(frozen=True)
class SearchQuery:
    """One search.

    `filters` maps a facet to its chosen values; `sort` is empty for the usual order. `as_words` are the recognised
    filters that shall be read as plain words again, `spelling` is "literal" when no other spelling is wanted,
    `search_id` is the search that this one goes on with: these three belong to the words they were said about.
    """

    q: str = ""
    sort: str = ""
    cursor: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_words: tuple[str, ...] = ()
    spelling: str = ""
    search_id: str = ""

    @classmethod
    def of(cls, params: QueryParams) -> "SearchQuery":
        """Read the page's address; what means nothing here is left out.

        `bisher` has the words that the form was made for: with other words, what belongs to them is dropped.
        """
        filters = {facet: _values(params, facet, MOST_VALUES) for facet in FACETS}
        sort = params.get("sort", "")
        query = cls(
            q=params.get("q", "").strip()[: LONGEST_QUERY + 1],
            cursor=params.get("cursor", "")[:LONGEST_CURSOR],
            filters={facet: values for facet, values in filters.items() if values},
        )
        if sort in SORTS and sort not in (query.usual_order, "relevance"):
            query = replace(query, sort=sort)
        if params.get("bisher", query.q).strip() != query.q:
            return query
        return replace(
            query,
            as_words=tuple(each[:LONGEST_ID] for each in _values(params, "as_words", MOST_AS_WORDS)),
            spelling="literal" if params.get("spelling") == "literal" else "",
            search_id=search_id_of(params),
        )

    @classmethod
    def saved(cls, q: str, filters: Mapping[str, Sequence[str]], as_words: Sequence[str]) -> "SearchQuery":
        """The search that was saved."""
        return cls(q=q, filters={facet: tuple(filters[facet]) for facet in filters}, as_words=tuple(as_words))

    @property
    def usual_order(self) -> str:
        """The order without a choice: by relevance when there are words to be relevant to, by name otherwise."""
        return "relevance" if self.q else "name"

    @property
    def order(self) -> str:
        """The order that applies."""
        return self.sort or self.usual_order

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The active filters as (facet, value)."""
        return [(facet, value) for facet, values in self.filters.items() for value in values]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What is searched for, as the parameters of an address: without order, place and spelling."""
        pairs = [("q", self.q)] if self.q else []
        return pairs + self.chosen + [("as_words", each) for each in self.as_words]

    @property
    def address(self) -> str:
        """The address of this very page."""
        rest = {"spelling": self.spelling, "sort": self.sort, "suche": self.search_id, "cursor": self.cursor}
        return _address(PATH, [*self.parameters, *((name, value) for name, value in rest.items() if value)])

    @property
    def first_page(self) -> str:
        """The address of the same search from its beginning."""
        return replace(self, cursor="").address

    @property
    def clean(self) -> str:
        """The address to keep: without what only counts how searches go."""
        return replace(self, cursor="", search_id="").address

    @property
    def saving(self) -> str:
        """The address of the form that saves this search."""
        return _address(SAVING_PATH, self.parameters)

    @property
    def surveying(self) -> str:
        """The address of the form that begins a market survey with what is found."""
        return _address(SURVEY_PATH, self.parameters)

    def next_page(self, cursor: str) -> str:
        """The address of the next page."""
        return replace(self, cursor=cursor).address

    def without(self, facet: str, value: str) -> str:
        """The address of the search without one filter."""
        kept = {
            name: tuple(each for each in values if (name, each) != (facet, value))
            for name, values in self.filters.items()
        }
        return replace(self, cursor="", filters=kept).address

    def reading_as_words(self, recognised_id: str) -> str:
        """The address of the search in which a recognised filter is read as plain words."""
        return replace(self, cursor="", as_words=(*self.as_words, recognised_id)).address

    @property
    def recognising(self) -> str:
        """The address of the search in which all filters in words are recognised again."""
        return replace(self, cursor="", as_words=()).address

    @property
    def literal(self) -> str:
        """The address of the search for the words exactly as typed."""
        return replace(self, cursor="", spelling="literal").address

    @property
    def any_spelling(self) -> str:
        """The address of the search that takes other spellings of its words too."""
        return replace(self, cursor="", spelling="").address

    def spelled(self, words: str) -> str:
        """The address of the search for other words under the same filters."""
        return replace(self, q=words, cursor="", spelling="", as_words=(), search_id="").address

    @property
    def without_filters(self) -> str:
        """The address of the search with its words only."""
        return replace(self, cursor="", filters={}).address

    @property
    def without_words(self) -> str:
        """The address of the search with its filters only."""
        return replace(self, cursor="", q="", as_words=(), spelling="", search_id="").address


def _values(params: QueryParams, name: str, most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in params.getlist(name) if value))[:most]


def _address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
