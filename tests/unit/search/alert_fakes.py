"""Saved searches, marks and solutions in memory, doing what the ports promise."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from search.application.alert_ports import Decide, Found, Listener
from search.domain.alert_mark import Mark
from search.domain.document import FacetName
from search.domain.saved_search import MOST_PER_OWNER, Alert, SavedSearch
from servicekit import errors
from servicekit.digest_times import Frequency

Key = tuple[str, FacetName]


@dataclass
class FakeSavedSearches:
    """`alerts` is what went out: id of the saved search and alert."""

    held: dict[str, SavedSearch] = field(default_factory=dict)
    alerts: list[tuple[str, Alert]] = field(default_factory=list)
    fail_after: int | None = None
    """So many changes succeed before the store is away."""

    async def add(self, saved: SavedSearch) -> bool:
        if saved.id in self.held:
            return False
        if len(await self.of_owner(saved.owner)) >= MOST_PER_OWNER:
            raise errors.conflict("saved-search-limit", "no more")
        self.held[saved.id] = saved
        return True

    async def get(self, search_id: str) -> SavedSearch | None:
        return self.held.get(search_id)

    async def of_owner(self, owner: str) -> Sequence[SavedSearch]:
        mine = [saved for saved in self.held.values() if saved.owner == owner]
        return sorted(mine, key=lambda saved: (saved.created_at, saved.id), reverse=True)

    async def change(self, search_id: str, decide: Decide) -> SavedSearch | None:
        if search_id not in self.held:
            return None
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise OSError("the store is away")
            self.fail_after -= 1
        change = decide(self.held[search_id])
        self.held[search_id] = change.state
        if change.alert is not None:
            self.alerts.append((search_id, change.alert))
        return change.state

    async def remove(self, search_id: str, *, revision: int | None) -> bool:
        saved = self.held.get(search_id)
        if saved is None or (revision is not None and saved.revision != revision):
            return False
        del self.held[search_id]
        return True

    async def forget(self, owner: str, *, saved_before: datetime) -> int:
        gone = [key for key, saved in self.held.items() if saved.owner == owner and saved.created_at < saved_before]
        for key in gone:
            del self.held[key]
        return len(gone)

    async def leave(self, owner: str, organisation_id: str) -> None:
        for key, saved in self.held.items():
            if saved.owner == owner and saved.organisation_id == organisation_id:
                self.held[key] = replace(saved, organisation_id=None)

    async def listening(self, *, until: datetime) -> AsyncIterator[Sequence[Listener]]:
        page = [
            Listener(saved.id, saved.organisation_id, saved.query, saved.listens_from)
            for _, saved in sorted(self.held.items())
            if saved.frequency is not Frequency.NEVER and saved.listens_from < until
        ]
        if page:
            yield page

    async def due(self, now: datetime, limit: int) -> Sequence[SavedSearch]:
        due = [saved for saved in self.held.values() if saved.due_at is not None and saved.due_at <= now]
        return sorted(due, key=lambda saved: saved.due_at or now)[:limit]


@dataclass
class FakeMarks:
    held: dict[Key, Mark] = field(default_factory=dict)

    async def read(self, keys: Iterable[Key]) -> Mapping[Key, Mark]:
        return {key: self.held[key] for key in keys if key in self.held}

    async def save(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            held = self.held.get((mark.solution_id, mark.facet))
            if held is None or not held.covers(mark.stream, mark.sequence):
                self.held[mark.solution_id, mark.facet] = mark


@dataclass
class FakeSolutions:
    """`reads` counts how often the index was asked."""

    held: dict[str, Found] = field(default_factory=dict)
    settled_at: int = 0
    away: bool = False
    reads: int = 0

    async def read(self, ids: Sequence[str]) -> Mapping[str, Found]:
        self.reads += 1
        if self.away:
            raise errors.unavailable("search-unavailable", "the engine does not answer")
        return {key: self.held[key] for key in ids if key in self.held}

    async def settled(self) -> int:
        return self.settled_at
