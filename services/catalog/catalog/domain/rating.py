"""Ratings: what municipalities say about a solution they use, one per organisation, and their summary.

All ratings of one solution are one aggregate, so that a summary never misses a rating that was saved before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from contracts.listing import RatingSummary
from contracts.vocabulary import RatingDimension, SizeClass
from servicekit import errors

from catalog.domain.change import Change

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What an organisation says: overall and per dimension 1 (poor) to 5 (very good), and in words."""

    overall: int
    dimensions: Mapping[RatingDimension, int] = field(default_factory=dict)
    report: str | None = None
    used_since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """The opinion of one organisation with its context; `revision` counts from 1."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None
    opinion: Opinion
    revision: int
    rated_by: str
    rated_at: datetime
    reply: Reply | None = None
    hidden: Hidden | None = None


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


RatingEvent = Rated | RatingHidden
RatingChange = Change[RatingBook, RatingEvent]


def rate(
    book: RatingBook,
    opinion: Opinion,
    *,
    organisation_id: str,
    organisation_name: str,
    size_class: SizeClass | None,
    by: str,
    at: datetime,
) -> RatingChange:
    """Record an organisation's rating, or its revision. The same opinion again changes nothing."""
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
        size_class=size_class,
        opinion=opinion,
        revision=former.revision + 1 if former else 1,
        rated_by=by,
        rated_at=at,
        reply=former.reply if former else None,
    )
    return Change(book.with_rating(rating), (Rated(organisation_id),))


def hide(book: RatingBook, organisation_id: str, *, reason: str, by: str, at: datetime) -> RatingChange:
    """Take a rating out of sight and out of the summary."""
    rating = book.rating(organisation_id)
    if rating.hidden is not None:
        raise errors.conflict("rating-hidden", "cannot hide: this rating is already hidden")
    hidden = replace(rating, hidden=Hidden(reason, by, at))
    return Change(book.with_rating(hidden), (RatingHidden(organisation_id, reason),))


def reply(book: RatingBook, organisation_id: str, *, text: str, by: str, at: datetime) -> RatingChange:
    """Answer a rating in the name of the provider; a second answer replaces the first."""
    rating = book.rating(organisation_id)
    if rating.hidden is not None:
        raise errors.conflict("rating-hidden", "cannot reply: this rating is hidden")
    if rating.reply is not None and (rating.reply.text, rating.reply.revision) == (text, rating.revision):
        return Change(book)
    return Change(book.with_rating(replace(rating, reply=Reply(text, rating.revision, by, at))))


def summarise(ratings: Iterable[Rating]) -> RatingSummary:
    """Return count, averages (one decimal, rounded half up) and distribution of the ratings that are not hidden."""
    opinions = [rating.opinion for rating in ratings if rating.hidden is None]
    overall = [opinion.overall for opinion in opinions]
    averages = {
        dimension.value: _average(
            [opinion.dimensions[dimension] for opinion in opinions if dimension in opinion.dimensions]
        )
        for dimension in RatingDimension
    }
    return RatingSummary(
        count=len(overall),
        average=_average(overall),
        dimensions={dimension: average for dimension, average in averages.items() if average is not None},
        distribution={str(grade): overall.count(grade) for grade in range(1, 6)},
    )


def _average(grades: list[int]) -> float | None:
    if not grades:
        return None
    return float((Decimal(sum(grades)) / len(grades)).quantize(Decimal("0.1"), ROUND_HALF_UP))
