"""Carries out one queued run: fetch, analyse, score, keep; safe to be repeated after any interruption."""

import asyncio
from dataclasses import replace
from functools import partial

from servicekit import errors, logging

from checkup.application import measuring
from checkup.application.mapping import Job, run_of
from checkup.application.ports import KeptAnalysis, Ports
from checkup.application.progress import CalledOff, Progress, accompanied
from checkup.domain import report, run
from checkup.domain.failure import CheckupFailure
from checkup.domain.report import Report
from checkup.domain.run import Run

log = logging.get(__name__)

MOST_ATTEMPTS = 8
"""Beginnings after which a run is given up: something about it ends every worker that takes it."""

MOST_TIMEOUTS = 2
"""Beginnings that may end in a timeout: each holds a worker for as long as a run may take."""

HAND_BACK_SECONDS = 5.0


async def perform(ports: Ports, job: Job) -> None:
    """Bring the run to its end, whoever began it. Attempts are counted by the run, not by the queue, which delivers
    again for other reasons too (a database that is away). Cut off by the end of this process, it is handed back.

    Raises ProblemError (unavailable) when the repository cannot be reached for now: the queue delivers again.
    """
    begun = await _begun(ports, job)
    if begun.finished or begun.repository_url is None:
        return
    try:
        async with accompanied(ports, begun.id) as progress:
            await _measure(ports, begun, begun.repository_url, progress)
    except CalledOff:
        await _called_off(ports, begun)
    except asyncio.CancelledError:
        await asyncio.shield(_hand_back(ports, begun.id))
        raise
    except CheckupFailure as failure:
        log.info("checkup failed", run_id=begun.id, kind=failure.kind, detail=failure.detail, attempt=begun.attempts)
        if failure.transient and begun.attempts < (
            MOST_TIMEOUTS if failure.kind == "timeout" else ports.fetch_attempts
        ):
            await ports.runs.change(begun.id, partial(run.wait, failure=failure, now=ports.clock.now()))
            raise errors.unavailable("repository-unreachable", failure.detail) from failure
        await _give_up(ports, begun.id, failure)


async def _begun(ports: Ports, job: Job) -> Run:
    """The run, taken up unless it is over; given up when it has ended too many workers."""

    def begin(known: Run) -> Run | None:
        if known.attempts >= MOST_ATTEMPTS:
            return run.fail(known, _interrupted(known.attempts), now=ports.clock.now())
        return run.start(known, now=ports.clock.now(), worker=ports.worker)

    try:
        return await ports.runs.change(job.run_id, begin)
    except errors.ProblemError as error:
        if error.kind != "not_found":
            raise
    await ports.runs.add(run_of(job), with_job=False)
    return await ports.runs.change(job.run_id, begin)


async def _measure(ports: Ports, begun: Run, url: str, progress: Progress) -> None:
    """Measure, or take over what was measured of the same commit lately.

    The server is asked for HEAD and tags beforehand only where that may spare the clone.
    """
    kept, refs = await measuring.measured_lately(ports, begun, url)
    if kept is not None:
        made = await _report(ports, begun, url, kept)
    else:
        kept = await measuring.measured_now(ports, begun, url, refs, progress)
        made, _ = await asyncio.gather(
            _report(ports, begun, url, kept), ports.analyses.keep(kept, now=ports.clock.now())
        )
    await _finish(ports, begun, kept, made)


async def _finish(ports: Ports, begun: Run, kept: KeptAnalysis, made: Report) -> None:
    finish = partial(run.finish, analysis_id=kept.run_id, network_isolated=kept.network_isolated)
    done = await ports.runs.change(begun.id, lambda known: finish(known, made, now=ports.clock.now()))
    if done.state is run.RunState.CANCELLED:
        raise CalledOff(begun.id)
    log.info("checkup scored", run_id=done.id, slug=done.slug, commit=made.commit, awards=list(made.awards),
             reused_from=done.reused_from)  # fmt: skip


async def _report(ports: Ports, begun: Run, url: str, kept: KeptAnalysis) -> Report:
    """The report of measurements; word for word that of the run they were taken over from, if it was the solution's."""
    rubric = ports.rubrics.current
    confirmed = await ports.verdicts.of_solution(begun.solution_id)
    if kept.run_id != begun.id:
        original = await ports.runs.get(kept.run_id)
        same = original and original.solution_id == begun.solution_id and original.report
        if same and same.rubric_digest == rubric.digest and report.confirmed_in(same, kept.analysis) == confirmed:
            return replace(same, repository_url=url)
    before = await ports.runs.latest_report(begun.solution_id)
    held = report.held_at(before.report if before else None, rubric, as_of=kept.as_of)
    return report.of_analysis(
        kept.analysis, rubric, as_of=kept.as_of, repository_url=url, held=held, confirmed=confirmed
    )


async def _called_off(ports: Ports, begun: Run) -> None:
    """Leave nothing half done of a cancelled run; what another worker brought to its end stays."""
    held = await ports.runs.look(begun.id)
    log.info("checkup called off", run_id=begun.id, slug=begun.slug, state=held and held.state)
    if held is None or held.state is run.RunState.CANCELLED:
        await ports.analyses.drop(begun.id)


async def _hand_back(ports: Ports, run_id: str) -> None:
    try:
        async with asyncio.timeout(HAND_BACK_SECONDS):
            await ports.runs.change(run_id, run.hand_back)
    except Exception as error:  # whoever takes the job begins it anew all the same
        log.warning("run not handed back", run_id=run_id, error=repr(error))


async def _give_up(ports: Ports, run_id: str, failure: CheckupFailure) -> None:
    await ports.runs.change(run_id, lambda known: run.fail(known, failure, now=ports.clock.now()))


def _interrupted(attempts: int) -> CheckupFailure:
    return CheckupFailure(
        "interrupted",
        "Der Checkup wurde mehrfach unterbrochen und nicht zu Ende gebracht. Das Marktplatz-Team ist gefragt.",
        f"begun {attempts} times without an end",
    )
