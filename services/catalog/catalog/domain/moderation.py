"""What readers and the team do about ratings that break the rules; every step stays in the rating's history."""

from dataclasses import replace
from datetime import datetime

from contracts.vocabulary import ReportReason
from servicekit import errors

from catalog.domain.change import Change
from catalog.domain.rating import (
    Hidden,
    Moderation,
    ModerationAction,
    Rating,
    RatingBook,
    RatingChange,
    RatingHidden,
    RatingReported,
    RatingRestored,
    Report,
)

MAX_REPORTS = 50
"""Per rating; by then the team knows."""
MAX_HISTORY = 100


def report(
    book: RatingBook, organisation_id: str, *, reason: ReportReason, note: str | None, by: str, at: datetime
) -> RatingChange:
    """Ask the team to look at a rating. A second report of the same person replaces the first and tells nobody."""
    rating = book.rating(organisation_id)
    if rating.hidden is not None:
        raise errors.conflict("rating-hidden", "cannot report: this rating is hidden")
    others = tuple(held for held in rating.reports if held.by != by)
    known = len(others) < len(rating.reports)
    if not known and len(rating.reports) >= MAX_REPORTS:
        return Change(book)
    reported = replace(rating, reports=(*others, Report(by, reason, note, at)))
    return Change(book.with_rating(reported), () if known else (RatingReported(organisation_id, reason),))


def hide(book: RatingBook, organisation_id: str, *, reason: str, by: str, at: datetime) -> RatingChange:
    """Take a rating out of sight and out of the summary; its reports are dealt with."""
    rating = book.rating(organisation_id)
    if rating.hidden is not None:
        raise errors.conflict("rating-hidden", "cannot hide: this rating is already hidden")
    hidden = replace(_noted(rating, ModerationAction.HIDDEN, reason, by, at), hidden=Hidden(reason, by, at))
    return Change(book.with_rating(hidden), (RatingHidden(organisation_id, reason),))


def restore(book: RatingBook, organisation_id: str, *, reason: str, by: str, at: datetime) -> RatingChange:
    """Show a hidden rating again."""
    rating = book.rating(organisation_id)
    if rating.hidden is None:
        raise errors.conflict("rating-not-hidden", "cannot restore: this rating is not hidden")
    restored = replace(_noted(rating, ModerationAction.RESTORED, reason, by, at), hidden=None)
    return Change(book.with_rating(restored), (RatingRestored(organisation_id, reason),))


def dismiss(book: RatingBook, organisation_id: str, *, reason: str, by: str, at: datetime) -> RatingChange:
    """Leave a rating as it is although it was reported."""
    rating = book.rating(organisation_id)
    if not rating.reports:
        raise errors.conflict("nothing-reported", "cannot dismiss: nobody has reported this rating")
    return Change(book.with_rating(_noted(rating, ModerationAction.DISMISSED, reason, by, at)))


def _noted(rating: Rating, action: ModerationAction, reason: str, by: str, at: datetime) -> Rating:
    step = Moderation(action, reason, by, at, len(rating.reports))
    return replace(rating, reports=(), history=(*rating.history, step)[-MAX_HISTORY:])
