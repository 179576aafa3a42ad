"""Community: how alive development is and on how many shoulders it rests (C1 to C5, C7, C8)."""

import re
from collections import Counter

from checkup.analysis import publiccode
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable, not_available

NEWCOMER_DAYS = 90
FEWEST_COMMITS = 10
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONTRIBUTING = re.compile(r"(^|/)(contributing|beitragen|mitmachen)([._-][a-z]{2})?\.(md|rst|adoc|txt)$", re.IGNORECASE)
CONDUCT = re.compile(r"(^|/)(code[_-]?of[_-]?conduct|verhaltenskodex|verhaltensregeln)[^/]*$", re.IGNORECASE)
ISSUE_TEMPLATE = re.compile(r"issue_template|\.gitlab/issue_templates/", re.IGNORECASE)
MERGE_TEMPLATE = re.compile(r"pull_request_template|merge_request_templates/", re.IGNORECASE)
GOVERNANCE = re.compile(r"(^|/)(governance|maintainers|codeowners|owners)(\.[a-z]+)?$", re.IGNORECASE)
SUPPORT_FILE = re.compile(r"(^|/)support(\.[a-z]+)?$", re.IGNORECASE)
SUPPORT_HEADING = re.compile(
    r"support|hilfe|kontakt|contact|getting help|ansprechpartner|fragen|questions", re.IGNORECASE
)


def weeks(survey: Survey) -> list[Measurement]:
    """C1: weeks of the last year with a human commit."""
    history = survey.history
    if not history.commits:
        return [measured("C1", [Evidence("Keine Beiträge von Menschen gefunden")], weeks=0)]
    if history.days_since_first_commit < NEWCOMER_DAYS and not history.cut:
        return [
            not_applicable("C1", f"Jünger als {NEWCOMER_DAYS} Tage; Regelmäßigkeit lässt sich noch nicht beurteilen.")
        ]
    active = {(commit.at.isocalendar().year, commit.at.isocalendar().week) for commit in history.last_year}
    evidence = [
        Evidence(f"{len(active)} von 52 Wochen mit Beiträgen, {len(history.last_year)} Beiträge im letzten Jahr"),
        Evidence(f"Letzter Beitrag am {history.commits[0].at:%d.%m.%Y}"),
    ]
    if history.bot_share > 0:
        evidence.append(
            Evidence(f"{history.bot_share:.0%} der Beiträge stammen von automatischen Konten (nicht gezählt)")
        )
    return [measured("C1", evidence, weeks=len(active))]


def knowledge(survey: Survey) -> list[Measurement]:
    """C2: how many people make half of the contributions of the last year."""
    shares = survey.history.shares()
    total = sum(shares)
    if total < FEWEST_COMMITS:
        return [
            not_applicable(
                "C2", f"Nur {total} Beiträge im letzten Jahr; ab {FEWEST_COMMITS} ist die Verteilung aussagekräftig."
            )
        ]
    people, done = 0, 0
    while done * 2 < total:
        done += shares[people]
        people += 1
    named = [f"Person {LETTERS[i]} {count / total:.0%}" for i, count in enumerate(shares[:5])]
    return [measured("C2", [Evidence("Anteile: " + ", ".join(named))], people_for_half=people)]


def people(survey: Survey) -> list[Measurement]:
    """C3: people who contributed in the last year."""
    count = len(survey.history.shares())
    return [measured("C3", [Evidence(f"{count} Menschen im letzten Jahr")], people=count)]


def organisations(survey: Survey) -> list[Measurement]:
    """C4: domains of contributors; only domains with two or more people are named, so that nobody is identified."""
    members: Counter[str] = Counter()
    for _, domain in {(c.person, c.domain) for c in survey.history.last_year if c.domain}:
        members[domain] += 1
    named = sorted(domain for domain, count in members.items() if count > 1)
    evidence = [
        Evidence(
            f"{len(members)} {'Organisation' if len(members) == 1 else 'Organisationen'} nach Domänen der Beitragenden"
        )
    ]
    if named:
        evidence.append(Evidence("Mit mehreren Beitragenden: " + ", ".join(named[:6])))
    return [measured("C4", evidence, organisations=len(members))]


def releases(survey: Survey) -> list[Measurement]:
    """C5: tags of the last 24 months."""
    tags = survey.history.recent_tags()
    evidence = [Evidence(f"{len(tags)} Versionen in 24 Monaten" + (": " + ", ".join(tags[:8]) if tags else ""))]
    return [measured("C5", evidence, releases=len(tags))]


def welcome(survey: Survey) -> list[Measurement]:
    """C7: what invites others to take part."""
    evidence: list[Evidence] = []
    contributing = _contributing(survey, evidence)
    found = {
        "Verhaltensregeln": survey.matching(CONDUCT),
        "Vorlagen für Meldungen": survey.matching(ISSUE_TEMPLATE),
        "Vorlage für Änderungsvorschläge": survey.matching(MERGE_TEMPLATE),
        "Zuständigkeiten": survey.matching(GOVERNANCE),
    }
    for what, files in found.items():
        evidence.append(Evidence(what, files[0].path) if files else Evidence(f"{what}: nicht gefunden"))
    support = bool(survey.matching(SUPPORT_FILE)) or any(
        SUPPORT_HEADING.search(section.title) for document in survey.readmes for section in document.sections
    )
    evidence.append(Evidence("Kontakt für Hilfe: " + ("genannt" if support else "nicht gefunden")))
    return [
        measured(
            "C7",
            evidence,
            contributing=contributing,
            conduct=bool(found["Verhaltensregeln"]),
            templates=(bool(found["Vorlagen für Meldungen"]) + bool(found["Vorlage für Änderungsvorschläge"])) / 2,
            governance=bool(found["Zuständigkeiten"]),
            support=support,
        )
    ]


def _contributing(survey: Survey, evidence: list[Evidence]) -> float:
    """1 for a guide of 150 own words or more, half for a shorter one or a README section of 20."""
    for document in survey.documents:
        if CONTRIBUTING.search(document.path):
            count = document.own_words()
            evidence.append(Evidence(f"Anleitung zum Beitragen mit {count} Wörtern", document.path))
            return 1.0 if count >= 150 else 0.5
    for document in survey.readmes:
        for section in document.sections:
            if (
                re.search(r"contribut|mitmachen|beitragen|mitwirken", section.title, re.IGNORECASE)
                and section.own_words() >= 20
            ):
                evidence.append(Evidence("Anleitung zum Beitragen nur als Abschnitt", document.path, section.line))
                return 0.5
    evidence.append(Evidence("Anleitung zum Beitragen: nicht gefunden"))
    return 0.0


def reuse(survey: Survey) -> list[Measurement]:
    """C8: organisations that publiccode.yml names as users; without the file nothing is known."""
    data = publiccode.read(survey)
    if data is None:
        return [not_available("C8", "Keine lesbare publiccode.yml, die nutzende Organisationen nennt.")]
    users = [str(user)[:80] for user in data.get("usedBy") or () if isinstance(user, str)]
    evidence = [Evidence(user, "publiccode.yml") for user in users] or [Evidence("usedBy ist leer", "publiccode.yml")]
    return [measured("C8", shown(evidence), users=len(set(users)))]
