"""Ratings, deployments, conversations and blocklists in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime

from catalog.application.ports import Loaded, Position, Selection
from catalog.domain.blocklist import Blocklist
from catalog.domain.deployment import DeploymentBook
from catalog.domain.peer import Thread
from catalog.domain.rating import RatingBook
from catalog.domain.rating import people as people_of
from contracts.listing import RatingSummary

from .kept import InMemory, InMemoryBooks, Outbox, newest


class InMemoryBlocklists(InMemoryBooks[Blocklist]):
    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox, Blocklist)

    async def blocking(self, organisation_id: str) -> list[str]:
        return [key for key, held in self.books.held.items() if organisation_id in held.state.blocked]


class InMemoryRatingBooks(InMemoryBooks[RatingBook]):
    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox, RatingBook)

    async def summary(self, solution_id: str) -> Loaded[RatingSummary]:
        found = await self.get(solution_id)
        return Loaded(found.state.summary, found.version)

    async def summaries(self, solution_ids: Collection[str]) -> Mapping[str, RatingSummary]:
        return {key: self.books.held[key].state.summary for key in solution_ids if key in self.books.held}

    async def with_person(self, user: str) -> list[Loaded[RatingBook]]:
        return [held for _, held in sorted(self.books.held.items()) if user in people_of(held.state)]

    async def reported(self, *, after: str | None, limit: int) -> list[Loaded[RatingBook]]:
        found = [
            loaded
            for key, loaded in sorted(self.books.held.items())
            if key > (after or "") and any(rating.reports for rating in loaded.state.ratings.values())
        ]
        return found[:limit]


class InMemoryDeploymentBooks(InMemoryBooks[DeploymentBook]):
    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox, DeploymentBook)

    async def used_by(self, organisation_id: str) -> list[Loaded[DeploymentBook]]:
        return [held for held in self.books.held.values() if organisation_id in held.state.uses]

    async def claimed_of(self, organisation_id: str, name: str) -> list[Loaded[DeploymentBook]]:
        return [
            held
            for held in self.books.held.values()
            if any(claim.concerns(organisation_id, name) for claim in held.state.claims.values())
        ]

    async def due(self, now: datetime, limit: int) -> list[str]:
        found = [(held.state.next_at, key) for key, held in self.books.held.items() if held.state.next_at]
        return [key for at, key in sorted(found) if at <= now][:limit]


class InMemoryThreads(InMemory[Thread]):
    async def of_organisations(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Thread]:
        found = [held for held in self.held.values() if held.state.sides_of(frozenset(organisation_ids))]
        return Selection(*newest(found, after, limit))

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Thread]:
        return Selection(*newest([held for held in self.held.values() if held.state.complaints], after, limit))

    async def begun(self, organisation_id: str, since: datetime) -> int:
        return sum(
            held.state.asking.organisation_id == organisation_id and held.state.created_at > since
            for held in self.held.values()
        )

    async def written_by(self, user: str) -> list[str]:
        return [
            key
            for key, held in self.held.items()
            if user in {each.by for each in (*held.state.messages, *held.state.complaints)}
        ]

    async def remove_before(self, moment: datetime, limit: int) -> int:
        old = [key for key, held in self.held.items() if held.state.updated_at <= moment and not held.state.complaints][
            :limit
        ]
        for key in old:
            del self.held[key]
        return len(old)
