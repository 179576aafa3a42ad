"""A saved search: what its owner looks for, how often to be told of it, and the matches that wait to be told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from servicekit import errors
from servicekit.digest_times import DigestTimes, Frequency
from servicekit.errors import FieldError

from search.domain.words import clean

LONGEST_NAME = 120
MOST_PER_OWNER = 50
MOST_PENDING = 200
"""Matches that are kept until they are told; more are counted."""
MOST_HEARD = 500
"""Events that a saved search remembers to have heard of: more than can be on their way at once."""


class Reason(StrEnum):
    """What is new about a solution that a saved search finds."""

    NEW_LISTING = "new_listing"
    CHANGED_LISTING = "changed_listing"
    LOST_AWARD = "lost_award"
    NEW_RATING = "new_rating"


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """The search itself: clean text, chosen values per facet, recognised filters to be read as words."""

    text: str = ""
    selected: tuple[tuple[str, tuple[str, ...]], ...] = ()
    as_words: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, selected: Mapping[str, Sequence[str]], as_words: Iterable[str]) -> "StoredQuery":
        """Make one; facets without a value are left out."""
        chosen = tuple((name, tuple(values)) for name, values in selected.items() if values)
        return cls(text, chosen, tuple(dict.fromkeys(as_words)))

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The chosen values per facet."""
        return dict(self.selected)

    @property
    def query_string(self) -> str:
        """The search as the query string of an address, without `?`."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.selected for value in values]
        return urlencode([*pairs, *(("as_words", each) for each in self.as_words)])


@dataclass(frozen=True, slots=True)
class Match:
    """A solution that the search finds, and what is new about it; `event_id` tells of which event this is."""

    event_id: str
    solution_id: str
    slug: str
    name: str
    summary: str
    reason: Reason
    at: datetime
    lost_awards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """`revision` counts what the owner changed. Only what happens after `listens_from` is told."""

    id: str
    owner: str
    organisation_id: str | None
    name: str
    query: StoredQuery
    frequency: Frequency
    revision: int = 1
    created_at: datetime
    changed_at: datetime
    listens_from: datetime
    last_alerted_at: datetime | None = None
    pending: tuple[Match, ...] = ()
    more: int = 0
    """Matches beyond those in `pending`."""
    due_at: datetime | None = None
    """When `pending` is to be told; None while there is nothing to tell."""
    heard: tuple[str, ...] = ()
    """Ids of the events that were dealt with last."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What the owner is to be told now; `more` counts matches beyond those listed."""

    matches: tuple[Match, ...]
    more: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A saved search as it is now, and the alert that goes out with it."""

    state: SavedSearch
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an owner may set; None leaves it as it is."""

    name: str | None = None
    query: StoredQuery | None = None
    frequency: Frequency | None = None


@dataclass(frozen=True, slots=True)
class _Collected:
    matches: tuple[Match, ...] = ()
    more: int = field(default=0)


def save(
    search_id: str,
    *,
    owner: str,
    organisation_id: str | None,
    name: str,
    query: StoredQuery,
    frequency: Frequency,
    now: datetime,
) -> SavedSearch:
    """Return a new saved search, which tells of nothing that happened before. Raises `invalid-request` (422)."""
    return SavedSearch(
        id=search_id,
        owner=owner,
        organisation_id=organisation_id,
        name=_name(name),
        query=query,
        frequency=frequency,
        created_at=now,
        changed_at=now,
        listens_from=now,
    )


def revise(saved: SavedSearch, wishes: Wishes, *, times: DigestTimes, now: datetime) -> SavedSearch:
    """Return the saved search as its owner wants it now; unchanged when that is what it is. Raises `invalid-request`.

    Another search begins anew. Without alerts nothing is collected; what was collected for a time is told at the new
    one, or soon when everything is to be told at once.
    """
    name = saved.name if wishes.name is None else _name(wishes.name)
    query = wishes.query or saved.query
    frequency = wishes.frequency or saved.frequency
    revised = replace(saved, name=name, query=query, frequency=frequency)
    if revised == saved:
        return saved
    woken = saved.frequency is Frequency.NEVER and frequency is not Frequency.NEVER
    begins_anew = woken or query != saved.query
    if begins_anew or frequency is Frequency.NEVER:
        revised = replace(revised, pending=(), more=0, due_at=None)
    if begins_anew:
        revised = replace(revised, listens_from=now)
    if revised.due_at is not None and frequency is not saved.frequency:
        due_at = times.next_after(frequency, now) if frequency.collects else now
        revised = replace(revised, due_at=due_at)
    return replace(revised, revision=saved.revision + 1, changed_at=now)


def hear(saved: SavedSearch, matches: Iterable[Match], *, times: DigestTimes, now: datetime) -> Change:
    """Tell of the matches at once, or keep them until it is time. Each event counts once, however often it comes."""
    if saved.frequency is Frequency.NEVER:
        return Change(saved)
    known = set(saved.heard)
    fresh = [match for match in matches if match.event_id not in known and match.at > saved.listens_from]
    if not fresh:
        return Change(saved)
    heard = (*saved.heard, *dict.fromkeys(match.event_id for match in fresh))[-MOST_HEARD:]
    if not saved.frequency.collects:
        told = _collect(_Collected(), fresh)
        return Change(replace(saved, heard=heard, last_alerted_at=now), _alert(told.matches, told.more, now))
    kept = _collect(_Collected(saved.pending, saved.more), fresh)
    due_at = saved.due_at or times.next_after(saved.frequency, now)
    return Change(replace(saved, heard=heard, pending=kept.matches, more=kept.more, due_at=due_at))


def tell(saved: SavedSearch, found: frozenset[str], *, now: datetime) -> Change:
    """Tell what was collected, when it is time; `found` are the solutions that the search still finds."""
    if saved.due_at is None or saved.due_at > now:
        return Change(saved)
    told = replace(saved, pending=(), more=0, due_at=None)
    matches = tuple(match for match in saved.pending if match.solution_id in found)
    if not matches:
        return Change(told)
    return Change(replace(told, last_alerted_at=now), _alert(matches, saved.more, now))


def _collect(held: _Collected, matches: Iterable[Match]) -> _Collected:
    """Add matches; what is new about a solution in the same way is told once, as it is in the end."""
    kept = {(match.solution_id, match.reason): match for match in held.matches}
    more = held.more
    for match in matches:
        added = match
        if match.reason is Reason.CHANGED_LISTING and (match.solution_id, Reason.NEW_LISTING) in kept:
            added = replace(match, reason=Reason.NEW_LISTING)  # a new one that was changed is still a new one
        key = (added.solution_id, added.reason)
        if key in kept:
            lost = dict.fromkeys((*kept[key].lost_awards, *added.lost_awards))
            kept[key] = replace(added, lost_awards=tuple(lost))
        elif len(kept) < MOST_PENDING:
            kept[key] = added
        else:
            more += 1
    return _Collected(tuple(kept.values()), more)


def _alert(matches: tuple[Match, ...], more: int, now: datetime) -> Alert:
    return Alert(matches, more, since=min(match.at for match in matches), until=now)


def _name(given: str) -> str:
    name = clean(given)
    if not 1 <= len(name) <= LONGEST_NAME:
        detail = f"name must have 1 to {LONGEST_NAME} characters"
        raise errors.invalid("invalid-request", detail, [FieldError("name", detail)])
    return name
