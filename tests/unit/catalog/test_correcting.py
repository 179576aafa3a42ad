"""Small corrections beside reviews: what is carried into the next version, what is settled by it."""

import pytest
from catalog.domain import correcting, lifecycle, review
from catalog.domain.correction import CorrectionState
from catalog.domain.solution import Solution
from servicekit.errors import ProblemError

from .given import CURATOR, EDITOR, a_listing, approved, in_review, minutes, published

OLD, NEW, OTHER = (f"https://{name}.example.org" for name in ("alt", "neu", "anders"))


def corrected(solution: Solution, address: str | None = NEW, *, at: int = 50) -> Solution:
    return correcting.correct(solution, {"support_url": address}, by=EDITOR.user, at=minutes(at)).state


def shown(solution: Solution) -> str | None:
    assert solution.live is not None
    return solution.live.shown.support_url


def with_next_in_review(text: str | None = OLD) -> Solution:
    online = published(listing=a_listing(support_url=OLD))
    drafted = lifecycle.save_draft(online, a_listing("Neuer Name", support_url=text), at=minutes(10)).state
    return in_review(drafted)


def test_what_was_corrected_during_a_review_is_in_the_next_version_too() -> None:
    solution = approved(corrected(with_next_in_review()), at=minutes(60))
    assert solution.published_version == 2
    assert shown(solution) == NEW
    assert solution.version(2).listing.support_url == OLD, "what was reviewed stays as it was"
    assert solution.open_correction is not None
    assert solution.open_correction.version == 2
    change = correcting.revert(solution, 1, 1, reason="…", by=CURATOR.user, at=minutes(70))
    assert shown(change.state) == OLD


def test_what_the_review_approved_otherwise_stands() -> None:
    solution = approved(corrected(with_next_in_review(OTHER)), at=minutes(60))
    assert shown(solution) == OTHER
    assert [each.state for each in solution.corrections] == [CorrectionState.SUPERSEDED]


def test_a_draft_takes_a_correction_over_where_it_says_the_same() -> None:
    online = published(listing=a_listing(support_url=OLD))
    same = lifecycle.save_draft(online, a_listing("Neuer Name", support_url=OLD), at=minutes(10)).state
    other = lifecycle.save_draft(online, a_listing("Neuer Name", support_url=OTHER), at=minutes(10)).state
    assert corrected(same).newest.listing.support_url == NEW
    assert corrected(other).newest.listing.support_url == OTHER


def test_corrections_that_wait_become_one_and_vanish_when_they_come_full_circle() -> None:
    online = published(listing=a_listing(support_url=OLD))
    twice = corrected(corrected(online), OTHER)
    assert twice.open_correction is not None
    [change] = twice.open_correction.changes
    assert (change.before, change.after) == (OLD, OTHER)
    assert corrected(twice, OLD).corrections == ()


def test_what_is_not_online_cannot_be_corrected() -> None:
    with pytest.raises(ProblemError, match="not published"):
        corrected(in_review())


def test_the_reviewed_version_can_still_be_rejected() -> None:
    solution = corrected(with_next_in_review())
    rejected = review.rejected(solution, 2, findings=(), message=None, at=minutes(60)).state
    assert shown(rejected) == NEW
