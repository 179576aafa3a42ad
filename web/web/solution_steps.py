"""The way of a solution's newest version from draft to publication, as steps to show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from web.api.catalog import OwnSolution

Progress = Literal["done", "current", "ahead", "stopped"]
_WAY = ("draft", "submitted", "in_review", "approved", "published")
_PLACE = {
    "changes_requested": "in_review",
    "rejected": "approved",
    "superseded": "published",
    "withdrawn": "submitted",
}
_HERE: dict[str, Progress] = {"rejected": "stopped", "withdrawn": "stopped", "published": "done", "superseded": "done"}


@dataclass(frozen=True)
class Step:
    """One step: the state it stands for, how far it is, and when it was reached where that is known."""

    state: str
    progress: Progress
    at: datetime | None = None


def steps_of(solution: OwnSolution) -> list[Step]:
    """Return the steps of the newest version; a refusal or a request for changes takes the place of a step.

    So does what took a published solution offline: nobody confirmed it any more, or it was withdrawn or suspended.
    """
    working = solution.working
    place = _WAY.index(_PLACE.get(working.state, working.state if working.state in _WAY else "draft"))
    times = {
        "draft": solution.created_at if working.number == 1 else None,
        "submitted": working.submitted_at,
        "changes_requested": working.decided_at,
        "approved": working.decided_at,
        "rejected": working.decided_at,
        "published": solution.published_at if solution.live_version == working.number else None,
    }
    gone = _gone(solution)
    steps = []
    for index, usual in enumerate(_WAY):
        here = index == place
        name = working.state if here else usual
        progress: Progress = "done" if index < place else "ahead"
        if here:
            progress = _HERE.get(working.state, "current")
        if here and gone is not None and name == "published":
            name, progress, times = solution.state, "stopped", {solution.state: gone}
        steps.append(Step(name, progress, times.get(name) if index <= place else None))
    return steps


def _gone(solution: OwnSolution) -> datetime | None:
    """Return when a published solution went offline; None while it is online."""
    marks = {"expired": solution.expired, "withdrawn": solution.withdrawn, "suspended": solution.suspended}
    mark = marks.get(solution.state)
    return mark.at if mark else None
