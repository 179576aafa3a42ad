"""What a reviewer found per criterion, and which findings a step of the review needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from servicekit import errors

from review.domain.criteria import CriteriaSet, Criterion, CriterionKind

WEAK_GRADE = 2
"""Quality grades up to this one are something to improve."""


class Verdict(StrEnum):
    """The judgement on a mandatory criterion."""

    PASS = "pass"  # noqa: S105 - the word of the domain
    NEEDS_WORK = "needs_work"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One judgement with its written finding: a verdict on a mandatory, a grade 1..5 on a quality criterion."""

    criterion: str
    result: Verdict | int
    text: str = ""

    @property
    def asks_for_work(self) -> bool:
        """True when the provider has something to improve."""
        return self.result <= WEAK_GRADE if isinstance(self.result, int) else self.result is not Verdict.PASS


Findings = Mapping[str, Finding]


def checked(given: Iterable[Finding], criteria: CriteriaSet) -> dict[str, Finding]:
    """Return the findings by criterion, in the order of the criteria.

    Raises ProblemError `invalid-findings` (invalid) naming each finding that fits no criterion, judges one twice
    or uses the wrong scale.
    """
    faults: list[errors.FieldError] = []
    by_criterion: dict[str, Finding] = {}
    for index, finding in enumerate(given):
        criterion = criteria.get(finding.criterion)
        if criterion is None:
            fault = ("criterion", f"criteria {criteria.version} have no '{finding.criterion}'")
        elif finding.criterion in by_criterion:
            fault = ("criterion", f"'{finding.criterion}' is judged twice")
        elif (scale := _scale_fault(criterion, finding)) is not None:
            fault = ("result", scale)
        else:
            by_criterion[finding.criterion] = finding
            continue
        faults.append(errors.FieldError(f"findings.{index}.{fault[0]}", fault[1]))
    if faults:
        raise errors.invalid("invalid-findings", "; ".join(fault.message for fault in faults), faults)
    return {c.id: by_criterion[c.id] for c in criteria if c.id in by_criterion}


def _scale_fault(criterion: Criterion, finding: Finding) -> str | None:
    if criterion.kind is CriterionKind.MANDATORY:
        ok = isinstance(finding.result, Verdict)
        return None if ok else f"'{criterion.id}' is mandatory: judge it pass, needs_work or fail"
    ok = isinstance(finding.result, int) and 1 <= finding.result <= 5
    return None if ok else f"'{criterion.id}' is a quality criterion: grade it 1 to 5"


def unwritten(findings: Findings) -> list[str]:
    """Return the criteria whose finding asks for work without saying which."""
    return [finding.criterion for finding in findings.values() if finding.asks_for_work and not finding.text.strip()]


def unjudged(findings: Findings, criteria: CriteriaSet) -> list[str]:
    """Return the mandatory criteria that have no finding yet."""
    return [c.id for c in criteria.of_kind(CriterionKind.MANDATORY) if c.id not in findings]


def not_passed(findings: Findings, criteria: CriteriaSet) -> list[str]:
    """Return the mandatory criteria that are judged, but not pass."""
    return [
        c.id
        for c in criteria.of_kind(CriterionKind.MANDATORY)
        if c.id in findings and findings[c.id].result is not Verdict.PASS
    ]
