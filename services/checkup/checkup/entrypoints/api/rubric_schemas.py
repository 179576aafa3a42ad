"""What the API answers when it is asked for a rubric."""

from typing import Self

from pydantic import BaseModel

from checkup.domain.measurement import Presence
from checkup.domain.rubric import Dimension, Formula, Metric, ProbeRule, Rubric
from checkup.entrypoints.api.overall_schemas import OverallOut
from checkup.entrypoints.api.schemas import CapOut


class TermOut(BaseModel):
    """One summand: with `points`, `weight` percent of the curve through [raw number, score]; else raw times weight."""

    input: str
    weight: float
    points: list[tuple[float, float]]


class FormulaOut(BaseModel):
    """How raw numbers become 0 to 100: `start` plus the terms, held within 0 and 100, times every share in `times`."""

    start: float
    terms: list[TermOut]
    times: list[str]

    @classmethod
    def of(cls, formula: Formula) -> Self:
        return cls(
            start=formula.start,
            terms=[TermOut(input=t.input, weight=t.weight, points=list(t.points)) for t in formula.terms],
            times=list(formula.times),
        )


class RubricProbeOut(BaseModel):
    """A fact beside the dimensions; `good` is the status that needs no next step."""

    id: str
    topic: str
    good: Presence
    source: str
    title_de: str
    title_en: str
    advice_de: str
    advice_en: str

    @classmethod
    def of(cls, probe: ProbeRule) -> Self:
        return cls(
            id=probe.id,
            topic=probe.topic,
            good=Presence(probe.good),
            source=probe.source,
            title_de=probe.title.de,
            title_en=probe.title.en,
            advice_de=probe.advice.de,
            advice_en=probe.advice.en,
        )


class RubricMetricOut(BaseModel):
    """One question of the rubric."""

    id: str
    weight: float
    title_de: str
    title_en: str
    question_de: str
    question_en: str
    advice_de: str
    advice_en: str
    source: str
    confidence: float
    measured: bool
    missing_de: str | None
    formula: FormulaOut | None

    @classmethod
    def of(cls, metric: Metric) -> Self:
        return cls(
            id=metric.id,
            weight=metric.weight,
            title_de=metric.title.de,
            title_en=metric.title.en,
            question_de=metric.question.de,
            question_en=metric.question.en,
            advice_de=metric.advice.de,
            advice_en=metric.advice.en,
            source=metric.source,
            confidence=metric.confidence,
            measured=metric.formula is not None,
            missing_de=metric.missing.de if metric.missing else None,
            formula=FormulaOut.of(metric.formula) if metric.formula else None,
        )


class RubricDimensionOut(BaseModel):
    """One dimension with what earns its award: score, coverage, confidence, and bounds on facts of the analysis."""

    id: str
    title_de: str
    title_en: str
    about_de: str
    about_en: str
    award_score: float
    award_coverage: float
    award_confidence: float
    award_facts_at_least: dict[str, float]
    award_facts_at_most: dict[str, float]
    caps: list[CapOut]
    metrics: list[RubricMetricOut]

    @classmethod
    def of(cls, dimension: Dimension) -> Self:
        return cls(
            id=dimension.id,
            title_de=dimension.title.de,
            title_en=dimension.title.en,
            about_de=dimension.about.de,
            about_en=dimension.about.en,
            award_score=dimension.award.score,
            award_coverage=dimension.award.coverage,
            award_confidence=dimension.award.confidence,
            award_facts_at_least=dict(dimension.award.facts_at_least),
            award_facts_at_most=dict(dimension.award.facts_at_most),
            caps=[CapOut.of(cap) for cap in dimension.caps],
            metrics=[RubricMetricOut.of(metric) for metric in dimension.metrics],
        )


class RubricOut(BaseModel):
    """A released rubric."""

    version: str
    valid_from: str
    digest: str
    number_from: float
    normal_from: float
    thresholds_from_de: str
    thresholds_from_en: str
    dimensions: list[RubricDimensionOut]
    probes: list[RubricProbeOut]
    overall: OverallOut | None

    @classmethod
    def of(cls, rubric: Rubric) -> Self:
        return cls(
            version=rubric.version,
            valid_from=rubric.valid_from,
            digest=rubric.digest,
            number_from=rubric.number_from,
            normal_from=rubric.normal_from,
            thresholds_from_de=rubric.thresholds_from.de,
            thresholds_from_en=rubric.thresholds_from.en,
            dimensions=[RubricDimensionOut.of(dimension) for dimension in rubric.dimensions],
            probes=[RubricProbeOut.of(probe) for probe in rubric.probes],
            overall=OverallOut.of(rubric.overall) if rubric.overall else None,
        )


class RubricVersion(BaseModel):
    """One version; `current` scores new runs."""

    version: str
    valid_from: str
    digest: str
    current: bool

    @classmethod
    def of(cls, rubric: Rubric, current: Rubric) -> Self:
        return cls(
            version=rubric.version,
            valid_from=rubric.valid_from,
            digest=rubric.digest,
            current=rubric.digest == current.digest,
        )


class RubricVersions(BaseModel):
    """All versions, newest first."""

    items: list[RubricVersion]
