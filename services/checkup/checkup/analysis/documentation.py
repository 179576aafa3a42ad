"""Documentation: basic questions, substance, extent, changelog, German, freshness (D1, D2, D3, D6, D8, D11)."""

import re
from dataclasses import dataclass

from checkup.analysis import history, words
from checkup.analysis.documents import Document
from checkup.analysis.paths import Kind
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable, not_available

OWN_WORDS = 20


@dataclass(frozen=True, slots=True)
class Role:
    """One basic question with the headings that announce an answer, German and English, and telling file names."""

    id: str
    german: str
    heading: re.Pattern[str]
    file: re.Pattern[str] | None = None


def _role(role_id: str, german: str, heading: str, file: str | None = None) -> Role:
    return Role(role_id, german, re.compile(heading, re.IGNORECASE), re.compile(file, re.IGNORECASE) if file else None)


ROLES = (
    _role("purpose", "Zweck", r"^(about|what is|über |zweck|beschreibung|description|overview|überblick|übersicht|ziel|"
          r"worum|introduction|einführung|einleitung|motivation|features|funktionen|was ist)"),
    _role("install", "Einrichtung", r"install|einricht|setup|set up|getting started|erste schritte|schnellstart|"
          r"quick ?start|inbetriebnahme|\bbuild(ing)?\b|bauen|"
          r"\bdeploy(ment|en|ing)?\b|requirements|voraussetzung|lokal starten|run(ning)?\b|"
          r"entwicklungsumgebung",
          r"(^|/)(install|installation|setup|getting[-_]started|quickstart|deployment)[^/]*\.(md|rst|adoc|txt)$"),
    _role("usage", "Nutzung", r"usage|nutzung|benutz|verwend|how to use|anwendung|bedien|handbuch|beispiel|example|"
          r"user guide|tutorial|konfigur|configur|api\b", r"(^|/)(usage|user[-_]?guide|handbuch|tutorial|"
          r"benutzer)[^/]*\.(md|rst|adoc|txt)$"),
    _role("licence", "Lizenz", r"licen[sc]|lizenz|copyright", r"^(licen[sc]e|copying)[^/]*$"),
    _role("contribute", "Mitarbeit", r"contribut|mitmach|beitrag|mitwirk|mitarbeit|development|entwickl",
          r"(^|/)(contributing|beitragen|mitmachen)(\.(md|rst|adoc|txt))?$"),
    _role("support", "Hilfe", r"support|hilfe|kontakt|contact|fragen|questions|ansprechpartner|getting help|community|"
          r"sicherheit|security|issues", r"(^|/)(support|security)[^/]*\.md$"),
)  # fmt: skip
GENERATORS = re.compile(
    r"(^|/)(mkdocs\.ya?ml|docusaurus\.config\.[jt]s|conf\.py|antora(-playbook)?\.yml|book\.toml|_config\.yml|"
    r"\.readthedocs\.ya?ml|hugo\.toml|astro\.config\.mjs|\.vitepress/config\.[a-z]+|\.vuepress/config\.[a-z]+)$"
)
CHANGELOG = re.compile(
    r"(^|/)(changelog|changes|history|news|releases?|release[-_]notes|änderungen)(\.(md|rst|adoc|txt))?$", re.IGNORECASE
)
SEMVER = re.compile(r"^[^0-9]{0,30}\d+\.\d+(\.\d+)?([.+-][0-9A-Za-z.+-]+)?$")
VERSION_HEADING = re.compile(r"(?<!\d)\d+\.\d+(\.\d+)?")
DOCS_PAGE = re.compile(r"(^|/)(docs?|documentation|dokumentation|handbuch|manual)/", re.IGNORECASE)


def roles(survey: Survey) -> list[Measurement]:
    """D1: how many of the six basic questions are answered, each in 20 own words or by a link or file that is there."""
    evidence: list[Evidence] = []
    count = 0
    for role in ROLES:
        found = _answer(survey, role)
        count += found is not None
        evidence.append(found or Evidence(f"{role.german}: keine Antwort gefunden"))
    return [measured("D1", evidence, roles=count)]


def _answer(survey: Survey, role: Role) -> Evidence | None:
    if role.file and (files := survey.matching(role.file)):
        return Evidence(f"{role.german}: eigene Datei", files[0].path)
    for document in survey.first_level:
        for index, section in enumerate(document.sections):
            if role.heading.search(section.title) and _is_answer(survey, document, index):
                return Evidence(f"{role.german}: „{section.title}“", document.path, section.line)
    return _introduction(survey) if role.id == "purpose" else None


def _introduction(survey: Survey) -> Evidence | None:
    """The text under the main title says what it is for, if it is more than a phrase."""
    if (readme := survey.readme) is None:
        return None
    for section in readme.sections[:2]:
        if section.own_words() >= OWN_WORDS and not words.template_phrases(section.prose):
            return Evidence("Zweck: Einleitung der README", readme.path, section.line)
    return None


def _is_answer(survey: Survey, document: Document, index: int) -> bool:
    """Own words under the heading or its sub-headings, code to run, or a link that leads somewhere."""
    section = document.sections[index]
    block = [section]
    for later in document.sections[index + 1 :]:
        if later.level <= section.level:
            break
        block.append(later)
    prose = " ".join(part.prose for part in block)
    if words.template_phrases(prose):
        return False
    return (
        len(words.words(prose)) >= OWN_WORDS
        or (any(part.has_code for part in block) and len(words.words(prose)) >= 3)
        or any(_leads_somewhere(survey, document, link) for part in block for link in part.links)
    )


def _leads_somewhere(survey: Survey, document: Document, target: str) -> bool:
    if target.startswith(("http://", "https://", "mailto:")):
        return True
    folder = document.path.rpartition("/")[0]
    path = re.split(r"[#?]", target, maxsplit=1)[0]
    return bool(path) and (survey.exists(f"{folder}/{path}" if folder else path) or survey.exists(path))


def substance(survey: Survey) -> list[Measurement]:
    """D2: own words of the main README, without code, badges and template sentences."""
    readme = survey.readme
    if readme is None:
        return [measured("D2", [Evidence("Keine README gefunden")], words=0)]
    boilerplate = words.template_phrases(readme.prose)
    count = max(readme.own_words() - sum(len(words.words(phrase)) for phrase in boilerplate), 0)
    evidence = [Evidence(f"{count} eigene Wörter", readme.path)]
    evidence += [Evidence(f"Satz einer Vorlage: „{phrase}“", readme.path) for phrase in boilerplate[:5]]
    return [measured("D2", evidence, words=count)]


def extent(survey: Survey) -> list[Measurement]:
    """D3: pages of documentation besides the README, and whether a site is built from them."""
    pages = [
        document for document in survey.documents if DOCS_PAGE.search(document.path) and document.own_words() >= 20
    ]
    sites = [file for file in survey.matching(GENERATORS) if file.name != "conf.py" or "doc" in file.path.lower()]
    evidence = [Evidence(f"{len(pages)} Dokumentationsseiten mit mindestens 20 Wörtern")]
    evidence += [Evidence("Seite", page.path) for page in pages[:4]]
    evidence.append(
        Evidence("Website-Generator", sites[0].path) if sites else Evidence("Kein Website-Generator gefunden")
    )
    return [measured("D3", evidence, pages=len(pages), site=bool(sites))]


def changelog(survey: Survey) -> list[Measurement]:
    """D6: whether the newest version is in the changelog, and whether version numbers are SemVer-like."""
    files = sorted(survey.matching(CHANGELOG), key=lambda file: (file.path.count("/"), file.path))
    text = survey.text(files[0])[:200_000] if files else ""
    tags = [name for name, _ in survey.history.tags]
    evidence: list[Evidence] = []
    if tags:
        number = re.sub(r"^[^0-9]*", "", tags[0])
        share = 1.0 if files and number and number in text else 0.5 if files else 0.0
        evidence.append(
            Evidence(
                f"Neueste Version {tags[0]}"
                + (" im Änderungsverzeichnis" if share == 1 else " nicht im Änderungsverzeichnis")
            )
        )
        semver = sum(bool(SEMVER.match(tag)) for tag in tags[:20]) / len(tags[:20])
    else:
        share = 0.5 if VERSION_HEADING.search(text) else 0.0
        semver = 0.5 if VERSION_HEADING.search(text) else 0.0
        evidence.append(Evidence("Keine Versionen (Tags) gefunden"))
    evidence.append(
        Evidence("Änderungsverzeichnis", files[0].path) if files else Evidence("Kein Änderungsverzeichnis gefunden")
    )
    return [measured("D6", evidence, changelog=share, semver=semver)]


def german(survey: Survey) -> list[Measurement]:
    """D8: an overview in German of 50 words or more, and Amstad's index over all German prose."""
    overview: Evidence | None = None
    prose: list[str] = []
    for document in survey.documents:
        if words.is_german(document.prose):
            prose.append(document.prose)
            if overview is None and document in survey.first_level and document.own_words() >= 50:
                overview = Evidence("Übersicht auf Deutsch", document.path)
        elif overview is None and document in survey.readmes:
            overview = _german_section(document)
    reading = words.amstad("\n\n".join(prose))
    evidence = [overview or Evidence("Keine deutsche Übersicht gefunden")]
    if reading:
        evidence.append(Evidence(f"Lesbarkeit nach Amstad {reading.index:.0f} von 100 über {reading.words} Wörter"))
    return [measured("D8", evidence, german_overview=overview is not None, amstad=reading.index if reading else 0)]


def _german_section(document: Document) -> Evidence | None:
    for section in document.sections:
        if section.own_words() >= 50 and words.is_german(section.prose):
            return Evidence(f"Abschnitt auf Deutsch: „{section.title}“", document.path, section.line)
    return None


def freshness(survey: Survey) -> list[Measurement]:
    """D11: days by which the newest change of documentation is behind the newest change of code."""
    docs = {document.path for document in survey.documents}
    code = {file.path for file in survey.code(Kind.PRODUCTION)}
    if not docs:
        return [measured("D11", [Evidence("Keine Dokumentation gefunden")], days_behind=10_000)]
    if not code:
        return [not_applicable("D11", "Kein Produktivcode, mit dem die Dokumentation Schritt halten müsste.")]
    days = history.days_between_docs_and_code(survey.repository.git_dir, docs, code)
    if days is None:
        return [not_available("D11", "Die Geschichte reicht nicht bis zur letzten Änderung der Dokumentation.")]
    return [measured("D11", [Evidence(f"{days:.0f} Tage hinter dem Code")], days_behind=days)]
