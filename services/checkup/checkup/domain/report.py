"""The report of one run: the result under a rubric with everything needed to understand and repeat it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from checkup.domain import overall, scoring
from checkup.domain.assessment import Assessment
from checkup.domain.measurement import Analysis, Probe
from checkup.domain.overall import Grade
from checkup.domain.rubric import Rubric
from checkup.domain.scoring import DimensionResult

NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Award:
    """An award with what earned it and when it ends; `renewed` when only the tolerance of a renewal kept it."""

    dimension: str
    score: int
    threshold: float
    valid_until: datetime
    renewed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown and kept. The same commit, rubric, `as_of` and awards held before give an equal report; the scores
    do not depend on what was held.

    `reason` is the German sentence why nothing could be measured, None otherwise. `assessment` is a source of its own
    that is put beside the result when the report is shown; it is no part of what is scored.
    """

    rubric_version: str
    rubric_digest: str
    as_of: datetime
    repository_url: str | None
    commit: str | None
    dimensions: tuple[DimensionResult, ...]
    awards: tuple[str, ...]
    measurable: bool
    reason: str | None
    facts: Mapping[str, float]
    notes: tuple[str, ...]
    toolset: str | None
    tools: Mapping[str, str] = field(default_factory=dict)
    probes: Mapping[str, Probe] = field(default_factory=dict)
    awarded: tuple[Award, ...] = ()
    grade: Grade | None = None
    assessment: Assessment | None = None


def of_analysis(
    analysis: Analysis, rubric: Rubric, *, as_of: datetime, repository_url: str, held: Collection[str] = (),
    confirmed: Mapping[str, float] = NOTHING,
) -> Report:  # fmt: skip
    """Score an analysis; `held` are the awards that the solution holds at `as_of`, which see `held_at`.

    `confirmed` are facts that no machine can have: what the team confirmed. They stand among those of the report.
    """
    analysis = replace(analysis, facts={**analysis.facts, **confirmed})
    result = scoring.score(analysis, rubric, held)
    return Report(
        rubric_version=rubric.version,
        rubric_digest=rubric.digest,
        as_of=as_of,
        repository_url=repository_url,
        commit=analysis.commit,
        dimensions=result.dimensions,
        awards=result.awards,
        measurable=result.measurable,
        reason=None if result.measurable else "Zu wenig war messbar, um eine Dimension zu bewerten.",
        facts=analysis.facts,
        notes=analysis.notes,
        toolset=analysis.toolset,
        tools=analysis.tools,
        probes=analysis.probes,
        awarded=_awarded(result.dimensions, rubric, as_of),
        grade=overall.grade(result.dimensions, analysis.facts, rubric),
    )


def confirmed_in(held: Report, analysis: Analysis) -> Mapping[str, float]:
    """The facts of a report that were not measured."""
    return {name: value for name, value in held.facts.items() if name not in analysis.facts}


def without_repository(rubric: Rubric, *, as_of: datetime) -> Report:
    """The report of a solution that names no repository: no numbers, and the reason."""
    result = scoring.not_measurable(rubric)
    return Report(
        rubric_version=rubric.version,
        rubric_digest=rubric.digest,
        as_of=as_of,
        repository_url=None,
        commit=None,
        dimensions=result.dimensions,
        awards=(),
        measurable=False,
        reason=rubric.not_measurable.de,
        facts={},
        notes=(),
        toolset=None,
        grade=overall.grade(result.dimensions, {}, rubric),
    )


def held_at(previous: Report | None, rubric: Rubric, *, as_of: datetime) -> frozenset[str]:
    """The awards of the report before that have not ended at `as_of`; none of a report that is not older."""
    if previous is None or rubric.overall is None or previous.as_of >= as_of:
        return frozenset()
    if previous.awarded:
        return frozenset(award.dimension for award in previous.awarded if award.valid_until > as_of)
    return frozenset(previous.awards) if previous.as_of + _holds(rubric) > as_of else frozenset()


def _awarded(dimensions: Collection[DimensionResult], rubric: Rubric, as_of: datetime) -> tuple[Award, ...]:
    if rubric.overall is None:
        return ()
    thresholds = {dimension.id: dimension.award.score for dimension in rubric.dimensions}
    return tuple(
        Award(
            dimension=each.dimension,
            score=each.score,
            threshold=thresholds[each.dimension],
            valid_until=as_of + _holds(rubric),
            renewed=each.score < thresholds[each.dimension],
        )
        for each in dimensions
        if each.award and each.score is not None
    )


def _holds(rubric: Rubric) -> timedelta:
    return timedelta(days=rubric.overall.award_days if rubric.overall else 0)
