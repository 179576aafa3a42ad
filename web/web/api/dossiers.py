"""Market surveys and comparisons of the catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.vocabulary import Language

from web.api.caller import ApiModel, Caller

BASE = "/api/catalog/dossiers"


class Requirement(ApiModel):
    """A requirement; `label` and `wanted` are its words."""

    question: str
    label: str = ""
    need: str = "must"
    weight: int = 1
    any_of: list[str] = []
    at_least: float | None = None
    at_most: float | None = None
    contains: str | None = None
    wanted: str = ""


def bodies(requirements: Sequence[Requirement]) -> list[dict[str, Any]]:
    """Return requirements as the service takes them."""
    return [each.model_dump(exclude={"label", "wanted"}) for each in requirements]


class Criteria(ApiModel):
    """What was searched by."""

    query: str = ""
    filters: dict[str, list[str]] = {}
    requirements: list[Requirement] = []

    def as_body(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {"query": self.query, "filters": self.filters, "requirements": bodies(self.requirements)}


class ProviderAnswer(ApiModel):
    """What a provider answered."""

    question: str
    answer: str
    answered_on: date
    source: str
    message_id: str | None = None
    """Of an answer to an inquiry; None for one that was noted by hand."""


class Score(ApiModel):
    """Score of one dimension of the checkup; None when not measurable."""

    dimension: str
    score: float | None = None


class CheckupState(ApiModel):
    """What the checkup measured, under which rubric."""

    rubric_version: str = ""
    as_of: datetime | None = None
    dimensions: list[Score] = []
    grade: str | None = None


class SealState(ApiModel):
    """The review that was passed."""

    criteria_version: str = ""
    solution_version: int = 0
    decided_at: datetime | None = None


class Summary(ApiModel):
    """All ratings in one."""

    count: int = 0
    average: float | None = None


class Item(ApiModel):
    """A solution of a survey as it is public now, or was when the survey was frozen."""

    solution_id: str
    slug: str = ""
    name: str = ""
    organisation_name: str = ""
    included: bool = True
    reason: str | None = None
    noted_version: int = 1
    version: int | None = None
    online: bool = True
    changed: bool = False
    ratings: Summary | None = None
    uses: int | None = None
    seal: SealState | None = None
    checkup: CheckupState | None = None
    fulfilment: list[str] = []
    musts: int = 0
    musts_met: int = 0
    score: int | None = None
    answers: list[ProviderAnswer] = []


class Step(ApiModel):
    """Who did what and when."""

    at: datetime
    user: str = ""
    name: str | None = None
    step: str
    about: str = ""


class Seal(ApiModel):
    """The hash of the record at one moment."""

    sha256: str
    at: datetime
    step: str


class Conclusion(ApiModel):
    """What a survey led to."""

    outcome: str
    note: str | None = None
    at: datetime


class SurveyInquiry(ApiModel):
    """An inquiry that a survey led to."""

    inquiry_id: str
    solution_id: str
    provider_name: str = ""
    state: str = "sent"
    sent_at: datetime | None = None


class LaterAnswers(ApiModel):
    """What was answered after a survey was frozen."""

    solution_id: str
    answers: list[ProviderAnswer] = []


class AskedProvider(ApiModel):
    """What became of an inquiry; `refused` is the slug of the refusal."""

    solution_id: str
    name: str = ""
    inquiry_id: str | None = None
    refused: str | None = None


class AskedProviders(ApiModel):
    """What became of each inquiry."""

    items: list[AskedProvider] = []


class DossierLine(ApiModel):
    """A survey in a list."""

    id: str
    organisation_name: str = ""
    title: str = ""
    state: str = "draft"
    solutions: int = 0
    included: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    outcome: str | None = None


class DossierList(ApiModel):
    """One page of surveys, newest first."""

    items: list[DossierLine] = []
    next_cursor: str | None = None


class Dossier(DossierLine):
    """A whole survey; `version` goes back as If-Match."""

    version: int = 0
    may_edit: bool = False
    need: str = ""
    criteria: Criteria = Criteria()
    items: list[Item] = []
    log: list[Step] = []
    seals: list[Seal] = []
    conclusion: Conclusion | None = None
    inquiries: list[SurveyInquiry] = []
    later_answers: list[LaterAnswers] = []

    def inquiries_about(self, solution_id: str) -> list[SurveyInquiry]:
        return [each for each in self.inquiries if each.solution_id == solution_id]

    @property
    def unanswered(self) -> int:
        """How many inquiries wait for an answer."""
        return sum(each.state in ("sent", "seen") for each in self.inquiries)

    def answered_later(self, solution_id: str) -> list[ProviderAnswer]:
        return [answer for each in self.later_answers if each.solution_id == solution_id for answer in each.answers]


class Verdict(ApiModel):
    """Whether a file is what was sealed."""

    result: str
    sha256: str = ""
    dossier_id: str | None = None
    title: str | None = None
    organisation_name: str | None = None
    frozen_at: datetime | None = None
    concluded_at: datetime | None = None
    newer_seal: bool = False


class Compared(ApiModel):
    """A column of a comparison."""

    id: str
    slug: str
    name: str
    organisation_name: str = ""
    ratings: Summary = Summary()
    uses: int = 0
    seal: SealState | None = None
    checkup: CheckupState | None = None


class ComparedRow(ApiModel):
    """A row of a comparison: the texts of each solution, empty where it does not answer."""

    question: str
    label: str
    differs: bool = False
    texts: list[list[str]] = []


class Comparison(ApiModel):
    """Solutions side by side."""

    solutions: list[Compared] = []
    rows: list[ComparedRow] = []


@dataclass(frozen=True)
class Dossiers:
    """Calls about market surveys; every one may raise ApiProblem."""

    call: Caller

    async def all(self, cursor: str | None = None) -> DossierList:
        return (await self.call.get(BASE, {"cursor": cursor})).as_model(DossierList)

    async def get(self, dossier_id: str) -> Dossier:
        """404 when there is none such, or when it is another organisation's."""
        return (await self.call.get(f"{BASE}/{dossier_id}")).as_model(Dossier)

    async def create(self, body: Mapping[str, Any], *, key: str) -> Dossier:
        return (await self.call.post(BASE, body, key=key)).as_model(Dossier)

    async def edit(self, dossier: Dossier, *, title: str, need: str, criteria: Criteria, version: int) -> None:
        body = {"title": title, "need": need, "criteria": criteria.as_body()}
        await self.call.put(f"{BASE}/{dossier.id}", body, version=version)

    async def add(self, dossier_id: str, solutions: Sequence[str], *, version: int) -> None:
        await self.call.post(f"{BASE}/{dossier_id}/solutions", {"solutions": list(solutions)}, version=version)

    async def remove(self, dossier_id: str, solution_id: str, *, version: int) -> None:
        await self.call.delete(f"{BASE}/{dossier_id}/solutions/{solution_id}", version=version)

    async def decide(
        self, dossier_id: str, solution_id: str, *, included: bool, reason: str | None, version: int
    ) -> None:
        body = {"included": included, "reason": reason}
        await self.call.put(f"{BASE}/{dossier_id}/solutions/{solution_id}/decision", body, version=version)

    async def note_answers(
        self, dossier_id: str, solution_id: str, answers: Sequence[Mapping[str, str]], *, version: int
    ) -> None:
        path = f"{BASE}/{dossier_id}/solutions/{solution_id}/answers"
        await self.call.put(path, {"answers": list(answers)}, version=version)

    async def ask(self, dossier_id: str, body: Mapping[str, Any], *, key: str) -> list[AskedProvider]:
        return (await self.call.post(f"{BASE}/{dossier_id}/inquiries", body, key=key)).as_model(AskedProviders).items

    async def freeze(self, dossier_id: str, *, version: int) -> None:
        await self.call.post(f"{BASE}/{dossier_id}/freeze", version=version)

    async def conclude(self, dossier_id: str, *, outcome: str, note: str | None, version: int) -> None:
        body = {"outcome": outcome, "note": note}
        await self.call.post(f"{BASE}/{dossier_id}/conclude", body, version=version)

    async def delete(self, dossier_id: str, *, version: int) -> None:
        await self.call.delete(f"{BASE}/{dossier_id}", version=version)

    async def file(self, dossier_id: str, kind: str) -> tuple[bytes, Mapping[str, str]]:
        return await self.call.file(f"{BASE}/{dossier_id}/files/{kind}")

    async def verify(self, content: bytes) -> Verdict:
        return (await self.call.post_bytes(f"{BASE}/verify", content)).as_model(Verdict)

    async def verify_hash(self, sha256: str) -> Verdict:
        return (await self.call.get(f"{BASE}/verify/{sha256}")).as_model(Verdict)

    async def compare(self, slugs: Sequence[str], language: Language) -> Comparison:
        query = {"solution": list(slugs), "language": language}
        return (await self.call.get("/api/catalog/comparison", query)).as_model(Comparison)
