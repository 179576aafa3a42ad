"""Carries out one queued run: fetch, analyse, score, keep; safe to be repeated after any interruption."""

import asyncio
from functools import partial

from servicekit import errors, logging

from checkup.application import assess
from checkup.application.mapping import Job, run_of
from checkup.application.ports import Ports
from checkup.domain import report, run
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import with_observations
from checkup.domain.run import Run

log = logging.get(__name__)

MOST_ATTEMPTS = 8
"""Beginnings after which a run is given up: something about it ends every worker that takes it."""

MOST_TIMEOUTS = 2
"""Beginnings that may end in a timeout: each holds a worker for as long as a run may take."""


async def perform(ports: Ports, job: Job) -> None:
    """Bring the run to its end, whoever began it. Attempts are counted by the run, not by the queue, which delivers
    again for other reasons too (a database that is away).

    Raises ProblemError (unavailable) when the repository cannot be reached for now: the queue delivers again.
    """
    held = await ports.runs.get(job.run_id)
    if held is None:
        await ports.runs.add(run_of(job), with_job=False)
    elif held.finished:
        return
    elif held.attempts >= MOST_ATTEMPTS:
        await _give_up(ports, job.run_id, _interrupted(held.attempts))
        return
    begun = await ports.runs.change(job.run_id, lambda known: run.start(known, now=ports.clock.now()))
    if begun.finished or begun.repository_url is None:
        return
    try:
        await _measure(ports, begun, begun.repository_url)
    except CheckupFailure as failure:
        log.info("checkup failed", run_id=begun.id, kind=failure.kind, detail=failure.detail, attempt=begun.attempts)
        if failure.transient and begun.attempts < (
            MOST_TIMEOUTS if failure.kind == "timeout" else ports.fetch_attempts
        ):
            await ports.runs.change(begun.id, partial(run.wait, failure=failure))
            raise errors.unavailable("repository-unreachable", failure.detail) from failure
        await _give_up(ports, begun.id, failure)


async def _measure(ports: Ports, begun: Run, url: str) -> None:
    rubric = ports.rubrics.current
    seen = asyncio.gather(*(observer.observe(begun) for observer in ports.observers))
    try:
        async with ports.repositories.fetched(url, begun.as_of) as git_dir:
            await ports.runs.change(begun.id, run.analysing)
            analysis = await ports.analyser.analyse(git_dir, begun.as_of)
            await assess.gather(ports, begun.id, git_dir)
        analysis = with_observations(analysis, *await seen)
    finally:
        seen.cancel()
    before = await ports.runs.latest_report(begun.solution_id)
    held = report.held_at(before.report if before else None, rubric, as_of=begun.as_of)
    made = report.of_analysis(analysis, rubric, as_of=begun.as_of, repository_url=url, held=held)
    done = await ports.runs.change(begun.id, lambda known: run.finish(known, made, now=ports.clock.now()))
    log.info("checkup scored", run_id=done.id, slug=done.slug, commit=made.commit, awards=list(made.awards))


async def _give_up(ports: Ports, run_id: str, failure: CheckupFailure) -> None:
    await ports.runs.change(run_id, lambda known: run.fail(known, failure, now=ports.clock.now()))


def _interrupted(attempts: int) -> CheckupFailure:
    return CheckupFailure(
        "interrupted",
        "Der Checkup wurde mehrfach unterbrochen und nicht zu Ende gebracht. Das Marktplatz-Team ist gefragt.",
        f"begun {attempts} times without an end",
    )
