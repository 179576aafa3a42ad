"""Reads the part `overall` of a rubric file: stages with their criteria, and how long an award holds."""

from typing import Any

from checkup.domain.rubric import COUNTS, Criterion, Overall, Rubric, Stage, Text

KINDS = ("metric", "dimension", "fact", "count")


def parse(data: dict[str, Any]) -> Overall:
    """The rules out of the data of the file."""
    return Overall(
        about=Text(**data["about"]),
        source=data["source"],
        scored_dimensions=data["scored_dimensions"],
        award_days=data["award_days"],
        renewal_tolerance=data["renewal_tolerance"],
        stages=tuple(_stage(entry) for entry in data["stages"]),
    )


def fault_of(rubric: Rubric, overall: Overall) -> str | None:
    """What contradicts the rest of the rubric, as a sentence; None when nothing does."""
    known = {
        "metric": {metric.id for dimension in rubric.dimensions for metric in dimension.metrics},
        "dimension": {dimension.id for dimension in rubric.dimensions},
        "count": set(COUNTS),
    }
    ids = [stage.id for stage in overall.stages]
    if len(ids) != len(set(ids)):
        return "a stage occurs twice"
    for stage in overall.stages:
        for criterion in stage.criteria:
            if (criterion.at_least is None) == (criterion.at_most is None):
                return f"the criterion {criterion.id} of {stage.id} needs either at_least or at_most"
            if criterion.of != "fact" and criterion.subject not in known[criterion.of]:
                return f"the criterion {criterion.id} of {stage.id} names no known {criterion.of}: {criterion.subject}"
    if not 1 <= overall.scored_dimensions <= len(rubric.dimensions):
        return f"scored_dimensions must be 1 to {len(rubric.dimensions)}"
    return None


def _stage(data: dict[str, Any]) -> Stage:
    return Stage(
        data["id"], Text(**data["title"]), Text(**data["about"]), tuple(_criterion(each) for each in data["criteria"])
    )


def _criterion(data: dict[str, Any]) -> Criterion:
    kind = next(kind for kind in KINDS if kind in data)
    return Criterion(
        id=data["id"],
        title=Text(**data["title"]),
        of=kind,  # type: ignore[arg-type]  # one of KINDS
        subject=data[kind],
        at_least=data.get("at_least"),
        at_most=data.get("at_most"),
    )
