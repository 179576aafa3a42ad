"""Small corrections beside reviews: what is carried into the next version, what is settled by it."""

import pytest
from catalog.domain import correcting, lifecycle, review
from catalog.domain.correction import CorrectionState
from catalog.domain.solution import CorrectionOpened, Solution
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


def test_who_does_not_use_it_is_named_no_longer_and_nobody_has_to_look() -> None:
    listing = a_listing(used_by=["Stadt A", "Stadt  B"], support_url=OLD)
    waiting = corrected(published(listing=listing))
    solution = correcting.strike_users(waiting, {"stadt b"}, at=minutes(60)).state
    assert solution.live is not None
    assert solution.live.shown.used_by == ["Stadt A"]
    assert solution.live.listing.used_by == ["Stadt A", "Stadt  B"], "what was reviewed stays as it was"
    assert (solution.live.shown.support_url, solution.live.revision) == (NEW, 2)
    assert [each.state for each in solution.corrections] == [CorrectionState.OPEN, CorrectionState.ACCEPTED]
    assert correcting.strike_users(solution, {"stadt b"}, at=minutes(70)).state == solution
    assert correcting.strike_users(in_review(), {"stadt b"}, at=minutes(70)).events == ()
    taken_back = correcting.revert(solution, 1, 1, reason="…", by=CURATOR.user, at=minutes(80)).state
    assert taken_back.live is not None
    assert (shown(taken_back), taken_back.live.shown.used_by) == (OLD, ["Stadt A"])
    nobody = correcting.strike_users(solution, {"stadt a"}, at=minutes(90)).state.live
    assert nobody is not None
    assert nobody.shown.used_by == []


def test_a_correction_that_waits_is_not_forgotten_among_many_that_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "KEPT", 5)
    solution = corrected(published(listing=a_listing(used_by=[f"Stadt {n}" for n in range(9)], support_url=OLD)))
    for number in range(9):
        solution = correcting.strike_users(solution, {f"stadt {number}"}, at=minutes(60 + number)).state
    assert len(solution.corrections) == correcting.KEPT + 1
    assert solution.open_correction is not None


def test_the_team_is_told_of_a_correction_once_until_it_has_decided() -> None:
    def told(solution: Solution, address: str, at: int) -> tuple[Solution, list[int]]:
        change = correcting.correct(solution, {"support_url": address}, by=EDITOR.user, at=minutes(at))
        opened = [each.correction.number for each in change.events if isinstance(each, CorrectionOpened)]
        return change.state, opened

    solution, first = told(published(listing=a_listing(support_url=OLD)), NEW, 50)
    solution, more = told(solution, OTHER, 51)
    solution = correcting.accept(solution, 1, 2, by=CURATOR.user, at=minutes(52)).state
    _, next_one = told(solution, NEW, 53)
    assert (first, more, next_one) == ([1], [], [2])


def test_what_is_not_online_cannot_be_corrected() -> None:
    with pytest.raises(ProblemError, match="not published"):
        corrected(in_review())


def test_the_reviewed_version_can_still_be_rejected() -> None:
    solution = corrected(with_next_in_review())
    rejected = review.rejected(solution, 2, findings=(), message=None, at=minutes(60)).state
    assert shown(rejected) == NEW
