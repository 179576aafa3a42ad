"""Watchlists (Merklisten): solutions that a person, or an organisation together, keeps an eye on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from servicekit import errors

from catalog.domain.change import Change

MAX_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose list it is: one person's, or an organisation's."""

    kind: Literal["user", "organisation"]
    id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a solution stood at a moment: `checkup` has the scores by dimension, `rating` the shown average."""

    version: int
    at: datetime
    rating: float | None = None
    checkup: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """One solution on a list. `name` and the like are what was public when it was noted; a provider's new name is taken
    over. `revision` counts changes of what its owner may write.
    """

    solution_id: str
    slug: str
    name: str
    organisation_name: str
    noted: Standing
    note: str | None = None
    added_at: datetime
    added_by: str | None
    """None when that person has been forgotten."""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Watchlist:
    """The entries of one owner, by solution, in the order in which they were added."""

    owner: Owner
    entries: Mapping[str, WatchEntry] = field(default_factory=dict)

    def entry(self, solution_id: str) -> WatchEntry:
        """Return the entry; raises ProblemError `not-watched` (404)."""
        found = self.entries.get(solution_id)
        if found is None:
            raise errors.not_found("not-watched", f"solution {solution_id} is not on this watchlist")
        return found


@dataclass(frozen=True, slots=True)
class Started:
    """Solutions are on the list from now on."""

    solution_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """Solutions are no longer on the list."""

    solution_ids: tuple[str, ...]


WatchlistChange = Change[Watchlist, Started | Ended]
Command = Callable[[Watchlist], WatchlistChange]


def add(held: Watchlist, entry: WatchEntry) -> WatchlistChange:
    """Put a solution on the list; one that is there already stays as it is."""
    if entry.solution_id in held.entries:
        return Change(held)
    if len(held.entries) >= MAX_ENTRIES:
        raise errors.conflict("watchlist-full", f"a watchlist has at most {MAX_ENTRIES} solutions")
    return Change(replace(held, entries={**held.entries, entry.solution_id: entry}), (Started((entry.solution_id,)),))


def remove(held: Watchlist, solution_id: str) -> WatchlistChange:
    """Take a solution off the list; one that is not there changes nothing."""
    if solution_id not in held.entries:
        return Change(held)
    kept = {key: each for key, each in held.entries.items() if key != solution_id}
    return Change(replace(held, entries=kept), (Ended((solution_id,)),))


def annotate(held: Watchlist, solution_id: str, note: str | None, *, expected: int) -> WatchlistChange:
    """Write a note beside an entry, or delete it; raises ProblemError `stale-version` (412) for an older revision."""
    former = held.entry(solution_id)
    errors.require_version("the entry", expected, former.revision)
    return _with(held, replace(former, note=note))


def acknowledge(held: Watchlist, solution_id: str, standing: Standing) -> WatchlistChange:
    """Note how the solution stands now, so that changes are counted from here."""
    return _with(held, replace(held.entry(solution_id), noted=standing))


def provider_renamed(held: Watchlist, solution_ids: Collection[str], name: str) -> Watchlist:
    """Take over the name of the provider of these solutions, which a list shows while they are offline."""
    entries = {
        key: replace(each, organisation_name=name) if key in solution_ids else each
        for key, each in held.entries.items()
    }
    return replace(held, entries=entries)


def forget_person(held: Watchlist, user: str) -> WatchlistChange:
    """Forget who put what on an organisation's list; the entries stay the organisation's."""
    entries = {
        key: replace(each, added_by=None) if each.added_by == user else each for key, each in held.entries.items()
    }
    return Change(replace(held, entries=entries) if entries != held.entries else held)


def clear(held: Watchlist) -> WatchlistChange:
    """Take everything off the list."""
    if not held.entries:
        return Change(held)
    return Change(replace(held, entries={}), (Ended(tuple(held.entries)),))


def _with(held: Watchlist, changed: WatchEntry) -> WatchlistChange:
    former = held.entries[changed.solution_id]
    if changed == former:
        return Change(held)
    revised = replace(changed, revision=former.revision + 1)
    return Change(replace(held, entries={**held.entries, changed.solution_id: revised}))
