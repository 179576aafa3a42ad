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
    """Why there is a run."""

    SUBMISSION = "submission"
    REQUEST = "request"


FINAL = frozenset((RunState.SCORED, RunState.FAILED, RunState.CANCELLED))


@dataclass(frozen=True, slots=True)
class Run:
    """The aggregate. `as_of` is fixed when the run is made, so that every attempt measures the same year."""

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

    @property
    def finished(self) -> bool:
        return self.state in FINAL


def start(run: Run, *, now: datetime) -> Run | None:
    """Take the run up, or up again after a worker was lost; counts the attempt. None when it is finished."""
    if run.finished:
        return None
    return replace(
        run, state=RunState.RUNNING, stage=Stage.FETCHING, attempts=run.attempts + 1, started_at=run.started_at or now
    )


def analysing(run: Run) -> Run | None:
    """The repository is here."""
    return None if run.finished else replace(run, stage=Stage.ANALYSING)


def wait(run: Run, failure: CheckupFailure) -> Run | None:
    """Something that may pass is in the way; the reason is kept for whoever looks."""
    if run.finished:
        return None
    return replace(run, stage=Stage.WAITING, failure_kind=failure.kind, failure_reason=failure.reason,
                   failure_detail=failure.detail)  # fmt: skip


def finish(run: Run, report: Report, *, now: datetime) -> Run | None:
    """Keep the report; None when another worker was first."""
    if run.finished:
        return None
    return replace(
        run,
        state=RunState.SCORED,
        stage=None,
        report=report,
        finished_at=now,
        failure_kind=None,
        failure_reason=None,
        failure_detail=None,
    )


def fail(run: Run, failure: CheckupFailure, *, now: datetime) -> Run | None:
    """Give up for good; None when it is finished already."""
    if run.finished:
        return None
    return replace(
        run,
        state=RunState.FAILED,
        stage=None,
        finished_at=now,
        failure_kind=failure.kind,
        failure_reason=failure.reason,
        failure_detail=failure.detail,
    )


def cancel(run: Run, *, now: datetime) -> Run | None:
    """Take a run that nobody has started out of the queue; None when it is too late."""
    if run.state is not RunState.QUEUED:
        return None
    return replace(run, state=RunState.CANCELLED, finished_at=now)
