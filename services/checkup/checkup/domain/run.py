"""A run: one checkup of one solution version, from the queue to its report or the reason of its failure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from checkup.domain.failure import CheckupFailure
from checkup.domain.report import Report


class RunState(StrEnum):
    """Where a run is; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SCORED = "scored"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What a running one is doing."""

    FETCHING = "fetching"
    ANALYSING = "analysing"
    WAITING = "waiting"


class Trigger(StrEnum):
    """Why there is a run; a rescore looks at a kept measurement under another rubric."""

    SUBMISSION = "submission"
    REQUEST = "request"
    SCHEDULE = "schedule"
    RELEASE = "release"
    RESCORE = "rescore"


FINAL = frozenset((RunState.SCORED, RunState.FAILED, RunState.CANCELLED))


@dataclass(frozen=True, slots=True)
class Run:
    """The aggregate. `as_of` is fixed when the run is made, so that every attempt measures the same year.

    `forced` measures although the same commit was measured lately. `groups_done` of `groups_total` metric groups are
    measured; `stage_at` is when the stage began, `seen_at` when its worker last said that it is at work.
    `network_isolated` is False when the analysis ran where the kernel gave it no network namespace of its own, None
    before it ran. `analysis_id` is the run whose kept measurement the report rests on, `reused_from` that of another
    run when the commit had been measured already.
    """

    id: str
    solution_id: str
    slug: str
    solution_version: int
    organisation_id: str
    repository_url: str | None
    trigger: Trigger
    requested_by: str | None
    requested_at: datetime
    as_of: datetime
    state: RunState = RunState.QUEUED
    stage: Stage | None = None
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    report: Report | None = None
    failure_kind: str | None = None
    failure_reason: str | None = None
    failure_detail: str | None = None
    forced: bool = False
    stage_at: datetime | None = None
    seen_at: datetime | None = None
    worker: str | None = None
    groups_done: int = 0
    groups_total: int = 0
    network_isolated: bool | None = None
    analysis_id: str | None = None
    reused_from: str | None = None
    cancelled_by: str | None = None
    demo_url: str | None = None

    @property
    def finished(self) -> bool:
        return self.state in FINAL


def start(run: Run, *, now: datetime, worker: str | None = None) -> Run | None:
    """Take the run up, or up again after a worker was lost; counts the attempt. None when it is finished."""
    if run.finished:
        return None
    return replace(
        run,
        state=RunState.RUNNING,
        stage=Stage.FETCHING,
        stage_at=now,
        seen_at=now,
        worker=worker,
        groups_done=0,
        groups_total=0,
        attempts=run.attempts + 1,
        started_at=run.started_at or now,
    )


def seen(run: Run, *, now: datetime, analysing: bool, done: int, total: int) -> Run | None:
    """The worker is at it: the repository is here (`analysing`), `done` of `total` metric groups are measured."""
    if run.finished:
        return None
    begins = analysing and run.stage is not Stage.ANALYSING
    known = replace(run, stage=Stage.ANALYSING, stage_at=now) if begins else run
    return replace(known, seen_at=now, groups_done=done, groups_total=total)


def wait(run: Run, failure: CheckupFailure, *, now: datetime) -> Run | None:
    """Something that may pass is in the way; the reason is kept for whoever looks."""
    if run.finished:
        return None
    return replace(run, stage=Stage.WAITING, stage_at=now, worker=None, failure_kind=failure.kind,
                   failure_reason=failure.reason, failure_detail=failure.detail)  # fmt: skip


def hand_back(run: Run) -> Run | None:
    """Its worker stops before the end: the run waits for another one, and the attempt does not count."""
    if run.state is not RunState.RUNNING:
        return None
    return replace(run, state=RunState.QUEUED, stage=None, stage_at=None, worker=None, attempts=run.attempts - 1)


def finish(
    run: Run,
    report: Report,
    *,
    now: datetime,
    analysis_id: str | None = None,
    network_isolated: bool | None = None,
) -> Run | None:
    """Keep the report and whose measurement it rests on; None when another worker was first, or it was cancelled."""
    if run.finished:
        return None
    return replace(
        _ended(run, RunState.SCORED, now),
        report=report,
        analysis_id=analysis_id,
        reused_from=analysis_id if analysis_id != run.id else None,
        network_isolated=network_isolated,
        failure_kind=None,
        failure_reason=None,
        failure_detail=None,
    )


def fail(run: Run, failure: CheckupFailure, *, now: datetime) -> Run | None:
    """Give up for good; None when it is finished already."""
    if run.finished:
        return None
    return replace(
        _ended(run, RunState.FAILED, now),
        failure_kind=failure.kind,
        failure_reason=failure.reason,
        failure_detail=failure.detail,
    )


def cancel(run: Run, *, now: datetime, by: str | None = None) -> Run | None:
    """Call the run off, also while a worker is at it, which stops then; None when it is finished already."""
    if run.finished:
        return None
    return replace(_ended(run, RunState.CANCELLED, now), cancelled_by=by)


def rescored(run: Run, report: Report, *, run_id: str, now: datetime, by: str | None) -> Run:
    """A new finished run: the measurement of this one under another rubric."""
    return replace(
        run,
        id=run_id,
        trigger=Trigger.RESCORE,
        requested_by=by,
        requested_at=now,
        started_at=now,
        finished_at=now,
        attempts=0,
        report=report,
        analysis_id=run.analysis_id or run.id,
        reused_from=run.id,
    )


def _ended(run: Run, state: RunState, now: datetime) -> Run:
    return replace(run, state=state, stage=None, stage_at=None, worker=None, finished_at=now)
