"""Organisations in memory."""

from collections.abc import Collection
from datetime import datetime

from catalog.application.ports import Loaded, Position, Selection
from catalog.domain.deployment import name_key
from catalog.domain.organisation import Organisation, OrganisationState
from contracts.vocabulary import OrganisationKind

from .kept import InMemory, newest


class InMemoryOrganisations(InMemory[Organisation]):
    async def with_ars(self, keys: Collection[str]) -> list[Organisation]:
        found = [
            held
            for held in self.held.values()
            if held.state.ars in keys and held.state.state is not OrganisationState.REFUSED
        ]
        return [held.state for held in newest(found, None, len(found) + 1)[0]]

    async def proofs_due(self, moment: datetime, limit: int) -> list[str]:
        return [
            key
            for key, held in self.held.items()
            if held.state.proof and held.state.proof.erase_at and held.state.proof.erase_at <= moment
        ][:limit]

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        found = [loaded for loaded in self.held.values() if loaded.state.member(user)]
        return newest(found, None, len(found) + 1)[0]

    async def municipalities_named(self, name: str) -> list[Organisation]:
        return [
            held.state
            for held in self.held.values()
            if held.state.onboarded
            and OrganisationKind.MUNICIPALITY in held.state.kinds
            and name_key(held.state.name) == name_key(name)
        ]

    async def page(
        self, *, state: OrganisationState | None, after: Position | None, limit: int
    ) -> Selection[Organisation]:
        found = [loaded for loaded in self.held.values() if state in (None, loaded.state.state)]
        return Selection(*newest(found, after, limit))
