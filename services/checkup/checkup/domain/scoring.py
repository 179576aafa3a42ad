"""Scoring: a pure function from an analysis and a rubric to dimension scores, coverage, caps, awards and advice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkup.domain.measurement import Analysis, Evidence, Measurement, Origin, Status
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
    origin: Origin = Origin.REPOSITORY
    observed_at: datetime | None = None


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
NOT_TAKEN = "Im Lauf nicht erhoben."


def score(analysis: Analysis, rubric: Rubric, held: Collection[str] = ()) -> Result:
    """Apply a rubric to raw measurements. Equal input gives equal output, on every machine.

    `held` are the dimensions that hold an award until now: they keep it within the rubric's tolerance. It never moves
    a score.
    """
    return _result(analysis, rubric, NOT_TAKEN, held)


def not_measurable(rubric: Rubric) -> Result:
    """The result of a solution without a repository: no numbers, coverage 0, no award, and every metric says why."""
    return _result(Analysis(commit="", measurements=(), facts={}), rubric, rubric.not_measurable.de)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A metric with what was measured of it, and its score if there is one."""

    metric: Metric
    measurement: Measurement
    score: float | None


def _result(analysis: Analysis, rubric: Rubric, reason: str, held: Collection[str] = ()) -> Result:
    by_id = {measurement.id: measurement for measurement in analysis.measurements}
    return Result(
        tuple(
            _dimension(
                dimension,
                [_take(metric, by_id, reason) for metric in dimension.metrics],
                analysis,
                rubric,
                tolerance=rubric.overall.renewal_tolerance if rubric.overall and dimension.id in held else 0.0,
            )
            for dimension in rubric.dimensions
        )
    )


def _take(metric: Metric, by_id: Mapping[str, Measurement], reason: str) -> _Taken:
    if metric.formula is None and by_id:
        reason = metric.missing.de if metric.missing else reason
    measurement = by_id.get(metric.id, Measurement(metric.id, Status.NOT_AVAILABLE, reason=reason))
    if metric.formula is None or measurement.status is not Status.MEASURED:
        return _Taken(metric, measurement, None)
    if not metric.formula.inputs() <= measurement.raw.keys():
        return _Taken(metric, Measurement(metric.id, Status.NOT_AVAILABLE, reason=NOT_TAKEN), None)
    return _Taken(metric, measurement, metric.formula.score(measurement.raw))


def _dimension(
    dimension: Dimension, taken: list[_Taken], analysis: Analysis, rubric: Rubric, *, tolerance: float
) -> DimensionResult:
    applicable = sum(t.metric.weight for t in taken if t.measurement.status is not Status.NOT_APPLICABLE)
    scored = [(t.metric, t.score) for t in taken if t.score is not None]
    total = sum(metric.weight for metric, _ in scored)
    coverage = round(total / applicable * analysis.share_read, 2) if applicable else 0.0
    confidence = round(sum(m.confidence * m.weight for m, _ in scored) / total, 2) if total else 0.0
    standing = _standing(coverage, rubric)
    caps: tuple[Cap, ...] = ()
    number = None
    if standing is not Standing.NOT_MEASURABLE:
        caps = tuple(cap for cap in dimension.caps if analysis.facts.get(cap.fact, 0) >= cap.at_least)
        mean = sum(value * metric.weight for metric, value in scored) / total
        number = int(min([mean, *(cap.limit for cap in caps)]) + 0.5)
    earned = (
        number is not None
        and not caps
        and _earns(dimension.award, number + tolerance, coverage, confidence, analysis.facts)
    )
    return DimensionResult(
        dimension=dimension.id,
        score=number,
        coverage=coverage,
        confidence=confidence,
        standing=standing,
        award=earned,
        caps=caps,
        metrics=tuple(_metric(t, total) for t in taken),
    )


def _standing(coverage: float, rubric: Rubric) -> Standing:
    if coverage < rubric.number_from:
        return Standing.NOT_MEASURABLE
    return Standing.LIMITED if coverage < rubric.normal_from else Standing.SCORED


def _earns(rule: AwardRule, number: float, coverage: float, confidence: float, facts: Mapping[str, float]) -> bool:
    return (
        number >= rule.score
        and coverage >= rule.coverage
        and confidence >= rule.confidence
        and all(facts.get(name, 0.0) >= least for name, least in rule.facts_at_least.items())
        and all(facts.get(name, float("inf")) <= most for name, most in rule.facts_at_most.items())
    )


def _metric(taken: _Taken, total: float) -> MetricResult:
    metric, measurement, value = taken.metric, taken.measurement, taken.score
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
        origin=measurement.origin,
        observed_at=measurement.observed_at,
    )
