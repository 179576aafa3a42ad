"""What the checkup says beside the dimensions: stage, awards, history, and how others in the field of action score."""

from datetime import UTC, datetime

from web.api.caller import ApiModel


class Award(ApiModel):
    """An award of a dimension; `valid_until` is None for reports of a rubric whose awards knew no end."""

    dimension: str
    threshold: float | None = None
    valid_until: datetime | None = None
    renewed: bool = False

    @property
    def ended(self) -> bool:
        return self.valid_until is not None and self.valid_until < datetime.now(UTC)


class Criterion(ApiModel):
    """One criterion of a stage with the number it was judged by and one bound."""

    id: str
    title_de: str = ""
    title_en: str = ""
    status: str = "open"
    value: float | None = None
    at_least: float | None = None
    at_most: float | None = None


class Stage(ApiModel):
    """One stage; `progress` in percent is below 100 until it is reached."""

    id: str
    title_de: str = ""
    title_en: str = ""
    reached: bool = False
    progress: int = 0
    criteria: list[Criterion] = []


class Grade(ApiModel):
    """The stage that was reached; with a `reason` there is none because too little could be scored."""

    stage: str | None = None
    title_de: str | None = None
    title_en: str | None = None
    assessable: bool = True
    reason_de: str | None = None
    reason_en: str | None = None
    stages: list[Stage] = []

    @property
    def following(self) -> Stage | None:
        """The first stage that is not reached."""
        return next((stage for stage in self.stages if not stage.reached), None)


class PastScore(ApiModel):
    """One dimension of an earlier run."""

    dimension: str
    score: float | None = None
    award: bool = False


class PastRun(ApiModel):
    """One scored run; `rubric_changed` when the one before it was scored by other rules."""

    run_id: str
    as_of: datetime
    commit: str | None = None
    rubric_version: str = ""
    rubric_changed: bool = False
    dimensions: list[PastScore] = []
    stage_title_de: str | None = None
    stage_title_en: str | None = None

    def score(self, dimension: str) -> float | None:
        return next((each.score for each in self.dimensions if each.dimension == dimension), None)


class History(ApiModel):
    """Scored runs, newest first."""

    items: list[PastRun] = []


class Median(ApiModel):
    """The median of one dimension, None where too few solutions have a number."""

    dimension: str
    median: float | None = None
    solutions: int = 0


class Comparison(ApiModel):
    """The published solutions of a field of action under one rubric; fewer than `least` give no median."""

    field_of_action: str
    rubric_version: str = ""
    solutions: int = 0
    least: int = 5
    dimensions: list[Median] = []

    def median(self, dimension: str) -> float | None:
        return next((each.median for each in self.dimensions if each.dimension == dimension), None)

    @property
    def counted(self) -> int:
        """How many solutions have a number in the dimension that most have one in."""
        return max((each.solutions for each in self.dimensions), default=0)

    @property
    def enough(self) -> bool:
        return any(each.median is not None for each in self.dimensions)


class StageRule(ApiModel):
    """One stage as the rubric has it."""

    id: str
    title_de: str = ""
    title_en: str = ""
    about_de: str = ""
    about_en: str = ""
    criteria: list[Criterion] = []


class Overall(ApiModel):
    """The rules of stages and of how long awards hold (days) and are kept (points below the threshold)."""

    about_de: str = ""
    about_en: str = ""
    source: str = ""
    scored_dimensions: int = 0
    award_days: int = 0
    renewal_tolerance: float = 0
    stages: list[StageRule] = []
