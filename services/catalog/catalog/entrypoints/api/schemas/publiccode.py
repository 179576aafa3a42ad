"""publiccode.yml over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from contracts.listing import QuestionId
from pydantic import BaseModel, Field, StringConstraints

from catalog.application.publiccode.exporting import Missing
from catalog.application.publiccode.importing import Preview
from catalog.application.publiccode.ports import Drift
from catalog.domain.publiccode.drift import Compared
from catalog.domain.publiccode.violations import Severity, Violation
from catalog.entrypoints.api.schemas.texts import Request


class AddressRequest(Request):
    """Where the repository is, or the file itself."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class TakeOverRequest(Request):
    """Answers by question, as the preview or the comparison named them."""

    answers: Annotated[dict[QuestionId, str | list[str]], Field(min_length=1, max_length=100)]


class Words(BaseModel):
    """A sentence in both languages."""

    de: str
    en: str


class ViolationView(BaseModel):
    """What is wrong: `path` as in the file (empty: the whole file), `rule`, `line` from 1, in words."""

    path: str
    rule: str
    severity: Severity
    line: int | None
    words: Words

    @classmethod
    def of(cls, violation: Violation) -> Self:
        """Return the view."""
        return cls(
            path=violation.path,
            rule=violation.rule,
            severity=violation.severity,
            line=violation.line,
            words=Words(de=violation.de, en=violation.en),
        )


class FieldView(BaseModel):
    """A question that the file answers, beside the listing; `present` is None where that does not."""

    question: str
    path: str
    present: Any
    incoming: Any
    same: bool

    @classmethod
    def of(cls, compared: Compared) -> Self:
        """Return the view."""
        return cls(
            question=compared.question.id,
            path=compared.path,
            present=compared.present,
            incoming=compared.incoming,
            same=compared.same,
        )


class PreviewView(BaseModel):
    """What a file says; nothing is saved.

    `valid`: it breaks no rule of the standard. `language`: that of its texts. `left`: keys that no question asks for.
    """

    valid: bool
    violations: list[ViolationView]
    fields: list[FieldView]
    language: str | None
    left: list[str]
    source: str | None

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """Return the view."""
        return cls(
            valid=preview.checked.valid,
            violations=[ViolationView.of(each) for each in preview.checked.violations],
            fields=[FieldView.of(each) for each in preview.fields],
            language=preview.language,
            left=list(preview.left),
            source=preview.source,
        )


class DifferenceView(BaseModel):
    """A question that listing and file answer differently."""

    question: str
    path: str
    present: Any
    incoming: Any


class DriftView(BaseModel):
    """The last comparison of the published version with the file in its repository.

    `source` is where the file was found last, `problem` why there was none this time, `errors` how many rules it
    breaks.
    """

    checked_at: datetime | None
    live_version: int | None
    source: str | None
    problem: Words | None
    errors: int
    differences: list[DifferenceView]

    @classmethod
    def of(cls, drift: Drift) -> Self:
        """Return the view."""
        return cls(
            checked_at=drift.checked_at,
            live_version=drift.live_version,
            source=drift.source,
            problem=Words(de=drift.problem[1], en=drift.problem[2]) if drift.problem else None,
            errors=drift.errors,
            differences=[
                DifferenceView(question=each.question, path=each.path, present=each.present, incoming=each.incoming)
                for each in drift.differences
            ],
        )


class MissingView(BaseModel):
    """What keeps the newest version from being exported; `question` is None where none asks for it."""

    path: str
    question: str | None
    words: Words

    @classmethod
    def of(cls, missing: Missing) -> Self:
        """Return the view."""
        violation = missing.violation
        return cls(
            path=violation.path,
            question=missing.question.id if missing.question else None,
            words=Words(de=violation.de, en=violation.en),
        )


class StandingView(BaseModel):
    """How a solution and publiccode.yml stand to each other; `drift` is None before the first comparison."""

    missing: list[MissingView]
    drift: DriftView | None

    @classmethod
    def of(cls, missing: Sequence[Missing], drift: Drift | None) -> Self:
        """Return the view."""
        return cls(missing=[MissingView.of(each) for each in missing], drift=DriftView.of(drift) if drift else None)
