"""Ratings over HTTP."""

from datetime import datetime
from typing import Annotated, Literal, Self

from contracts.listing import RatingSummary
from contracts.vocabulary import Bundesland, RatingDimension, ReportReason, SizeClass
from pydantic import BaseModel, Field, StringConstraints

from catalog.application.rating_queries import RatingsSeen
from catalog.domain.deployment import DeploymentBook, Use
from catalog.domain.rating import (
    Hidden,
    Moderation,
    ModerationAction,
    Opinion,
    Rating,
    RatingBook,
    Reply,
    Report,
)
from catalog.domain.score import METHOD
from catalog.domain.solution import Solution
from catalog.entrypoints.api.schemas.deployments import SolutionBrief
from catalog.entrypoints.api.schemas.texts import Request, Text

Grade = Annotated[int, Field(ge=1, le=5, strict=True)]
"""1 (poor) to 5 (very good)."""


class RatingRequest(Request):
    """What a municipality says; `organisation_id` only where the user belongs to more than one."""

    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    overall: Grade
    dimensions: dict[RatingDimension, Grade] = {}
    report: Text | None = None

    def to_opinion(self) -> Opinion:
        """Return what is said as the domain knows it."""
        return Opinion(overall=self.overall, dimensions=self.dimensions, report=self.report)


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


class ReportView(BaseModel):
    """Why somebody reported a rating."""

    reason: ReportReason
    note: str | None
    at: datetime

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return the view, without the person."""
        return cls(reason=report.reason, note=report.note, at=report.at)


class ModerationView(BaseModel):
    """A step of the team."""

    action: ModerationAction
    reason: str
    by: str
    at: datetime
    reports: int

    @classmethod
    def of(cls, step: Moderation) -> Self:
        """Return the view."""
        return cls(action=step.action, reason=step.reason, by=step.by, at=step.at, reports=step.reports)


Standing = Literal["confirmed", "outdated", "ended", "none"]
"""What became of the use that a rating stands on; `none` for ratings from before uses were asked for."""


def _standing(use: Use | None, now: datetime) -> Standing:
    if use is None:
        return "none"
    if use.ended is not None:
        return "ended"
    return "outdated" if use.outdated(now) else "confirmed"


class RatingView(BaseModel):
    """One organisation's rating. Size, federal state, begin and version are those of its use on the day it rated."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None
    bundesland: Bundesland | None
    overall: int
    dimensions: dict[RatingDimension, int]
    report: str | None
    used_since: str | None
    used_version: str | None
    deployment: Standing | None
    revision: int
    rated_at: datetime
    reply: ReplyView | None
    hidden: HiddenView | None

    @classmethod
    def of(cls, rating: Rating, deployments: DeploymentBook | None = None, now: datetime | None = None) -> Self:
        """Return the view; `deployment` where the uses are given."""
        use = deployments.uses.get(rating.organisation_id) if deployments else None
        return cls(
            organisation_id=rating.organisation_id,
            organisation_name=rating.organisation_name,
            size_class=rating.context.size_class,
            bundesland=rating.context.bundesland,
            overall=rating.opinion.overall,
            dimensions=dict(rating.opinion.dimensions),
            report=rating.opinion.report,
            used_since=rating.context.used_since,
            used_version=rating.context.version,
            deployment=_standing(use, now) if deployments and now else None,
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


class MethodView(BaseModel):
    """How the score is made: a rating counts half as much as one that is `half_life_months` younger."""

    version: str
    least_ratings: int
    half_life_months: int


METHOD_VIEW = MethodView(version=METHOD.version, least_ratings=METHOD.least, half_life_months=METHOD.half_life_months)


class LikeView(BaseModel):
    """The ratings of municipalities of this size and, where given, of this federal state."""

    size_class: SizeClass
    bundesland: Bundesland | None
    summary: RatingSummary


class RatingsView(BaseModel):
    """The summary for everybody; `items` only for logged-in users, newest first; `like` where it was asked for."""

    summary: RatingSummary
    method: MethodView
    like: LikeView | None
    items: list[RatingView]
    next_cursor: str | None
    total: int

    @classmethod
    def of(cls, seen: RatingsSeen, *, now: datetime, start: int, limit: int, next_cursor: str | None) -> Self:
        """Return one page as of now."""
        like = None
        if seen.likeness is not None and seen.like is not None:
            likeness = seen.likeness
            like = LikeView(size_class=likeness.size_class, bundesland=likeness.bundesland, summary=seen.like)
        return cls(
            summary=seen.book.summary,
            method=METHOD_VIEW,
            like=like,
            items=[RatingView.of(rating, seen.deployments, now) for rating in seen.readable[start : start + limit]],
            next_cursor=next_cursor,
            total=len(seen.readable),
        )


class ModeratedRatingView(BaseModel):
    """A rating as the team sees it, with its solution, what was reported, and what was done before."""

    solution: SolutionBrief
    rating: RatingView
    reports: list[ReportView]
    history: list[ModerationView]

    @classmethod
    def of(cls, solution: Solution, rating: Rating) -> Self:
        """Return the view."""
        return cls(
            solution=SolutionBrief.of(solution),
            rating=RatingView.of(rating),
            reports=[ReportView.of(report) for report in rating.reports],
            history=[ModerationView.of(step) for step in rating.history],
        )


class ReportedRatingsView(BaseModel):
    """The ratings that wait for the team."""

    items: list[ModeratedRatingView]
    next_cursor: str | None
