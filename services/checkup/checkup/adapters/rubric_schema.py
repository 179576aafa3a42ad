"""The shape of a rubric file, for rubrics that did not come with this service: every fault is told with its place."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from checkup.adapters import rubric_files
from checkup.adapters.rubric_files import RubricError
from checkup.domain.rubric import COUNTS, Rubric

MOST_BYTES = 1_000_000
MOST_FAULTS = 10
Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=100)]
Word = Annotated[str, Field(min_length=1, max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Text(_Part):
    de: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class _Term(_Part):
    input: Word
    weight: float
    points: Annotated[list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(min_length=1)] | None = (
        None
    )


class _Formula(_Part):
    terms: list[_Term]
    start: float = 0
    times: list[Word] = []


class _Metric(_Part):
    id: Word
    weight: Annotated[float, Field(gt=0, le=100)]
    confidence: Share
    source: str
    title: _Text
    question: _Text
    advice: _Text
    score: _Formula | None = None
    missing: _Text | None = None


class _Award(_Part):
    score: Points
    coverage: Share
    confidence: Share
    facts_at_least: dict[str, float] = {}
    facts_at_most: dict[str, float] = {}


class _Cap(_Part):
    id: Word
    fact: Word
    at_least: float
    limit: Points
    text: _Text


class _Dimension(_Part):
    id: Word
    title: _Text
    about: _Text
    award: _Award
    caps: list[_Cap] = []
    metrics: Annotated[list[_Metric], Field(min_length=1)]


class _Probe(_Part):
    id: Word
    topic: Word
    good: Literal["found", "absent"]
    source: str
    title: _Text
    advice: _Text


class _Criterion(_Part):
    id: Word
    title: _Text
    metric: Word | None = None
    dimension: Word | None = None
    fact: Word | None = None
    count: Literal[COUNTS] | None = None  # type: ignore[valid-type]
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if sum(each is not None for each in (self.metric, self.dimension, self.fact, self.count)) != 1:
            raise ValueError("needs exactly one of metric, dimension, fact and count")
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs exactly one of at_least and at_most")
        return self


class _Stage(_Part):
    id: Word
    title: _Text
    about: _Text
    criteria: Annotated[list[_Criterion], Field(min_length=1)]


class _Overall(_Part):
    about: _Text
    source: str
    scored_dimensions: Annotated[int, Field(ge=1)]
    award_days: Annotated[int, Field(ge=1)]
    renewal_tolerance: Annotated[float, Field(ge=0, le=20)]
    stages: Annotated[list[_Stage], Field(min_length=1)]


class _RubricFile(_Part):
    version: Word
    valid_from: str
    number_from: Share
    normal_from: Share
    thresholds_from: _Text
    not_measurable: _Text
    dimensions: Annotated[list[_Dimension], Field(min_length=3)]
    probes: list[_Probe] = []
    overall: _Overall | None = None


def read(path: Path) -> Rubric:
    """The rubric of a file on this machine. Raises RubricError that names every fault (ten at most) and its place."""
    data = _loaded(path)
    try:
        _RubricFile.model_validate(data)
    except ValidationError as error:
        raise RubricError(_told(error)) from None
    _only_what_is_measured(data)
    rubric = rubric_files.parse(data)
    if rubric.version in rubric_files.versions() and rubric.digest != rubric_files.load(rubric.version).digest:
        raise RubricError(f"version: {rubric.version} is a released rubric that says something else; name your own one")
    return rubric


def _loaded(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RubricError(f"the file is larger than {MOST_BYTES // 1000} kB")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RubricError(error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise RubricError("the file is not UTF-8") from None
    except yaml.YAMLError as error:
        raise RubricError(f"no valid YAML: {error}") from None
    if not isinstance(data, dict):
        raise RubricError("the file holds no mapping with version, dimensions and so on")
    return data


def _told(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{_place(fault['loc'])}: {fault['msg']}" for fault in faults[:MOST_FAULTS]]
    more = len(faults) - len(lines)
    return "\n".join([*lines, *([f"and {more} more"] if more else [])])


def _place(steps: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".") or "file"


def _only_what_is_measured(data: dict[str, Any]) -> None:
    """Every raw number that the file asks for must be one that a detector yields: a released rubric asks for it too."""
    known: dict[str, set[str]] = {}
    for version in rubric_files.versions():
        for metric in (m for d in rubric_files.load(version).dimensions for m in d.metrics):
            known.setdefault(metric.id, set()).update(metric.formula.inputs() if metric.formula else ())
    for d, dimension in enumerate(data["dimensions"]):
        for m, metric in enumerate(dimension["metrics"]):
            place, formula = f"dimensions[{d}].metrics[{m}]", metric.get("score")
            if metric["id"] not in known:
                raise RubricError(f"{place}.id: nothing measures {metric['id']}; known are {', '.join(sorted(known))}")
            asked = {term["input"] for term in formula["terms"]} | set(formula.get("times", ())) if formula else set()
            if unknown := sorted(asked - known[metric["id"]]):
                inputs = ", ".join(sorted(known[metric["id"]])) or "none"
                raise RubricError(f"{place}.score: {metric['id']} yields no {', '.join(unknown)}; it yields {inputs}")
