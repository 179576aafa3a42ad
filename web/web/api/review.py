"""The review service: criteria, cases, findings, decisions, seals."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from web.api.caller import ApiModel, Caller
from web.api.catalog import Finding, Listing

BASE = "/api/review"


class Criterion(ApiModel):
    """One question a review answers, in German and English."""

    id: str
    kind: str
    title_de: str
    title_en: str = ""
    question_de: str = ""
    question_en: str = ""
    help_de: str = ""
    help_en: str = ""


class Grade(ApiModel):
    """One step of the scale of quality criteria; 5 is best."""

    value: int
    label_de: str
    label_en: str = ""


class Criteria(ApiModel):
    """The criteria of one version."""

    version: str = ""
    valid_from: date | None = None
    grades: list[Grade] = []
    criteria: list[Criterion] = []

    def of_kind(self, kind: str) -> list[Criterion]:
        """`mandatory` or `quality`."""
        return [criterion for criterion in self.criteria if criterion.kind == kind]

    def get(self, criterion_id: str) -> Criterion | None:
        """The criterion with an id; None when this version has none such."""
        return next((each for each in self.criteria if each.id == criterion_id), None)


class Seal(ApiModel):
    """What the review attests about the published version."""

    case_id: str
    solution_version: int | None = None
    decided_at: datetime | None = None
    criteria_version: str = ""
    mandatory: dict[str, str] = {}
    quality: dict[str, int | None] = {}


class FieldChange(ApiModel):
    """One field of the listing that differs from what was reviewed before."""

    field: str
    before: Any = None
    after: Any = None


class Round(ApiModel):
    """One round of feedback; `outcome` is None while it is open."""

    number: int
    submitted_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    message: str | None = None
    findings: list[Finding] = []


class AuditEntry(ApiModel):
    """One step in the audit trail."""

    at: datetime
    actor: str | None = None
    action: str
    detail: str | None = None


class CaseSummary(ApiModel):
    """A case in the queue; `version` is that of the solution."""

    id: str
    solution_id: str
    slug: str = ""
    solution_name: str = ""
    organisation_id: str = ""
    organisation_name: str = ""
    state: str
    version: int = 0
    round: int = 1
    opened_at: datetime | None = None
    waiting_since: datetime | None = None
    own_organisation: bool = False


class Case(CaseSummary):
    """A case with everything needed to decide it; `revision` is the version for If-Match."""

    revision: int = 0
    criteria_version: str = ""
    listing: Listing = Listing()
    compared_with: str | None = None
    changes: list[FieldChange] = []
    findings: list[Finding] = []
    message: str | None = None
    rounds: list[Round] = []
    audit: list[AuditEntry] = []


class CasePage(ApiModel):
    """One page of the queue."""

    items: list[CaseSummary] = []
    next_cursor: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Review:
    """Calls of the review service; every one may raise ApiProblem."""

    call: Caller

    async def criteria(self, version: str | None = None) -> Criteria:
        """The current criteria, or those of an earlier version."""
        return (await self.call.get(f"{BASE}/criteria", {"version": version})).as_model(Criteria)

    async def cases(self, *, state: str | None, cursor: str | None = None, limit: int = 20) -> CasePage:
        query = {"state": state, "cursor": cursor, "limit": limit}
        return (await self.call.get(f"{BASE}/cases", query)).as_model(CasePage)

    async def case(self, case_id: str) -> Case:
        """For reviewers and for members of the provider."""
        return (await self.call.get(f"{BASE}/cases/{case_id}")).as_model(Case)

    async def cases_of(self, solution_id: str) -> CasePage:
        """The cases of a solution, newest version first."""
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/cases")).as_model(CasePage)

    async def seal(self, solution_id: str) -> Seal:
        """404 when the solution has never been approved."""
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/seal")).as_model(Seal)

    async def save_findings(self, case_id: str, findings: list[dict[str, Any]], revision: int) -> None:
        """Replace the findings of the open round; they need not be complete."""
        await self.call.put(f"{BASE}/cases/{case_id}/findings", {"findings": findings}, version=revision)

    async def request_changes(
        self, case_id: str, message: str, findings: list[dict[str, Any]], *, revision: int, key: str
    ) -> None:
        """End the round and hand the case back to the provider."""
        body = {"message": message, "findings": findings}
        await self.call.post(f"{BASE}/cases/{case_id}/request-changes", body, key=key, version=revision)

    async def decide(
        self, case_id: str, decision: str, message: str, findings: list[dict[str, Any]], *, revision: int, key: str
    ) -> None:
        """`decision` is approved or rejected."""
        body = {"decision": decision, "message": message, "findings": findings}
        await self.call.post(f"{BASE}/cases/{case_id}/decision", body, key=key, version=revision)
