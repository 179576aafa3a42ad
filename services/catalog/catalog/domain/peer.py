"""Conversations of two municipalities about a solution: one asks, the one that uses it may answer.

Nobody sees an address: the marketplace passes on what is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.vocabulary import ReportReason
from servicekit import errors

from catalog.domain.change import Change

MAX_MESSAGES = 200
MAX_IN_A_ROW = 3
"""Messages that one side may send before the other answers."""


class Side(StrEnum):
    """Who speaks."""

    ASKING = "asking"
    ANSWERING = "answering"

    @property
    def other(self) -> "Side":
        """The one that is spoken to."""
        return Side.ANSWERING if self is Side.ASKING else Side.ASKING


class ThreadState(StrEnum):
    """Whether the conversation goes on."""

    OPEN = "open"
    CLOSED = "closed"
    STOPPED = "stopped"
    """By the team, after a report."""


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two municipalities."""

    organisation_id: str
    organisation_name: str

    def renamed(self, organisation_id: str, name: str) -> "Party":
        """Return the party with another name, if it is this one."""
        return replace(self, organisation_name=name) if self.organisation_id == organisation_id else self


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """What one side wrote; `text` and `by` are None once they were erased."""

    id: str
    side: Side
    text: str | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Complaint:
    """A side asks the team to look at a message of the other one."""

    message_id: str
    side: Side
    reason: ReportReason
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the team decided on the complaints of a conversation."""

    stopped: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation about one solution."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    provider_organisation_id: str
    asking: Party
    answering: Party
    messages: tuple[PeerMessage, ...]
    state: ThreadState = ThreadState.OPEN
    closed_by: Side | None = None
    complaints: tuple[Complaint, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    created_at: datetime
    updated_at: datetime

    def party(self, side: Side) -> Party:
        """Return the municipality on a side."""
        return self.asking if side is Side.ASKING else self.answering

    def sides_of(self, organisation_ids: frozenset[str]) -> list[Side]:
        """Return the sides that belong to somebody who acts for these organisations."""
        return [side for side in Side if self.party(side).organisation_id in organisation_ids]

    def erase_at(self, keep: timedelta) -> datetime:
        """Return when the conversation is deleted: so long after the last message."""
        return self.updated_at + keep


@dataclass(frozen=True, slots=True)
class Sent:
    """A side wrote; the other one is to be told."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Complained:
    """The team is to look at a message."""

    message_id: str
    side: Side
    reason: ReportReason


ThreadEvent = Sent | Complained
ThreadChange = Change[Thread, ThreadEvent]


def write(thread: Thread, side: Side, message_id: str, text: str, *, by: str, at: datetime) -> ThreadChange:
    """Add a message; one with the same id again changes nothing."""
    if any(message.id == message_id for message in thread.messages):
        return Change(thread)
    _require_open(thread)
    if len(thread.messages) >= MAX_MESSAGES:
        raise errors.conflict("thread-full", f"a conversation has at most {MAX_MESSAGES} messages")
    latest = thread.messages[-MAX_IN_A_ROW:]
    if len(latest) == MAX_IN_A_ROW and all(message.side is side for message in latest):
        raise errors.conflict("answer-awaited", f"wait for an answer: you wrote {MAX_IN_A_ROW} messages in a row")
    message = PeerMessage(message_id, side, text, by, at)
    return Change(replace(thread, messages=(*thread.messages, message), updated_at=at), (Sent(message_id),))


def close(thread: Thread, side: Side) -> ThreadChange:
    """End the conversation; once more changes nothing."""
    if thread.state is not ThreadState.OPEN:
        return Change(thread)
    return Change(replace(thread, state=ThreadState.CLOSED, closed_by=side))


def complain(
    thread: Thread, side: Side, message_id: str, *, reason: ReportReason, note: str | None, by: str, at: datetime
) -> ThreadChange:
    """Ask the team to look at a message of the other side; the same message again replaces what was said of it."""
    new = Complaint(message_id, side, reason, note, by, at)
    complaints, known = with_complaint(thread.messages, thread.complaints, new)
    return Change(replace(thread, complaints=complaints), () if known else (Complained(message_id, side, reason),))


def with_complaint(
    messages: Sequence[PeerMessage], complaints: Sequence[Complaint], new: Complaint
) -> tuple[tuple[Complaint, ...], bool]:
    """Return the complaints with a new one, and whether there was one about the same message, which it replaces.

    Raises ProblemError `message-not-found` (404), `message-erased` (409).
    """
    message = next((held for held in messages if held.id == new.message_id), None)
    if message is None or message.side is new.side:
        raise errors.not_found("message-not-found", "the other side has written no such message")
    if message.text is None:
        raise errors.conflict("message-erased", "cannot report: this message was erased")
    others = tuple(held for held in complaints if held.message_id != new.message_id)
    return (*others, new), len(others) < len(complaints)


def rule(thread: Thread, *, stop: bool, reason: str, by: str, at: datetime) -> ThreadChange:
    """Decide on the complaints: stop the conversation, or leave it."""
    if not thread.complaints:
        raise errors.conflict("nothing-reported", "nobody has reported a message of this conversation")
    state = ThreadState.STOPPED if stop else thread.state
    rulings = (*thread.rulings, Ruling(stop, reason, by, at))
    return Change(replace(thread, state=state, complaints=(), rulings=rulings))


def erase(thread: Thread, side: Side) -> ThreadChange:
    """Erase what a side wrote. What was reported waits until the team has decided."""
    own = {message.id for message in thread.messages if message.side is side}
    if any(complaint.message_id in own for complaint in thread.complaints):
        raise errors.conflict("report-open", "cannot erase: the team still looks at a report of your messages")
    erased = tuple(
        replace(message, text=None, by=None) if message.side is side else message for message in thread.messages
    )
    if erased == thread.messages:
        return Change(thread)
    return Change(replace(thread, messages=erased, state=_ended(thread.state), closed_by=thread.closed_by or side))


def erase_person(thread: Thread, user: str) -> ThreadChange:
    """Forget who wrote a message; the words stay those of the municipality."""
    forgotten = tuple(replace(held, by=None) if held.by == user else held for held in thread.messages)
    complaints = tuple(replace(held, by="") if held.by == user else held for held in thread.complaints)
    return Change(replace(thread, messages=forgotten, complaints=complaints))


def _ended(state: ThreadState) -> ThreadState:
    return ThreadState.CLOSED if state is ThreadState.OPEN else state


def _require_open(thread: Thread) -> None:
    if thread.state is ThreadState.STOPPED:
        raise errors.conflict("thread-stopped", "the team has stopped this conversation")
    if thread.state is ThreadState.CLOSED:
        raise errors.conflict("thread-closed", "this conversation is closed")


def renamed(thread: Thread, organisation_id: str, name: str) -> Thread:
    """Take over the name of one of the two municipalities."""
    return replace(
        thread,
        asking=thread.asking.renamed(organisation_id, name),
        answering=thread.answering.renamed(organisation_id, name),
    )
