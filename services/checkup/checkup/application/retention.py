"""Forgets measurements that nobody will score again; reports and what they show stay for ever."""

from datetime import timedelta

from checkup.application.ports import Ports
from checkup.domain.run import Run

YOUNGEST = timedelta(days=1)
"""Measurements this young may belong to a run under way."""
AT_ONCE = 200


async def prune(ports: Ports, newest: int) -> int:
    """Drop measurements except those of each solution's `newest` scored runs and of its published version's last one.

    What may still be taken over (`reuse_for`) stays too. Zero `newest` keeps everything. Returns how many are gone;
    any number of workers may do it at the same time.
    """
    if newest <= 0:
        return 0
    before = ports.clock.now() - max(ports.reuse_for, YOUNGEST)
    wanted: dict[str, frozenset[str]] = {}
    dropped, after = 0, ""
    while ids := await ports.analyses.older(before, after=after, limit=AT_ONCE):
        after = ids[-1]
        for analysis_id in ids:
            solutions = {run.solution_id for run in await ports.runs.resting_on(analysis_id)}
            for solution_id in solutions - wanted.keys():
                wanted[solution_id] = await _wanted(ports, solution_id, newest)
            if not any(analysis_id in wanted[solution_id] for solution_id in solutions):
                await ports.analyses.drop(analysis_id)
                dropped += 1
    return dropped


async def _wanted(ports: Ports, solution_id: str, newest: int) -> frozenset[str]:
    """The measurements that somebody may want to have scored again."""
    runs: list[Run] = list(await ports.runs.of_solution(solution_id, scored_only=True, limit=newest))
    solution = await ports.solutions.get(solution_id)
    if solution is not None and solution.live_version is not None:
        runs += await ports.runs.of_solution(
            solution_id, up_to_version=solution.live_version, scored_only=True, limit=1
        )
    return frozenset(run.analysis_id or run.id for run in runs)
