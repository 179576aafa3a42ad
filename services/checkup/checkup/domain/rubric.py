"""The rubric: which metrics count how much, and the formula that turns a metric's raw numbers into 0..100."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages of the marketplace."""

    de: str
    en: str


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a formula: `weight * f(raw[input])`.

    With `points`, f is piecewise linear through (raw, score 0..100) points, clamped at both ends, and the weight is
    the share in percent. Without, f is the identity: a share 0..1 is worth `weight` points; a negative weight takes
    points away for every unit.
    """

    input: str
    weight: float
    points: tuple[tuple[float, float], ...] = ()

    def value(self, raw: Mapping[str, float]) -> float:
        number = raw[self.input]
        return self.weight / 100 * interpolate(self.points, number) if self.points else self.weight * number


@dataclass(frozen=True, slots=True)
class Formula:
    """clamp(start + sum of terms, 0, 100) times every share named in `times`."""

    terms: tuple[Term, ...]
    start: float = 0.0
    times: tuple[str, ...] = ()

    def inputs(self) -> frozenset[str]:
        return frozenset(term.input for term in self.terms) | frozenset(self.times)

    def score(self, raw: Mapping[str, float]) -> float:
        """The score 0..100 of a metric, to one decimal; KeyError when an input is missing."""
        value = self.start + sum(term.value(raw) for term in self.terms)
        for name in self.times:
            value *= min(max(raw[name], 0.0), 1.0)
        return round(min(max(value, 0.0), 100.0), 1)


def interpolate(points: tuple[tuple[float, float], ...], x: float) -> float:
    """Piecewise linear through `points` (sorted by x), clamped outside."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


@dataclass(frozen=True, slots=True)
class Metric:
    """One question of the rubric with its weight inside the dimension and the anchor it was taken from."""

    id: str
    weight: float
    title: Text
    question: Text
    advice: Text
    source: str
    confidence: float
    formula: Formula | None
    missing: Text | None = None


@dataclass(frozen=True, slots=True)
class AwardRule:
    """What a dimension needs to be outstanding; `facts_at_least`/`facts_at_most` are gates on the analysis' facts."""

    score: float
    coverage: float
    confidence: float
    facts_at_least: Mapping[str, float] = field(default_factory=dict)
    facts_at_most: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cap:
    """An upper bound for a dimension that holds once `fact` reaches `at_least`; shown as a sentence."""

    id: str
    fact: str
    at_least: float
    limit: float
    text: Text


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the five dimensions: its metrics (weights sum to 100), caps and award."""

    id: str
    title: Text
    about: Text
    metrics: tuple[Metric, ...]
    award: AwardRule
    caps: tuple[Cap, ...] = ()


COUNTS = ("awards", "caps", "lowest")
"""What a criterion may count over the dimensions: awards, caps that hold, the lowest of the numbers."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a stage: a number of the result and the bound it is held against.

    `of` says where the number comes from: the score of a `metric` or a `dimension`, a `fact` of the analysis, or a
    `count` over the dimensions. Exactly one of the bounds is set.
    """

    id: str
    title: Text
    of: Literal["metric", "dimension", "fact", "count"]
    subject: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the overall result, reached when all criteria and all stages before it are met."""

    id: str
    title: Text
    about: Text
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Overall:
    """The rules beside the dimensions.

    `scored_dimensions` need a number, else there is no stage. An award holds for `award_days`; whoever holds it keeps
    it on renewal down to `renewal_tolerance` points below its threshold.
    """

    about: Text
    source: str
    scored_dimensions: int
    award_days: int
    renewal_tolerance: float
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class ProbeRule:
    """A fact beside the dimensions: its `topic` of the self-disclosure, and the `good` state."""

    id: str
    topic: str
    good: str
    source: str
    title: Text
    advice: Text


@dataclass(frozen=True, slots=True)
class Rubric:
    """An immutable, dated set of rules; `digest` is the SHA-256 of its canonical form."""

    version: str
    valid_from: str
    digest: str
    dimensions: tuple[Dimension, ...]
    number_from: float
    normal_from: float
    thresholds_from: Text
    not_measurable: Text
    probes: tuple[ProbeRule, ...] = ()
    overall: Overall | None = None

    def metric(self, metric_id: str) -> Metric:
        return next(metric for dimension in self.dimensions for metric in dimension.metrics if metric.id == metric_id)
