"""Scoring: a pure function from an analysis and a rubric to dimension scores, coverage, caps, awards and advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checkup.domain.measurement import Analysis, Evidence, Measurement, Status
from checkup.domain.rubric import AwardRule, Cap, Dimension, Metric, Rubric, Text


class Standing(StrEnum):
    """How much a dimension's number may be relied on, by coverage."""

    SCORED = "scored"
    LIMITED = "limited"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One metric as it is shown: score and gain are None unless it was measured.

    `gain` is how many points the dimension would rise if this metric reached 100.
    """

    id: str
    title: Text
    status: Status
    weight: float
    score: float | None
    raw: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    reason: str | None
    advice: Text | None
    gain: float | None


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """One dimension: a whole number 0..100 or none, the share of its weight that was measured, and what bounds it."""

    dimension: str
    score: int | None
    coverage: float
    confidence: float
    standing: Standing
    award: bool
    caps: tuple[Cap, ...]
    metrics: tuple[MetricResult, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for all five dimensions."""

    dimensions: tuple[DimensionResult, ...]

    @property
    def awards(self) -> tuple[str, ...]:
        return tuple(result.dimension for result in self.dimensions if result.award)

    @property
    def measurable(self) -> bool:
        return any(result.score is not None for result in self.dimensions)


ADVICE_BELOW = 90.0  # a metric this good needs no next step


def score(analysis: Analysis, rubric: Rubric) -> Result:
    """Apply a rubric to raw measurements. Equal input gives equal output, on every machine."""
    by_id = {measurement.id: measurement for measurement in analysis.measurements}
    return Result(tuple(_dimension(dimension, by_id, analysis, rubric) for dimension in rubric.dimensions))


def not_measurable(rubric: Rubric) -> Result:
    """The result of a solution without a repository: no numbers, coverage 0, no award, and every metric says why."""
    nothing = Analysis(commit="", measurements=(), facts={})
    reason = rubric.not_measurable.de
    return Result(tuple(_dimension(dimension, {}, nothing, rubric, reason) for dimension in rubric.dimensions))


def _dimension(
    dimension: Dimension,
    by_id: Mapping[str, Measurement],
    analysis: Analysis,
    rubric: Rubric,
    default_reason: str = "Im Lauf nicht erhoben.",
) -> DimensionResult:
    found = [
        (metric, by_id.get(metric.id) or _unmeasured(metric, default_reason if not by_id else None))
        for metric in dimension.metrics
    ]
    scores = {
        metric.id: metric.formula.score(measurement.raw)
        for metric, measurement in found
        if measurement.status is Status.MEASURED and metric.formula is not None
    }
    applicable = sum(m.weight for m, measurement in found if measurement.status is not Status.NOT_APPLICABLE)
    weights = {metric.id: metric.weight for metric, _ in found if metric.id in scores}
    total = sum(weights.values())
    coverage = round(total / applicable * analysis.share_read, 2) if applicable else 0.0
    caps = tuple(cap for cap in dimension.caps if analysis.facts.get(cap.fact, 0) >= cap.at_least)
    number = _rounded(sum(scores[i] * weights[i] for i in weights) / total, caps) if total else None
    confidence = round(sum(m.confidence * m.weight for m, _ in found if m.id in scores) / total, 2) if total else 0.0
    standing = _standing(coverage, rubric)
    if standing is Standing.NOT_MEASURABLE:
        number = None
    return DimensionResult(
        dimension=dimension.id,
        score=number,
        coverage=coverage,
        confidence=confidence,
        standing=standing,
        award=number is not None and not caps and _earns(dimension.award, number, coverage, confidence, analysis.facts),
        caps=caps if number is not None else (),
        metrics=tuple(_metric(metric, measurement, scores, total) for metric, measurement in found),
    )


def _rounded(value: float, caps: tuple[Cap, ...]) -> int:
    return int(min([value, *(cap.limit for cap in caps)]) + 0.5)


def _standing(coverage: float, rubric: Rubric) -> Standing:
    if coverage < rubric.number_from:
        return Standing.NOT_MEASURABLE
    return Standing.LIMITED if coverage < rubric.normal_from else Standing.SCORED


def _earns(rule: AwardRule, number: int, coverage: float, confidence: float, facts: Mapping[str, float]) -> bool:
    return (
        number >= rule.score
        and coverage >= rule.coverage
        and confidence >= rule.confidence
        and all(facts.get(name, 0.0) >= least for name, least in rule.facts_at_least.items())
        and all(facts.get(name, float("inf")) <= most for name, most in rule.facts_at_most.items())
    )


def _unmeasured(metric: Metric, reason: str | None) -> Measurement:
    why = metric.missing.de if metric.missing and reason is None else reason
    return Measurement(metric.id, Status.NOT_AVAILABLE, reason=why or "Im Lauf nicht erhoben.")


def _metric(metric: Metric, measurement: Measurement, scores: Mapping[str, float], total: float) -> MetricResult:
    value = scores.get(metric.id)
    return MetricResult(
        id=metric.id,
        title=metric.title,
        status=measurement.status,
        weight=metric.weight,
        score=value,
        raw=measurement.raw,
        evidence=measurement.evidence,
        reason=measurement.reason,
        advice=metric.advice if value is not None and value < ADVICE_BELOW else None,
        gain=None if value is None else round((100 - value) * metric.weight / total, 1),
    )
