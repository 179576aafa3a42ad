"""Stages need every criterion, and coverage; awards end, and are kept within a tolerance by whoever holds them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest
import yaml
from checkup.adapters.rubric_files import RubricError, load, parse
from checkup.domain.measurement import Analysis, Measurement, Status, measured, not_applicable, not_available
from checkup.domain.overall import CriterionStatus, Grade, StageResult
from checkup.domain.report import Report, held_at, of_analysis, without_repository
from checkup.domain.rubric import Rubric

AS_OF = datetime(2026, 9, 1, tzinfo=UTC)
FACTS = {"days_since_last_commit": 10.0, "production_lines": 2000.0}


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load("2026.2")


def perfect(rubric: Rubric) -> list[Measurement]:
    """Raw numbers that score 100 in every metric, out of the formulas themselves."""
    found = []
    for metric in (metric for dimension in rubric.dimensions for metric in dimension.metrics):
        assert metric.formula is not None
        raw = dict.fromkeys(metric.formula.times, 1.0)
        for term in metric.formula.terms:
            raw[term.input] = max(term.points, key=lambda point: point[1])[0] if term.points else float(term.weight > 0)
        found.append(measured(metric.id, **raw))
    return found


def report(rubric: Rubric, *changes: Measurement, **given: Any) -> Report:
    by_id = {change.id: change for change in changes}
    held = given.pop("held", ())
    as_of = given.pop("as_of", AS_OF)
    measurements = tuple(by_id.get(each.id, each) for each in perfect(rubric))
    analysis = replace(Analysis("c" * 40, measurements, FACTS), **given)
    return of_analysis(analysis, rubric, as_of=as_of, repository_url="https://git.example.org/app", held=held)


def grade(rubric: Rubric, *changes: Measurement, **given: Any) -> Grade:
    found = report(rubric, *changes, **given).grade
    assert found is not None
    return found


def stage(found: Grade, name: str) -> StageResult:
    return next(each for each in found.stages if each.id == name)


def unavailable(rubric: Rubric, *dimensions: str) -> list[Measurement]:
    return [
        not_available(metric.id, "nicht erreichbar")
        for dimension in rubric.dimensions
        if dimension.id in dimensions
        for metric in dimension.metrics
    ]


def test_who_meets_everything_is_outstanding(rubric: Rubric) -> None:
    found = grade(rubric)
    assert (found.stage, found.assessable) == ("outstanding", True)
    assert [(each.id, each.reached, each.progress) for each in found.stages] == [
        ("basic", True, 100),
        ("proven", True, 100),
        ("outstanding", True, 100),
    ]


def test_one_open_criterion_holds_a_stage_and_all_after_it(rubric: Rubric) -> None:
    found = grade(rubric, measured("Q6", level=1))
    assert found.stage == "basic"
    open_ones = [each for each in stage(found, "proven").criteria if each.status is CriterionStatus.OPEN]
    assert [(each.id, each.value, each.at_least) for each in open_ones] == [("tests", 50.0, 100)]
    assert stage(found, "proven").progress == 83
    last = stage(found, "outstanding")
    assert all(each.status is CriterionStatus.MET for each in last.criteria)
    assert (last.reached, last.progress) == (False, 99)  # complete in itself, and no credit before the stage before


def test_strength_elsewhere_does_not_make_up_for_a_weakness(rubric: Rubric) -> None:
    assert grade(rubric, facts={**FACTS, "days_since_last_commit": 400.0}).stage is None


def test_a_criterion_that_does_not_apply_is_left_out(rubric: Rubric) -> None:
    found = grade(rubric, not_applicable("C2", "unter zehn Beiträgen"))
    assert found.stage == "outstanding"
    assert CriterionStatus.NOT_APPLICABLE in [each.status for each in stage(found, "outstanding").criteria]


@pytest.mark.parametrize("status", [Status.NOT_AVAILABLE, Status.ERROR, Status.TIMEOUT])
def test_a_criterion_that_was_not_measured_stays_open(rubric: Rubric, status: Status) -> None:
    found = grade(rubric, Measurement("Q6", status, reason="…"))
    assert found.stage == "basic"
    assert CriterionStatus.NOT_MEASURED in [each.status for each in stage(found, "proven").criteria]


def test_one_dimension_without_a_number_still_gives_a_stage(rubric: Rubric) -> None:
    assert grade(rubric, *unavailable(rubric, "usability")).stage == "outstanding"


def test_with_too_little_coverage_there_is_no_stage_but_a_reason(rubric: Rubric) -> None:
    found = grade(rubric, *unavailable(rubric, "usability", "architecture"))
    assert (found.stage, found.assessable) == (None, False)
    assert found.reason is not None
    assert "bewertet sind 3 von 5" in found.reason.de
    assert "Usability, Architekturdokumentation" in found.reason.de
    assert not any(each.reached for each in found.stages)


def test_without_a_repository_there_is_no_stage(rubric: Rubric) -> None:
    found = without_repository(rubric, as_of=AS_OF).grade
    assert found is not None
    assert (found.stage, found.assessable) == (None, False)


def test_an_old_rubric_has_no_stages() -> None:
    old = load("2026.1")
    assert report_of_old(old).grade is None
    assert report_of_old(old).awarded == ()


def report_of_old(old: Rubric) -> Report:
    return of_analysis(Analysis("c" * 40, (), FACTS), old, as_of=AS_OF, repository_url="https://git.example.org/app")


def lowered(rubric: Rubric, points: float) -> Measurement:
    """Q1 so weak that code quality is `points` below its award."""
    threshold = next(d.award.score for d in rubric.dimensions if d.id == "code_quality")
    loss = 100 - threshold + points
    return measured("Q1", percent_over_10=loss / 2.2 * 100 / 18, percent_over_25=0)


def awarded(found: Report) -> dict[str, tuple[int, bool]]:
    return {each.dimension: (each.score, each.renewed) for each in found.awarded}


def test_an_award_says_what_earned_it_and_when_it_ends(rubric: Rubric) -> None:
    found = report(rubric)
    assert [each.dimension for each in found.awarded] == list(found.awards)
    first = found.awarded[0]
    assert (first.score, first.renewed) == (100, False)
    assert first.valid_until == AS_OF + timedelta(days=365)


@pytest.mark.parametrize(
    ("below", "held", "kept"), [(2, True, True), (2, False, False), (3, True, True), (4, True, False)]
)
def test_a_held_award_is_kept_within_the_tolerance(rubric: Rubric, below: int, held: bool, kept: bool) -> None:
    found = report(rubric, lowered(rubric, below), held=("code_quality",) if held else ())
    score = next(each.score for each in found.dimensions if each.dimension == "code_quality")
    assert score == 90 - below
    assert ("code_quality" in found.awards) is kept
    if kept:
        assert awarded(found)["code_quality"] == (90 - below, True)


def test_what_was_held_moves_no_score(rubric: Rubric) -> None:
    fresh, renewed = (report(rubric, lowered(rubric, 2), held=held) for held in ((), ("code_quality",)))
    assert [(each.score, each.coverage) for each in fresh.dimensions] == [
        (each.score, each.coverage) for each in renewed.dimensions
    ]
    assert report(rubric, lowered(rubric, 2), held=("code_quality",)) == renewed


def test_only_an_older_report_whose_awards_have_not_ended_counts_as_held(rubric: Rubric) -> None:
    before = report(rubric)
    assert "code_quality" in held_at(before, rubric, as_of=AS_OF + timedelta(days=30))
    assert held_at(before, rubric, as_of=AS_OF + timedelta(days=366)) == frozenset()
    assert held_at(before, rubric, as_of=AS_OF) == frozenset()
    assert held_at(None, rubric, as_of=AS_OF) == frozenset()
    old = replace(report_of_old(load("2026.1")), awards=("community",))
    assert held_at(old, rubric, as_of=AS_OF + timedelta(days=30)) == {"community"}
    assert held_at(old, rubric, as_of=AS_OF + timedelta(days=400)) == frozenset()


@pytest.fixture
def source() -> dict[str, Any]:
    text = (resources.files("checkup") / "rubrics" / "2026.2.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"metric": "X9"}, "no known metric: X9"),
        ({"at_most": 3}, "needs either at_least or at_most"),
    ],
)
def test_a_criterion_must_fit_the_rubric(source: dict[str, Any], change: dict[str, Any], words: str) -> None:
    source["overall"]["stages"][0]["criteria"][0] |= change
    with pytest.raises(RubricError, match=words):
        parse(source)


def test_a_stage_must_not_occur_twice(source: dict[str, Any]) -> None:
    source["overall"]["stages"].append(source["overall"]["stages"][0])
    with pytest.raises(RubricError, match="twice"):
        parse(source)
