"""What the API answers."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from checkup.application.ports import Queue
from checkup.domain.measurement import Evidence, Origin, Presence, Probe, Status
from checkup.domain.report import Report
from checkup.domain.rubric import Cap
from checkup.domain.run import Run, RunState, Stage, Trigger
from checkup.domain.scoring import DimensionResult, MetricResult, Standing
from checkup.entrypoints.api.assessment_schemas import AssessmentOut
from checkup.entrypoints.api.overall_schemas import AwardOut, GradeOut

PROGRESS = {Stage.FETCHING: 0.1, Stage.ANALYSING: 0.3, Stage.WAITING: 0.05}
ANALYSED = 0.95
"""How far a run is when all its metric groups are measured: what is left is to score them."""


def _progress(run: Run) -> float:
    if run.finished:
        return 1.0
    begun = PROGRESS[run.stage] if run.stage else 0.0
    share = run.groups_done / run.groups_total if run.stage is Stage.ANALYSING and run.groups_total else 0.0
    return round(begun + share * (ANALYSED - begun), 2)


class EvidenceOut(BaseModel):
    """What was found and where; `path` and `line` are of the measured commit."""

    text: str
    path: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        return cls(text=evidence.text, path=evidence.path, line=evidence.line)


class ProbeOut(BaseModel):
    """A fact beside the dimensions; `status` says whether it was found, `reason` why nobody could look."""

    id: str
    status: Presence
    evidence: list[EvidenceOut]
    values: list[str]
    reason: str | None
    origin: Origin
    observed_at: datetime | None

    @classmethod
    def of(cls, probe_id: str, probe: Probe) -> Self:
        return cls(
            id=probe_id,
            status=probe.status,
            evidence=[EvidenceOut.of(evidence) for evidence in probe.evidence],
            values=list(probe.values),
            reason=probe.reason,
            origin=probe.origin,
            observed_at=probe.observed_at,
        )


class MetricOut(BaseModel):
    """One metric; `score` and `gain` are null unless it was measured, `reason` says why not.

    `gain` is how many points the dimension would rise if this metric reached 100. `origin` other than `repository`
    means that it was so at `observed_at`, not that it is so in the commit.
    """

    id: str
    title_de: str
    title_en: str
    status: Status
    score: float | None
    weight: float
    raw: dict[str, float]
    evidence: list[EvidenceOut]
    reason: str | None
    advice_de: str | None
    advice_en: str | None
    gain: float | None
    origin: Origin
    observed_at: datetime | None

    @classmethod
    def of(cls, metric: MetricResult) -> Self:
        return cls(
            id=metric.id,
            title_de=metric.title.de,
            title_en=metric.title.en,
            status=metric.status,
            score=metric.score,
            weight=metric.weight,
            raw=dict(metric.raw),
            evidence=[EvidenceOut.of(evidence) for evidence in metric.evidence],
            reason=metric.reason,
            advice_de=metric.advice.de if metric.advice else None,
            advice_en=metric.advice.en if metric.advice else None,
            gain=metric.gain,
            origin=metric.origin,
            observed_at=metric.observed_at,
        )


class CapOut(BaseModel):
    """An upper bound that held, as a sentence."""

    id: str
    limit: float
    text_de: str
    text_en: str

    @classmethod
    def of(cls, cap: Cap) -> Self:
        return cls(id=cap.id, limit=cap.limit, text_de=cap.text.de, text_en=cap.text.en)


class DimensionOut(BaseModel):
    """One dimension; `score` is null when less than half of its weight could be measured."""

    dimension: str
    score: int | None
    coverage: float
    confidence: float
    status: Standing
    award: bool
    caps: list[CapOut]
    metrics: list[MetricOut]

    @classmethod
    def of(cls, result: DimensionResult) -> Self:
        return cls(
            dimension=result.dimension,
            score=result.score,
            coverage=result.coverage,
            confidence=result.confidence,
            status=result.standing,
            award=result.award,
            caps=[CapOut.of(cap) for cap in result.caps],
            metrics=[MetricOut.of(metric) for metric in result.metrics],
        )


class ReportOut(BaseModel):
    """The report of one run; `reason` says why nothing was measurable.

    `assessment` is what a language model says beside the result; it moves no score and no award.
    """

    run_id: str
    solution_id: str
    version: int
    rubric_version: str
    rubric_digest: str
    repository_url: str | None
    commit: str | None
    as_of: datetime
    finished_at: datetime | None
    dimensions: list[DimensionOut]
    awards: list[str]
    measurable: bool
    reason: str | None
    notes: list[str]
    toolset: str | None
    tools: dict[str, str]
    probes: list[ProbeOut]
    awarded: list[AwardOut]
    grade: GradeOut | None
    assessment: AssessmentOut = AssessmentOut()

    @classmethod
    def of(cls, run: Run) -> Self:
        report = run.report
        assert isinstance(report, Report)  # noqa: S101 - a scored run has one
        return cls(
            run_id=run.id,
            solution_id=run.solution_id,
            version=run.solution_version,
            rubric_version=report.rubric_version,
            rubric_digest=report.rubric_digest,
            repository_url=report.repository_url,
            commit=report.commit,
            as_of=report.as_of,
            finished_at=run.finished_at,
            dimensions=[DimensionOut.of(result) for result in report.dimensions],
            awards=list(report.awards),
            measurable=report.measurable,
            reason=report.reason,
            notes=list(report.notes),
            toolset=report.toolset,
            tools=dict(report.tools),
            probes=[ProbeOut.of(probe_id, probe) for probe_id, probe in report.probes.items()],
            awarded=AwardOut.all_of(report.awards, report.awarded),
            grade=GradeOut.of(report.grade) if report.grade else None,
            assessment=AssessmentOut.of(report.assessment),
        )


class RunOut(BaseModel):
    """A run; `reason` is German and set when it failed or waits, `progress` is 0 to 1.

    `groups_done` of `groups_total` metric groups are measured. `reused_from` is the run whose measurement this one
    took over, because the commit had been measured lately, or scored again under another rubric. `network_isolated` is
    false when the analysis ran where the kernel gave it no network namespace of its own.
    """

    id: str
    solution_id: str
    version: int
    state: RunState
    stage: Stage | None
    progress: float
    trigger: Trigger
    attempts: int
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    kind: str | None
    reason: str | None
    detail: str | None
    groups_done: int
    groups_total: int
    stage_at: datetime | None
    reused_from: str | None
    forced: bool
    network_isolated: bool | None

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(
            id=run.id,
            solution_id=run.solution_id,
            version=run.solution_version,
            state=run.state,
            stage=run.stage,
            progress=_progress(run),
            trigger=run.trigger,
            attempts=run.attempts,
            requested_at=run.requested_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            kind=run.failure_kind,
            reason=run.failure_reason,
            detail=run.failure_detail,
            groups_done=run.groups_done,
            groups_total=run.groups_total,
            stage_at=run.stage_at,
            reused_from=run.reused_from,
            forced=run.forced,
            network_isolated=run.network_isolated,
        )


class ProgressOut(RunOut):
    """A run as it is followed live; `elapsed_seconds` since a worker first took it up, null before."""

    elapsed_seconds: float | None = None

    @classmethod
    def at(cls, run: Run, now: datetime) -> Self:
        """Return the run as it is at a moment."""
        made = cls.of(run)
        if run.started_at is not None:
            made.elapsed_seconds = round(((run.finished_at or now) - run.started_at).total_seconds(), 1)
        return made


class RunList(BaseModel):
    """Runs, newest first."""

    items: list[RunOut]
    next_cursor: str | None
    total: int


class RunningOut(BaseModel):
    """A run under way; `since` is when its stage began, `seen_at` when its worker was last heard of."""

    id: str
    slug: str
    trigger: Trigger
    stage: Stage | None
    groups_done: int
    groups_total: int
    attempts: int
    worker: str | None
    since: datetime | None
    seen_at: datetime | None

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(
            id=run.id,
            slug=run.slug,
            trigger=run.trigger,
            stage=run.stage,
            groups_done=run.groups_done,
            groups_total=run.groups_total,
            attempts=run.attempts,
            worker=run.worker,
            since=run.stage_at or run.started_at,
            seen_at=run.seen_at,
        )


class StatusOut(BaseModel):
    """The work queue; `lag` (waiting and in flight) is what workers are scaled by. `runs` are those under way."""

    lag: int
    waiting: int
    in_flight: int
    redelivered: int
    queued: int
    running: int
    oldest_seconds: float | None
    runs: list[RunningOut]

    @classmethod
    def of(cls, queue: Queue) -> Self:
        return cls(
            lag=queue.waiting + queue.in_flight,
            waiting=queue.waiting,
            in_flight=queue.in_flight,
            redelivered=queue.redelivered,
            queued=queue.queued,
            running=queue.running,
            oldest_seconds=queue.oldest_seconds,
            runs=[RunningOut.of(run) for run in queue.runs],
        )
