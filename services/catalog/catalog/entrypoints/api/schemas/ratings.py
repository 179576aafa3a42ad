"""Ratings over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from contracts.listing import RatingSummary
from contracts.vocabulary import RatingDimension, SizeClass
from pydantic import BaseModel, Field, StringConstraints

from catalog.domain.rating import Hidden, Opinion, Rating, RatingBook, Reply
from catalog.entrypoints.api.schemas.texts import Request, Text

Grade = Annotated[int, Field(ge=1, le=5, strict=True)]
"""1 (poor) to 5 (very good)."""


class RatingRequest(Request):
    """What a municipality says; `organisation_id` only where the user belongs to more than one."""

    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    overall: Grade
    dimensions: dict[RatingDimension, Grade] = {}
    report: Text | None = None
    used_since: Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$")] | None = None
    """Year, or year and month: `2024` or `2024-05`."""

    def to_opinion(self) -> Opinion:
        """Return what is said as the domain knows it."""
        return Opinion(overall=self.overall, dimensions=self.dimensions, report=self.report, used_since=self.used_since)


class ReplyRequest(Request):
    """The provider's answer."""

    text: Text


class ReplyView(BaseModel):
    """The provider's answer; `revision` tells which revision of the rating it answers."""

    text: str
    revision: int
    at: datetime

    @classmethod
    def of(cls, reply: Reply | None) -> Self | None:
        """Return the view, or None."""
        return None if reply is None else cls(text=reply.text, revision=reply.revision, at=reply.at)


class HiddenView(BaseModel):
    """Why the team hid a rating."""

    reason: str
    at: datetime

    @classmethod
    def of(cls, hidden: Hidden | None) -> Self | None:
        """Return the view, or None."""
        return None if hidden is None else cls(reason=hidden.reason, at=hidden.at)


class RatingView(BaseModel):
    """One organisation's rating."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None
    overall: int
    dimensions: dict[RatingDimension, int]
    report: str | None
    used_since: str | None
    revision: int
    rated_at: datetime
    reply: ReplyView | None
    hidden: HiddenView | None

    @classmethod
    def of(cls, rating: Rating) -> Self:
        """Return the view."""
        return cls(
            organisation_id=rating.organisation_id,
            organisation_name=rating.organisation_name,
            size_class=rating.size_class,
            overall=rating.opinion.overall,
            dimensions=dict(rating.opinion.dimensions),
            report=rating.opinion.report,
            used_since=rating.opinion.used_since,
            revision=rating.revision,
            rated_at=rating.rated_at,
            reply=ReplyView.of(rating.reply),
            hidden=HiddenView.of(rating.hidden),
        )


class RatedView(BaseModel):
    """A rating with the summary that it is part of."""

    rating: RatingView
    summary: RatingSummary

    @classmethod
    def of(cls, book: RatingBook, organisation_id: str) -> Self:
        """Return the view."""
        return cls(rating=RatingView.of(book.rating(organisation_id)), summary=book.summary)


class RatingsView(BaseModel):
    """The summary for everybody; `items` only for logged-in users, newest first."""

    summary: RatingSummary
    items: list[RatingView]
    next_cursor: str | None
    total: int
