"""The review seal: what an approved version of a solution may show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review.domain.criteria import CriteriaSet, CriterionKind
from review.domain.findings import Findings


@dataclass(frozen=True)
class Seal:
    """Proof of one approval: every mandatory criterion passed, quality grades as given (None: not graded)."""

    case_id: str
    solution_version: int
    decided_at: datetime
    criteria_version: str
    mandatory: tuple[str, ...]
    quality: Mapping[str, int | None]


def award(
    findings: Findings, criteria: CriteriaSet, *, case_id: str, solution_version: int, decided_at: datetime
) -> Seal:
    """Return the seal for findings in which every mandatory criterion is a pass."""
    grades = {
        c.id: findings[c.id].result if c.id in findings else None for c in criteria.of_kind(CriterionKind.QUALITY)
    }
    return Seal(
        case_id=case_id,
        solution_version=solution_version,
        decided_at=decided_at,
        criteria_version=criteria.version,
        mandatory=tuple(c.id for c in criteria.of_kind(CriterionKind.MANDATORY)),
        quality={criterion: grade if isinstance(grade, int) else None for criterion, grade in grades.items()},
    )
