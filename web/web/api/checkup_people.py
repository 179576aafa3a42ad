"""The checkup service: self-disclosure, manual checks, contradictions, contests, audit trail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from web.api.caller import ApiModel, Caller
from web.api.checkup import BASE

Value = str | float | list[str]
SETTLED = "settled"


class Choice(ApiModel):
    """One value to choose."""

    value: str
    de: str
    en: str = ""


class Question(ApiModel):
    """One question of the self-disclosure."""

    id: str
    topic: str
    type: str
    text_de: str
    text_en: str = ""
    help_de: str | None = None
    help_en: str | None = None
    choices: list[Choice] = []
    required: bool = False
    proof: bool = False
    validity: bool = False
    public: bool = True
    lowest: float | None = None
    highest: float | None = None
    unit_de: str | None = None
    unit_en: str | None = None


class Topic(ApiModel):
    """A group of questions, or of items of a checklist."""

    id: str
    title_de: str
    title_en: str = ""
    about_de: str = ""
    about_en: str = ""


class Questionnaire(ApiModel):
    """All questions of one version."""

    version: str = ""
    topics: list[Topic] = []
    questions: list[Question] = []

    def get(self, question_id: str) -> Question | None:
        return next((each for each in self.questions if each.id == question_id), None)


class Answer(ApiModel):
    """An answer as it is kept."""

    value: Value
    note: str = ""
    proof_url: str | None = None
    valid_until: date | None = None


class Edition(ApiModel):
    """A published version."""

    number: int
    published_at: datetime
    published_by: str | None = None


class Draft(ApiModel):
    """The draft; `revision` is for If-Match."""

    revision: int = 0
    questionnaire: str = ""
    drafted: bool = False
    saved_at: datetime | None = None
    saved_by_you: bool = False
    answers: dict[str, Answer] = {}
    asked: list[str] = []
    missing: list[str] = []
    proposals: dict[str, Value] = {}
    dropped: list[str] = []
    published: Edition | None = None
    editions: list[Edition] = []


class EditionContent(Edition):
    """A published version with its answers."""

    questionnaire: str = ""
    answers: dict[str, Answer] = {}


class Verification(ApiModel):
    """What the team found about an answer."""

    confirmed: bool
    note: str = ""
    at: datetime | None = None


class DeclaredAnswer(ApiModel):
    """One question with its published answer, in words."""

    question: str
    text_de: str
    text_en: str = ""
    public: bool = True
    stage: str = "none"
    label_de: str | None = None
    label_en: str | None = None
    note: str = ""
    proof_url: str | None = None
    valid_until: date | None = None
    verification: Verification | None = None


class Stage(ApiModel):
    """The stage of a topic, and numbers of questions."""

    stage: str = "none"
    asked: int = 0
    answered: int = 0
    evidenced: int = 0
    verified: int = 0
    expired: int = 0


class Declared(ApiModel):
    """What the provider says about a topic or dimension."""

    version: int
    published_at: datetime
    stage: Stage | None = None
    answers: list[DeclaredAnswer] = []


class CheckFinding(ApiModel):
    """What the team found about one item."""

    item: str
    topic: str = ""
    text_de: str = ""
    text_en: str = ""
    result: str = "not_checked"
    grade: int | None = None
    finding: str = ""
    evidence_url: str | None = None
    on: date | None = None


class Checked(ApiModel):
    """What the team found about a topic or dimension."""

    checklist: str = ""
    completed_at: datetime
    valid_until: date
    confidence: float = 1.0
    passed: int = 0
    failed: int = 0
    findings: list[CheckFinding] = []


class MeasuredMetric(ApiModel):
    """A metric of the newest report."""

    id: str
    title_de: str
    title_en: str = ""
    status: str = "measured"
    score: float | None = None


class MeasuredProbe(ApiModel):
    """A fact beside the dimensions."""

    id: str
    title_de: str
    title_en: str = ""
    status: str = "not_available"
    good: str = "found"


class Measured(ApiModel):
    """What machines found about a topic or dimension."""

    rubric: str = ""
    commit: str | None = None
    as_of: datetime
    score: float | None = None
    coverage: float | None = None
    confidence: float | None = None
    metrics: list[MeasuredMetric] = []
    probes: list[MeasuredProbe] = []


class SideBySide(ApiModel):
    """One topic or dimension by all three sources."""

    id: str
    title_de: str
    title_en: str = ""
    declared: Declared | None = None
    checked: Checked | None = None
    measured: Measured | None = None


class Check(ApiModel):
    """A manual check; `revision` is for If-Match."""

    id: str
    number: int = 1
    checklist: str = ""
    state: str = "open"
    opened_at: datetime | None = None
    completed_at: datetime | None = None
    valid_until: date | None = None
    confidence: float = 0.0
    findings: list[CheckFinding] = []
    revision: int | None = None


class Item(ApiModel):
    """One thing the team looks at; with `scale` it gets a grade."""

    id: str
    topic: str
    text_de: str
    text_en: str = ""
    help_de: str = ""
    help_en: str = ""
    scale: bool = False


class Checklist(ApiModel):
    """What the team looks at."""

    version: str = ""
    valid_months: int = 12
    topics: list[Topic] = []
    items: list[Item] = []


class Contest(ApiModel):
    """A contest with both sides' words."""

    id: str
    solution_id: str = ""
    slug: str = ""
    kind: str
    finding: str
    found_in: str = ""
    commit: str | None = None
    title: str
    reason: str
    state: str
    outcome: str | None = None
    answer: str | None = None
    opened_at: datetime | None = None
    answered_at: datetime | None = None


class ContestPage(ApiModel):
    """Contests that wait for the team."""

    items: list[Contest] = []


class Fact(ApiModel):
    """One side of a contradiction."""

    source: str
    label_de: str
    label_en: str = ""
    at: datetime | None = None
    version: str | None = None
    place: str | None = None


class Contradiction(ApiModel):
    """Two sources that do not fit together."""

    rule: str
    topic: str = ""
    dimension: str | None = None
    text_de: str
    text_en: str = ""
    claim: Fact
    against: Fact
    since: datetime
    public_from: datetime
    phase: str
    contest: Contest | None = None


class Sources(ApiModel):
    """Everything that is known about a solution, by who says so."""

    solution_id: str = ""
    slug: str = ""
    name: str | None = None
    audience: str = "public"
    topics: list[SideBySide] = []
    dimensions: list[SideBySide] = []
    check: Check | None = None
    open_check: str | None = None
    published: Edition | None = None
    contradictions: list[Contradiction] = []
    contests: list[Contest] = []

    @property
    def says_something(self) -> bool:
        """True when somebody declared or checked anything."""
        return self.published is not None or self.check is not None or bool(self.contradictions or self.contests)

    def marks(self, commit: str | None) -> dict[str, Contest]:
        """The contests of a commit's metrics, by metric; those that were taken back are left out."""
        held = (each for each in reversed(self.contests) if each.state != "withdrawn")
        return {each.finding: each for each in held if each.kind == "metric" and each.commit == commit}

    def unsettled(self, about: str) -> list[Contradiction]:
        """The contradictions of a topic or dimension that nobody has settled."""
        return [each for each in self.contradictions if about in (each.topic, each.dimension) and each.phase != SETTLED]

    def contest_of(self, check: Check | None, item: str) -> Contest | None:
        """The contest of one item of a check."""
        held = (each for each in self.contests if each.state != "withdrawn" and each.kind == "manual")
        return next((each for each in held if check and each.found_in == check.id and each.finding == item), None)


class Change(ApiModel):
    """One thing that is different."""

    what: str = ""
    before: str | None = None
    after: str | None = None


class TrailEntry(ApiModel):
    """One step of the audit trail."""

    at: datetime
    actor: str | None = None
    side: str = "system"
    action: str
    subject: str = ""
    note: str = ""
    changes: list[Change] = []


class Trail(ApiModel):
    """One page of the audit trail, newest first."""

    items: list[TrailEntry] = []
    next_cursor: str | None = None
    total: int = 0


@dataclass(frozen=True)
class CheckupPeople:
    """Calls of the checkup service; every one may raise ApiProblem."""

    call: Caller

    async def questionnaire(self, version: str | None = None) -> Questionnaire:
        return (await self.call.get(f"{BASE}/questionnaire", {"version": version})).as_model(Questionnaire)

    async def draft(self, solution_id: str) -> Draft:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/disclosure/draft")).as_model(Draft)

    async def save_draft(self, solution_id: str, answers: dict[str, Any], revision: int) -> Draft:
        """412 `stale-version`, 422 `invalid-answers`."""
        path = f"{BASE}/solutions/{solution_id}/disclosure/draft"
        return (await self.call.put(path, {"answers": answers}, version=revision)).as_model(Draft)

    async def publish(self, solution_id: str, revision: int, key: str) -> Draft:
        """409 `nothing-to-publish`, 422 `disclosure-incomplete`."""
        path = f"{BASE}/solutions/{solution_id}/disclosure/publish"
        return (await self.call.post(path, key=key, version=revision)).as_model(Draft)

    async def edition(self, solution_id: str, number: int) -> EditionContent:
        path = f"{BASE}/solutions/{solution_id}/disclosure/versions/{number}"
        return (await self.call.get(path)).as_model(EditionContent)

    async def verify(self, solution_id: str, question: str, *, version: int, confirmed: bool, note: str) -> None:
        body = {"version": version, "confirmed": confirmed, "note": note}
        await self.call.put(f"{BASE}/solutions/{solution_id}/disclosure/verifications/{question}", body)

    async def sources(self, solution_id: str) -> Sources:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/sources")).as_model(Sources)

    async def trail(self, solution_id: str, cursor: str | None = None) -> Trail:
        query = {"cursor": cursor, "limit": 30}
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/audit", query)).as_model(Trail)

    async def checklist(self, version: str | None = None) -> Checklist:
        return (await self.call.get(f"{BASE}/checklist", {"version": version})).as_model(Checklist)

    async def begin_check(self, solution_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/manual-checks", key=key)

    async def check(self, check_id: str) -> Check:
        return (await self.call.get(f"{BASE}/manual-checks/{check_id}")).as_model(Check)

    async def save_check(self, check_id: str, items: list[dict[str, Any]], revision: int) -> Check:
        path = f"{BASE}/manual-checks/{check_id}"
        return (await self.call.put(path, {"items": items}, version=revision)).as_model(Check)

    async def complete_check(self, check_id: str, revision: int | None, key: str) -> None:
        await self.call.post(f"{BASE}/manual-checks/{check_id}/complete", key=key, version=revision)

    async def open_contests(self) -> ContestPage:
        return (await self.call.get(f"{BASE}/contests")).as_model(ContestPage)

    async def contest(self, solution_id: str, kind: str, finding: str, reason: str, key: str) -> None:
        body = {"kind": kind, "finding": finding, "reason": reason}
        await self.call.post(f"{BASE}/solutions/{solution_id}/contests", body, key=key)

    async def answer_contest(self, contest_id: str, decision: str, answer: str, key: str) -> None:
        body = {"decision": decision, "answer": answer}
        await self.call.post(f"{BASE}/contests/{contest_id}/answer", body, key=key)

    async def withdraw_contest(self, contest_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/contests/{contest_id}/withdraw", key=key)
