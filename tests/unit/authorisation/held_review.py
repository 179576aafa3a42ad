"""A review in memory with one case of the provider, which waits for the team."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from review.adapters.criteria_files import CriteriaFiles
from review.application.ports import Loaded
from review.domain.case import Case, Submission, open_case
from servicekit.clock import FixedClock

from tests.unit.catalog import given

from .persons import EDITOR, PROVIDER


@cache
def _criteria() -> CriteriaFiles:
    return CriteriaFiles("2026.1")


def held_review(known: dict[str, Any]) -> Any:
    """Return the container of such a review; `known` is told the ids."""
    criteria = _criteria()
    submission = Submission(
        solution_id="solution",
        slug="dorffunk",
        version=1,
        round=1,
        organisation_id=PROVIDER,
        organisation_name="Musterlösungen GmbH",
        listing=given.a_listing().model_dump(mode="json"),
        submitted_by=EDITOR,
        submitted_at=given.START,
    )
    held = open_case(submission, earlier=(), criteria_version=criteria.current.version, now=given.START)

    async def change(_: str, decide: Callable[[Case], Case | None], **__: Any) -> Loaded:
        return Loaded(decide(held) or held, 2)

    cases = AsyncMock()
    cases.get.return_value = Loaded(held, 1)
    cases.of_solution.return_value = [held]
    cases.newest_seal.return_value = None
    cases.queue.return_value, cases.count.return_value = [], 0
    cases.change.side_effect = change
    known |= {"solution_id": held.solution_id, "case_id": held.id, "decision": "rejected", "message": "Leider nicht."}
    return SimpleNamespace(ports=SimpleNamespace(cases=cases, criteria=criteria, clock=FixedClock(given.START)))
