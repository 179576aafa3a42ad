"""Inquiries: a municipality asks a provider about a solution, and what becomes of it.

Where an inquiry stands follows from who wrote last: it is sent, then seen by the provider, answered, closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.vocabulary import ReportReason, SizeClass
from servicekit import errors
from servicekit.clock import BERLIN

from catalog.domain.calendar import months_later
from catalog.domain.change import Change
from catalog.domain.peer import MAX_IN_A_ROW, Complaint, Party, PeerMessage, Ruling, Side, with_complaint

MAX_MESSAGES = 200


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When time does something: days without an answer until each reminder, silence until an inquiry is closed,
    months after closing until its words and names are erased.
    """

    remind_days: tuple[int, ...] = (7, 14)
    close_months: int = 12
    erase_months: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a municipality asks for; what it needs in its own words is the first message."""

    subject: str
    size_class: SizeClass | None = None
    needed_by: str | None = None
    """Year, or year and month."""
    budget: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A municipality's inquiry to a provider; `wish` is None once its words were erased."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    asking: Party
    provider: Party
    wish: Wish | None
    messages: tuple[PeerMessage, ...]
    dossier_id: str | None = None
    """The market survey that led to it; only the municipality knows."""
    seen_at: datetime | None = None
    reminded: int = 0
    """Reminders that the provider got since the municipality wrote last."""
    closed_at: datetime | None = None
    closed_by: Side | None = None
    """None while open, and when it was closed because nobody wrote any more."""
    stopped: bool = False
    complaints: tuple[Complaint, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    erased_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def state(self) -> InquiryState:
        """Return where the inquiry stands."""
        if self.closed_at is not None:
            return InquiryState.CLOSED
        if self.waiting_since is None:
            return InquiryState.ANSWERED
        seen = self.seen_at is not None and self.seen_at >= self.waiting_since
        return InquiryState.SEEN if seen else InquiryState.SENT

    @property
    def waiting_since(self) -> datetime | None:
        """Return since when the municipality waits for an answer, None when it does not."""
        since = None
        for message in reversed(self.messages):
            if message.side is Side.ANSWERING:
                break
            since = message.at
        return since

    def party(self, side: Side) -> Party:
        """Return the municipality, or the provider on the answering side."""
        return self.asking if side is Side.ASKING else self.provider

    def side_of(self, organisation_ids: frozenset[str]) -> Side | None:
        """Return the side of somebody who acts for these organisations, None for strangers."""
        return next((side for side in Side if self.party(side).organisation_id in organisation_ids), None)

    def next_at(self, schedule: Schedule) -> datetime | None:
        """Return when time does the next thing, None when nothing is left to do."""
        if self.erased_at is not None:
            return None
        if self.closed_at is not None:
            return months_later(self.closed_at, schedule.erase_months, BERLIN)
        silent = months_later(self.updated_at, schedule.close_months, BERLIN)
        if self.waiting_since is None or self.reminded >= len(schedule.remind_days):
            return silent
        return min(silent, self.waiting_since + timedelta(days=schedule.remind_days[self.reminded]))


@dataclass(frozen=True, slots=True)
class Asked:
    """The provider has a new inquiry."""


@dataclass(frozen=True, slots=True)
class Written:
    """A side wrote; the other one is to be told."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """The provider is to be reminded."""

    waiting_days: int


@dataclass(frozen=True, slots=True)
class Reported:
    """The team is to look at a message."""

    message_id: str
    side: Side
    reason: ReportReason


InquiryEvent = Asked | Written | Reminded | Reported
InquiryChange = Change[Inquiry, InquiryEvent]


def write(inquiry: Inquiry, side: Side, message_id: str, text: str, *, by: str, at: datetime) -> InquiryChange:
    """Add a message; one with the same id again changes nothing."""
    if any(message.id == message_id for message in inquiry.messages):
        return Change(inquiry)
    if inquiry.stopped:
        raise errors.conflict("inquiry-stopped", "the team has stopped this inquiry")
    if inquiry.closed_at is not None:
        raise errors.conflict("inquiry-closed", "this inquiry is closed")
    if len(inquiry.messages) >= MAX_MESSAGES:
        raise errors.conflict("inquiry-full", f"an inquiry has at most {MAX_MESSAGES} messages")
    latest = inquiry.messages[-MAX_IN_A_ROW:]
    if len(latest) == MAX_IN_A_ROW and all(message.side is side for message in latest):
        raise errors.conflict("answer-awaited", f"wait for an answer: you wrote {MAX_IN_A_ROW} messages in a row")
    written = replace(
        inquiry,
        messages=(*inquiry.messages, PeerMessage(message_id, side, text, by, at)),
        seen_at=at if side is Side.ANSWERING else inquiry.seen_at,
        reminded=0 if inquiry.waiting_since is None or side is Side.ANSWERING else inquiry.reminded,
        updated_at=at,
    )
    return Change(written, (Written(message_id),))


def see(inquiry: Inquiry, *, at: datetime) -> InquiryChange:
    """Note that the provider has read what waits for an answer; once more changes nothing."""
    if inquiry.state is not InquiryState.SENT:
        return Change(inquiry)
    return Change(replace(inquiry, seen_at=at))


def close(inquiry: Inquiry, side: Side | None, *, at: datetime) -> InquiryChange:
    """End the inquiry; once more changes nothing."""
    if inquiry.closed_at is not None:
        return Change(inquiry)
    return Change(replace(inquiry, closed_at=at, closed_by=side))


def complain(
    inquiry: Inquiry, side: Side, message_id: str, *, reason: ReportReason, note: str | None, by: str, at: datetime
) -> InquiryChange:
    """Ask the team to look at a message of the other side; the same message again replaces what was said of it."""
    new = Complaint(message_id, side, reason, note, by, at)
    complaints, known = with_complaint(inquiry.messages, inquiry.complaints, new)
    return Change(replace(inquiry, complaints=complaints), () if known else (Reported(message_id, side, reason),))


def rule(inquiry: Inquiry, *, stop: bool, reason: str, by: str, at: datetime) -> InquiryChange:
    """Decide on the complaints: stop the inquiry, or leave it."""
    if not inquiry.complaints:
        raise errors.conflict("nothing-reported", "nobody has reported a message of this inquiry")
    ruled = replace(inquiry, complaints=(), rulings=(*inquiry.rulings, Ruling(stop, reason, by, at)))
    return Change(replace(ruled, stopped=True, closed_at=ruled.closed_at or at) if stop else ruled)


def erase(inquiry: Inquiry, *, at: datetime) -> InquiryChange:
    """Erase every word and who wrote it; who asked whom about what, and when, stays. What was reported waits."""
    if inquiry.erased_at is not None:
        return Change(inquiry)
    if inquiry.complaints:
        raise errors.conflict("report-open", "cannot erase: the team still looks at a report")
    return Change(
        replace(
            inquiry,
            wish=None,
            messages=tuple(replace(message, text=None, by=None) for message in inquiry.messages),
            rulings=tuple(replace(ruling, reason="") for ruling in inquiry.rulings),
            closed_at=inquiry.closed_at or at,
            erased_at=at,
        )
    )


def forget_person(inquiry: Inquiry, user: str) -> InquiryChange:
    """Forget who wrote; the words stay those of the organisation."""
    messages = tuple(replace(held, by=None) if held.by == user else held for held in inquiry.messages)
    complaints = tuple(replace(held, by="") if held.by == user else held for held in inquiry.complaints)
    return Change(replace(inquiry, messages=messages, complaints=complaints))


def pass_time(inquiry: Inquiry, schedule: Schedule, now: datetime) -> InquiryChange:
    """Do what is due: remind, close what fell silent, erase what was closed long ago."""
    due = inquiry.next_at(schedule)
    if due is None or due > now:
        return Change(inquiry)
    if inquiry.closed_at is not None:
        return Change(inquiry) if inquiry.complaints else erase(inquiry, at=now)
    if months_later(inquiry.updated_at, schedule.close_months, BERLIN) <= now:
        return close(inquiry, None, at=now)
    return _remind(inquiry, schedule.remind_days, now)


def _remind(inquiry: Inquiry, days: Sequence[int], now: datetime) -> InquiryChange:
    since = inquiry.waiting_since or now
    passed = sum(since + timedelta(days=each) <= now for each in days)
    return Change(replace(inquiry, reminded=passed), (Reminded((now - since).days),))


def renamed(inquiry: Inquiry, organisation_id: str, name: str) -> Inquiry:
    """Take over the name of one of the two sides."""
    return replace(
        inquiry,
        asking=inquiry.asking.renamed(organisation_id, name),
        provider=inquiry.provider.renamed(organisation_id, name),
    )
