"""Joining what the commit says with what was seen elsewhere."""

from datetime import UTC, datetime

from checkup.adapters.rubric_files import load
from checkup.domain.measurement import (
    Analysis,
    Evidence,
    Measurement,
    Observations,
    Origin,
    Presence,
    Probe,
    Status,
    measured,
    not_applicable,
    toolset_of,
    with_observations,
)
from checkup.domain.scoring import score

AT = datetime(2026, 9, 1, tzinfo=UTC)


def seen(metric_id: str, **raw: float) -> Measurement:
    return Measurement(metric_id, Status.MEASURED, raw, (Evidence("gesehen"),), None, Origin.DEMO, AT)


def test_a_new_metric_is_added_and_a_measured_one_gets_the_further_numbers() -> None:
    start = Measurement("U3", Status.MEASURED, {"start_path": 1, "demo_up": 0}, (Evidence("Startbefehl"),))
    commit = Analysis("c" * 40, (start,), {}, tools={"git": "2"}, toolset="x")
    probes = {"demo_privacy_page": Probe(Presence.FOUND)}
    found = with_observations(
        commit, Observations((seen("U3", demo_up=1), seen("U1", passed_share=0.9)), probes, {"axe-core": "4"})
    )
    assert [measurement.id for measurement in found.measurements] == ["U1", "U3"]
    joined = found.measurements[1]
    assert joined.raw == {"start_path": 1, "demo_up": 1}
    assert [evidence.text for evidence in joined.evidence] == ["Startbefehl", "gesehen"]
    assert (joined.origin, joined.observed_at) == (Origin.DEMO, AT)
    assert found.probes == probes
    assert found.tools == {"axe-core": "4", "git": "2"}
    assert found.toolset == "x", "the toolset is what measured the commit"


def test_what_the_commit_rules_out_stays_so() -> None:
    failed = Measurement("U3", Status.TIMEOUT, reason="abgebrochen")
    commit = Analysis("c" * 40, (failed, not_applicable("C6", "keine")), {})
    found = with_observations(commit, Observations((seen("U3", demo_up=1), seen("C6", median_days=1))))
    assert [measurement.status for measurement in found.measurements] == [Status.NOT_APPLICABLE, Status.TIMEOUT]


def test_an_older_analysis_lacks_inputs_of_a_newer_rubric_and_is_not_zero_there() -> None:
    older = Analysis("c" * 40, (measured("U3", start_path=1, sample_data=1, demo_named=1),), {})
    usability = score(older, load("2026.2")).dimensions[0]
    metric = next(metric for metric in usability.metrics if metric.id == "U3")
    assert (metric.status, metric.score, metric.reason) == (Status.NOT_AVAILABLE, None, "Im Lauf nicht erhoben.")
    assert next(m for m in score(older, load("2026.1")).dimensions[0].metrics if m.id == "U3").score == 100


def test_another_version_of_a_tool_is_another_toolset() -> None:
    assert toolset_of({"git": "2.1", "lizard": "1"}) == toolset_of({"lizard": "1", "git": "2.1"})
    assert toolset_of({"git": "2.1"}) != toolset_of({"git": "2.2"})
