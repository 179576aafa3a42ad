"""Inquiries and invitations in memory."""

from datetime import datetime

from catalog.application.people_ports import InquiryFilter
from catalog.application.ports import Loaded, Position, Selection
from catalog.domain.inquiry import Inquiry, Schedule
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.peer import Side

from .kept import InMemory, newest


class InMemoryInquiries(InMemory[Inquiry]):
    schedule = Schedule()

    async def of_dossier(self, dossier_id: str) -> list[Inquiry]:
        found = [held.state for held in self.held.values() if held.state.dossier_id == dossier_id]
        return sorted(found, key=lambda each: (each.created_at, each.id))

    async def page(self, chosen: InquiryFilter, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        sides = list(Side) if chosen.side is None else [chosen.side]
        found = [
            held
            for held in self.held.values()
            if any(held.state.party(side).organisation_id in chosen.organisation_ids for side in sides)
            and chosen.state in (None, held.state.state)
            and chosen.solution_id in (None, held.state.solution_id)
        ]
        return Selection(*newest(found, after, limit))

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Inquiry]:
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

    async def due(self, now: datetime, limit: int) -> list[str]:
        found = [
            (at, key)
            for key, held in self.held.items()
            if (at := held.state.next_at(self.schedule)) is not None
            and at <= now
            and not (held.state.complaints and held.state.closed_at)
        ]
        return [key for _, key in sorted(found)][:limit]


class InMemoryInvitations(InMemory[Invitation]):
    async def pending_of(self, organisation_id: str) -> list[Loaded[Invitation]]:
        found = [
            held
            for held in self.held.values()
            if held.state.organisation_id == organisation_id and held.state.state is InvitationState.PENDING
        ]
        return newest(found, None, len(found) + 1)[0]

    async def begun(self, organisation_id: str, since: datetime) -> int:
        return sum(
            held.state.organisation_id == organisation_id and held.state.created_at > since
            for held in self.held.values()
        )

    async def of_person(self, user: str) -> list[str]:
        return [key for key, held in self.held.items() if user in (held.state.invited_by, held.state.taken_by)]

    async def sent_to(self, email: str) -> list[str]:
        return [
            key
            for key, held in self.held.items()
            if held.state.state is InvitationState.PENDING and (held.state.email or "").lower() == email.lower()
        ]

    async def expired(self, now: datetime, limit: int) -> list[str]:
        return [
            key
            for key, held in self.held.items()
            if held.state.state is InvitationState.PENDING and held.state.expires_at <= now
        ][:limit]
