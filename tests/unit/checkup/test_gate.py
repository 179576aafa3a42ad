"""What `--fail-under` decides: the unmeasurable is told of and is no failure, unless nothing was measurable."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from checkup.adapters.rubric_files import load
from checkup.domain import gate
from checkup.domain.measurement import Analysis
from checkup.domain.overall import Grade
from checkup.domain.report import Report, of_analysis
from checkup.domain.rubric import Text

RUBRIC = load("2026.2")
EMPTY = of_analysis(
    Analysis("c" * 40, (), {}),
    RUBRIC,
    as_of=datetime(2026, 9, 1, tzinfo=UTC),
    repository_url="https://git.example.org/a",
)


def report(**scores: int) -> Report:
    dimensions = tuple(replace(each, score=scores.get(each.dimension)) for each in EMPTY.dimensions)
    return replace(EMPTY, dimensions=dimensions, measurable=bool(scores))


def graded(stage: str | None, reason: Text | None = None) -> Report:
    assert EMPTY.grade is not None
    return replace(EMPTY, grade=Grade(stage, Text("Stufe", "Stage") if stage else None, reason, EMPTY.grade.stages))


def test_every_measured_dimension_must_reach_the_number() -> None:
    verdict = gate.at_least(report(community=70, documentation=69, code_quality=71), RUBRIC, 70)
    assert not verdict.passed
    assert [fault.de for fault in verdict.faults] == ["Dokumentation: 69 liegt unter 70"]
    assert [text.en for text in verdict.unknown] == [
        "Usability: not measurable",
        "Architecture documentation: not measurable",
    ]


def test_what_was_not_measured_does_not_fail() -> None:
    assert gate.at_least(report(community=70), RUBRIC, 70).passed


def test_where_nothing_was_measured_nothing_was_reached() -> None:
    assert [fault.en for fault in gate.at_least(report(), RUBRIC, 0).faults] == ["No dimension could be scored."]


@pytest.mark.parametrize(
    ("reached", "passed"), [("outstanding", True), ("proven", True), ("basic", False), (None, False)]
)
def test_a_stage_or_a_later_one_must_be_reached(reached: str | None, passed: bool) -> None:
    assert gate.stage(graded(reached), RUBRIC, "proven").passed is passed


def test_a_stage_that_could_not_be_given_is_not_reached_and_says_why() -> None:
    reason = Text("zu wenig", "too little")
    assert gate.stage(graded(None, reason), RUBRIC, "basic").faults == (reason,)


def test_a_rubric_without_stages_has_none_to_ask_for() -> None:
    with pytest.raises(KeyError):
        gate.stage(EMPTY, load("2026.1"), "basic")
