"""What remains of a scored run when its evidence is left out: the numbers that are drawn over time and compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from checkup.domain.overall import Grade
from checkup.domain.report import Award
from checkup.domain.scoring import Standing


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension of an earlier report; `score` is None when it had no number."""

    dimension: str
    score: int | None
    coverage: float
    standing: Standing
    award: bool


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """A scored run without metrics, evidence and probes."""

    run_id: str
    solution_version: int
    finished_at: datetime
    as_of: datetime
    commit: str | None
    rubric_version: str
    measurable: bool
    dimensions: tuple[DimensionScore, ...]
    awards: tuple[str, ...]
    awarded: tuple[Award, ...] = ()
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Median:
    """The median score of a dimension over `solutions` with a number; None for fewer than needed."""

    dimension: str
    median: float | None
    solutions: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the published solutions of one field of action score under one rubric."""

    field_of_action: str
    rubric_version: str
    solutions: int
    medians: tuple[Median, ...]


LEAST_COMPARED = 5
"""Fewer solutions give no median: it would tell more about one of them than about the field."""

PublicScores = Mapping[str, int | None]
"""The scores of one published solution by dimension."""


def compare(
    field_of_action: str, rubric_version: str, dimensions: Iterable[str], found: Sequence[PublicScores]
) -> Comparison:
    """The medians of a field of action; a solution counts in the dimensions that it has a number in."""
    medians = []
    for dimension in dimensions:
        scores = [score for each in found if (score := each.get(dimension)) is not None]
        middle = round(float(median(scores)), 1) if len(scores) >= LEAST_COMPARED else None
        medians.append(Median(dimension, middle, len(scores)))
    return Comparison(field_of_action, rubric_version, len(found), tuple(medians))
