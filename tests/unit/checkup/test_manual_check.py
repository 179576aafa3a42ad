"""Manual checks and contests: what a person may do, and what comes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from checkup.adapters.people import files
from checkup.adapters.rubric_files import load
from checkup.domain.people import contest, manual_check
from checkup.domain.people.contest import MOST_OPEN, Contest, ContestState, Outcome, Target, TargetKind
from checkup.domain.people.manual_check import CheckState, Finding, ManualCheck, Result
from checkup.domain.people.person import Person
from servicekit.errors import ProblemError

NOW = datetime(2026, 2, 28, 9, tzinfo=UTC)
LIST = files.checklists("2026.1").current
CHECKER = Person("carl", checks=True, reads_all=True)
EDITOR = Person("ada", frozenset({"org"}), frozenset({"org"}))
REASON = "Die Datei liegt im Ordner docs und gilt für alle Fassungen."


def opened(by: Person = CHECKER) -> ManualCheck:
    return manual_check.open_check(
        "check-1", solution_id="s", organisation_id="org", version=1, number=1, checklist=LIST, by=by, now=NOW
    )


def saved(*findings: Finding) -> ManualCheck:
    return manual_check.save(opened(), list(findings), checklist=LIST, by=CHECKER, now=NOW)


def completed(*findings: Finding) -> ManualCheck:
    return manual_check.complete(saved(*findings), checklist=LIST, by=CHECKER, now=NOW)


def test_the_checklist_covers_the_topics_and_a_walk_through() -> None:
    assert {item.topic for item in LIST.items} == {topic for topic, _ in LIST.topics}
    assert sum(item.scale for item in LIST.items) == 10


def test_nobody_checks_the_own_organisations_solution() -> None:
    for person, slug in (
        (Person("ina", frozenset({"org"}), checks=True), "own-organisation"),
        (EDITOR, "missing-role"),
    ):
        with pytest.raises(ProblemError) as refused:
            opened(person)
        assert refused.value.slug == slug


@pytest.mark.parametrize(
    ("finding", "field"),
    [
        (Finding("nonsense", Result.PASSED), "items.nonsense"),
        (Finding("demo_control", Result.PASSED), "items.demo_control.grade"),
        (Finding("demo_control", Result.PASSED, 5), "items.demo_control.grade"),
        (Finding("keyboard", Result.PASSED, 3), "items.keyboard.grade"),
        (Finding("demo_control", Result.PASSED, 1), "items.demo_control.finding"),
        (Finding("keyboard", Result.FAILED, finding="x" * 10_000), "items.keyboard.finding"),
        (Finding("keyboard", Result.PASSED, evidence_url="http://example.org"), "items.keyboard.evidence_url"),
        (Finding("keyboard", Result.PASSED, on=date(2026, 3, 1)), "items.keyboard.on"),
    ],
)
def test_a_finding_that_cannot_be_is_refused_by_name(finding: Finding, field: str) -> None:
    with pytest.raises(ProblemError) as refused:
        saved(finding)
    assert [fault.field for fault in refused.value.fields] == [field]


def test_a_grade_decides_the_result() -> None:
    held = saved(
        Finding("demo_control", Result.NOT_CHECKED, 1, "Kein Zurück"), Finding("demo_errors", Result.FAILED, 2)
    )
    assert [held.findings[each].result for each in ("demo_control", "demo_errors")] == [Result.FAILED, Result.PASSED]
    assert held.findings["demo_errors"].on == NOW.date()


def test_a_completed_check_holds_for_a_year_then_counts_half() -> None:
    held = completed(Finding("keyboard", Result.PASSED))
    assert (held.state, held.valid_until) == (CheckState.COMPLETED, date(2027, 2, 28))
    assert held.findings["zoom"].result is Result.NOT_CHECKED
    assert [held.confidence(day) for day in (date(2027, 2, 28), date(2027, 3, 1))] == [1.0, 0.5]
    assert opened().confidence(NOW.date()) == 0
    with pytest.raises(ProblemError, match="check-completed"):
        manual_check.save(held, [], checklist=LIST, by=CHECKER, now=NOW)


def test_a_check_of_a_leap_day_ends_at_the_end_of_february() -> None:
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    held = manual_check.complete(saved(Finding("keyboard", Result.PASSED)), checklist=LIST, by=CHECKER, now=leap)
    assert held.valid_until == date(2029, 2, 28)


def test_completing_needs_something_checked_and_words_for_what_failed() -> None:
    with pytest.raises(ProblemError, match="check-empty"):
        completed(Finding("keyboard", Result.NOT_CHECKED))
    with pytest.raises(ProblemError) as refused:
        completed(Finding("keyboard", Result.FAILED))
    assert [fault.field for fault in refused.value.fields] == ["items.keyboard.finding"]


def new_contest(finding: str = "C1", at: str = "run-1", commit: str | None = "abc") -> Contest:
    target = Target(TargetKind.METRIC, finding, at, commit)
    return Contest(f"contest-{finding}-{at}", "s", "org", "slug", target, "C1 Wochen", REASON, NOW, "ada")


def begun(new: Contest, *earlier: Contest, by: Person = EDITOR) -> Contest:
    return contest.open_contest(new, earlier=earlier, by=by)


def answered(outcome: Outcome | None = Outcome.EXCLUDED, by: Person = CHECKER) -> Contest:
    return contest.answer(begun(new_contest()), outcome=outcome, text=REASON, by=by, now=NOW + timedelta(days=1))


def test_an_accepted_contest_says_what_happens_to_the_finding() -> None:
    held = answered(Outcome.CORRECTED)
    assert (held.state, held.outcome, held.answer) == (ContestState.ACCEPTED, Outcome.CORRECTED, REASON)
    assert [(entry.actor, entry.side) for entry in held.audit] == [("ada", "provider"), ("carl", "team")]
    assert held.audit[-1].changes[0].after == "accepted: corrected"
    assert answered(None).state is ContestState.REJECTED


@pytest.mark.parametrize(
    ("earlier", "slug"),
    [
        (begun(new_contest(at="run-2")), "already-contested"),
        (answered(), "already-answered"),
        (answered(None), "already-answered"),
    ],
)
def test_a_finding_is_contested_once_per_commit(earlier: Contest, slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        begun(new_contest(), earlier)
    assert refused.value.slug == slug


def test_another_commit_or_a_withdrawn_contest_leaves_the_way_open() -> None:
    withdrawn = contest.withdraw(begun(new_contest()), by=EDITOR, now=NOW)
    assert begun(new_contest(), withdrawn).state is ContestState.OPEN
    assert begun(new_contest(at="run-2", commit="def"), answered()).state is ContestState.OPEN


def test_contests_have_limits() -> None:
    for text in ("zu kurz", " " * 50, "x" * 10_000):
        with pytest.raises(ProblemError, match="reason-needed"):
            begun(replace(new_contest(), reason=text))
    with pytest.raises(ProblemError, match="too-many-contests"):
        begun(new_contest("X"), *(begun(new_contest(f"C{n}")) for n in range(MOST_OPEN)))


def test_each_side_has_its_steps() -> None:
    with pytest.raises(ProblemError, match="foreign-organisation"):
        begun(new_contest(), by=CHECKER)
    with pytest.raises(ProblemError, match="missing-role"):
        answered(by=EDITOR)
    with pytest.raises(ProblemError, match="own-organisation"):
        answered(by=Person("ina", frozenset({"org"}), checks=True))
    with pytest.raises(ProblemError, match="contest-closed"):
        contest.withdraw(answered(), by=EDITOR, now=NOW)
    with pytest.raises(ProblemError, match="contest-closed"):
        contest.answer(answered(), outcome=None, text=REASON, by=CHECKER, now=NOW)


def test_what_the_newest_check_found_is_confirmed_while_it_holds() -> None:
    current = files.checklists("2026.2").current
    older = files.checklists("2026.1").current

    def done(number: int, result: Result, items: manual_check.Checklist = current) -> ManualCheck:
        item = "credentials" if items is current else "keyboard"
        begun = replace(opened(), number=number, checklist=items.version)
        finding = Finding(item, result, finding="src/leak.py: gilt noch")
        return manual_check.complete(
            manual_check.save(begun, [finding], checklist=items, by=CHECKER, now=NOW),
            checklist=items, by=CHECKER, now=NOW,
        )  # fmt: skip

    def found(*checks: ManualCheck, on: date = date(2026, 2, 28)) -> dict[str, float]:
        lists = {each.version: each for each in (current, older)}
        return manual_check.confirmed([(each, lists[each.checklist]) for each in checks], on)

    failed, passed = done(1, Result.FAILED), done(2, Result.PASSED)
    assert found() == {}
    assert found(failed) == {"confirmed_secrets": 1.0}
    assert found(passed, failed) == {}
    assert found(done(3, Result.FAILED), passed, failed) == {"confirmed_secrets": 1.0}
    assert found(failed, done(2, Result.FAILED, older)) == {"confirmed_secrets": 1.0}  # did not look at it
    assert found(failed, replace(opened(), number=2, checklist="2026.2")) == {"confirmed_secrets": 1.0}  # still open
    assert found(failed, on=date(2027, 3, 1)) == {}


def test_items_only_confirm_facts_that_some_rubric_asks_for() -> None:
    asked = {cap.fact for dimension in load().dimensions for cap in dimension.caps}
    given = {item.confirms for item in files.checklists("2026.2").current.items if item.confirms}
    assert given == {"confirmed_secrets"}
    assert given <= asked
