"""What the review's events mean for a solution, in whatever order they come."""

from collections.abc import Callable

import pytest
from catalog.domain import lifecycle, review
from catalog.domain.solution import Delisted, Published, Solution, SolutionChange, SolutionState, VersionState
from contracts.listing import Finding
from contracts.vocabulary import DelistingReason

from .given import (
    EDITOR,
    a_draft,
    a_listing,
    approved,
    in_review,
    minutes,
    published,
    submitted,
    with_changes_requested,
)

FINDINGS = (Finding(criterion="transferable", result="needs_work", finding="Bitte belegen"),)
NEW = a_listing("Neuer Text")


def opened(solution: Solution, number: int = 1, round_: int = 1) -> SolutionChange:
    return review.opened(solution, number, round_=round_, at=minutes(30))


def changes_requested(solution: Solution, number: int = 1, round_: int = 1) -> SolutionChange:
    return review.changes_requested(
        solution, number, round_=round_, findings=FINDINGS, message="Bitte ergänzen", at=minutes(30)
    )


def approve(solution: Solution, number: int = 1, *, provider_onboarded: bool = True) -> SolutionChange:
    return review.approved(
        solution,
        number,
        findings=FINDINGS,
        message="Danke",
        provider_onboarded=provider_onboarded,
        at=minutes(30),
    )


def reject(solution: Solution, number: int = 1) -> SolutionChange:
    return review.rejected(solution, number, findings=FINDINGS, message="Leider nicht", at=minutes(30))


def edited(solution: Solution) -> Solution:
    return lifecycle.save_draft(solution, NEW, at=minutes(20)).state


def resubmitted(solution: Solution) -> Solution:
    return lifecycle.submit(solution, by=EDITOR.user, at=minutes(21)).state


def test_an_opened_review_is_shown() -> None:
    change = opened(submitted())
    assert change.state.newest.state is VersionState.IN_REVIEW
    assert change.events == ()


def test_requested_changes_are_kept_with_the_version() -> None:
    version = changes_requested(in_review()).state.newest
    assert version.state is VersionState.CHANGES_REQUESTED
    assert (version.findings, version.message, version.decided_at) == (FINDINGS, "Bitte ergänzen", minutes(30))


def test_requested_changes_turn_the_draft_beside_into_the_edited_version() -> None:
    waiting = in_review()
    change = changes_requested(edited(waiting))
    assert [version.number for version in change.state.versions] == [1]
    assert change.state.newest.listing == NEW
    assert change.state.newest.reviewed == waiting.newest.listing
    again = resubmitted(change.state)
    assert (again.newest.round, again.newest.listing) == (2, NEW)


def test_an_approval_publishes_the_version() -> None:
    change = approve(in_review())
    assert change.state.state is SolutionState.PUBLISHED
    assert change.state.live is not None
    assert (change.state.live.number, change.state.live.findings, change.state.live.message) == (1, FINDINGS, "Danke")
    assert change.state.published_at == change.state.first_published_at == minutes(30)
    assert change.events == (Published(1),)


def test_an_approval_replaces_what_was_public_before() -> None:
    change = approve(in_review(edited(published())), 2)
    assert [version.state for version in change.state.versions] == [VersionState.SUPERSEDED, VersionState.PUBLISHED]
    assert change.state.published_at == minutes(30)
    assert change.state.first_published_at == minutes(4)
    assert change.events == (Published(2),)


def test_the_draft_beside_stays_a_draft_when_the_version_is_approved() -> None:
    change = approve(edited(in_review()))
    assert [version.state for version in change.state.versions] == [VersionState.PUBLISHED, VersionState.DRAFT]


def test_exactly_what_was_reviewed_is_published_even_if_it_was_edited_meanwhile() -> None:
    asked = with_changes_requested()
    change = approve(edited(asked))
    assert change.state.live is not None
    assert change.state.live.listing == asked.newest.listing
    assert change.state.newest.state is VersionState.DRAFT
    assert (change.state.newest.number, change.state.newest.listing) == (2, NEW)


def test_while_the_provider_is_suspended_an_approval_does_not_publish() -> None:
    change = approve(in_review(), provider_onboarded=False)
    assert change.state.newest.state is VersionState.APPROVED
    assert change.state.state is SolutionState.SUSPENDED
    assert change.events == (Delisted(DelistingReason.SUSPENDED, "the provider is suspended", minutes(30)),)
    lifted = lifecycle.lift_suspension(change.state, at=minutes(40))
    assert lifted.events == (Published(1),)


def test_a_rejection_leaves_what_is_public() -> None:
    online = published()
    change = reject(in_review(edited(online)), 2)
    assert [version.state for version in change.state.versions] == [VersionState.PUBLISHED, VersionState.REJECTED]
    assert change.state.live == online.live
    assert change.events == ()


def test_after_a_rejection_the_next_version_can_be_drafted() -> None:
    rejected = reject(in_review()).state
    assert rejected.state is SolutionState.REJECTED
    assert edited(rejected).newest.number == 2


@pytest.mark.parametrize("event", [changes_requested, approve, reject])
def test_an_outcome_may_come_before_the_opening(event: Callable[[Solution], SolutionChange]) -> None:
    decided = event(submitted()).state
    assert decided != submitted()
    assert opened(decided).state is decided


@pytest.mark.parametrize("event", [opened, changes_requested])
def test_events_of_an_earlier_round_change_nothing(event: Callable[[Solution, int, int], SolutionChange]) -> None:
    second_round = resubmitted(with_changes_requested())
    assert event(second_round, 1, 1).state is second_round
    assert event(second_round, 1, 2).state is not second_round


@pytest.mark.parametrize("event", [opened, changes_requested, approve, reject])
@pytest.mark.parametrize(
    "settled",
    [
        a_draft(),
        published(),
        reject(in_review()).state,
        lifecycle.withdraw(in_review(), by=EDITOR.user, note=None, at=minutes(5)).state,
        approved(in_review(), provider_onboarded=False),
    ],
)
def test_late_and_repeated_events_change_nothing(
    event: Callable[[Solution], SolutionChange], settled: Solution
) -> None:
    change = event(settled)
    assert change.state is settled
    assert change.events == ()
