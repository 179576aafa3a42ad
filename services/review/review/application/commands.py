"""What a reviewer can have this service do."""

from collections.abc import Callable, Iterable
from typing import Literal

from review.application.ports import Loaded, Ports
from review.domain import judging
from review.domain.case import Case
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding
from review.domain.judging import Reviewer

Decision = Literal["approved", "rejected"]


async def save_findings(
    ports: Ports, case_id: str, findings: Iterable[Finding], *, by: Reviewer, expected: int
) -> Loaded:
    """Replace the findings of the open round."""
    given = tuple(findings)

    def decide(case: Case) -> Case:
        return judging.save_findings(case, given, by=by, criteria=_criteria(ports, case), now=ports.clock.now())

    return await ports.cases.change(case_id, decide, expected=expected)


async def request_changes(
    ports: Ports,
    case_id: str,
    message: str,
    findings: Iterable[Finding],
    *,
    by: Reviewer,
    expected: int | None = None,
) -> Loaded:
    """Hand the case back to the provider."""
    return await _end_round(judging.request_changes, ports, case_id, message, findings, by=by, expected=expected)


async def decide(
    ports: Ports,
    case_id: str,
    decision: Decision,
    message: str,
    findings: Iterable[Finding],
    *,
    by: Reviewer,
    expected: int | None = None,
) -> Loaded:
    """Approve or reject the version under review."""
    step = judging.approve if decision == "approved" else judging.reject
    return await _end_round(step, ports, case_id, message, findings, by=by, expected=expected)


async def _end_round(
    step: Callable[..., Case],
    ports: Ports,
    case_id: str,
    message: str,
    findings: Iterable[Finding],
    *,
    by: Reviewer,
    expected: int | None,
) -> Loaded:
    given = tuple(findings)

    def decide(case: Case) -> Case:
        return step(case, message, given, by=by, criteria=_criteria(ports, case), now=ports.clock.now())

    return await ports.cases.change(case_id, decide, expected=expected)


def _criteria(ports: Ports, case: Case) -> CriteriaSet:
    """A case keeps the criteria it was opened under, whatever is current by now."""
    return ports.criteria.get(case.criteria_version)
