"""What the API answers about results over time and beside others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from checkup.domain.history import Comparison, ScoredRun
from checkup.domain.scoring import Standing
from checkup.entrypoints.api.overall_schemas import AwardOut


class HistoryDimensionOut(BaseModel):
    """One dimension at that time."""

    dimension: str
    score: int | None
    coverage: float
    status: Standing
    award: bool


class HistoryEntryOut(BaseModel):
    """One scored run; `rubric_changed` when the one before it was scored under another rubric.

    Scores before and after such a change are not comparable. `stage` is null when none is reached or none was given.
    """

    run_id: str
    version: int
    as_of: datetime
    finished_at: datetime
    commit: str | None
    rubric_version: str
    rubric_changed: bool
    measurable: bool
    dimensions: list[HistoryDimensionOut]
    stage: str | None
    stage_title_de: str | None
    stage_title_en: str | None
    awards: list[AwardOut]

    @classmethod
    def of(cls, run: ScoredRun, before: ScoredRun | None) -> Self:
        grade = run.grade
        return cls(
            run_id=run.run_id,
            version=run.solution_version,
            as_of=run.as_of,
            finished_at=run.finished_at,
            commit=run.commit,
            rubric_version=run.rubric_version,
            rubric_changed=before is not None and before.rubric_version != run.rubric_version,
            measurable=run.measurable,
            dimensions=[
                HistoryDimensionOut(
                    dimension=each.dimension,
                    score=each.score,
                    coverage=each.coverage,
                    status=each.standing,
                    award=each.award,
                )
                for each in run.dimensions
            ],
            stage=grade.stage if grade else None,
            stage_title_de=grade.title.de if grade and grade.title else None,
            stage_title_en=grade.title.en if grade and grade.title else None,
            awards=AwardOut.all_of(run.awards, run.awarded),
        )


class HistoryOut(BaseModel):
    """Scored runs, newest first, at most 100."""

    solution_id: str
    items: list[HistoryEntryOut]

    @classmethod
    def of(cls, solution_id: str, found: Sequence[ScoredRun]) -> Self:
        older = [*found[1:], None]
        entries = [HistoryEntryOut.of(run, before) for run, before in zip(found, older, strict=True)] if found else []
        return cls(solution_id=solution_id, items=entries)


class MedianOut(BaseModel):
    """The median of one dimension; null when fewer than `least` solutions have a number in it."""

    dimension: str
    median: float | None
    solutions: int


class ComparisonOut(BaseModel):
    """How the published solutions of a field of action score; only results under the same rubric count."""

    field_of_action: str
    rubric_version: str
    solutions: int
    least: int
    dimensions: list[MedianOut]

    @classmethod
    def of(cls, found: Comparison, least: int) -> Self:
        return cls(
            field_of_action=found.field_of_action,
            rubric_version=found.rubric_version,
            solutions=found.solutions,
            least=least,
            dimensions=[
                MedianOut(dimension=each.dimension, median=each.median, solutions=each.solutions)
                for each in found.medians
            ],
        )
