"""Ratings: what municipalities say about a solution they use, one per organisation, and their summary.

All ratings of one solution are one aggregate, so that a summary never misses a rating that was saved before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from contracts.listing import RatingSummary
from contracts.vocabulary import Bundesland, RatingDimension, ReportReason, SizeClass
from servicekit import errors

from catalog.domain.change import Change
from catalog.domain.score import METHOD

MAX_RATINGS = 2000
"""Per solution; with the longest texts they still fit one document of 16 MB."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The provider's answer; `revision` is the revision of the rating that it answers."""

    text: str
    revision: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hidden:
    """Why the team hid a rating."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody asks the team to look at a rating."""

    by: str
    reason: ReportReason
    note: str | None
    at: datetime


class ModerationAction(StrEnum):
    """What the team did about a rating."""

    HIDDEN = "hidden"
    RESTORED = "restored"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Moderation:
    """One step of the team, with the number of reports that it dealt with."""

    action: ModerationAction
    reason: str
    by: str
    at: datetime
    reports: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What an organisation says: overall and per dimension 1 (poor) to 5 (very good), and in words."""

    overall: int
    dimensions: Mapping[RatingDimension, int] = field(default_factory=dict)
    report: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who uses the solution how, as the confirmed deployment said when the rating was given."""

    size_class: SizeClass | None = None
    bundesland: Bundesland | None = None
    used_since: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """The opinion of one organisation with its context; `revision` counts from 1."""

    organisation_id: str
    organisation_name: str
    context: Context
    opinion: Opinion
    revision: int
    rated_by: str
    rated_at: datetime
    reply: Reply | None = None
    hidden: Hidden | None = None
    reports: tuple[Report, ...] = ()
    history: tuple[Moderation, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingBook:
    """All ratings of one solution by organisation."""

    solution_id: str
    ratings: Mapping[str, Rating] = field(default_factory=dict)

    @property
    def summary(self) -> RatingSummary:
        """What the public sees of the ratings."""
        return summarise(self.ratings.values())

    def rating(self, organisation_id: str) -> Rating:
        """Return the organisation's rating; raises ProblemError `rating-not-found` (404)."""
        found = self.ratings.get(organisation_id)
        if found is None:
            raise errors.not_found("rating-not-found", "this organisation has not rated this solution")
        return found

    def with_rating(self, rating: Rating) -> "RatingBook":
        """Return the book with this rating in place of the organisation's former one."""
        return replace(self, ratings={**self.ratings, rating.organisation_id: rating})


@dataclass(frozen=True, slots=True)
class Rated:
    """An organisation rated, or revised its rating."""

    organisation_id: str


@dataclass(frozen=True, slots=True)
class RatingHidden:
    """The team hid a rating."""

    organisation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatingRestored:
    """The team shows a rating again."""

    organisation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatingReported:
    """Somebody asked the team to look at a rating."""

    organisation_id: str
    reason: ReportReason


@dataclass(frozen=True, slots=True)
class Replied:
    """The provider answered, or answered better."""

    organisation_id: str


RatingEvent = Rated | RatingHidden | RatingRestored | RatingReported | Replied
RatingChange = Change[RatingBook, RatingEvent]


def rate(
    book: RatingBook,
    opinion: Opinion,
    *,
    organisation_id: str,
    organisation_name: str,
    context: Context,
    by: str,
    at: datetime,
) -> RatingChange:
    """Record an organisation's rating, or its revision. The same opinion again changes nothing.

    What was reported of the former words stays on the team's table.
    """
    former = book.ratings.get(organisation_id)
    if former is None and len(book.ratings) >= MAX_RATINGS:
        raise errors.conflict("too-many-ratings", f"a solution has at most {MAX_RATINGS} ratings")
    if former is not None and former.hidden is not None:
        raise errors.conflict("rating-hidden", f"cannot revise: the team hid this rating: {former.hidden.reason}")
    if former is not None and former.opinion == opinion:
        return Change(book)
    rating = Rating(
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        context=context,
        opinion=opinion,
        revision=former.revision + 1 if former else 1,
        rated_by=by,
        rated_at=at,
        reply=former.reply if former else None,
        reports=former.reports if former else (),
        history=former.history if former else (),
    )
    return Change(book.with_rating(rating), (Rated(organisation_id),))


def reply(book: RatingBook, organisation_id: str, *, text: str, by: str, at: datetime) -> RatingChange:
    """Answer a rating in the name of the provider; a second answer replaces the first."""
    rating = book.rating(organisation_id)
    if rating.hidden is not None:
        raise errors.conflict("rating-hidden", "cannot reply: this rating is hidden")
    if rating.reply is not None and (rating.reply.text, rating.reply.revision) == (text, rating.revision):
        return Change(book)
    answered = replace(rating, reply=Reply(text, rating.revision, by, at))
    return Change(book.with_rating(answered), (Replied(organisation_id),))


def renamed(book: RatingBook, organisation_id: str, name: str) -> RatingBook:
    """Return the ratings with a municipality's new name."""
    held = book.ratings.get(organisation_id)
    if held is None or held.organisation_name == name:
        return book
    return replace(book, ratings={**book.ratings, organisation_id: replace(held, organisation_name=name)})


def forget_person(book: RatingBook, user: str) -> RatingBook:
    """Forget who rated, replied and reported; what was said stays that of the organisations."""
    return replace(book, ratings={key: _without(rating, user) for key, rating in book.ratings.items()})


def _without(rating: Rating, user: str) -> Rating:
    reply = rating.reply
    return replace(
        rating,
        rated_by="" if rating.rated_by == user else rating.rated_by,
        reply=replace(reply, by="") if reply is not None and reply.by == user else reply,
        reports=tuple(replace(each, by="") if each.by == user else each for each in rating.reports),
    )


def people(book: RatingBook) -> frozenset[str]:
    """Return who rated, replied or reported."""
    found: set[str] = set()
    for rating in book.ratings.values():
        found |= {rating.rated_by, *(each.by for each in rating.reports), *([rating.reply.by] if rating.reply else ())}
    return frozenset(found - {""})


def summarise(ratings: Iterable[Rating]) -> RatingSummary:
    """Return count, weighted averages and distribution of the ratings that are not hidden.

    Below `METHOD.least` ratings only the count is told: a score of one or two would be that of known municipalities.
    """
    visible = [rating for rating in ratings if rating.hidden is None]
    if len(visible) < METHOD.least:
        return RatingSummary(count=len(visible))
    overall = [(rating.opinion.overall, rating.rated_at) for rating in visible]
    averages = {
        dimension.value: METHOD.average(
            (rating.opinion.dimensions[dimension], rating.rated_at)
            for rating in visible
            if dimension in rating.opinion.dimensions
        )
        for dimension in RatingDimension
    }
    grades = [grade for grade, _ in overall]
    return RatingSummary(
        count=len(visible),
        average=METHOD.average(overall),
        dimensions={dimension: average for dimension, average in averages.items() if average is not None},
        distribution={str(grade): grades.count(grade) for grade in range(1, 6)},
    )
