"""Scores, coverage, caps, awards and gains are a pure function of measurements and rubric."""

from dataclasses import replace
from typing import Any

import pytest
from checkup.adapters.rubric_files import load
from checkup.domain.measurement import Analysis, Measurement, Status, measured, not_applicable, not_available
from checkup.domain.rubric import Rubric
from checkup.domain.scoring import DimensionResult, Standing, not_measurable, score

FACTS = {"days_since_last_commit": 10.0, "production_lines": 2000.0}
CODE = [
    measured("Q1", percent_over_10=0, percent_over_25=0),
    measured("Q2", percent_over_30=0, percent_over_60=0),
    measured("Q4", percent_over_4=0),
    measured("Q5", ratio=1),
    measured("Q6", level=2),
    measured("Q7", level=2),
    measured("Q9", secrets=0),
    measured("Q10", locked=1, update_bot=1, pinned=1),
]


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load("2026.1")


def analysis(measurements: list[Measurement], **changes: Any) -> Analysis:
    return replace(Analysis("c" * 40, tuple(measurements), FACTS), **changes)


def dimension(rubric: Rubric, name: str, found: Analysis) -> DimensionResult:
    return next(result for result in score(found, rubric).dimensions if result.dimension == name)


def swapped(new: Measurement) -> list[Measurement]:
    return [new if old.id == new.id else old for old in CODE]


def test_the_score_is_the_weighted_mean_of_what_was_measured(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(swapped(measured("Q1", percent_over_10=10, percent_over_25=0))))
    # 78 of 100 weight measured; Q1 (18) scores 78 instead of 100
    assert result.score == round(100 - 22 * 18 / 78)
    assert result.coverage == 0.78
    assert result.standing is Standing.SCORED


def test_not_applicable_leaves_numerator_and_denominator(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(swapped(not_applicable("Q10", "keine Pakete"))))
    assert result.score == 100
    assert result.coverage == round(70 / 92, 2)


def test_not_available_lowers_the_coverage_and_not_the_score(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(swapped(not_available("Q5", "nicht lesbar"))))
    assert result.score == 100
    assert result.coverage == 0.64
    assert result.standing is Standing.LIMITED
    assert not result.award


@pytest.mark.parametrize("status", [Status.ERROR, Status.TIMEOUT])
def test_a_detector_that_failed_lowers_the_coverage(rubric: Rubric, status: Status) -> None:
    result = dimension(rubric, "code_quality", analysis(swapped(Measurement("Q5", status, reason="…"))))
    assert (result.score, result.coverage) == (100, 0.64)


def test_below_half_coverage_there_is_no_number(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(CODE[:4]))
    assert result.coverage == 0.46
    assert result.score is None
    assert result.standing is Standing.NOT_MEASURABLE
    assert not result.award


def test_a_cut_analysis_halves_the_coverage(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(CODE, share_read=0.5))
    assert result.coverage == 0.39
    assert result.score is None


def test_an_outstanding_dimension_earns_its_award(rubric: Rubric) -> None:
    found = score(analysis(CODE), rubric)
    assert found.awards == ("code_quality",)
    assert found.measurable


@pytest.mark.parametrize(
    "facts",
    [{**FACTS, "production_lines": 499.0}, {**FACTS, "days_since_last_commit": 366.0}, {"production_lines": 2000.0}],
)
def test_award_gates_are_on_facts(rubric: Rubric, facts: dict[str, float]) -> None:
    assert not dimension(rubric, "code_quality", analysis(CODE, facts=facts)).award


def test_just_below_the_threshold_there_is_no_award(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(swapped(measured("Q5", ratio=0.1))))
    assert result.score == 87
    assert not result.award


DOCUMENTATION = [
    measured("D1", roles=6),
    measured("D2", words=900),
    measured("D3", pages=30, site=1),
    measured("D4", resolved_share=1),
    measured("D6", changelog=1, semver=1),
    measured("D7", file=1, known=1, open=1, agree=1, reuse=1),
    measured("D8", german_overview=1, amstad=60),
]


@pytest.mark.parametrize(
    ("fact", "value", "limit"),
    [("template_phrases", 2, 40), ("no_licence", 1, 50)],
)
def test_a_cap_bounds_the_score_and_blocks_the_award(rubric: Rubric, fact: str, value: float, limit: int) -> None:
    free = dimension(rubric, "documentation", analysis(DOCUMENTATION))
    assert (free.score, free.award) == (100, True)
    capped = dimension(rubric, "documentation", analysis(DOCUMENTATION, facts={**FACTS, fact: value}))
    assert capped.score == limit
    assert not capped.award
    assert str(limit) in capped.caps[0].text.de


def test_the_gain_is_exactly_what_a_perfect_metric_would_add(rubric: Rubric) -> None:
    weak = swapped(measured("Q6", level=0))
    before = dimension(rubric, "code_quality", analysis(weak))
    metric = next(metric for metric in before.metrics if metric.id == "Q6")
    assert metric.gain == pytest.approx(100 * 8 / 78, abs=0.05)
    assert metric.advice is not None
    after = dimension(rubric, "code_quality", analysis(CODE))
    assert before.score is not None
    assert after.score == pytest.approx(before.score + metric.gain, abs=1)


def test_a_good_metric_gets_no_advice(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(CODE))
    assert all(metric.advice is None for metric in result.metrics)


def test_metrics_this_version_cannot_measure_say_so(rubric: Rubric) -> None:
    result = dimension(rubric, "code_quality", analysis(CODE))
    duplicates = next(metric for metric in result.metrics if metric.id == "Q3")
    assert duplicates.status is Status.NOT_AVAILABLE
    assert duplicates.reason == "Diese Fassung misst keine Dopplungen."


def test_without_a_repository_nothing_is_measurable_and_nothing_is_zero(rubric: Rubric) -> None:
    result = not_measurable(rubric)
    assert not result.measurable
    assert result.awards == ()
    for one in result.dimensions:
        assert (one.score, one.coverage, one.standing) == (None, 0.0, Standing.NOT_MEASURABLE)
        assert all(metric.reason == rubric.not_measurable.de for metric in one.metrics)


def test_the_same_input_gives_the_same_result(rubric: Rubric) -> None:
    assert score(analysis(CODE), rubric) == score(analysis(CODE), rubric)
