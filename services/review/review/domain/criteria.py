"""The criteria a submission is judged by, as one published, numbered set."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CriterionKind(StrEnum):
    """Mandatory criteria decide; quality criteria are graded and shown."""

    MANDATORY = "mandatory"
    QUALITY = "quality"


@dataclass(frozen=True)
class Criterion:
    """One question put to every submission, with its help text, in German and English."""

    id: str
    kind: CriterionKind
    title_de: str
    title_en: str
    question_de: str
    question_en: str
    help_de: str
    help_en: str


@dataclass(frozen=True)
class Grade:
    """One step of the scale of the quality criteria; 5 is best."""

    value: int
    label_de: str
    label_en: str


@dataclass(frozen=True)
class CriteriaSet:
    """All criteria of one version. Raises ValueError when ids repeat or no criterion is mandatory."""

    version: str
    valid_from: date
    criteria: tuple[Criterion, ...]
    grades: tuple[Grade, ...]

    def __post_init__(self) -> None:
        ids = [criterion.id for criterion in self.criteria]
        if len(ids) != len(set(ids)):
            raise ValueError(f"criteria {self.version}: an id occurs twice")
        if not self.of_kind(CriterionKind.MANDATORY):
            raise ValueError(f"criteria {self.version}: no criterion is mandatory")
        if [grade.value for grade in self.grades] != [1, 2, 3, 4, 5]:
            raise ValueError(f"criteria {self.version}: grades must be 1 to 5, in this order")

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.criteria)

    def get(self, criterion_id: str) -> Criterion | None:
        """Return the criterion with this id, None when this version has none."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)

    def of_kind(self, kind: CriterionKind) -> tuple[Criterion, ...]:
        """Return the criteria of one kind, in the order they are asked."""
        return tuple(criterion for criterion in self.criteria if criterion.kind is kind)
