"""The catalog's ports in memory; they pass the same suite as the ones on MongoDB."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from catalog.application import audit
from catalog.application.dossier_ports import CheckupState, MarketState
from catalog.application.people_ports import InquiryFilter, PeopleLimits, PeoplePorts
from catalog.application.ports import (
    Decide,
    Guarded,
    LiveSolution,
    Loaded,
    Ports,
    Position,
    Selection,
    SlugTaken,
    SolutionFilter,
    Write,
)
from catalog.application.use_ports import PeerLimits, UsePorts
from catalog.domain import guarding, using
from catalog.domain.blocklist import Blocklist
from catalog.domain.deployment import DeploymentBook, Terms, Use, name_key
from catalog.domain.inquiry import Inquiry, Schedule
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.peer import Side, Thread
from catalog.domain.rating import RatingBook
from catalog.domain.rating import people as people_of
from catalog.domain.slug import numbered
from catalog.domain.solution import Solution, SolutionState
from catalog.domain.watchlist import Owner, Watchlist
from contracts import registry
from contracts.envelope import Event
from contracts.listing import RatingSummary, ReviewSeal
from contracts.vocabulary import OrganisationKind
from servicekit.auth import Membership
from servicekit.clock import FixedClock
from servicekit.outbox import OutboxMessage

from .given import START

T = TypeVar("T")
S = TypeVar("S", Organisation, Solution, Thread, Inquiry, Invitation)


@dataclass
class Outbox:
    """Everything that would be published, in the order in which it was saved."""

    messages: list[OutboxMessage] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """The contract events, parsed as a reader would."""
        return [registry.parse(message.data) for message in self.messages if not message.subject.startswith("$KV.")]

    @property
    def memberships(self) -> list[Membership]:
        """The entries written into the members bucket."""
        entries = [message for message in self.messages if message.subject.startswith("$KV.members.")]
        return [Membership.model_validate_json(entry.data) for entry in entries]

    def take(self) -> list[Any]:
        """Return the events so far and forget all messages."""
        taken = self.events
        self.messages.clear()
        return taken


class InMemory(Generic[T]):
    """Aggregates in a dictionary, with the version check and the inbox guard of the real ones."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.held: dict[str, Loaded[T]] = {}
        self._handled: set[tuple[str, str]] = set()

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        return self.held.get(aggregate_id)

    async def add(self, aggregate_id: str, state: T, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        if aggregate_id in self.held:
            return False
        self.outbox.messages.extend(messages)
        self.held[aggregate_id] = Loaded(state, 1)
        return True

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        found = self.held.get(aggregate_id)
        if found is None:
            return None
        return await self.decide(aggregate_id, found, decide, event_id, lambda: self.held[aggregate_id])

    async def decide(
        self,
        aggregate_id: str,
        found: Loaded[T],
        decide: Decide[T],
        event_id: str | None,
        again: Callable[[], Loaded[T]],
    ) -> Loaded[T]:
        while True:
            write = await decide(found)
            if write.state == found.state and not write.messages:
                return found
            if again() is not found and again() != found:
                found = again()
                continue
            if event_id is not None and (aggregate_id, event_id) in self._handled:
                return found
            if event_id is not None:
                self._handled.add((aggregate_id, event_id))
            self.outbox.messages.extend(write.messages)
            self.held[aggregate_id] = Loaded(write.state, found.version + 1)
            return self.held[aggregate_id]


def _page(
    found: list[Loaded[S]], after: Position | None, limit: int
) -> tuple[list[Loaded[S]], Position | None, int | None]:
    """Newest first, from behind `after`."""
    ordered = sorted(found, key=lambda loaded: (loaded.state.created_at, loaded.state.id), reverse=True)
    rest = [
        loaded
        for loaded in ordered
        if after is None or (loaded.state.created_at, loaded.state.id) < (after.created_at, after.id)
    ]
    page = rest[:limit]
    more = Position(page[-1].state.created_at, page[-1].state.id) if len(rest) > limit else None
    return page, more, None if after else len(found)


class NoTrail:
    """The audit trail of a catalog in memory, which keeps none: it is written where documents are saved."""

    async def page(self, trail: str, *, after: str | None, limit: int) -> audit.Page:
        return audit.Page((), None)

    async def every(self, trail: str) -> AsyncIterator[audit.Entry]:
        return
        yield


class InMemoryOrganisations(InMemory[Organisation]):
    async def with_ars(self, keys: Collection[str]) -> list[Organisation]:
        found = [
            held
            for held in self.held.values()
            if held.state.ars in keys and held.state.state is not OrganisationState.REFUSED
        ]
        return [held.state for held in _page(found, None, len(found) + 1)[0]]

    async def proofs_due(self, moment: datetime, limit: int) -> list[str]:
        return [
            key
            for key, held in self.held.items()
            if held.state.proof and held.state.proof.erase_at and held.state.proof.erase_at <= moment
        ][:limit]

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        found = [loaded for loaded in self.held.values() if loaded.state.member(user)]
        return _page(found, None, len(found) + 1)[0]

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
        return Selection(*_page(found, after, limit))


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
        return Selection(*_page(found, after, limit))

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
        page, more, total = _page(found, after, limit)
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


class InMemoryBooks(Generic[T]):
    def __init__(self, outbox: Outbox, empty: Callable[[str], T]) -> None:
        self.books = InMemory[T](outbox)
        self._empty = empty

    async def get(self, aggregate_id: str, /) -> Loaded[T]:
        return self.books.held.get(aggregate_id) or Loaded(self._empty(aggregate_id), 0)

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T]:
        found = await self.get(aggregate_id)
        return await self.books.decide(
            aggregate_id, found, decide, event_id, lambda: self.books.held.get(aggregate_id, found)
        )


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
        return Selection(*_page(found, after, limit))

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Thread]:
        return Selection(*_page([held for held in self.held.values() if held.state.complaints], after, limit))

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
        return Selection(*_page(found, after, limit))

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        return Selection(*_page([held for held in self.held.values() if held.state.complaints], after, limit))

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
        return _page(found, None, len(found) + 1)[0]

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


class InMemoryWatchlists:
    def __init__(self, outbox: Outbox) -> None:
        self.held: dict[Owner, Loaded[Watchlist]] = {}
        self._outbox = outbox

    async def of(self, owner: Owner) -> Loaded[Watchlist]:
        return self.held.get(owner) or Loaded(Watchlist(owner), 0)

    async def change_of(self, owner: Owner, decide: Decide[Watchlist]) -> Loaded[Watchlist]:
        found = await self.of(owner)
        write = await decide(found)
        if write.state == found.state and not write.messages:
            return found
        self.held[owner] = Loaded(write.state, found.version + 1)
        self._outbox.messages.extend(write.messages)
        return self.held[owner]

    async def with_person(self, user: str) -> Collection[Owner]:
        return [
            owner
            for owner, loaded in self.held.items()
            if owner.kind == "organisation" and any(each.added_by == user for each in loaded.state.entries.values())
        ]

    async def with_solutions(self, solution_ids: Collection[str]) -> Collection[Owner]:
        return [
            owner for owner, loaded in self.held.items() if not loaded.state.entries.keys().isdisjoint(solution_ids)
        ]

    async def remove_empty(self) -> int:
        empty = [owner for owner, loaded in self.held.items() if not loaded.state.entries]
        for owner in empty:
            del self.held[owner]
        return len(empty)


class InMemoryMarket:
    def __init__(self) -> None:
        self.known: dict[str, MarketState] = {}

    async def note_seal(self, solution_id: str, seal: ReviewSeal | None, decided_at: datetime) -> None:
        self.known[solution_id] = replace(self.known.get(solution_id, MarketState()), seal=seal)

    async def note_checkup(self, solution_id: str, checkup: CheckupState) -> None:
        self.known[solution_id] = replace(self.known.get(solution_id, MarketState()), checkup=checkup)

    async def states(self, solution_ids: Collection[str]) -> Mapping[str, MarketState]:
        return {key: self.known[key] for key in solution_ids if key in self.known}


@dataclass(frozen=True, slots=True)
class World:
    """The ports in memory, and what a test looks at beside them."""

    ports: Ports
    organisations: InMemoryOrganisations
    solutions: InMemorySolutions
    threads: InMemoryThreads
    clock: FixedClock
    outbox: Outbox

    def has(self, *states: Organisation | Solution) -> None:
        """Put organisations and solutions where they belong, in version 1."""
        for state in states:
            kept: Any = self.organisations if isinstance(state, Organisation) else self.solutions
            kept.held[state.id] = Loaded(state, 1)

    def later(self, minutes: int = 1, *, days: int = 0) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(days=days, minutes=minutes))

    async def uses(self, municipality: Organisation, solution: Solution, **terms: Any) -> Use:
        """Let a municipality have declared that it uses a solution; nobody is told."""
        by_provider = municipality.id == solution.organisation_id

        async def decide(loaded: Loaded[DeploymentBook]) -> Write[DeploymentBook]:
            return Write(
                using.declare(
                    loaded.state, municipality, Terms(**terms), by_provider=by_provider, by="x", at=self.clock.now()
                ).state
            )

        return (await self.ports.uses.deployments.change(solution.id, decide)).state.use(municipality.id)


def new_world() -> World:
    """An empty catalog."""
    outbox = Outbox()
    clock = FixedClock(START + timedelta(hours=1))
    organisations, solutions = InMemoryOrganisations(outbox), InMemorySolutions(outbox)
    threads = InMemoryThreads(outbox)
    uses = UsePorts(
        InMemoryDeploymentBooks(outbox), threads, InMemoryBlocklists(outbox), PeerLimits(3, timedelta(days=180))
    )
    people = PeoplePorts(
        InMemoryInquiries(outbox), InMemoryInvitations(outbox), PeopleLimits(inquiries_per_day=3, invitations_per_day=5)
    )
    ports = Ports(organisations, solutions, InMemoryRatingBooks(outbox), uses, people, clock, NoTrail())
    return World(ports, organisations, solutions, threads, clock, outbox)
