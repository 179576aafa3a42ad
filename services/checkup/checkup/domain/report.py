"""The report of one run: the result under a rubric with everything needed to understand and repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checkup.domain import scoring
from checkup.domain.measurement import Analysis, Probe
from checkup.domain.rubric import Rubric
from checkup.domain.scoring import DimensionResult


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown and kept. The same commit, rubric and `as_of` give an equal report.

    `reason` is the German sentence why nothing could be measured, None otherwise.
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


def of_analysis(analysis: Analysis, rubric: Rubric, *, as_of: datetime, repository_url: str) -> Report:
    """Score an analysis."""
    result = scoring.score(analysis, rubric)
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
    )


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
    )
