"""The results of a checkup as pages show them: over time, beside others, as charts, and in two readings."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from servicekit.charts import Line, Radar, line, radar

from web.api.checkup import Checkup, Dimension, Metric, Report
from web.api.checkup_results import Award, Comparison, History, PastRun
from web.checkup_reading import Reading, read
from web.partly import Part, part

TREND_WIDTH, TREND_HEIGHT = 160, 48
MOST_DRAWN = 24
MOST_FIELDS = 3
MOST_STEPS = 5


@dataclass(frozen=True)
class Trend:
    """One dimension over time; `change` since the run before, None when the rules or the number do not allow it."""

    dimension: str
    chart: Line
    newest: float | None
    change: float | None
    new_rules_at: tuple[float, ...]


@dataclass(frozen=True)
class Step:
    """A next step of the provider: what it would add to the score of which dimension."""

    dimension: str
    metric: Metric
    gain: int


@dataclass(frozen=True)
class CheckupView:
    """A report with what surrounds it; `past` are the runs from old to new."""

    report: Report
    past: Sequence[PastRun]
    history_down: bool
    comparisons: Sequence[Comparison]

    @property
    def radar(self) -> Radar:
        return radar([each.score for each in self.report.dimensions])

    @property
    def median_radar(self) -> Radar | None:
        """The medians drawn as another outline, None without a comparison."""
        field = self.compared
        return radar([field.median(each.dimension) for each in self.report.dimensions]) if field else None

    @property
    def compared(self) -> Comparison | None:
        """The first field of action that has enough solutions for a median."""
        return next((each for each in self.comparisons if each.enough), None)

    @property
    def reading(self) -> Reading:
        return read(self.report)

    @property
    def steps(self) -> list[Step]:
        """The next steps with the largest gain first."""
        found = [
            Step(each.dimension, metric, round(metric.gain))
            for each in self.report.dimensions
            for metric in each.metrics
            if metric.advice_de and metric.gain is not None and metric.gain >= 1
        ]
        return sorted(found, key=lambda step: (-step.gain, step.metric.id))[:MOST_STEPS]

    @property
    def trends(self) -> list[Trend]:
        """One per dimension, as soon as there are two runs."""
        drawn = self.past[-MOST_DRAWN:]
        return [_trend(each, drawn) for each in self.report.dimensions] if len(drawn) > 1 else []

    def award(self, dimension: str) -> Award | None:
        return next((each for each in self.report.awarded if each.dimension == dimension), None)


async def load(checkup: Checkup, solution_id: str, fields: Sequence[str]) -> tuple[Part[Report], CheckupView | None]:
    """The report, and it with what surrounds it as far as the service answers; None without a report."""
    report = await part(checkup.report(solution_id))
    found = report.value
    if found is None:
        return report, None
    history, compared = await asyncio.gather(
        part(checkup.history(solution_id)),
        asyncio.gather(*(part(checkup.comparison(each, found.rubric_version)) for each in fields[:MOST_FIELDS])),
    )
    return report, CheckupView(
        report=found,
        past=list(reversed((history.value or History()).items)),
        history_down=history.down,
        comparisons=[each.value for each in compared if each.value is not None],
    )


def _trend(dimension: Dimension, runs: Sequence[PastRun]) -> Trend:
    name = dimension.dimension
    scores = [run.score(name) for run in runs]
    chart = line(scores, width=TREND_WIDTH, height=TREND_HEIGHT)
    before, newest = scores[-2], scores[-1]
    change = None
    if before is not None and newest is not None and not runs[-1].rubric_changed:
        change = newest - before
    between = [(a + b) / 2 for a, b in pairwise(chart.steps)]
    new_rules = tuple(x for x, run in zip(between, runs[1:], strict=True) if run.rubric_changed)
    return Trend(name, chart, newest, change, new_rules)
