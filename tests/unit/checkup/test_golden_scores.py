"""The same raw numbers give the same scores under every released rubric, for ever."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkup.adapters.rubric_files import load, versions
from checkup.domain.measurement import Analysis, measured
from checkup.domain.report import of_analysis
from checkup.domain.scoring import score

GOLDEN = Path(__file__).parent / "golden"
SCORES = json.loads((GOLDEN / "scores.json").read_text())


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    known = json.loads((GOLDEN / "measurements.json").read_text())
    return Analysis("c" * 40, tuple(measured(i, **raw) for i, raw in known["measurements"].items()), known["facts"])


def test_every_released_rubric_has_golden_scores() -> None:
    assert tuple(sorted(SCORES)) == versions()


@pytest.mark.parametrize("version", versions())
def test_raw_numbers_give_the_golden_scores(analysis: Analysis, version: str) -> None:
    found = {
        dimension.dimension: {
            "score": dimension.score,
            "coverage": dimension.coverage,
            "confidence": dimension.confidence,
            "award": dimension.award,
            "metrics": {metric.id: metric.score for metric in dimension.metrics},
        }
        for dimension in score(analysis, load(version)).dimensions
    }
    assert found == SCORES[version]


def test_usability_earns_its_award_only_with_a_tested_demo(analysis: Analysis) -> None:
    without = [m for m in analysis.measurements if m.id != "U1"]
    perfect = {"U2": {"german_share": 1}, "U3": {"start_path": 1, "sample_data": 1, "demo_up": 0}}
    without = [measured(m.id, **perfect[m.id]) if m.id in perfect else m for m in without]
    untested = score(Analysis("c" * 40, tuple(without), analysis.facts), load("2026.2")).dimensions[0]
    assert (untested.dimension, untested.coverage, untested.award) == ("usability", 0.72, False)
    tested = score(analysis, load("2026.2")).dimensions[0]
    assert (tested.coverage, tested.award) == (1.0, True)


def test_confirmed_credentials_cap_code_quality_since_2026_3(analysis: Analysis) -> None:
    def quality(version: str, confirmed: dict[str, float]) -> tuple[int | None, list[str], bool]:
        made = of_analysis(
            analysis, load(version), as_of=datetime(2026, 11, 1, tzinfo=UTC), repository_url="", confirmed=confirmed
        )
        assert made.facts == {**analysis.facts, **confirmed}
        found = made.dimensions[-1]
        return found.score, [cap.id for cap in found.caps], found.award

    free, capped = quality("2026.3", {}), quality("2026.3", {"confirmed_secrets": 1.0})
    assert free[0] is not None
    assert free[0] > 40
    assert free[1] == []
    assert capped == (40, ["confirmed_secret"], False)
    assert quality("2026.2", {"confirmed_secrets": 1.0}) == free
