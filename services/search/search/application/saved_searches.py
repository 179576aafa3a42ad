"""What users do with the searches they save."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from servicekit import errors
from servicekit.clock import Clock
from servicekit.digest_times import DigestTimes, Frequency
from servicekit.errors import FieldError, ProblemError

from search.application.alert_ports import SavedSearches
from search.domain import saved_search
from search.domain.facets import FACETS_BY_NAME
from search.domain.saved_search import Change, SavedSearch, StoredQuery, Wishes
from search.domain.search_request import AS_WORDS, bad_cursor, parse
from search.domain.wanted import AlertReader

WHAT = "the saved search"


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A search as it was sent, not yet checked."""

    text: str
    filters: Mapping[str, Sequence[str]]
    as_words: Sequence[str]


class Saving:
    """Saved searches belong to the user who saved them; for everybody else they are not there."""

    def __init__(self, saved: SavedSearches, reader: AlertReader, times: DigestTimes, clock: Clock) -> None:
        self._saved = saved
        self._reader = reader
        self._times = times
        self._clock = clock

    async def save(
        self,
        search_id: str,
        *,
        owner: str,
        organisation_id: str | None,
        name: str,
        query: AskedQuery,
        frequency: Frequency,
    ) -> SavedSearch:
        """Save a search; the same id again gives what is there already.

        Raises ProblemError `saved-search-limit` (409), `invalid-request`, `query-without-words` and what `parse` raises
        (422).
        """
        saved = saved_search.save(
            search_id,
            owner=owner,
            organisation_id=organisation_id,
            name=name,
            query=self.query_of(query),
            frequency=frequency,
            now=self._clock.now(),
        )
        return saved if await self._saved.add(saved) else await self.get(search_id, owner=owner)

    async def all_of(self, owner: str) -> Sequence[SavedSearch]:
        """Return what a user saved, newest first."""
        return await self._saved.of_owner(owner)

    async def get(self, search_id: str, *, owner: str) -> SavedSearch:
        """Return one; raises ProblemError `saved-search-not-found` (404)."""
        return _owned(await self._saved.get(search_id), search_id, owner)

    async def change(
        self,
        search_id: str,
        *,
        owner: str,
        expected: int,
        name: str | None,
        query: AskedQuery | None,
        frequency: Frequency | None,
    ) -> SavedSearch:
        """Change what is not None, as long as the search is at revision `expected`.

        Raises ProblemError `saved-search-not-found` (404), `stale-version` (412) and what `save` raises for bad input.
        """
        wishes = Wishes(name, None if query is None else self.query_of(query), frequency)

        def decide(saved: SavedSearch) -> Change:
            _owned(saved, search_id, owner)
            errors.require_version(WHAT, expected, saved.revision)
            return Change(saved_search.revise(saved, wishes, times=self._times, now=self._clock.now()))

        return _owned(await self._saved.change(search_id, decide), search_id, owner)

    async def remove(self, search_id: str, *, owner: str, expected: int | None) -> None:
        """Delete one, as long as it is at revision `expected` (None: in any case).

        Raises ProblemError `saved-search-not-found` (404) or `stale-version` (412).
        """
        saved = await self.get(search_id, owner=owner)
        if await self._saved.remove(search_id, revision=expected):
            return
        now = await self.get(search_id, owner=owner)
        raise errors.stale_version(WHAT, expected or saved.revision, now.revision)

    async def left(self, user: str, organisation_id: str, *, others: Iterable[str], at: datetime) -> None:
        """Forget what a user saved who left an organisation; of members of others only for which one it was."""
        if set(others) - {organisation_id}:
            await self._saved.leave(user, organisation_id)
        else:
            await self._saved.forget(user, saved_before=at)

    async def forget(self, user: str, *, at: datetime) -> None:
        """Delete what a person who wants to be forgotten had saved by then."""
        await self._saved.forget(user, saved_before=at)

    def query_of(self, asked: AskedQuery) -> StoredQuery:
        """Check a search by the rules of searching; faults are named by their place in the request's body."""
        for name in asked.filters:
            if name not in FACETS_BY_NAME:
                detail = f"there is no filter {name[:50]!r}; known: {', '.join(FACETS_BY_NAME)}"
                raise errors.invalid("unknown-parameter", detail, [FieldError(f"query.filters.{name[:50]}", detail)])
        parameters = [("q", asked.text)] if asked.text else []
        parameters += [(name, value) for name, values in asked.filters.items() for value in values]
        parameters += [(AS_WORDS, each) for each in asked.as_words]
        try:
            request = parse(parameters, decode_cursor=_no_cursor)
        except ProblemError as error:
            raise _placed(error) from error
        query = StoredQuery.of(request.text, request.selected, sorted(request.as_words))
        if self._reader.wanted(query).senseless:
            detail = "q has no word that can be found: give words, or leave q empty to mean everything"
            raise errors.invalid("query-without-words", detail, [FieldError("query.q", detail)])
        return query


def _owned(saved: SavedSearch | None, search_id: str, owner: str) -> SavedSearch:
    if saved is None or saved.owner != owner:
        raise errors.not_found("saved-search-not-found", f"you have no saved search {search_id[:100]}")
    return saved


def _placed(error: ProblemError) -> ProblemError:
    """Return the error with its fields named as the body names them."""
    fields = [
        FieldError(f"query.{'filters.' if each.field in FACETS_BY_NAME else ''}{each.field}", each.message)
        for each in error.fields
    ]
    return ProblemError(error.slug, error.kind, error.detail, fields=fields)


def _no_cursor(cursor: str) -> NoReturn:
    raise bad_cursor()
