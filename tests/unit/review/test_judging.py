"""Given a case, when a reviewer judges it, then the rules of the review hold."""

from collections.abc import Callable
from datetime import datetime

import pytest
from review.domain.case import Action, Case, CaseState, Submission, current_seal, open_case, reopen
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding, Verdict
from review.domain.judging import Reviewer, approve, reject, request_changes, save_findings
from servicekit.errors import FieldError, ProblemError

At = Callable[[int], datetime]
Submit = Callable[..., Submission]


def test_saved_findings_replace_the_earlier_ones(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    first = save_findings(case, passes, by=reviewer, criteria=criteria, now=at(2))
    second = save_findings(first, [Finding("usability", 4)], by=reviewer, criteria=criteria, now=at(3))
    assert list(first.round.findings) == ["municipal_fit", "transferability", "operating_concept", "german_material"]
    assert second.round.findings == {"usability": Finding("usability", 4)}
    assert [entry.action for entry in second.audit] == [Action.OPENED, Action.FINDINGS_SAVED, Action.FINDINGS_SAVED]
    assert second.audit[-1].detail == "1 of 7 criteria"


@pytest.mark.parametrize(
    ("finding", "field", "message"),
    [
        (Finding("beauty", Verdict.PASS), "findings.0.criterion", "criteria 2026.1 have no 'beauty'"),
        (
            Finding("usability", Verdict.PASS),
            "findings.0.result",
            "'usability' is a quality criterion: grade it 1 to 5",
        ),
        (Finding("usability", 6), "findings.0.result", "'usability' is a quality criterion: grade it 1 to 5"),
        (
            Finding("municipal_fit", 5),
            "findings.0.result",
            "'municipal_fit' is mandatory: judge it pass, needs_work or fail",
        ),
    ],
)
def test_a_finding_must_fit_its_criterion(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At, finding: Finding, field: str, message: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        save_findings(case, [finding], by=reviewer, criteria=criteria, now=at(2))
    assert (refused.value.slug, refused.value.kind) == ("invalid-findings", "invalid")
    assert refused.value.fields == (FieldError(field, message),)


def test_a_criterion_is_judged_once(case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At) -> None:
    twice = [Finding("usability", 4), Finding("usability", 5)]
    with pytest.raises(ProblemError) as refused:
        save_findings(case, twice, by=reviewer, criteria=criteria, now=at(2))
    assert refused.value.fields == (FieldError("findings.1.criterion", "'usability' is judged twice"),)


def test_asking_for_changes_hands_the_case_to_the_provider(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At
) -> None:
    wanted = [Finding("german_material", Verdict.NEEDS_WORK, "Handbuch fehlt"), Finding("usability", 4, "gut")]
    asked = request_changes(case, "Bitte ergänzen", wanted, by=reviewer, criteria=criteria, now=at(5))
    assert asked.state is CaseState.CHANGES_REQUESTED
    assert (asked.round.outcome, asked.round.message, asked.round.closed_at) == (asked.state, "Bitte ergänzen", at(5))
    assert asked.audit[-1].detail == "round 1: german_material"
    assert asked.waiting_since == at(5)


@pytest.mark.parametrize("given", [[], [Finding("municipal_fit", Verdict.PASS), Finding("usability", 3)]])
def test_asking_for_changes_needs_something_to_change(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At, given: list[Finding]
) -> None:
    with pytest.raises(ProblemError) as refused:
        request_changes(case, "  ", given, by=reviewer, criteria=criteria, now=at(5))
    assert (refused.value.slug, refused.value.kind) == ("nothing-to-change", "invalid")


def test_a_message_alone_or_a_weak_grade_alone_is_enough(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At
) -> None:
    by_message = request_changes(case, "Bitte Logo tauschen", [], by=reviewer, criteria=criteria, now=at(5))
    by_grade = request_changes(
        case, "", [Finding("usability", 2, "zu viele Schritte")], by=reviewer, criteria=criteria, now=at(5)
    )
    assert by_message.state is by_grade.state is CaseState.CHANGES_REQUESTED
    assert by_grade.round.message is None


def test_a_finding_that_asks_for_work_says_which(case: Case, reviewer: Reviewer, criteria: CriteriaSet, at: At) -> None:
    with pytest.raises(ProblemError) as refused:
        request_changes(case, "", [Finding("usability", 1, " ")], by=reviewer, criteria=criteria, now=at(5))
    assert refused.value.slug == "invalid-findings"
    assert refused.value.fields == (FieldError("findings.usability.finding", "say what to improve"),)


def test_approval_awards_the_seal(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    approved = approve(
        case, "", [*passes, Finding("usability", 5, "sehr gut")], by=reviewer, criteria=criteria, now=at(9)
    )
    assert approved.state is approved.round.outcome is CaseState.APPROVED
    assert approved.seal is not None
    assert approved.seal.case_id == case.id
    assert (approved.seal.solution_version, approved.seal.decided_at) == (1, at(9))
    assert approved.seal.criteria_version == "2026.1"
    assert approved.seal.mandatory == (
        "municipal_fit",
        "transferability",
        "operating_concept",
        "german_material",
    )
    assert approved.seal.quality == {"it_security": None, "usability": 5, "comprehensibility": None}


def test_a_decision_lays_its_findings_over_the_saved_ones(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    saved = save_findings(
        case, [Finding("municipal_fit", Verdict.FAIL, "unklar"), *passes[1:]], by=reviewer, criteria=criteria, now=at(2)
    )
    approved = approve(saved, "", passes[:1], by=reviewer, criteria=criteria, now=at(3))
    assert approved.round.findings["municipal_fit"].result is Verdict.PASS
    assert list(approved.round.findings) == [finding.criterion for finding in passes]


def test_approval_needs_every_mandatory_criterion_judged(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    with pytest.raises(ProblemError) as refused:
        approve(case, "", passes[:2], by=reviewer, criteria=criteria, now=at(2))
    assert (refused.value.slug, refused.value.kind) == ("findings-incomplete", "conflict")
    assert refused.value.detail == "cannot approve: operating_concept, german_material not judged yet"


def test_approval_needs_every_mandatory_criterion_passed(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    failing = [*passes[:3], Finding("german_material", Verdict.FAIL, "nur auf Englisch")]
    with pytest.raises(ProblemError) as refused:
        approve(case, "", failing, by=reviewer, criteria=criteria, now=at(2))
    assert (refused.value.slug, refused.value.kind) == ("mandatory-failed", "conflict")
    assert refused.value.detail == "cannot approve: german_material not judged pass"


def test_rejection_needs_every_mandatory_criterion_judged_but_none_passed(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    with pytest.raises(ProblemError) as refused:
        reject(case, "", passes[:3], by=reviewer, criteria=criteria, now=at(2))
    assert refused.value.detail == "cannot reject: german_material not judged yet"
    failing = [*passes[:3], Finding("german_material", Verdict.FAIL, "nur auf Englisch")]
    rejected = reject(case, "Leider nein", failing, by=reviewer, criteria=criteria, now=at(3))
    assert (rejected.state, rejected.seal, rejected.round.message) == (CaseState.REJECTED, None, "Leider nein")


def test_a_rejected_version_leaves_the_earlier_seal_in_force(
    case: Case, submitted: Submit, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    first = approve(case, "", passes, by=reviewer, criteria=criteria, now=at(9))
    second = open_case(submitted(version=2, minutes=20), earlier=[first], criteria_version=criteria.version, now=at(21))
    failing = [Finding(passes[0].criterion, Verdict.FAIL, "nicht mehr"), *passes[1:]]
    rejected = reject(second, "", failing, by=reviewer, criteria=criteria, now=at(22))
    assert rejected.seal is None
    assert current_seal(rejected) == first.seal


def test_nobody_judges_a_solution_of_an_own_organisation(
    case: Case, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    partial = Reviewer("demo-reviewer", frozenset({"org-provider"}))
    for step in (approve, reject, request_changes):
        with pytest.raises(ProblemError) as refused:
            step(case, "", passes, by=partial, criteria=criteria, now=at(2))
        assert (refused.value.slug, refused.value.kind) == ("own-organisation", "forbidden")
    with pytest.raises(ProblemError) as refused:
        save_findings(case, passes, by=partial, criteria=criteria, now=at(2))
    assert refused.value.detail == (
        "cannot save findings: you are a member of Musterlösungen GmbH, which submitted this"
    )


def test_a_closed_case_stays_closed(
    case: Case, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    approved = approve(case, "", passes, by=reviewer, criteria=criteria, now=at(2))
    with pytest.raises(ProblemError) as refused:
        reject(approved, "", passes, by=reviewer, criteria=criteria, now=at(3))
    assert (refused.value.slug, refused.value.kind) == ("case-closed", "conflict")
    assert refused.value.detail == "cannot reject: the case is already approved"


def test_while_the_provider_has_the_case_the_team_waits(
    case: Case, submitted: Submit, reviewer: Reviewer, criteria: CriteriaSet, passes: list[Finding], at: At
) -> None:
    asked = request_changes(case, "Bitte ergänzen", [], by=reviewer, criteria=criteria, now=at(2))
    with pytest.raises(ProblemError) as refused:
        approve(asked, "", passes, by=reviewer, criteria=criteria, now=at(3))
    assert (refused.value.slug, refused.value.kind) == ("awaiting-provider", "conflict")
    again = reopen(asked, submitted(round=2, minutes=10), now=at(11))
    assert again is not None
    assert approve(again, "", passes, by=reviewer, criteria=criteria, now=at(12)).state is CaseState.APPROVED
