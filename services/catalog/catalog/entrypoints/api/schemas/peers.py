"""Conversations over HTTP; nobody's name or address is in them."""

from datetime import datetime
from typing import Annotated, Self

from contracts.vocabulary import ReportReason
from pydantic import BaseModel, StringConstraints

from catalog.application.use_queries import OwnThread
from catalog.domain.peer import Complaint, Ruling, Side, Thread, ThreadState
from catalog.entrypoints.api.schemas.texts import Note, Request, Text

Key = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ThreadRequest(Request):
    """Write to the municipality `to` about a solution that it uses."""

    solution_id: Key
    to: Key
    organisation_id: Key | None = None
    """For which municipality, where the user belongs to more than one."""
    text: Text


class MessageRequest(Request):
    """Go on with a conversation."""

    text: Text


class ReportRequest(Request):
    """Why the team is to look at it."""

    reason: ReportReason
    note: Note | None = None


class BlockRequest(Request):
    """Whether messages of the other side are taken."""

    blocked: bool


class RulingRequest(Request):
    """What the team decides; both sides read the reason."""

    stop: bool
    reason: Note


class PartyView(BaseModel):
    """A municipality."""

    organisation_id: str
    organisation_name: str


class MessageView(BaseModel):
    """What one side wrote; `text` is null once it was erased."""

    id: str
    side: Side
    organisation_name: str
    text: str | None
    at: datetime


class ComplaintView(BaseModel):
    """A report that waits for the team."""

    message_id: str
    reason: ReportReason
    note: str | None
    at: datetime

    @classmethod
    def of(cls, complaint: Complaint) -> Self:
        """Return the view."""
        return cls(message_id=complaint.message_id, reason=complaint.reason, note=complaint.note, at=complaint.at)


class RulingView(BaseModel):
    """What the team decided."""

    stopped: bool
    reason: str
    at: datetime

    @classmethod
    def of(cls, ruling: Ruling) -> Self:
        """Return the view."""
        return cls(stopped=ruling.stopped, reason=ruling.reason, at=ruling.at)


class ThreadBrief(BaseModel):
    """A conversation in a list."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    asking: PartyView
    answering: PartyView
    side: Side | None
    """The reader's side; null for the team."""
    state: ThreadState
    messages: int
    last_side: Side
    created_at: datetime
    updated_at: datetime
    erased_at: datetime
    """When the conversation is deleted unless somebody writes."""

    @classmethod
    def brief(cls, thread: Thread, side: Side | None, erased_at: datetime) -> Self:
        """Return the view for one side."""
        return cls(
            id=thread.id,
            solution_id=thread.solution_id,
            slug=thread.slug,
            solution_name=thread.solution_name,
            asking=_party(thread, Side.ASKING),
            answering=_party(thread, Side.ANSWERING),
            side=side,
            state=thread.state,
            messages=len(thread.messages),
            last_side=thread.messages[-1].side,
            created_at=thread.created_at,
            updated_at=thread.updated_at,
            erased_at=erased_at,
        )


class ThreadView(BaseModel):
    """A conversation; `complaints` are the reader's own, or all of them for the team."""

    thread: ThreadBrief
    blocked: bool
    messages: list[MessageView]
    complaints: list[ComplaintView]
    rulings: list[RulingView]

    @classmethod
    def of(cls, held: OwnThread, erased_at: datetime) -> Self:
        """Return the view for one side or the team."""
        thread = held.thread.state
        return cls(
            thread=ThreadBrief.brief(thread, held.side, erased_at),
            blocked=held.blocked,
            messages=[
                MessageView(
                    id=each.id,
                    side=each.side,
                    organisation_name=thread.party(each.side).organisation_name,
                    text=each.text,
                    at=each.at,
                )
                for each in thread.messages
            ],
            complaints=[ComplaintView.of(each) for each in thread.complaints if held.side in (None, each.side)],
            rulings=[RulingView.of(each) for each in thread.rulings],
        )


def _party(thread: Thread, side: Side) -> PartyView:
    party = thread.party(side)
    return PartyView(organisation_id=party.organisation_id, organisation_name=party.organisation_name)
