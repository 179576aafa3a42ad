"""Between the words of this domain and the contract: the only module that knows both."""

from datetime import datetime

from contracts import checkup as contract
from contracts.catalog import SolutionPublished, SolutionSubmitted
from contracts.ids import derived_id
from contracts.listing import CheckupDimensionScore, Listing
from contracts.vocabulary import CheckupDimension, CheckupStatus
from pydantic import BaseModel
from servicekit import context
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage, of_event, of_job

from checkup.domain.report import Report
from checkup.domain.run import Run, RunState, Trigger
from checkup.domain.solution import Solution


class Job(BaseModel):
    """The body of a job: everything needed to make the run, should its own document be missing."""

    run_id: str
    solution_id: str
    slug: str
    solution_version: int
    organisation_id: str
    repository_url: str | None
    demo_url: str | None = None
    trigger: Trigger
    requested_by: str | None
    requested_at: datetime
    as_of: datetime
    forced: bool = False
    correlation_id: str
    causation_id: str | None = None
    traceparent: str
    actor: str | None = None


def run_id(solution_id: str, version: int, round_number: int) -> str:
    """The run of a submission has one id, however often the submission is delivered."""
    return derived_id("checkup-run", solution_id, str(version), str(round_number))


def solution_of(event: SolutionSubmitted | SolutionPublished) -> Solution:
    """Read what the catalogue reported."""
    data = event.data
    return Solution(
        id=data.solution_id,
        slug=data.slug,
        organisation_id=data.organisation_id,
        version=data.version,
        repository_url=_stated(data.listing.repository_url),
        demo_url=_stated(data.listing.demo_url),
        fields_of_action=tuple(field.value for field in data.listing.fields_of_action),
        statements=statements_of(data.listing),
    )


def statements_of(listing: Listing) -> dict[str, str]:
    """What a listing says of itself that other sources can confirm or contradict; what it leaves open is left out."""
    said: dict[str, str | bool | None] = {
        "name": listing.name,
        "licence": listing.licence,
        "open_source": None if listing.licence is None else listing.licence.lower() != "proprietary",
        "hosting_location": listing.hosting_location.value,
        "data_processing_agreement": listing.data_processing_agreement,
        "accessibility_level": listing.accessibility_level.value,
        "accessibility_statement_url": listing.accessibility_statement_url,
        "demo_url": listing.demo_url,
    }
    words = {True: "yes", False: "no"}
    known = {
        name: words[value] if isinstance(value, bool) else value for name, value in said.items() if value is not None
    }
    return {name: value for name, value in known.items() if value not in ("", "unknown")}


def run_of_submission(event: SolutionSubmitted) -> Run:
    """The run a submission leads to; it looks at the moment of the submission."""
    data = event.data
    return Run(
        id=run_id(data.solution_id, data.version, data.round),
        solution_id=data.solution_id,
        slug=data.slug,
        solution_version=data.version,
        organisation_id=data.organisation_id,
        repository_url=_stated(data.listing.repository_url),
        demo_url=_stated(data.listing.demo_url),
        trigger=Trigger.SUBMISSION,
        requested_by=data.submitted_by,
        requested_at=data.submitted_at,
        as_of=data.submitted_at,
    )


def _stated(address: str | None) -> str | None:
    return (address or "").strip() or None


def job_of(run: Run) -> OutboxMessage:
    """The message that queues the run once, with the context it was asked for in."""
    bound = context.current()
    body = Job(
        run_id=run.id,
        solution_id=run.solution_id,
        slug=run.slug,
        solution_version=run.solution_version,
        organisation_id=run.organisation_id,
        repository_url=run.repository_url,
        demo_url=run.demo_url,
        trigger=run.trigger,
        requested_by=run.requested_by,
        requested_at=run.requested_at,
        as_of=run.as_of,
        forced=run.forced,
        correlation_id=bound.correlation_id,
        causation_id=bound.causation_id,
        traceparent=bound.traceparent,
        actor=bound.actor,
    )
    return of_job("checkup", "run", run.id, body)


def run_of(job: Job) -> Run:
    """The run as it was when its job was queued."""
    return Run(
        id=job.run_id,
        solution_id=job.solution_id,
        slug=job.slug,
        solution_version=job.solution_version,
        organisation_id=job.organisation_id,
        repository_url=job.repository_url,
        demo_url=job.demo_url,
        trigger=job.trigger,
        requested_by=job.requested_by,
        requested_at=job.requested_at,
        as_of=job.as_of,
        forced=job.forced,
    )


def messages_of(run: Run) -> list[OutboxMessage]:
    """The event of a run that has just ended; nothing while it goes on and when it was cancelled."""
    if run.state is RunState.SCORED and run.report is not None and run.finished_at is not None:
        data = _scored(run, run.report, run.finished_at)
        event = stamp(contract.CheckupScored, data, aggregate_id=run.solution_id, now=run.finished_at)
        return [of_event(event)]
    if run.state is RunState.FAILED and run.finished_at is not None:
        failed = contract.CheckupFailedData(
            run_id=run.id,
            solution_id=run.solution_id,
            slug=run.slug,
            version=run.solution_version,
            organisation_id=run.organisation_id,
            reason=run.failure_reason or "",
            kind=run.failure_kind or "",
            failed_at=run.finished_at,
            trigger=run.trigger.value,
        )
        return [of_event(stamp(contract.CheckupFailed, failed, aggregate_id=run.solution_id, now=run.finished_at))]
    return []


def _scored(run: Run, report: Report, at: datetime) -> contract.CheckupScoredData:
    return contract.CheckupScoredData(
        run_id=run.id,
        solution_id=run.solution_id,
        slug=run.slug,
        version=run.solution_version,
        organisation_id=run.organisation_id,
        rubric_version=report.rubric_version,
        commit=report.commit,
        as_of=report.as_of,
        dimensions=[
            CheckupDimensionScore(
                dimension=CheckupDimension(result.dimension),
                score=result.score,
                coverage=result.coverage,
                award=result.award,
                status=CheckupStatus(result.standing.value),
            )
            for result in report.dimensions
        ],
        awards=[CheckupDimension(award) for award in report.awards],
        measurable=report.measurable,
        finished_at=at,
        trigger=run.trigger.value,
        grade=report.grade.stage if report.grade else None,
    )
