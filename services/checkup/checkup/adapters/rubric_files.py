"""Reads the released rubric files that ship with the service and refuses one that is inconsistent."""

import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

import yaml

from checkup.adapters import overall_rules
from checkup.domain.rubric import AwardRule, Cap, Dimension, Formula, Metric, ProbeRule, Rubric, Term, Text

CURRENT = "2026.3"
TOPICS = frozenset(("it_security", "data_protection", "accessibility", "operations", "licence"))


class RubricError(ValueError):
    """A rubric file contradicts itself; it is a mistake of the release, never of a user."""


@cache
def versions() -> tuple[str, ...]:
    """All released rubric versions, oldest first; what is released later is for the next start."""
    folder = resources.files("checkup") / "rubrics"
    return tuple(sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml")))


@cache
def load(version: str = CURRENT) -> Rubric:
    """The rubric of that version; KeyError if it was never released."""
    if version not in versions():
        raise KeyError(version)
    source = (resources.files("checkup") / "rubrics" / f"{version}.yaml").read_text(encoding="utf-8")
    rubric = parse(yaml.safe_load(source))
    if rubric.version != version:
        raise RubricError(f"{version}.yaml says that it is version {rubric.version}")
    return rubric


def parse(data: dict[str, Any]) -> Rubric:
    """A rubric from the data of its file; the digest is the SHA-256 of the canonical JSON of that data."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    rubric = Rubric(
        version=data["version"],
        valid_from=data["valid_from"],
        digest=hashlib.sha256(canonical).hexdigest(),
        dimensions=tuple(_dimension(entry) for entry in data["dimensions"]),
        number_from=data["number_from"],
        normal_from=data["normal_from"],
        thresholds_from=Text(**data["thresholds_from"]),
        not_measurable=Text(**data["not_measurable"]),
        probes=tuple(_probe(entry) for entry in data.get("probes", ())),
        overall=overall_rules.parse(data["overall"]) if "overall" in data else None,
    )
    _check(rubric)
    return rubric


def _dimension(data: dict[str, Any]) -> Dimension:
    return Dimension(
        id=data["id"],
        title=Text(**data["title"]),
        about=Text(**data["about"]),
        metrics=tuple(_metric(entry) for entry in data["metrics"]),
        award=AwardRule(**data["award"]),
        caps=tuple(Cap(**{**entry, "text": Text(**entry["text"])}) for entry in data.get("caps", ())),
    )


def _metric(data: dict[str, Any]) -> Metric:
    return Metric(
        id=data["id"],
        weight=data["weight"],
        title=Text(**data["title"]),
        question=Text(**data["question"]),
        advice=Text(**data["advice"]),
        source=data["source"],
        confidence=data["confidence"],
        formula=_formula(data["score"]) if "score" in data else None,
        missing=Text(**data["missing"]) if "missing" in data else None,
    )


def _probe(data: dict[str, Any]) -> ProbeRule:
    return ProbeRule(**{**data, "title": Text(**data["title"]), "advice": Text(**data["advice"])})


def _formula(data: dict[str, Any]) -> Formula:
    terms = tuple(
        Term(term["input"], term["weight"], tuple((x, y) for x, y in term.get("points", ()))) for term in data["terms"]
    )
    return Formula(terms, start=data.get("start", 0.0), times=tuple(data.get("times", ())))


def _check(rubric: Rubric) -> None:
    ids = [metric.id for dimension in rubric.dimensions for metric in dimension.metrics]
    if len(ids) != len(set(ids)):
        raise RubricError("a metric id occurs twice")
    if len({probe.id for probe in rubric.probes}) != len(rubric.probes):
        raise RubricError("a probe id occurs twice")
    for probe in rubric.probes:
        if probe.topic not in TOPICS or probe.good not in ("found", "absent"):
            raise RubricError(f"the topic or the good state of probe {probe.id} is none")
    if rubric.overall is not None and (fault := overall_rules.fault_of(rubric, rubric.overall)):
        raise RubricError(fault)
    for dimension in rubric.dimensions:
        if sum(metric.weight for metric in dimension.metrics) != 100:
            raise RubricError(f"the weights of {dimension.id} do not sum to 100")
        for metric in dimension.metrics:
            if (metric.formula is None) == (metric.missing is None):
                raise RubricError(f"{metric.id} needs either a formula or a reason why it is missing")
            for term in metric.formula.terms if metric.formula else ():
                if [x for x, _ in term.points] != sorted({x for x, _ in term.points}):
                    raise RubricError(f"the points of {metric.id} are not sorted by their raw value")


class RubricFiles:
    """The released rubrics as the use cases want them."""

    def __init__(self, current: str = CURRENT) -> None:
        self.current = load(current)

    def get(self, version: str) -> Rubric:
        """Return one version. Raises KeyError when it was never released."""
        return load(version)

    def versions(self) -> tuple[str, ...]:
        """Return all released versions, oldest first."""
        return versions()
