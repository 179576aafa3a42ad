"""Given what the catalogue reports, when a version is submitted or withdrawn, then its case follows."""

from collections.abc import Callable
from datetime import datetime

import pytest
from review.domain.case import Action, Case, CaseState, Submission, case_id, open_case, rename, reopen, withdraw
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding, Verdict
from review.domain.judging import Reviewer, approve, request_changes
from review.domain.listing_changes import FieldChange, changes

At = Callable[[int], datetime]
Submit = Callable[..., Submission]


def test_a_first_submission_opens_a_case(case: Case, at: At) -> None:
    assert case.id == case_id("solution-1", 1)
    assert (case.state, case.round.number, case.criteria_version) == (CaseState.OPEN, 1, "2026.1")
    assert case.solution_name == "DorfFunk"
    assert (case.opened_at, case.waiting_since) == (at(1), at(0))
    assert (case.round.changes, case.round.compared_with, case.previous_seal) == ((), None, None)
    assert [(entry.actor, entry.action, entry.detail) for entry in case.audit] == [
        ("demo-provider", Action.OPENED, "round 1")
    ]


def test_each_version_has_a_case_of_its_own() -> None:
    assert case_id("solution-1", 1) == case_id("solution-1", 1)
    assert case_id("solution-1", 1) != case_id("solution-1", 2)


def test_a_resubmission_opens_a_clean_round_that_names_what_changed(
    case: Case, submitted: Submit, reviewer: Reviewer, criteria: CriteriaSet, at: At
) -> None:
    wanted = [Finding("municipal_fit", Verdict.NEEDS_WORK, "Anwendungsfall nennen")]
    asked = request_changes(case, "", wanted, by=reviewer, criteria=criteria, now=at(5))
    again = reopen(asked, submitted(round=2, minutes=30, listing={"summary": "Neu"}), now=at(31))
    assert again is not None
    assert (again.state, again.round.number, again.round.findings) == (CaseState.OPEN, 2, {})
    assert again.round.changes == (FieldChange("summary", "Nachrichten aus dem Dorf", "Neu"),)
    assert again.round.compared_with == "round 1"
    assert again.rounds[0] == asked.round
    assert again.waiting_since == at(30)
    assert again.audit[-1].detail == "round 2: changed summary"


@pytest.mark.parametrize("number", [1, 0])
def test_a_round_that_is_known_opens_nothing(case: Case, submitted: Submit, at: At, number: int) -> None:
    assert reopen(case, submitted(round=number, minutes=30), now=at(31)) is None


def test_a_newer_version_is_compared_with_the_approved_one_and_carries_its_seal(
    case: Case, submitted: Submit, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    first = approve(case, "", passes, by=reviewer, criteria=criteria, now=at(5))
    abandoned = open_case(submitted(version=2), earlier=[first], criteria_version="2026.1", now=at(6))
    third = open_case(
        submitted(version=3, listing={"features": ["Karte"]}),
        earlier=[abandoned, first],
        criteria_version="2026.1",
        now=at(7),
    )
    assert third.previous_seal == first.seal
    assert third.round.compared_with == "version 1"
    assert third.round.changes == (FieldChange("features", None, ["Karte"]),)


def test_a_withdrawn_solution_closes_its_open_case(case: Case, at: At) -> None:
    withdrawn = withdraw(case, actor="demo-provider", at=at(5), note="Angebot eingestellt", now=at(6))
    assert withdrawn is not None
    assert withdrawn.state is withdrawn.round.outcome is CaseState.WITHDRAWN
    assert withdrawn.audit[-1].detail == "Angebot eingestellt"


def test_a_withdrawal_ends_the_wait_for_the_provider_too(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At
) -> None:
    asked = request_changes(case, "Bitte ergänzen", [], by=reviewer, criteria=criteria, now=at(2))
    withdrawn = withdraw(asked, actor=None, at=at(5), note=None, now=at(6))
    assert withdrawn is not None
    assert withdrawn.state is CaseState.WITHDRAWN
    assert (withdrawn.round.outcome, withdrawn.round.message) == (CaseState.CHANGES_REQUESTED, "Bitte ergänzen")


def test_a_withdrawal_that_arrives_late_leaves_the_newer_round_alone(case: Case, submitted: Submit, at: At) -> None:
    withdrawn = withdraw(case, actor=None, at=at(5), note=None, now=at(6))
    assert withdrawn is not None
    again = reopen(withdrawn, submitted(round=2, minutes=20), now=at(21))
    assert again is not None
    assert withdraw(again, actor=None, at=at(5), note=None, now=at(22)) is None


def test_a_decided_case_is_not_withdrawn(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    approved = approve(case, "", passes, by=reviewer, criteria=criteria, now=at(2))
    assert withdraw(approved, actor=None, at=at(5), note=None, now=at(6)) is None


def test_dropped_fields_are_changes_too() -> None:
    assert changes({"a": 1, "b": [2]}, {"a": 1, "c": None}) == (FieldChange("b", [2], None),)


def test_the_provider_has_its_new_name_until_the_decision(
    case: Case, passes: list[Finding], reviewer: Reviewer, criteria: CriteriaSet, at: At
) -> None:
    renamed = rename(case, "Neue Lösungen GmbH", at=at(3))
    assert renamed is not None
    assert (renamed.organisation_name, renamed.audit) == ("Neue Lösungen GmbH", case.audit)
    assert rename(renamed, "Neue Lösungen GmbH", at=at(4)) is None
    assert rename(renamed, "Musterlösungen GmbH", at=at(2)) is None, "an older name that comes late"
    decided = approve(renamed, "", passes, by=reviewer, criteria=criteria, now=at(5))
    assert rename(decided, "Ganz neu GmbH", at=at(6)) is None
