"""The released rubric and its formulas, by golden values."""

from importlib import resources
from typing import Any

import pytest
import yaml
from checkup.adapters.rubric_files import CURRENT, RubricError, load, parse, versions
from checkup.analysis.analyse import DETECTORS
from checkup.domain.rubric import Formula, Rubric, Term
from contracts.vocabulary import CheckupDimension

DIGESTS = {
    "2026.1": "592e2ccdc2f66e6275b8a09c55e0ce90a23c7ee0c10d5ad183d9dabbb3ba2758",
    "2026.2": "b24d77f3b9a814369747e79338fbe141b80c2d14b5314f96a84d6d3d3672e3cd",
    "2026.3": "3047ed3763609d7a740376d58cda0bb2219b9dbb02809fee50a14db80c0b2da2",
}
ELSEWHERE = {"U1", "C6"}  # taken of the demo address and the forge, not of the commit


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load()


def test_released_rubrics_never_change() -> None:
    assert {version: load(version).digest for version in versions()} == DIGESTS


def test_the_dimensions_are_those_of_the_contract(rubric: Rubric) -> None:
    assert [dimension.id for dimension in rubric.dimensions] == [member.value for member in CheckupDimension]


def test_every_metric_has_a_detector_or_says_why_not(rubric: Rubric) -> None:
    detected = {metric for ids, _ in DETECTORS for metric in ids}
    formulas = {m.id for d in rubric.dimensions for m in d.metrics if m.formula is not None}
    assert detected | ELSEWHERE == formulas


def test_every_text_is_there_in_both_languages(rubric: Rubric) -> None:
    for dimension in rubric.dimensions:
        for metric in dimension.metrics:
            for text in (metric.title, metric.question, metric.advice):
                assert text.de.strip()
                assert text.en.strip()
            assert metric.source


GOLDEN = [
    ("U1", {"passed_share": 0.83}, 83.0),
    ("U2", {"german_share": 0.5}, 50.0),
    ("U3", {"start_path": 1, "sample_data": 1, "demo_up": 0}, 60.0),
    ("U3", {"start_path": 0.5, "sample_data": 0, "demo_up": 1}, 60.0),
    ("U4", {"pictures": 3, "alt_share": 0.5}, 50.0),
    ("U4", {"pictures": 2, "alt_share": 1}, 75.0),
    ("U5", {"statement": 0.5, "tooling": 1}, 75.0),
    ("U6", {"level": 2}, 80.0),
    ("U7", {"per_1000_elements": 3}, 70.0),
    ("U7", {"per_1000_elements": 50}, 0.0),
    ("C1", {"weeks": 0}, 0.0),
    ("C1", {"weeks": 8}, 45.0),
    ("C1", {"weeks": 52}, 100.0),
    ("C2", {"people_for_half": 1}, 35.0),
    ("C2", {"people_for_half": 4}, 95.0),
    ("C3", {"people": 3}, 50.0),
    ("C4", {"organisations": 3}, 85.0),
    ("C5", {"releases": 2}, 53.3),
    ("C6", {"median_days": 7, "closed_share": 0.5}, 68.0),
    ("C6", {"median_days": 90, "closed_share": 1}, 40.0),
    ("C7", {"contributing": 1, "conduct": 1, "templates": 1, "governance": 1, "support": 1}, 100.0),
    ("C8", {"users": 2}, 57.5),
    ("D1", {"roles": 4}, 66.7),
    ("D2", {"words": 300}, 70.0),
    ("D3", {"pages": 10, "site": 1}, 79.0),
    ("D4", {"resolved_share": 0.86}, 86.0),
    ("D6", {"changelog": 0.5, "semver": 1}, 70.0),
    ("D7", {"file": 1, "known": 1, "open": 1, "agree": 1, "reuse": 0}, 90.0),
    ("D8", {"german_overview": 1, "amstad": 40}, 90.0),
    ("D9", {"level": 1}, 60.0),
    ("D10", {"broken_percent": 20}, 0.0),
    ("D11", {"days_behind": 180}, 80.0),
    ("A1", {"level": 1}, 50.0),
    ("A2", {"topics": 6}, 75.0),
    ("A3", {"sources": 0, "bitmaps_only": 1}, 30.0),
    ("A3", {"sources": 4, "bitmaps_only": 0}, 75.0),
    ("A4", {"records": 5, "well_formed_share": 0.8}, 60.0),
    ("A5", {"level": 2}, 100.0),
    ("A6", {"files": 1, "described": 0}, 50.0),
    ("A7", {"named_share": 0.6}, 60.0),
    ("Q1", {"percent_over_10": 10, "percent_over_25": 5}, 58.0),
    ("Q2", {"percent_over_30": 20, "percent_over_60": 10}, 70.0),
    ("Q3", {"duplicated_percent": 4}, 82.5),
    ("Q3", {"duplicated_percent": 51}, 0.0),
    ("Q4", {"percent_over_4": 10}, 80.0),
    ("Q5", {"ratio": 0.6}, 75.0),
    ("Q6", {"level": 1}, 50.0),
    ("Q7", {"level": 2}, 100.0),
    ("Q8", {"per_1000_lines": 6}, 60.0),
    ("Q9", {"secrets": 1}, 75.0),
    ("Q9", {"secrets": 9}, 0.0),
    ("Q10", {"locked": 1, "update_bot": 0, "pinned": 0.8}, 60.0),
    ("Q11", {"hotspot_percent": 30}, 70.0),
]


@pytest.mark.parametrize(("metric", "numbers", "score"), GOLDEN)
def test_raw_numbers_give_the_golden_score(
    rubric: Rubric, metric: str, numbers: dict[str, float], score: float
) -> None:
    formula = rubric.metric(metric).formula
    assert formula is not None
    assert formula.score(numbers) == pytest.approx(score, abs=0.05)


def test_a_formula_names_its_missing_input() -> None:
    with pytest.raises(KeyError, match="weeks"):
        Formula((Term("weeks", 100, ((0, 0), (1, 100))),)).score({})


@pytest.fixture
def source() -> dict[str, Any]:
    text = (resources.files("checkup") / "rubrics" / f"{CURRENT}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def test_weights_must_sum_to_a_hundred(source: dict[str, Any]) -> None:
    source["dimensions"][0]["metrics"][0]["weight"] = 1
    with pytest.raises(RubricError, match="weights of usability"):
        parse(source)


def test_a_metric_must_not_occur_twice(source: dict[str, Any]) -> None:
    source["dimensions"][0]["metrics"][1]["id"] = "U1"
    with pytest.raises(RubricError, match="twice"):
        parse(source)


def test_points_must_be_sorted(source: dict[str, Any]) -> None:
    source["dimensions"][1]["metrics"][0]["score"]["terms"][0]["points"].reverse()
    with pytest.raises(RubricError, match="points of C1"):
        parse(source)


def test_another_text_is_another_digest(source: dict[str, Any]) -> None:
    before = parse(source).digest
    source["dimensions"][0]["title"]["de"] = "Anders"
    assert parse(source).digest != before


def test_an_unknown_version_is_an_error() -> None:
    with pytest.raises(KeyError):
        load("1999.9")
