"""What the API of the review takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from review.application.ports import QueueItem
from review.application.queries import Audience, Shown
from review.domain.case import Action, Case, CaseState, Round
from review.domain.criteria import CriteriaSet, CriterionKind
from review.domain.findings import Finding, Verdict
from review.domain.seal import Seal

MessageText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
FindingText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
GradeValue = Annotated[int, Field(strict=True, ge=1, le=5)]


class Request(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(from_attributes=True)


class FindingIn(Request):
    """A judgement: a verdict on a mandatory, a grade on a quality criterion.

    As in the events, the grade may be called `grade` instead of `result`.
    """

    criterion: Annotated[str, Field(min_length=1, max_length=100)]
    result: Verdict | GradeValue
    finding: FindingText = ""

    @model_validator(mode="before")
    @classmethod
    def _grade_is_a_result(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        judged = [given[name] for name in ("result", "grade") if given.get(name) is not None]
        if len(judged) != 1:
            return given
        return {**{name: value for name, value in given.items() if name != "grade"}, "result": judged[0]}

    def to_domain(self) -> Finding:
        """Return the finding in the words of the domain."""
        return Finding(self.criterion, self.result, self.finding)


Findings = Annotated[list[FindingIn], Field(max_length=50)]


class SaveFindings(Request):
    """All findings of the open round; what is left out is taken away."""

    findings: Findings


class RequestChanges(Request):
    """What the provider shall change; `findings` are laid over the saved ones."""

    message: MessageText = ""
    findings: Findings = []


class Decide(Request):
    """The decision; `findings` are laid over the saved ones, so that one call may carry everything."""

    decision: Literal["approved", "rejected"]
    message: MessageText = ""
    findings: Findings = []


class FindingOut(Answer):
    """One judgement; `result` is the verdict or the grade, `grade` the grade or null."""

    criterion: str
    result: Verdict | int
    grade: int | None
    finding: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Read it from the domain."""
        grade = finding.result if isinstance(finding.result, int) else None
        return cls(criterion=finding.criterion, result=finding.result, grade=grade, finding=finding.text)


class FieldChangeOut(Answer):
    """One field of the listing that changed."""

    field: str
    before: Any
    after: Any


class RoundOut(Answer):
    """One round; `outcome` is null while it is open."""

    number: int
    submitted_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    outcome: CaseState | None
    message: str | None
    findings: list[FindingOut]
    compared_with: str | None
    changes: list[FieldChangeOut]

    @classmethod
    def of(cls, one: Round) -> Self:
        """Read it from the domain."""
        return cls(
            number=one.number,
            submitted_at=one.submitted_at,
            opened_at=one.opened_at,
            closed_at=one.closed_at,
            outcome=one.outcome,
            message=one.message,
            findings=[FindingOut.of(finding) for finding in one.findings.values()],
            compared_with=one.compared_with,
            changes=[FieldChangeOut.model_validate(change) for change in one.changes],
        )


class AuditEntryOut(Answer):
    """One step: who did what when. The provider sees the team as the actor `team`."""

    at: datetime
    actor: str | None
    action: Action
    detail: str


class SealOut(Answer):
    """The seal of an approved version."""

    case_id: str
    solution_version: int
    decided_at: datetime
    criteria_version: str
    mandatory: dict[str, Literal["pass"]]
    quality: dict[str, int | None]

    @classmethod
    def of(cls, seal: Seal) -> Self:
        """Read it from the domain."""
        return cls(
            case_id=seal.case_id,
            solution_version=seal.solution_version,
            decided_at=seal.decided_at,
            criteria_version=seal.criteria_version,
            mandatory=dict.fromkeys(seal.mandatory, "pass"),
            quality=dict(seal.quality),
        )


class QueueItemOut(Answer):
    """A case in a list. `own_organisation` tells a reviewer that this one is not for them to judge."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    round: int
    organisation_id: str
    organisation_name: str
    state: CaseState
    opened_at: datetime
    waiting_since: datetime
    own_organisation: bool

    @classmethod
    def of(cls, item: QueueItem, organisations: frozenset[str]) -> Self:
        """Read it from the queue."""
        own = item.organisation_id in organisations
        return cls(**{name: getattr(item, name) for name in item.__slots__}, own_organisation=own)

    @classmethod
    def of_case(cls, case: Case, organisations: frozenset[str]) -> Self:
        """Read it from a whole case."""
        values = {name: getattr(case, name) for name in QueueItem.__slots__ if name != "round"}
        own = case.organisation_id in organisations
        return cls(**values, round=case.round.number, own_organisation=own)


class CaseList(Answer):
    """A page of cases."""

    items: list[QueueItemOut]
    next_cursor: str | None
    total: int


class CaseOut(Answer):
    """A whole case; `listing`, `changes`, `findings` and `message` are those of the newest round.

    `revision` is the version for If-Match (also the ETag), `version` the version of the solution.
    """

    id: str
    revision: int
    audience: Audience
    solution_id: str
    slug: str
    solution_name: str
    version: int
    round: int
    organisation_id: str
    organisation_name: str
    state: CaseState
    criteria_version: str
    opened_at: datetime
    waiting_since: datetime
    listing: dict[str, Any]
    compared_with: str | None
    changes: list[FieldChangeOut]
    findings: list[FindingOut]
    message: str | None
    rounds: list[RoundOut]
    audit: list[AuditEntryOut]
    seal: SealOut | None
    previous_seal: SealOut | None

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Read it as its reader may see it."""
        case = shown.case
        rounds = [RoundOut.of(one) for one in case.rounds]
        newest = rounds[-1]
        return cls(
            id=case.id,
            revision=shown.revision,
            audience=shown.audience,
            solution_id=case.solution_id,
            slug=case.slug,
            solution_name=case.solution_name,
            version=case.version,
            round=newest.number,
            organisation_id=case.organisation_id,
            organisation_name=case.organisation_name,
            state=case.state,
            criteria_version=case.criteria_version,
            opened_at=case.opened_at,
            waiting_since=case.waiting_since,
            listing=dict(case.round.listing),
            compared_with=newest.compared_with,
            changes=newest.changes,
            findings=newest.findings,
            message=newest.message,
            rounds=rounds,
            audit=[AuditEntryOut.model_validate(entry) for entry in case.audit],
            seal=SealOut.of(case.seal) if case.seal else None,
            previous_seal=SealOut.of(case.previous_seal) if case.previous_seal else None,
        )


class CriterionOut(Answer):
    """One question put to every submission."""

    id: str
    kind: CriterionKind
    title_de: str
    title_en: str
    question_de: str
    question_en: str
    help_de: str
    help_en: str


class GradeOut(Answer):
    """One step of the scale of quality criteria; 5 is best."""

    value: int
    label_de: str
    label_en: str


class CriteriaOut(Answer):
    """The criteria of one version."""

    version: str
    valid_from: date
    grades: list[GradeOut]
    criteria: list[CriterionOut]

    @classmethod
    def of(cls, criteria: CriteriaSet) -> Self:
        """Read it from the domain."""
        return cls(
            version=criteria.version,
            valid_from=criteria.valid_from,
            grades=[GradeOut.model_validate(grade) for grade in criteria.grades],
            criteria=[CriterionOut.model_validate(one) for one in criteria],
        )
