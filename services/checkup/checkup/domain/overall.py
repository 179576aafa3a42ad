"""The overall result: a stage that needs all of its criteria, never a mean, and only where coverage allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checkup.domain.measurement import Status
from checkup.domain.rubric import Criterion, Overall, Rubric, Text
from checkup.domain.scoring import DimensionResult


class CriterionStatus(StrEnum):
    """What is known of a criterion. One that does not apply leaves the stage; one that was not measured stays open."""

    MET = "met"
    OPEN = "open"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion with the number that it was judged by; exactly one of the bounds is set."""

    id: str
    title: Text
    status: CriterionStatus
    value: float | None
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage; `progress` is a whole percentage and below 100 until the stage is reached."""

    id: str
    title: Text
    reached: bool
    progress: int
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """The highest stage whose criteria, and those of all stages before it, are met; None when none is.

    `reason` says why there is no grade at all: too few dimensions have a number.
    """

    stage: str | None
    title: Text | None
    reason: Text | None
    stages: tuple[StageResult, ...]

    @property
    def assessable(self) -> bool:
        return self.reason is None


def grade(dimensions: Sequence[DimensionResult], facts: Mapping[str, float], rubric: Rubric) -> Grade | None:
    """Judge the stages of the rubric; None when the rubric knows none."""
    rules = rubric.overall
    if rules is None:
        return None
    reason = _too_little(dimensions, rules, rubric)
    stages: list[StageResult] = []
    before = reason is None
    for stage in rules.stages:
        judged = tuple(_judge(criterion, dimensions, facts) for criterion in stage.criteria)
        counting = [each for each in judged if each.status is not CriterionStatus.NOT_APPLICABLE]
        met = sum(each.status is CriterionStatus.MET for each in counting)
        before = before and met == len(counting)
        progress = 100 if before else min(99, 100 * met // max(len(counting), 1))
        stages.append(StageResult(stage.id, stage.title, before, progress, judged))
    reached = [stage for stage in stages if stage.reached]
    if not reached:
        return Grade(None, None, reason, tuple(stages))
    return Grade(reached[-1].id, reached[-1].title, reason, tuple(stages))


def _too_little(dimensions: Sequence[DimensionResult], rules: Overall, rubric: Rubric) -> Text | None:
    without = {each.dimension for each in dimensions if each.score is None}
    have, of = len(dimensions) - len(without), len(dimensions)
    if have >= rules.scored_dimensions:
        return None
    titles = [dimension.title for dimension in rubric.dimensions if dimension.id in without]
    return Text(
        de=f"Eine Stufe gibt es ab {rules.scored_dimensions} bewerteten Dimensionen; bewertet sind {have} von {of}. "
        f"Es fehlen: {', '.join(title.de for title in titles)}.",
        en=f"A stage needs {rules.scored_dimensions} scored dimensions; {have} of {of} are scored. "
        f"Missing: {', '.join(title.en for title in titles)}.",
    )


def _judge(criterion: Criterion, dimensions: Sequence[DimensionResult], facts: Mapping[str, float]) -> CriterionResult:
    value, missing = _value(criterion, dimensions, facts)
    status = missing
    if value is not None:
        status = CriterionStatus.MET if _holds(criterion, value) else CriterionStatus.OPEN
    return CriterionResult(criterion.id, criterion.title, status, value, criterion.at_least, criterion.at_most)


def _holds(criterion: Criterion, value: float) -> bool:
    if criterion.at_least is not None:
        return value >= criterion.at_least
    return criterion.at_most is not None and value <= criterion.at_most


def _value(
    criterion: Criterion, dimensions: Sequence[DimensionResult], facts: Mapping[str, float]
) -> tuple[float | None, CriterionStatus]:
    """The number that the criterion asks for; without one, what that means."""
    missing, name = CriterionStatus.NOT_MEASURED, criterion.subject
    match criterion.of:
        case "metric":
            for metric in (metric for dimension in dimensions for metric in dimension.metrics):
                if metric.id == name:
                    if metric.status is Status.NOT_APPLICABLE:
                        missing = CriterionStatus.NOT_APPLICABLE
                    return metric.score, missing
        case "dimension":
            return next((each.score for each in dimensions if each.dimension == name), None), missing
        case "fact":
            return facts.get(name), missing
        case "count":
            return _count(name, dimensions), missing
    return None, missing


def _count(what: str, dimensions: Sequence[DimensionResult]) -> float | None:
    match what:
        case "awards":
            return sum(each.award for each in dimensions)
        case "caps":
            return sum(len(each.caps) for each in dimensions)
        case "lowest":
            return min((each.score for each in dimensions if each.score is not None), default=None)
    raise KeyError(what)
