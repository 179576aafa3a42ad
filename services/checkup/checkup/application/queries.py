"""What can be asked about runs and reports, and by whom."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from servicekit import errors

from checkup.application.ports import Ports, Queue
from checkup.domain.rubric import Rubric
from checkup.domain.run import Run, RunState
from checkup.domain.solution import Solution


class Reader(Protocol):
    """Somebody who may belong to organisations or the team."""

    def may_see(self, organisation_id: str) -> bool:
        """True for members of the organisation and for the team."""
        ...


def rubric(ports: Ports, version: str | None) -> Rubric:
    """Return a rubric, the current one when None. Raises `rubric-not-found` (not_found)."""
    try:
        return ports.rubrics.current if version is None else ports.rubrics.get(version)
    except KeyError:
        raise errors.not_found("rubric-not-found", f"there is no rubric {version}") from None


async def solution_or_404(ports: Ports, solution_id: str) -> Solution:
    """Return the solution. Raises `no-checkup` (not_found)."""
    held = await ports.solutions.get(solution_id)
    if held is None:
        raise _no_checkup(solution_id)
    return held


def visible_up_to(held: Solution, by: Reader | None) -> int | None:
    """Return the newest version whose results the reader may see, None for no bound.

    Raises `no-checkup` (not_found) when there is none.
    """
    if by is not None and by.may_see(held.organisation_id):
        return None
    if held.live_version is None:
        raise _no_checkup(held.id)
    return held.live_version


async def report(ports: Ports, solution_id: str, *, by: Reader | None) -> Run:
    """Return the newest scored run: of any version for provider and team, of the published one for everybody else.

    Raises `no-checkup` (not_found), also for those who may not know.
    """
    held = await solution_or_404(ports, solution_id)
    run = await ports.runs.latest_report(solution_id, up_to_version=visible_up_to(held, by))
    if run is None:
        raise _no_checkup(solution_id)
    return await _assessed(ports, run)


async def runs(ports: Ports, solution_id: str, *, by: Reader | None) -> Sequence[Run]:
    """Return the newest runs without their reports; the public sees the scored ones of the published version."""
    held = await solution_or_404(ports, solution_id)
    bound = visible_up_to(held, by)
    return await ports.runs.of_solution(solution_id, up_to_version=bound, scored_only=bound is not None)


async def run(ports: Ports, run_id: str, *, by: Reader | None) -> Run:
    """Return one run. Raises `run-not-found` (not_found), also for those who may not know."""
    found = await ports.runs.get(run_id)
    if found is not None:
        if by is not None and by.may_see(found.organisation_id):
            return found
        held = await ports.solutions.get(found.solution_id)
        live = held.live_version if held else None
        if live is not None and found.state is RunState.SCORED and found.solution_version <= live:
            return found
    raise errors.not_found("run-not-found", f"there is no run {run_id}")


async def queue(ports: Ports) -> Queue:
    """Return the work queue as it is now."""
    return await ports.queue.look()


async def _assessed(ports: Ports, run: Run) -> Run:
    """The run with what a language model said about it, if one was asked."""
    found = await ports.assessments.get(run.analysis_id or run.id)
    return run if run.report is None else replace(run, report=replace(run.report, assessment=found))


def _no_checkup(solution_id: str) -> errors.ProblemError:
    return errors.not_found("no-checkup", f"there is no checkup of solution {solution_id}")
