"""Where inquiries and invitations are kept; adapters and the tests' fakes implement it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from catalog.application.loading import Aggregates, Loaded, Position, Selection
from catalog.domain.inquiry import Inquiry, InquiryState, Schedule
from catalog.domain.invitation import Invitation
from catalog.domain.peer import Side


@dataclass(frozen=True, slots=True)
class InquiryFilter:
    """Which inquiries of these organisations a list shows; None means any."""

    organisation_ids: Collection[str]
    side: Side | None = None
    state: InquiryState | None = None
    solution_id: str | None = None


class Inquiries(Aggregates[Inquiry], Protocol):
    """Where inquiries are kept."""

    async def page(self, chosen: InquiryFilter, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        """Return inquiries, newest first."""
        ...

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        """Return the inquiries with open complaints, newest first."""
        ...

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many inquiries a municipality has sent since."""
        ...

    async def of_dossier(self, dossier_id: str) -> Sequence[Inquiry]:
        """Return the inquiries that a market survey led to, oldest first."""
        ...

    async def written_by(self, user: str) -> list[str]:
        """Return the inquiries in which a person wrote or complained."""
        ...

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the inquiries for which it is time to do something; those with open complaints wait."""
        ...


class Invitations(Aggregates[Invitation], Protocol):
    """Where invitations are kept."""

    async def pending_of(self, organisation_id: str) -> list[Loaded[Invitation]]:
        """Return the invitations into an organisation that nobody has used, newest first."""
        ...

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many people an organisation has invited since."""
        ...

    async def of_person(self, user: str) -> list[str]:
        """Return the invitations that a person sent or used."""
        ...

    async def sent_to(self, email: str) -> list[str]:
        """Return the pending invitations to an address."""
        ...

    async def expired(self, now: datetime, limit: int) -> list[str]:
        """Return the pending invitations whose time is over."""
        ...


@dataclass(frozen=True, slots=True)
class PeopleLimits:
    """How much an organisation may send, and when time does what."""

    inquiries_per_day: int = 20
    invitations_per_day: int = 50
    keep_proof: timedelta = timedelta(days=90)
    """How long a proof of mandate is kept after the decision."""
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True, slots=True)
class PeoplePorts:
    """Everything about organisations and people who write to each other."""

    inquiries: Inquiries
    invitations: Invitations
    limits: PeopleLimits = field(default_factory=PeopleLimits)
