"""The shapes of saved searches in requests and answers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from servicekit.digest_times import Frequency

from search.application.saved_searches import AskedQuery
from search.domain.facets import FACETS, LONGEST_OPEN_VALUE
from search.domain.saved_search import LONGEST_NAME, MOST_PER_OWNER, SavedSearch
from search.domain.search_request import LONGEST_TEXT, MOST_AS_WORDS, MOST_VALUES

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_OPEN_VALUE)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]


class Query(BaseModel):
    """A search as `GET /solutions` understands it; without words and filters it means everything.

    `filters` holds the chosen values per facet, `as_words` the ids of recognised filters that are plain words.
    """

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] = ""
    filters: Annotated[dict[Value, Values], Field(max_length=len(FACETS))] = {}
    as_words: Annotated[list[Value], Field(max_length=MOST_AS_WORDS)] = []

    def asked(self) -> AskedQuery:
        """Return it as the use cases take it."""
        return AskedQuery(self.q, self.filters, self.as_words)


class NewSavedSearch(BaseModel):
    """What is saved."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    query: Query = Query()
    frequency: Frequency = Frequency.DAILY


class SavedSearchChange(BaseModel):
    """What is changed; what is left out stays as it is. With another query, alerts begin anew."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    query: Query | None = None
    frequency: Frequency | None = None


class SavedSearchOut(BaseModel):
    """A saved search.

    `version` is for If-Match: it counts what the owner changed. `pending` matches wait until `due_at`. `query_string`
    is the search as the parameters of an address.
    """

    id: str
    name: str
    query: Query
    query_string: str
    frequency: Frequency
    version: int
    created_at: datetime
    changed_at: datetime
    last_alerted_at: datetime | None
    pending: int
    due_at: datetime | None

    @classmethod
    def of(cls, saved: SavedSearch) -> Self:
        """Show one."""
        query = saved.query
        return cls(
            id=saved.id,
            name=saved.name,
            query=Query(
                q=query.text,
                filters={name: list(values) for name, values in query.selected},
                as_words=list(query.as_words),
            ),
            query_string=query.query_string,
            frequency=saved.frequency,
            version=saved.revision,
            created_at=saved.created_at,
            changed_at=saved.changed_at,
            last_alerted_at=saved.last_alerted_at,
            pending=len(saved.pending) + saved.more,
            due_at=saved.due_at,
        )


class SavedSearchList(BaseModel):
    """All that a user saved, newest first, on one page; `limit` is how many that may be."""

    items: list[SavedSearchOut]
    next_cursor: None = None
    total: int
    limit: int = MOST_PER_OWNER
