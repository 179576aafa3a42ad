"""The runs of a solution as the team sees them, and what another rubric would make of the newest one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from web.api.checkup import Checkup, Preview, Report, RubricVersion, RubricVersions, Run, RunPage
from web.api.problem import ApiProblem
from web.checkup_progress import UNDER_WAY
from web.partly import Part, part

MOST_RUNS = 10


@dataclass(frozen=True)
class RunsView:
    """`scored` is the run that the report on show is from; `wanted` the rubric that was chosen to be tried."""

    runs: Part[RunPage]
    report: Part[Report]
    rubrics: Sequence[RubricVersion]
    wanted: str = ""
    preview: Preview | None = None
    refused: ApiProblem | None = None

    @property
    def newest(self) -> Sequence[Run]:
        return self.runs.value.items[:MOST_RUNS] if self.runs.value else []

    @property
    def under_way(self) -> Run | None:
        return next((run for run in self.newest if run.state in UNDER_WAY), None)

    @property
    def others(self) -> Sequence[RubricVersion]:
        """The rubrics that the report on show is not under."""
        shown = self.report.value.rubric_version if self.report.value else ""
        return [each for each in self.rubrics if each.version != shown]


async def load(checkup: Checkup, solution_id: str, wanted: str) -> RunsView:
    """Ask for runs, report and rubrics, and for the preview of the `wanted` one if there is one."""
    runs, report, rubrics = await asyncio.gather(
        part(checkup.runs(solution_id)), part(checkup.report(solution_id)), part(checkup.rubrics())
    )
    known = (rubrics.value or RubricVersions()).items
    if not wanted or report.value is None or not report.value.measurable:
        return RunsView(runs, report, known)
    try:
        return RunsView(runs, report, known, wanted, await checkup.preview(report.value.run_id, wanted))
    except ApiProblem as problem:
        if problem.status != 404:
            raise
        return RunsView(runs, report, known, wanted, refused=problem)
