"""The optional assessment of a run: texts are kept while the clone exists, the model is asked after the scoring."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import BaseModel
from servicekit import context, logging
from servicekit.outbox import OutboxMessage, of_job

from checkup.application import model_answer
from checkup.application.ports import Assessing, Ports
from checkup.domain import assessment
from checkup.domain.assessment import (
    MOST_ATTEMPTS,
    Assessment,
    AssessmentState,
    FailureKind,
    Gathered,
    ModelFailure,
    Opinion,
    Passage,
)
from checkup.domain.report import Report

log = logging.get(__name__)

LONGEST_PAUSE = 120.0  # seconds, whatever an endpoint asks for


class AssessmentJob(BaseModel):
    """The body of a job; everything else is in the assessment and the run."""

    run_id: str
    correlation_id: str
    traceparent: str


def assessment_job(run_id: str) -> OutboxMessage:
    """The message that queues an assessment once, with the context of the event that led to it."""
    bound = context.current()
    job = AssessmentJob(run_id=run_id, correlation_id=bound.correlation_id, traceparent=bound.traceparent)
    return of_job("checkup", "assess", run_id, job)


async def gather(ports: Ports, run_id: str, git_dir: Path) -> None:
    """Keep the texts of a run that is about to be scored; nothing about a repository makes this fail."""
    if ports.assessing is not None:
        await ports.assessments.put(await _gathered(ports.assessing, run_id, git_dir, now=ports.clock.now()))


async def queue(ports: Ports, run_id: str) -> None:
    """Have the model asked now that the run is scored; does nothing for runs without texts."""
    await ports.assessments.change(run_id, assessment.queue)


async def carry_out(ports: Ports, job: AssessmentJob) -> None:
    """Bring an assessment to its end, whoever began it: every call is counted before it is made."""
    held, run = await ports.assessments.get(job.run_id), await ports.runs.get(job.run_id)
    if held is None or held.ended or run is None or run.report is None:
        return
    while not held.ended:
        if ports.assessing is None:
            held = await _give_up(ports, held, "off")
        elif held.attempts >= MOST_ATTEMPTS:
            held = await _give_up(ports, held, held.failure_kind or "interrupted")
        else:
            held = await _attempt(ports, ports.assessing, held, run.report)


async def at_once(assessing: Assessing, report: Report, git_dir: Path, *, now: datetime) -> Assessment:
    """Assess without a queue and without a second try, for the command line."""
    held = await _gathered(assessing, "", git_dir, now=now)
    if held.ended:
        return held
    try:
        opinion = await _ask(assessing, report, held.passages)
    except ModelFailure as failure:
        log.info("assessment failed", kind=failure.kind, detail=failure.detail)
        return assessment.fail(held, failure.kind, now=now) or held
    return _finished(assessing, held, opinion, now=now) or held


async def _gathered(assessing: Assessing, run_id: str, git_dir: Path, *, now: datetime) -> Assessment:
    new = Assessment(
        run_id=run_id, commit="", model=assessing.model.model, prompt=assessing.prompt.digest, gathered_at=now
    )
    try:
        found: Gathered = await assessing.texts.gather(git_dir)
    except ModelFailure as failure:
        log.warning("texts not gathered", run_id=run_id, detail=failure.detail)
        return replace(new, state=AssessmentState.FAILED, failure_kind=failure.kind, finished_at=now)
    return replace(new, commit=found.commit, passages=found.passages, suspicions=found.suspicions)


async def _attempt(ports: Ports, assessing: Assessing, held: Assessment, report: Report) -> Assessment:
    """One call, and the pause after it when another one may help."""
    begun = await _change(ports, held, assessment.begin)
    if begun.ended:
        return begun
    try:
        opinion = await _ask(assessing, report, begun.passages)
    except ModelFailure as failure:
        log.info("assessment call failed", run_id=begun.run_id, kind=failure.kind, detail=failure.detail,
                 attempt=begun.attempts)  # fmt: skip
        if begun.attempts >= failure.most_attempts:
            return await _give_up(ports, begun, failure.kind)
        waiting = await _change(ports, begun, partial(assessment.wait, kind=failure.kind))
        pause = assessing.pauses[min(begun.attempts, len(assessing.pauses)) - 1]
        await asyncio.sleep(min(max(pause, failure.retry_after or 0), LONGEST_PAUSE))
        return waiting
    ended = await _change(ports, begun, lambda known: _finished(assessing, known, opinion, now=ports.clock.now()))
    log.info("assessment made", run_id=ended.run_id, claims=len(opinion.claims), dropped=opinion.dropped)
    return ended


async def _ask(assessing: Assessing, report: Report, passages: tuple[Passage, ...]) -> Opinion:
    prompt = assessing.prompt
    message = model_answer.user_message(prompt, report, passages)
    said = await assessing.model.complete(prompt.system, message, model_answer.schema())
    return model_answer.opinion(said, prompt, report, passages)


def _finished(assessing: Assessing, held: Assessment, opinion: Opinion, *, now: datetime) -> Assessment | None:
    return assessment.done(held, opinion, now=now, model=assessing.model.model, prompt=assessing.prompt.digest)


async def _give_up(ports: Ports, held: Assessment, kind: FailureKind) -> Assessment:
    return await _change(ports, held, partial(assessment.fail, kind=kind, now=ports.clock.now()))


async def _change(ports: Ports, held: Assessment, decide: assessment.Decision) -> Assessment:
    changed = await ports.assessments.change(held.run_id, decide)
    if changed is None:
        raise LookupError(f"the assessment of run {held.run_id} is gone")
    return changed
