"""What the use cases need from outside; adapters and the tests' fakes implement it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contracts.listing import Listing, RatingSummary
from contracts.profile import questionnaire
from contracts.profile.questionnaire import Questionnaire
from servicekit.clock import Clock

from catalog.application.audit import AuditTrail
from catalog.application.loading import Aggregates, Decide, Loaded, Position, Selection, Write
from catalog.application.people_ports import PeoplePorts
from catalog.application.use_ports import UsePorts
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.rating import RatingBook
from catalog.domain.solution import Solution, SolutionState


class SlugTaken(Exception):
    """Another solution has this slug."""


class Organisations(Aggregates[Organisation], Protocol):
    """Where organisations are kept."""

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        """Return the organisations that the person belongs to, in any state, newest first."""
        ...

    async def with_ars(self, keys: Collection[str]) -> list[Organisation]:
        """Return the organisations with one of these regional keys, those that were refused left out."""
        ...

    async def proofs_due(self, moment: datetime, limit: int) -> list[str]:
        """Return the organisations whose proof is to be erased."""
        ...

    async def municipalities_named(self, name: str) -> list[Organisation]:
        """Return the onboarded municipalities of this name; case and blanks make no difference."""
        ...

    async def page(
        self, *, state: OrganisationState | None, after: Position | None, limit: int
    ) -> Selection[Organisation]:
        """Return organisations, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSolution:
    """What the public sees of a solution that is online: the published version and no other."""

    id: str
    slug: str
    organisation_id: str
    organisation_name: str
    number: int
    listing: Listing
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    first_published_at: datetime


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the lifecycle guard has before it: listings that expired, and when it has something to do next."""

    expired: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class SolutionFilter:
    """Which solutions a list shows; None means any."""

    organisation_ids: Collection[str] | None = None
    state: SolutionState | None = None


class Solutions(Aggregates[Solution], Protocol):
    """Where solutions are kept; adding one raises SlugTaken when another one has its slug."""

    async def by_slug(self, slug: str) -> Loaded[Solution] | None:
        """Return the solution with this slug, or None."""
        ...

    async def free_slug(self, wanted: str) -> str:
        """Return the wanted slug or, when it is taken, the first free one with a number behind it."""
        ...

    async def ids_of(self, organisation_id: str) -> list[str]:
        """Return the ids of all solutions of an organisation."""
        ...

    async def page(self, chosen: SolutionFilter, *, after: Position | None, limit: int) -> Selection[Solution]:
        """Return solutions, newest first."""
        ...

    async def unapproved(self, *, after: Position | None, limit: int) -> Selection[Solution]:
        """Return the solutions with corrections that the team has not looked at, the longest waiting first."""
        ...

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the solutions for which the lifecycle guard has something to do by now, the longest waiting first."""
        ...

    async def guarded(self) -> Guarded:
        """Return what the lifecycle guard has before it."""
        ...

    async def live(self, id_or_slug: str) -> Loaded[LiveSolution] | None:
        """Return what the public sees of the solution, or None while it is not online."""
        ...

    async def live_of(self, solution_ids: Collection[str]) -> Mapping[str, LiveSolution]:
        """Return what the public sees of these solutions, by id, without those that are not online."""
        ...

    async def live_page(
        self, organisation_id: str | None, *, after: Position | None, limit: int
    ) -> Selection[LiveSolution]:
        """Return what the public sees, newest solutions first."""
        ...


class RatingBooks(Protocol):
    """Where the ratings of a solution are kept; an empty book in version 0 as long as nobody has rated."""

    async def get(self, solution_id: str, /) -> Loaded[RatingBook]:
        """Return the ratings."""
        ...

    async def summary(self, solution_id: str) -> Loaded[RatingSummary]:
        """Return their summary only."""
        ...

    async def summaries(self, solution_ids: Collection[str]) -> Mapping[str, RatingSummary]:
        """Return the summaries of these solutions, by id, without those that nobody has rated."""
        ...

    async def change(
        self, solution_id: str, decide: Decide[RatingBook], /, *, event_id: str | None = None
    ) -> Loaded[RatingBook]:
        """Load, decide, save; return the saved state. An event is carried out once (`event_id`)."""
        ...

    async def with_person(self, user: str) -> list[Loaded[RatingBook]]:
        """Return the books in which a person rated, replied or reported; reads all of them."""
        ...

    async def reported(self, *, after: str | None, limit: int) -> list[Loaded[RatingBook]]:
        """Return the books with ratings that somebody reported, in the order of their ids, from behind `after`."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case may need."""

    organisations: Organisations
    solutions: Solutions
    ratings: RatingBooks
    uses: UsePorts
    people: PeoplePorts
    clock: Clock
    trail: AuditTrail
    profile: Questionnaire = field(default_factory=questionnaire.load)
    """Which questions a listing answers."""


__all__ = [
    "Aggregates",
    "Decide",
    "Guarded",
    "LiveSolution",
    "Loaded",
    "Organisations",
    "Ports",
    "Position",
    "RatingBooks",
    "Selection",
    "SlugTaken",
    "SolutionFilter",
    "Solutions",
    "Write",
]
