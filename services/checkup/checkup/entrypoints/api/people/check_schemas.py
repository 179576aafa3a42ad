"""What the API takes and answers about manual checks."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from checkup.application.people.checks import Checked
from checkup.application.people.mapping import counted
from checkup.domain.people.manual_check import Checklist, CheckState, Finding, Item, ManualCheck, Result


class FindingIn(BaseModel):
    """What was found about one item; `grade` 0 to 4 for items with a scale."""

    item: Annotated[str, Field(max_length=100)]
    result: Result = Result.NOT_CHECKED
    grade: int | None = None
    finding: str = ""
    evidence_url: str | None = None
    on: date | None = None

    def to_domain(self) -> Finding:
        url = (self.evidence_url or "").strip() or None
        return Finding(self.item, self.result, self.grade, self.finding, url, self.on)


class CheckIn(BaseModel):
    """All findings so far; what is missing here is deleted."""

    items: Annotated[list[FindingIn], Field(max_length=200)]


class ItemOut(BaseModel):
    """One thing to look at."""

    id: str
    topic: str
    dimension: str | None
    text_de: str
    text_en: str
    help_de: str
    help_en: str
    scale: bool

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            id=item.id,
            topic=item.topic,
            dimension=item.dimension,
            text_de=item.text.de,
            text_en=item.text.en,
            help_de=item.help.de,
            help_en=item.help.en,
            scale=item.scale,
        )


class ChecklistTopic(BaseModel):
    """A group of items."""

    id: str
    title_de: str
    title_en: str


class ChecklistOut(BaseModel):
    """What the team looks at, and for how many months a completed check holds."""

    version: str
    valid_from: date
    valid_months: int
    topics: list[ChecklistTopic]
    items: list[ItemOut]

    @classmethod
    def of(cls, checklist: Checklist) -> Self:
        return cls(
            version=checklist.version,
            valid_from=date.fromisoformat(checklist.valid_from),
            valid_months=checklist.valid_months,
            topics=[ChecklistTopic(id=each, title_de=text.de, title_en=text.en) for each, text in checklist.topics],
            items=[ItemOut.of(each) for each in checklist.items],
        )


class FindingOut(BaseModel):
    """What was found about one item, with its words."""

    item: str
    topic: str
    dimension: str | None
    text_de: str
    text_en: str
    result: Result
    grade: int | None
    finding: str
    evidence_url: str | None
    on: date | None

    @classmethod
    def of(cls, item: Item, finding: Finding) -> Self:
        return cls(
            item=item.id,
            topic=item.topic,
            dimension=item.dimension,
            text_de=item.text.de,
            text_en=item.text.en,
            result=finding.result,
            grade=finding.grade,
            finding=finding.finding,
            evidence_url=finding.evidence_url,
            on=finding.on,
        )


class TopicCount(BaseModel):
    """How many items of a topic had which result."""

    topic: str
    title_de: str
    title_en: str
    passed: int
    failed: int
    not_applicable: int
    not_checked: int


class CheckOut(BaseModel):
    """A check; `confidence` is 1 while it holds and 0.5 afterwards, 0 while it is open.

    `revision` is for `If-Match`; null where the check is shown as a part of something else.
    """

    id: str
    revision: int | None = None
    solution_id: str
    number: int
    version: int
    checklist: str
    state: CheckState
    opened_at: datetime
    completed_at: datetime | None
    valid_until: date | None
    confidence: float
    topics: list[TopicCount]
    findings: list[FindingOut]

    @classmethod
    def of(cls, check: ManualCheck, checklist: Checklist, today: date) -> Self:
        noted = [(item, check.findings[item.id]) for item in checklist.items if item.id in check.findings]
        return cls(
            id=check.id,
            solution_id=check.solution_id,
            number=check.number,
            version=check.solution_version,
            checklist=check.checklist,
            state=check.state,
            opened_at=check.opened_at,
            completed_at=check.completed_at,
            valid_until=check.valid_until,
            confidence=check.confidence(today),
            topics=[
                TopicCount(topic=each, title_de=text.de, title_en=text.en, **counted(check, checklist, each))
                for each, text in checklist.topics
            ],
            findings=[FindingOut.of(item, finding) for item, finding in noted],
        )

    @classmethod
    def of_checked(cls, found: Checked, today: date) -> Self:
        return cls.of(found.check, found.checklist, today).model_copy(update={"revision": found.revision})


class CheckList(BaseModel):
    """The checks of a solution, newest first."""

    items: list[CheckOut]
    next_cursor: str | None
    total: int
