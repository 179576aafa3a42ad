"""What the API answers about the three sources side by side, contradictions, and the audit trail."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from checkup.application.people.overview import Overview, Phase, ShownContradiction
from checkup.domain.measurement import Presence, Status
from checkup.domain.people.answers import values_of
from checkup.domain.people.contradictions import Fact, FactValue, Source
from checkup.domain.people.manual_check import Result
from checkup.domain.people.trail import Action, Entry, Side
from checkup.domain.report import Report
from checkup.entrypoints.api.people.check_schemas import CheckOut, FindingOut
from checkup.entrypoints.api.people.contest_schemas import ContestOut
from checkup.entrypoints.api.people.disclosure_schemas import DeclaredAnswer, EditionOut, StageOut


class FactOut(BaseModel):
    """One side of a contradiction: who says it, in words, since when, by which version of what."""

    name: str
    value: FactValue
    source: Source
    label_de: str
    label_en: str
    at: datetime | None
    version: str | None
    place: str | None

    @classmethod
    def of(cls, fact: Fact) -> Self:
        return cls(
            name=fact.name,
            value=fact.value,
            source=fact.source,
            label_de=fact.label.de,
            label_en=fact.label.en,
            at=fact.at,
            version=fact.version,
            place=fact.place,
        )


class ContradictionOut(BaseModel):
    """A contradiction; until `public_from` only the provider and the team see it (phase `waiting`)."""

    rule: str
    topic: str
    dimension: str | None
    text_de: str
    text_en: str
    claim: FactOut
    against: FactOut
    since: datetime
    public_from: datetime
    phase: Phase
    contest: ContestOut | None

    @classmethod
    def of(cls, shown: ShownContradiction) -> Self:
        each = shown.contradiction
        return cls(
            rule=each.rule.id,
            topic=each.rule.topic,
            dimension=each.rule.dimension,
            text_de=each.rule.text.de,
            text_en=each.rule.text.en,
            claim=FactOut.of(each.claim),
            against=FactOut.of(each.against),
            since=shown.since,
            public_from=shown.public_from,
            phase=shown.phase,
            contest=ContestOut.of(shown.contest) if shown.contest else None,
        )


class MeasuredMetric(BaseModel):
    """A metric of the newest report."""

    id: str
    title_de: str
    title_en: str
    status: Status
    score: float | None


class MeasuredProbe(BaseModel):
    """A fact beside the dimensions; `good` is the state one hopes for."""

    id: str
    title_de: str
    title_en: str
    status: Presence
    good: str


class Measured(BaseModel):
    """What machines found, with the run it is from; `score` only for dimensions."""

    run_id: str
    rubric: str
    commit: str | None
    as_of: datetime
    score: int | None = None
    coverage: float | None = None
    confidence: float | None = None
    metrics: list[MeasuredMetric] = []
    probes: list[MeasuredProbe] = []


class CheckedPart(BaseModel):
    """What the team found, with the check it is from."""

    check_id: str
    checklist: str
    completed_at: datetime
    valid_until: date
    confidence: float
    passed: int
    failed: int
    findings: list[FindingOut]


class DeclaredPart(BaseModel):
    """What the provider says, with the version it is from; `stage` only for topics."""

    version: int
    questionnaire: str
    published_at: datetime
    stage: StageOut | None = None
    answers: list[DeclaredAnswer]


class SideBySide(BaseModel):
    """One topic or dimension by all three sources; each is null where that source says nothing."""

    id: str
    title_de: str
    title_en: str
    declared: DeclaredPart | None
    checked: CheckedPart | None
    measured: Measured | None


class SourcesOut(BaseModel):
    """Everything that is known about a solution, by who says so; the public sees public answers only."""

    solution_id: str
    slug: str
    name: str | None
    audience: str
    rules: str
    topics: list[SideBySide]
    dimensions: list[SideBySide]
    check: CheckOut | None
    open_check: str | None
    published: EditionOut | None
    contradictions: list[ContradictionOut]
    contests: list[ContestOut]

    @classmethod
    def of(cls, seen: Overview) -> Self:
        today = seen.now.date()
        published = EditionOut.of(seen.disclosure.published) if seen.disclosure.published else None
        if published and seen.audience == "public":
            published = published.model_copy(update={"published_by": None})
        return cls(
            solution_id=seen.solution.id,
            slug=seen.solution.slug,
            name=seen.solution.statements.get("name"),
            audience=seen.audience,
            rules=seen.rules.version,
            topics=_topics(seen),
            dimensions=_dimensions(seen),
            check=CheckOut.of(seen.check, seen.checklist, today) if seen.check else None,
            open_check=seen.working.id if seen.working else None,
            published=published,
            contradictions=[ContradictionOut.of(each) for each in seen.contradictions],
            contests=[ContestOut.of(each) for each in reversed(seen.contests)],
        )


class EntryOut(BaseModel):
    """One step of the audit trail; `actor` is `team` where the provider reads of the team."""

    at: datetime
    actor: str | None
    side: Side
    action: Action
    subject: str
    note: str
    changes: list[dict[str, str | None]]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            at=entry.at,
            actor=entry.actor,
            side=entry.side,
            action=entry.action,
            subject=entry.subject,
            note=entry.note,
            changes=[{"what": each.what, "before": each.before, "after": each.after} for each in entry.changes],
        )


class TrailOut(BaseModel):
    """One page of the audit trail, newest first."""

    items: list[EntryOut]
    next_cursor: str | None
    total: int


def _topics(seen: Overview) -> list[SideBySide]:
    stages = {stage.topic: stage for stage in seen.stages}
    titles = {topic.id: topic.title for topic in seen.questionnaire.topics}
    titles |= {topic: text for topic, text in seen.checklist.topics if topic not in titles}
    found = []
    for topic, title in titles.items():
        declared = _declared(seen, topic=topic)
        if declared is not None and topic in stages:
            declared.stage = StageOut.of(stages[topic])
        metrics = seen.rules.metrics.get(topic, ())
        probes = [probe.id for probe in seen.rubric.probes if probe.topic == topic] if seen.rubric else []
        found.append(
            SideBySide(
                id=topic,
                title_de=title.de,
                title_en=title.en,
                declared=declared,
                checked=_checked(seen, topic=topic),
                measured=_measured(seen, metrics, probes),
            )
        )
    return found


def _dimensions(seen: Overview) -> list[SideBySide]:
    if seen.report is None or seen.rubric is None:
        return []
    titles = {dimension.id: dimension.title for dimension in seen.rubric.dimensions}
    found = []
    for result in seen.report.dimensions:
        measured = _measured_in(seen, seen.report)
        measured.score, measured.coverage, measured.confidence = result.score, result.coverage, result.confidence
        title = titles[result.dimension]
        found.append(
            SideBySide(
                id=result.dimension,
                title_de=title.de,
                title_en=title.en,
                declared=_declared(seen, dimension=result.dimension),
                checked=_checked(seen, dimension=result.dimension),
                measured=measured,
            )
        )
    return found


def _declared(seen: Overview, *, topic: str | None = None, dimension: str | None = None) -> DeclaredPart | None:
    held = seen.disclosure
    if held.published is None:
        return None
    answers = [
        DeclaredAnswer.of(question, held, seen.now.date())
        for question in seen.questionnaire.asked(values_of(held.answers))
        if (question.topic == topic if topic else question.dimension == dimension)
        and (question.public or seen.audience != "public")
    ]
    edition = held.published
    return (
        DeclaredPart(
            version=edition.number,
            questionnaire=edition.questionnaire,
            published_at=edition.published_at,
            answers=answers,
        )
        if answers
        else None
    )


def _checked(seen: Overview, *, topic: str | None = None, dimension: str | None = None) -> CheckedPart | None:
    check = seen.check
    if check is None or check.completed_at is None or check.valid_until is None:
        return None
    items = [i for i in seen.checklist.items if (i.topic == topic if topic else i.dimension == dimension)]
    findings = [FindingOut.of(item, check.findings[item.id]) for item in items if item.id in check.findings]
    if all(each.result is Result.NOT_CHECKED for each in findings):
        return None
    return CheckedPart(
        check_id=check.id,
        checklist=check.checklist,
        completed_at=check.completed_at,
        valid_until=check.valid_until,
        confidence=check.confidence(seen.now.date()),
        passed=sum(each.result is Result.PASSED for each in findings),
        failed=sum(each.result is Result.FAILED for each in findings),
        findings=findings,
    )


def _measured(seen: Overview, metric_ids: tuple[str, ...], probe_ids: list[str]) -> Measured | None:
    report, rubric = seen.report, seen.rubric
    if report is None or rubric is None or not report.measurable:
        return None
    results = {metric.id: metric for dimension in report.dimensions for metric in dimension.metrics}
    rules = {probe.id: probe for probe in rubric.probes}
    measured = _measured_in(seen, report)
    measured.metrics = [
        MeasuredMetric(id=each.id, title_de=each.title.de, title_en=each.title.en, status=each.status, score=each.score)
        for each in (results[metric] for metric in metric_ids if metric in results)
    ]
    measured.probes = [
        MeasuredProbe(
            id=each,
            title_de=rules[each].title.de,
            title_en=rules[each].title.en,
            status=report.probes[each].status,
            good=rules[each].good,
        )
        for each in probe_ids
        if each in report.probes
    ]
    return measured if measured.metrics or measured.probes else None


def _measured_in(seen: Overview, report: Report) -> Measured:
    run_id = seen.run.id if seen.run else ""
    return Measured(run_id=run_id, rubric=report.rubric_version, commit=report.commit, as_of=report.as_of)
