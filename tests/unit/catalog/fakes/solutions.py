"""Solutions in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from catalog.application.ports import Guarded, LiveSolution, Loaded, Position, Selection, SlugTaken, SolutionFilter
from catalog.domain import guarding
from catalog.domain.slug import numbered
from catalog.domain.solution import Solution, SolutionState
from servicekit.outbox import OutboxMessage

from .kept import InMemory, newest


class InMemorySolutions(InMemory[Solution]):
    async def unapproved(self, *, after: Position | None, limit: int) -> Selection[Solution]:
        waiting = sorted(
            ((loaded.state.open_correction.at, key), loaded)
            for key, loaded in self.held.items()
            if loaded.state.open_correction is not None
        )
        rest = [each for each in waiting if after is None or each[0] > (after.created_at, after.id)]
        more = Position(*rest[limit - 1][0]) if len(rest) > limit else None
        return Selection([loaded for _, loaded in rest[:limit]], more, None if after else len(waiting))

    async def add(self, aggregate_id: str, state: Solution, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        if aggregate_id not in self.held and await self.by_slug(state.slug) is not None:
            raise SlugTaken(state.slug)
        return await super().add(aggregate_id, state, messages)

    async def by_slug(self, slug: str) -> Loaded[Solution] | None:
        return next((loaded for loaded in self.held.values() if loaded.state.slug == slug), None)

    async def free_slug(self, wanted: str) -> str:
        number, candidate = 1, wanted
        while await self.by_slug(candidate) is not None:
            number += 1
            candidate = numbered(wanted, number)
        return candidate

    async def ids_of(self, organisation_id: str) -> list[str]:
        return sorted(key for key, loaded in self.held.items() if loaded.state.organisation_id == organisation_id)

    async def page(self, chosen: SolutionFilter, *, after: Position | None, limit: int) -> Selection[Solution]:
        found = [
            loaded
            for loaded in self.held.values()
            if (chosen.organisation_ids is None or loaded.state.organisation_id in chosen.organisation_ids)
            and chosen.state in (None, loaded.state.state)
        ]
        return Selection(*newest(found, after, limit))

    async def due(self, now: datetime, limit: int) -> list[str]:
        found = [(at, key) for key, each in self.held.items() if (at := guarding.next_at(each.state)) and at <= now]
        return [key for _, key in sorted(found)[:limit]]

    async def guarded(self) -> Guarded:
        states = [each.state for each in self.held.values()]
        expired = sum(each.state is SolutionState.EXPIRED for each in states)
        return Guarded(expired, min((at for each in states if (at := guarding.next_at(each))), default=None))

    async def live(self, id_or_slug: str) -> Loaded[LiveSolution] | None:
        found = self.held.get(id_or_slug) or await self.by_slug(id_or_slug)
        return None if found is None or found.state.live is None else _live(found)

    async def live_of(self, solution_ids: Collection[str]) -> Mapping[str, LiveSolution]:
        return {key: found.state for key in solution_ids if (found := await self.live(key)) is not None}

    async def live_page(
        self, organisation_id: str | None, *, after: Position | None, limit: int
    ) -> Selection[LiveSolution]:
        found = [
            loaded
            for loaded in self.held.values()
            if loaded.state.live and organisation_id in (None, loaded.state.organisation_id)
        ]
        page, more, total = newest(found, after, limit)
        return Selection([_live(loaded) for loaded in page], more, total)


def _live(loaded: Loaded[Solution]) -> Loaded[LiveSolution]:
    held = loaded.state
    assert held.live
    assert held.published_at
    assert held.first_published_at
    view = LiveSolution(
        id=held.id,
        slug=held.slug,
        organisation_id=held.organisation_id,
        organisation_name=held.organisation_name,
        number=held.live.number,
        listing=held.live.listing,
        created_at=held.created_at,
        updated_at=held.updated_at,
        published_at=held.published_at,
        first_published_at=held.first_published_at,
    )
    return Loaded(view, loaded.version)
