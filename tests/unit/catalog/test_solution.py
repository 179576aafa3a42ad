"""What providers and the team may do to a solution, and when."""

from collections.abc import Callable

import pytest
from catalog.domain import lifecycle
from catalog.domain.solution import (
    Delisted,
    Mark,
    Published,
    Solution,
    SolutionChange,
    SolutionState,
    Submitted,
    VersionState,
)
from contracts.vocabulary import DelistingReason
from servicekit.errors import ProblemError

from .given import (
    CURATOR,
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

NEW = a_listing("Neuer Text")


def save(solution: Solution) -> SolutionChange:
    return lifecycle.save_draft(solution, NEW, at=minutes(10))


def submit(solution: Solution) -> SolutionChange:
    return lifecycle.submit(solution, by=EDITOR.user, at=minutes(10))


def withdraw(solution: Solution) -> SolutionChange:
    return lifecycle.withdraw(solution, by=EDITOR.user, note="überholt", at=minutes(10))


def suspend(solution: Solution) -> SolutionChange:
    return lifecycle.suspend(solution, by=CURATOR.user, reason="Beschwerde", at=minutes(10))


def lift_suspension(solution: Solution) -> SolutionChange:
    return lifecycle.lift_suspension(solution, at=minutes(20))


def lift_withdrawal(solution: Solution) -> SolutionChange:
    return lifecycle.lift_withdrawal(solution, at=minutes(20))


def states(solution: Solution) -> list[VersionState]:
    return [version.state for version in solution.versions]


def test_a_new_solution_is_a_draft_that_nobody_sees() -> None:
    solution = a_draft()
    assert solution.state is SolutionState.DRAFT
    assert solution.live is None
    assert solution.newest.number == 1


def test_saving_a_draft_replaces_its_text() -> None:
    change = save(a_draft())
    assert change.state.newest.listing == NEW
    assert len(change.state.versions) == 1
    assert change.state.updated_at == minutes(10)
    assert change.events == ()


def test_saving_the_same_text_changes_nothing() -> None:
    solution = a_draft()
    assert lifecycle.save_draft(solution, solution.newest.listing, at=minutes(10)).state is solution


def test_saving_beside_the_published_version_starts_the_next_draft() -> None:
    online = published()
    changed = save(online).state
    assert states(changed) == [VersionState.PUBLISHED, VersionState.DRAFT]
    assert changed.live == online.live
    assert changed.state is SolutionState.PUBLISHED


def test_saving_during_a_review_starts_the_next_draft_and_leaves_what_is_reviewed() -> None:
    waiting = in_review()
    changed = save(waiting).state
    assert changed.versions[0] == waiting.versions[0]
    assert states(changed) == [VersionState.IN_REVIEW, VersionState.DRAFT]
    assert changed.state is SolutionState.IN_REVIEW


def test_saving_after_changes_were_requested_keeps_what_was_reviewed() -> None:
    asked = with_changes_requested()
    changed = save(asked).state
    assert changed.newest.listing == NEW
    assert changed.newest.reviewed == asked.newest.listing
    again = lifecycle.save_draft(changed, a_listing("Noch neuer"), at=minutes(11)).state
    assert again.newest.reviewed == asked.newest.listing


def test_submitting_a_draft() -> None:
    change = submit(a_draft())
    version = change.state.newest
    assert (version.state, version.round) == (VersionState.SUBMITTED, 1)
    assert (version.submitted_by, version.submitted_at) == (EDITOR.user, minutes(10))
    assert change.events == (Submitted(1),)


def test_submitting_again_after_changes_were_requested_is_the_next_round_of_the_same_version() -> None:
    change = submit(save(with_changes_requested()).state)
    version = change.state.newest
    assert (version.number, version.round, version.listing) == (1, 2, NEW)
    assert (version.message, version.findings, version.reviewed) == (None, (), None)
    assert change.events == (Submitted(1),)


@pytest.mark.parametrize("waiting", [submitted(), in_review(), save(in_review()).state])
def test_what_is_in_review_cannot_be_submitted_again(waiting: Solution) -> None:
    with pytest.raises(ProblemError) as refused:
        submit(waiting)
    assert refused.value.slug == "already-in-review"
    assert refused.value.detail == "cannot submit: version 1 is already in review"


@pytest.mark.parametrize(("solution", "word"), [(published(), "published"), (withdraw(in_review()).state, "withdrawn")])
def test_without_a_new_draft_there_is_nothing_to_submit(solution: Solution, word: str) -> None:
    with pytest.raises(ProblemError) as refused:
        submit(solution)
    assert refused.value.slug == "nothing-to-submit"
    assert refused.value.detail == f"cannot submit: version 1 is already {word}; save a new draft first"


def test_withdrawing_takes_the_published_version_offline() -> None:
    change = withdraw(published())
    assert change.state.state is SolutionState.WITHDRAWN
    assert change.state.live is None
    assert change.state.withdrawn == Mark(minutes(10), EDITOR.user, "überholt")
    assert change.events == (Delisted(DelistingReason.WITHDRAWN, "überholt", minutes(10)),)


def test_withdrawing_takes_the_submission_back() -> None:
    change = withdraw(in_review())
    assert states(change.state) == [VersionState.WITHDRAWN]
    assert change.state.state is SolutionState.WITHDRAWN
    assert change.state.withdrawn is None
    assert change.events == (Delisted(DelistingReason.WITHDRAWN, "überholt", minutes(10)),)


def test_withdrawing_keeps_edits_as_the_next_draft_and_the_version_as_it_was_submitted() -> None:
    asked = with_changes_requested()
    changed = withdraw(save(asked).state).state
    assert states(changed) == [VersionState.WITHDRAWN, VersionState.DRAFT]
    assert [version.listing for version in changed.versions] == [asked.newest.listing, NEW]


def test_after_a_withdrawal_a_new_version_can_be_submitted_and_puts_the_solution_online_again() -> None:
    solution = submit(save(withdraw(published()).state).state).state
    assert solution.state is SolutionState.WITHDRAWN
    online = approved(solution)
    assert online.state is SolutionState.PUBLISHED
    assert online.live is not None
    assert online.live.number == 2


@pytest.mark.parametrize(
    ("solution", "slug"),
    [
        (a_draft(), "nothing-to-withdraw"),
        (withdraw(in_review()).state, "nothing-to-withdraw"),
        (withdraw(published()).state, "already-withdrawn"),
        (suspend(published()).state, "solution-suspended"),
    ],
)
def test_what_cannot_be_withdrawn(solution: Solution, slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        withdraw(solution)
    assert (refused.value.slug, refused.value.kind) == (slug, "conflict")


def test_the_owner_lifts_the_withdrawal() -> None:
    online = published()
    change = lift_withdrawal(withdraw(online).state)
    assert change.state.live == online.live
    assert change.events == (Published(1),)
    assert change.state.published_at == minutes(20)
    assert change.state.first_published_at == online.first_published_at


def test_suspending_takes_the_solution_offline_and_leaves_the_review_alone() -> None:
    change = suspend(submit(save(published()).state).state)
    assert change.state.state is SolutionState.SUSPENDED
    assert change.state.live is None
    assert states(change.state) == [VersionState.PUBLISHED, VersionState.SUBMITTED]
    assert change.events == (Delisted(DelistingReason.SUSPENDED, "Beschwerde", minutes(10)),)


@pytest.mark.parametrize(
    ("solution", "slug"), [(a_draft(), "nothing-to-suspend"), (suspend(published()).state, "already-suspended")]
)
def test_what_cannot_be_suspended(solution: Solution, slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        suspend(solution)
    assert (refused.value.slug, refused.value.kind) == (slug, "conflict")


@pytest.mark.parametrize("command", [submit, withdraw, lift_withdrawal])
def test_while_suspended_the_provider_can_only_write_drafts(command: Callable[[Solution], SolutionChange]) -> None:
    suspended = save(suspend(published()).state).state
    with pytest.raises(ProblemError) as refused:
        command(suspended)
    assert refused.value.slug == "solution-suspended"


def test_an_approval_during_a_suspension_waits_until_that_is_lifted() -> None:
    waiting = suspend(submit(save(published()).state).state).state
    held = approved(waiting)
    assert states(held) == [VersionState.PUBLISHED, VersionState.APPROVED]
    assert held.live is None
    change = lift_suspension(held)
    assert states(change.state) == [VersionState.SUPERSEDED, VersionState.PUBLISHED]
    assert change.events == (Published(2),)


def test_lifting_a_suspension_does_not_lift_the_owners_withdrawal() -> None:
    change = lift_suspension(suspend(withdraw(published()).state).state)
    assert change.state.state is SolutionState.WITHDRAWN
    assert change.events == ()


@pytest.mark.parametrize(("command", "slug"), [(lift_suspension, "not-suspended"), (lift_withdrawal, "not-withdrawn")])
def test_only_what_is_offline_can_come_back(command: Callable[[Solution], SolutionChange], slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        command(published())
    assert refused.value.slug == slug


@pytest.mark.parametrize("solution", [a_draft(), in_review(), with_changes_requested()])
def test_nothing_is_published_without_an_approval(solution: Solution) -> None:
    with pytest.raises(ProblemError) as refused:
        lifecycle.publish(solution, 1, at=minutes(10))
    assert refused.value.slug == "not-approved"


def test_the_number_of_versions_has_a_limit() -> None:
    solution = published()
    while len(solution.versions) < lifecycle.MAX_VERSIONS:
        solution = published(save(solution).state)
    with pytest.raises(ProblemError, match="at most 100 versions"):
        save(solution)


def test_a_version_that_is_not_there_is_a_lookup_error() -> None:
    for number in (0, 2):
        with pytest.raises(LookupError):
            a_draft().version(number)
