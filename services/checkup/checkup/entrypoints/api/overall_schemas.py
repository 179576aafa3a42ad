"""What the API answers about stages and awards: their rules, and what a report reached of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from checkup.domain.overall import CriterionResult, CriterionStatus, Grade, StageResult
from checkup.domain.report import Award
from checkup.domain.rubric import Criterion, Overall, Stage


class AwardOut(BaseModel):
    """An award; `renewed` when the tolerance of a renewal kept it. Reports under 2026.1 know no end of an award."""

    dimension: str
    score: int | None
    threshold: float | None
    valid_until: datetime | None
    renewed: bool

    @classmethod
    def all_of(cls, names: Sequence[str], awarded: Sequence[Award]) -> list[Self]:
        by_name = {award.dimension: award for award in awarded}
        return [
            cls(
                dimension=name,
                score=award.score if award else None,
                threshold=award.threshold if award else None,
                valid_until=award.valid_until if award else None,
                renewed=award.renewed if award else False,
            )
            for name, award in ((name, by_name.get(name)) for name in names)
        ]


class CriterionOut(BaseModel):
    """One criterion of a stage with the number it was judged by; exactly one of the bounds is set."""

    id: str
    title_de: str
    title_en: str
    status: CriterionStatus
    value: float | None
    at_least: float | None
    at_most: float | None

    @classmethod
    def of(cls, criterion: CriterionResult) -> Self:
        return cls(
            id=criterion.id,
            title_de=criterion.title.de,
            title_en=criterion.title.en,
            status=criterion.status,
            value=criterion.value,
            at_least=criterion.at_least,
            at_most=criterion.at_most,
        )


class StageOut(BaseModel):
    """One stage; `progress` in percent stays below 100 until it is reached."""

    id: str
    title_de: str
    title_en: str
    reached: bool
    progress: int
    criteria: list[CriterionOut]

    @classmethod
    def of(cls, stage: StageResult) -> Self:
        return cls(
            id=stage.id,
            title_de=stage.title.de,
            title_en=stage.title.en,
            reached=stage.reached,
            progress=stage.progress,
            criteria=[CriterionOut.of(criterion) for criterion in stage.criteria],
        )


class GradeOut(BaseModel):
    """The overall result. `stage` is null when none is reached; with a `reason` there is none for lack of coverage."""

    stage: str | None
    title_de: str | None
    title_en: str | None
    assessable: bool
    reason_de: str | None
    reason_en: str | None
    stages: list[StageOut]

    @classmethod
    def of(cls, grade: Grade) -> Self:
        return cls(
            stage=grade.stage,
            title_de=grade.title.de if grade.title else None,
            title_en=grade.title.en if grade.title else None,
            assessable=grade.assessable,
            reason_de=grade.reason.de if grade.reason else None,
            reason_en=grade.reason.en if grade.reason else None,
            stages=[StageOut.of(stage) for stage in grade.stages],
        )


class CriterionRuleOut(BaseModel):
    """One criterion as the rubric has it: `of` says where the number comes from, `subject` which one it is."""

    id: str
    title_de: str
    title_en: str
    of: str
    subject: str
    at_least: float | None
    at_most: float | None

    @classmethod
    def from_rule(cls, criterion: Criterion) -> Self:
        return cls(
            id=criterion.id,
            title_de=criterion.title.de,
            title_en=criterion.title.en,
            of=criterion.of,
            subject=criterion.subject,
            at_least=criterion.at_least,
            at_most=criterion.at_most,
        )


class StageRuleOut(BaseModel):
    """One stage as the rubric has it."""

    id: str
    title_de: str
    title_en: str
    about_de: str
    about_en: str
    criteria: list[CriterionRuleOut]

    @classmethod
    def of(cls, stage: Stage) -> Self:
        return cls(
            id=stage.id,
            title_de=stage.title.de,
            title_en=stage.title.en,
            about_de=stage.about.de,
            about_en=stage.about.en,
            criteria=[CriterionRuleOut.from_rule(criterion) for criterion in stage.criteria],
        )


class OverallOut(BaseModel):
    """The rules of stages and of how long awards hold; lengths in days, tolerance in points."""

    about_de: str
    about_en: str
    source: str
    scored_dimensions: int
    award_days: int
    renewal_tolerance: float
    stages: list[StageRuleOut]

    @classmethod
    def of(cls, overall: Overall) -> Self:
        return cls(
            about_de=overall.about.de,
            about_en=overall.about.en,
            source=overall.source,
            scored_dimensions=overall.scored_dimensions,
            award_days=overall.award_days,
            renewal_tolerance=overall.renewal_tolerance,
            stages=[StageRuleOut.of(stage) for stage in overall.stages],
        )
