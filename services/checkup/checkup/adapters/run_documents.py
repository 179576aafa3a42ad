"""Runs and solutions as documents."""

from typing import Any

from pydantic import TypeAdapter
from servicekit.mongo import Stored

from checkup.domain.history import ScoredRun
from checkup.domain.report import Report
from checkup.domain.run import Run
from checkup.domain.solution import Solution

_RUN: TypeAdapter[Run] = TypeAdapter(Run)
_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
_SCORED_RUN: TypeAdapter[ScoredRun] = TypeAdapter(ScoredRun)
_SOLUTION: TypeAdapter[Solution] = TypeAdapter(Solution)
OWN = ("_id", "version", "outbox", "inbox")


def body_of(run: Run) -> dict[str, Any]:
    """Return the document of a run without its id; the report as plain JSON values."""
    body: dict[str, Any] = _RUN.dump_python(run, exclude={"id", "report"})
    body["report"] = None if run.report is None else _REPORT.dump_python(run.report, mode="json")
    return {key: getattr(value, "value", value) for key, value in body.items()}


def run_of(stored: Stored) -> Run:
    """Read a run back; `report` is None when the query left it out."""
    return _RUN.validate_python({"report": None, **stored.body, "id": stored.id})


def scored_run_of(stored: Stored) -> ScoredRun:
    """Read what remains of a scored run without its evidence."""
    taken = {"run_id": stored.id, **{name: stored.body[name] for name in ("solution_version", "finished_at")}}
    return _SCORED_RUN.validate_python({**stored.body["report"], **taken})


def solution_body_of(solution: Solution) -> dict[str, Any]:
    """Return the document of a solution; every collection counts its own changes as `version`."""
    body: dict[str, Any] = _SOLUTION.dump_python(solution, exclude={"id"})
    body["solution_version"] = body.pop("version")
    return body


def solution_of(stored: Stored) -> Solution:
    """Read a solution back."""
    body = {**stored.body, "id": stored.id}
    body["version"] = body.pop("solution_version")
    return _SOLUTION.validate_python(body)
