"""Gathers the facts that contradictions are looked for in, from all sources."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from checkup.domain.measurement import Presence
from checkup.domain.people.contradictions import Fact, Facts, Source
from checkup.domain.people.disclosure import Disclosure
from checkup.domain.people.manual_check import Checklist, ManualCheck, Result
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric, Text

LISTING = {
    "licence": Text("Lizenz", "Licence"),
    "open_source": Text("Offene Lizenz", "Open licence"),
    "hosting_location": Text("Ort des Hostings", "Hosting location"),
    "data_processing_agreement": Text("AVV", "Processing agreement"),
    "accessibility_level": Text("Barrierefreiheit", "Accessibility"),
}
_NUMBERS = {
    "days_since_last_commit": Text("Letzter Beitrag vor {:.0f} Tagen", "Last commit {:.0f} days ago"),
    "archived": Text("Projekt nennt sich archiviert", "Project calls itself archived"),
    "no_licence": Text("Keine Lizenz im Repository", "No licence in the repository"),
}


def of_listing(statements: Mapping[str, str], version: int | None) -> Iterator[Fact]:
    """What the listing says of itself."""
    for name, title in LISTING.items():
        if name in statements:
            said = statements[name]
            label = Text(f"Eintrag: {title.de} {said}", f"Listing: {title.en} {said}")
            yield Fact(
                f"listing.{name}", said, Source.DECLARED, label, version=None if version is None else str(version)
            )


def of_disclosure(held: Disclosure, questionnaire: Questionnaire, today: date) -> Iterator[Fact]:
    """Published answers that still hold, and what the team verified of them."""
    if held.published is None:
        return
    number = str(held.published.number)
    for question_id, answer in held.answers.items():
        question = questionnaire.get(question_id)
        if question is None or answer.expired(today):
            continue
        words = question.label(answer.value)
        label = Text(f"{question.text.de} {words.de}", f"{question.text.en} {words.en}")
        yield Fact(f"declared.{question_id}", answer.value, Source.DECLARED, label, answer.answered_at, number)
        verification = held.verification(question_id)
        if verification is not None:
            value = "confirmed" if verification.confirmed else "refuted"
            found = Text(f"Team: {verification.note}", f"Team: {verification.note}")
            yield Fact(f"verified.{question_id}", value, Source.CHECKED, found, verification.at, number)


def of_check(check: ManualCheck | None, checklist: Checklist | None) -> Iterator[Fact]:
    """The items of a completed check that passed or failed."""
    if check is None or checklist is None:
        return
    for item in checklist.items:
        finding = check.findings.get(item.id)
        if finding is None or finding.result not in (Result.PASSED, Result.FAILED):
            continue
        note = f" ({finding.finding})" if finding.finding else ""
        label = Text(f"{item.text.de}{note}", f"{item.text.en}{note}")
        yield Fact(
            f"checked.{item.id}", finding.result.value, Source.CHECKED, label, check.completed_at, check.checklist
        )


def of_report(report: Report | None, rubric: Rubric | None) -> Iterator[Fact]:
    """Raw numbers of measured metrics, numbers beside them, and probes."""
    if report is None or not report.measurable:
        return
    seen, version = report.as_of, report.rubric_version
    for dimension in report.dimensions:
        for metric in dimension.metrics:
            evidence = metric.evidence[0] if metric.evidence else None
            text = f": {evidence.text}" if evidence else ""
            label = Text(f"{metric.id} {metric.title.de}{text}", f"{metric.id} {metric.title.en}{text}")
            for name, value in metric.raw.items():
                fact = f"metric.{metric.id}.{name}"
                yield Fact(fact, value, Source.MEASURED, label, seen, version, evidence.path if evidence else None)
    yield from _licence(report)
    for name, number in report.facts.items():
        words = _NUMBERS.get(name, Text(name, name))
        label = Text(words.de.format(number), words.en.format(number))
        yield Fact(f"fact.{name}", number, Source.MEASURED, label, seen, version)
    yield from _probes(report, rubric, seen)


def _licence(report: Report) -> Iterator[Fact]:
    """The licences that the licence files are by their own words, as one SPDX expression."""
    probe = report.probes.get("licence_detected")
    if probe is None or probe.status is not Presence.FOUND or not probe.values:
        return
    found = " AND ".join(probe.values)
    place = probe.evidence[0].path if probe.evidence else None
    words = Text(f"Lizenzdatei: {found}", f"Licence file: {found}")
    yield Fact("measured.licence", found, Source.MEASURED, words, report.as_of, report.rubric_version, place)


def _probes(report: Report, rubric: Rubric | None, seen: datetime) -> Iterator[Fact]:
    titles = {probe.id: probe.title for probe in rubric.probes} if rubric else {}
    states = {Presence.FOUND: ("gefunden", "found"), Presence.ABSENT: ("nicht gefunden", "not found")}
    for probe_id, probe in report.probes.items():
        if probe.status not in states:
            continue
        title, (de, en) = titles.get(probe_id, Text(probe_id, probe_id)), states[probe.status]
        place = probe.evidence[0].path if probe.evidence else None
        label = Text(f"{title.de}: {de}", f"{title.en}: {en}")
        at = probe.observed_at or seen
        yield Fact(f"probe.{probe_id}", probe.status.value, Source.MEASURED, label, at, report.rubric_version, place)


def gathered(*sources: Iterator[Fact]) -> Facts:
    """All facts by name."""
    return {fact.name: fact for source in sources for fact in source}
