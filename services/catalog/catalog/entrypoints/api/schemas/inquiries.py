"""Inquiries over HTTP; nobody's name or address is in them."""

from datetime import datetime
from typing import Annotated, Self

from contracts.vocabulary import SizeClass
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from catalog.application.people_queries import OwnInquiry
from catalog.domain.inquiry import Inquiry, InquiryState, Wish
from catalog.domain.peer import Party, Side
from catalog.entrypoints.api.schemas.peers import ComplaintView, Key, MessageView, PartyView, RulingView
from catalog.entrypoints.api.schemas.texts import Name, Request, Text, without_control_characters

Question = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    AfterValidator(lambda value: without_control_characters(value, line_breaks=False)),
]
Month = Annotated[str, StringConstraints(pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")]
"""Year, or year and month: `2027` or `2027-05`."""


class InquiryRequest(Request):
    """Ask the provider of a solution; `text` says in words what is needed."""

    solution_id: Key
    organisation_id: Key | None = None
    """For which municipality, where the user belongs to more than one."""
    subject: Name
    size_class: SizeClass | None = None
    needed_by: Month | None = None
    budget: Name | None = None
    """A frame in the municipality's own words, such as `10.000 bis 15.000 EUR im Jahr`."""
    questions: Annotated[list[Question], Field(max_length=20)] = []
    text: Text

    def to_wish(self) -> Wish:
        """Return what is asked for as the domain knows it."""
        return Wish(
            subject=self.subject,
            size_class=self.size_class,
            needed_by=self.needed_by,
            budget=self.budget,
            questions=tuple(self.questions),
        )


class WishView(BaseModel):
    """What a municipality asks for."""

    subject: str
    size_class: SizeClass | None
    needed_by: str | None
    budget: str | None
    questions: list[str]


class InquiryBrief(BaseModel):
    """An inquiry in a list; `subject` is null once it was erased."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    asking: PartyView
    provider: PartyView
    side: Side | None
    """The reader's side; null for the team."""
    state: InquiryState
    subject: str | None
    messages: int
    waiting_since: datetime | None
    """Since when the municipality waits for an answer."""
    created_at: datetime
    updated_at: datetime
    seen_at: datetime | None
    closed_at: datetime | None
    closed_by: Side | None
    stopped: bool
    erased_at: datetime | None

    @classmethod
    def of(cls, held: OwnInquiry) -> Self:
        """Return the view for one side or the team."""
        inquiry = held.inquiry
        return cls(
            id=inquiry.id,
            solution_id=inquiry.solution_id,
            slug=inquiry.slug,
            solution_name=inquiry.solution_name,
            asking=_party(inquiry.asking),
            provider=_party(inquiry.provider),
            side=held.side,
            state=inquiry.state,
            subject=inquiry.wish.subject if inquiry.wish else None,
            messages=len(inquiry.messages),
            waiting_since=inquiry.waiting_since if inquiry.closed_at is None else None,
            created_at=inquiry.created_at,
            updated_at=inquiry.updated_at,
            seen_at=inquiry.seen_at,
            closed_at=inquiry.closed_at,
            closed_by=inquiry.closed_by,
            stopped=inquiry.stopped,
            erased_at=inquiry.erased_at,
        )


class InquiryView(BaseModel):
    """A whole inquiry; `complaints` are the reader's own, or all of them for the team."""

    inquiry: InquiryBrief
    wish: WishView | None
    messages: list[MessageView]
    complaints: list[ComplaintView]
    rulings: list[RulingView]
    erased_from: datetime | None
    """When the words and names of a closed inquiry are erased by themselves; null while it is open."""

    @classmethod
    def of(cls, held: OwnInquiry, erased_from: datetime | None) -> Self:
        """Return the view for one side or the team."""
        inquiry = held.inquiry
        return cls(
            inquiry=InquiryBrief.of(held),
            wish=_wish(inquiry),
            messages=[
                MessageView(
                    id=each.id,
                    side=each.side,
                    organisation_name=inquiry.party(each.side).organisation_name,
                    text=each.text,
                    at=each.at,
                )
                for each in inquiry.messages
            ],
            complaints=[ComplaintView.of(each) for each in inquiry.complaints if held.side in (None, each.side)],
            rulings=[RulingView.of(each) for each in inquiry.rulings],
            erased_from=erased_from,
        )


def _wish(inquiry: Inquiry) -> WishView | None:
    wish = inquiry.wish
    if wish is None:
        return None
    return WishView(
        subject=wish.subject,
        size_class=wish.size_class,
        needed_by=wish.needed_by,
        budget=wish.budget,
        questions=list(wish.questions),
    )


def _party(party: Party) -> PartyView:
    return PartyView(organisation_id=party.organisation_id, organisation_name=party.organisation_name)
