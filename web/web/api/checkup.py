"""The checkup service: the rubric, reports, runs."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from web.api.assessment import Assessment
from web.api.caller import ApiModel, Caller
from web.api.checkup_results import Award, Comparison, Grade, History, Overall

BASE = "/api/checkup"
SILENCE_SECONDS = 45.0
"""Three times the pause after which the service says that a stream is alive."""


class Evidence(ApiModel):
    """What was found and where."""

    text: str
    path: str | None = None
    line: int | None = None


class Metric(ApiModel):
    """One measurement; `score` is None unless it was measured, `reason` says why not, `gain` what 100 would add."""

    id: str
    title_de: str = ""
    title_en: str = ""
    status: str = "measured"
    score: float | None = None
    weight: float | None = None
    evidence: list[Evidence] = []
    reason: str | None = None
    advice_de: str | None = None
    advice_en: str | None = None
    gain: float | None = None
    origin: str = "repository"
    observed_at: datetime | None = None


class Cap(ApiModel):
    """An upper bound that held for a dimension, as a sentence."""

    id: str
    text_de: str = ""
    text_en: str = ""


class Dimension(ApiModel):
    """One of the five dimensions; `score` is None when it could not be measured, never 0."""

    dimension: str
    score: float | None = None
    coverage: float = 0.0
    confidence: float = 0.0
    status: str = "not_measurable"
    award: bool = False
    caps: list[Cap] = []
    metrics: list[Metric] = []


class Report(ApiModel):
    """The latest finished run of a solution; `reason` says why nothing was measurable."""

    run_id: str = ""
    version: int | None = None
    rubric_version: str = ""
    repository_url: str | None = None
    commit: str | None = None
    as_of: datetime | None = None
    finished_at: datetime | None = None
    dimensions: list[Dimension] = []
    awards: list[str] = []
    measurable: bool = True
    reason: str | None = None
    notes: list[str] = []
    tools: dict[str, str] = {}
    awarded: list[Award] = []
    grade: Grade | None = None
    assessment: Assessment = Assessment()


class Run(ApiModel):
    """A run and how far it is (0 to 1); `reason` is set when it failed or waits."""

    id: str = ""
    state: str
    stage: str | None = None
    progress: float | None = None
    groups_done: int = 0
    groups_total: int = 0
    elapsed_seconds: float | None = None
    reused_from: str | None = None
    trigger: str | None = None
    reason: str | None = None
    requested_at: datetime | None = None
    finished_at: datetime | None = None


class RunPage(ApiModel):
    """The runs of a solution, newest first."""

    items: list[Run] = []


class RubricMetric(ApiModel):
    """One question of the rubric with its weight inside the dimension, in percent."""

    id: str
    title_de: str = ""
    title_en: str = ""
    question_de: str = ""
    question_en: str = ""
    weight: float | None = None
    source: str = ""
    measured: bool = True


class RubricDimension(ApiModel):
    """One dimension with what earns its award."""

    id: str
    title_de: str = ""
    title_en: str = ""
    about_de: str = ""
    about_en: str = ""
    award_score: float | None = None
    award_coverage: float | None = None
    award_confidence: float | None = None
    award_facts_at_least: dict[str, float] = {}
    award_facts_at_most: dict[str, float] = {}
    caps: list[Cap] = []
    metrics: list[RubricMetric] = []


class Rubric(ApiModel):
    """How a checkup scores."""

    version: str = ""
    thresholds_from_de: str = ""
    thresholds_from_en: str = ""
    overall: Overall | None = None
    dimensions: list[RubricDimension] = []


class RubricVersion(ApiModel):
    """One version; `current` scores new runs."""

    version: str
    valid_from: str = ""
    current: bool = False


class RubricVersions(ApiModel):
    """All versions, newest first."""

    items: list[RubricVersion] = []


class DimensionChange(ApiModel):
    """A dimension's score before and after; None where there is none."""

    dimension: str
    before: int | None = None
    after: int | None = None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


class Preview(ApiModel):
    """What another rubric makes of the measurements of a run; `gained` and `lost` are awards."""

    run_id: str
    commit: str | None = None
    rubric_before: str = ""
    rubric_after: str = ""
    dimensions: list[DimensionChange] = []
    gained: list[str] = []
    lost: list[str] = []


@dataclass(frozen=True)
class Checkup:
    """Calls of the checkup service; every one may raise ApiProblem."""

    call: Caller

    async def rubric(self) -> Rubric:
        return (await self.call.get(f"{BASE}/rubric")).as_model(Rubric)

    async def report(self, solution_id: str) -> Report:
        """404 `no-checkup` when none has finished yet."""
        return (await self.call.get(f"{BASE}/solutions/{solution_id}")).as_model(Report)

    async def history(self, solution_id: str) -> History:
        """404 `no-checkup` like the report."""
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/history")).as_model(History)

    async def comparison(self, field_of_action: str, rubric: str) -> Comparison:
        """The medians of a field of action; 404 `rubric-not-found`."""
        query = {"field_of_action": field_of_action, "rubric": rubric}
        return (await self.call.get(f"{BASE}/comparison", query)).as_model(Comparison)

    async def runs(self, solution_id: str) -> RunPage:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/runs")).as_model(RunPage)

    async def start(self, solution_id: str, key: str) -> None:
        """429 `checkup-too-soon` when one has run a moment ago."""
        await self.call.post(f"{BASE}/solutions/{solution_id}/runs", key=key)

    async def start_anew(self, solution_id: str, key: str) -> None:
        """Measure even an unchanged commit, at once: for the team. 409 `checkup-in-progress`, `no-repository`."""
        await self.call.post(f"{BASE}/solutions/{solution_id}/runs", key=key, query={"force": "true"})

    async def rubrics(self) -> RubricVersions:
        return (await self.call.get(f"{BASE}/rubrics")).as_model(RubricVersions)

    async def preview(self, run_id: str, version: str) -> Preview:
        """404 `measurement-not-kept`, `rubric-not-found`."""
        return (await self.call.get(f"{BASE}/runs/{run_id}/preview", {"rubric": version})).as_model(Preview)

    async def cancel(self, run_id: str, key: str) -> None:
        """409 `run-finished` when it is too late."""
        await self.call.post(f"{BASE}/runs/{run_id}/cancel", key=key)

    async def follow(self, run_id: str) -> AsyncGenerator[Run, None]:
        """The run as it is now and at each change, until it has ended or the stream breaks off."""
        async with self.call.stream(f"{BASE}/runs/{run_id}/events", silence_seconds=SILENCE_SECONDS) as lines:
            async for line in lines:
                if line.startswith("data: "):
                    yield Run.model_validate_json(line.removeprefix("data: "))
