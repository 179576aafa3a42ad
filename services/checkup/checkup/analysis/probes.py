"""Probes: facts beside the dimensions that support or contradict what a provider declares."""

import re
from collections.abc import Callable, Mapping

from checkup.analysis import git_process, licences, pipelines, usability, words
from checkup.analysis.safeguards import ci_files, steps
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Presence, Probe

FEWEST_WORDS = 20  # own words below which a heading says nothing
TAGS_LOOKED_AT = 10
SECURITY_FILE = re.compile(
    r"^(\.github/|\.gitlab/|docs?/)?(security|sicherheit)([._-][a-z]{2})?\.(md|rst|adoc|txt)$", re.IGNORECASE
)
REPORTING = re.compile(r"report|\bmeld|disclos", re.IGNORECASE)
SECURITY_HEADING = re.compile(
    r"vulnerabilit|sicherheitslücke|schwachstelle|security policy|report(ing)? (a )?security|responsible disclosure|"
    r"sicherheit(sproblem)?e? melden",
    re.IGNORECASE,
)
SBOM_FILE = re.compile(
    r"(^|/)(([^/]*[._-])?s?bom([._-][^/]*)?\.(json|xml|ya?ml|spdx)|[^/]+\.(cdx|spdx)\.(json|xml|ya?ml)|[^/]+\.spdx)$",
    re.IGNORECASE,
)
SBOM_STEP = re.compile(r"\b(cyclonedx|syft|sbom|spdx-sbom-generator|trivy[^\n]*(cyclonedx|spdx))\b", re.IGNORECASE)
PRIVACY_FILE = re.compile(
    r"(^|/)[^/]*(datenschutz|privacy|dsgvo|gdpr)[^/]*\.(md|rst|adoc|html?|vue|tsx|php|txt)$", re.IGNORECASE
)
PRIVACY_HEADING = re.compile(r"datenschutz|privacy|dsgvo|gdpr|personenbezogen|personal data", re.IGNORECASE)
BACKUP_HEADING = re.compile(
    r"back-?up|datensicherung|sicherung und|\brestor(e|ing)\b|wiederherstell|disaster recovery", re.IGNORECASE
)
MONITORING_HEADING = re.compile(
    r"monitoring|überwachung|\blog(s|ging)\b|protokollierung|\bmetri(cs|ken)\b|health ?checks?|observability|"
    r"\balert(s|ing)\b|alarmierung",
    re.IGNORECASE,
)
THIRD_PARTY = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed)\b[^<>]{0,800}?\bsrc\s*=\s*["']?(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})"""
    r"""|<link\b(?=[^<>]{0,800}?\brel\s*=\s*["']?[^"'<>]*(?:stylesheet|preconnect|preload|icon|dns-prefetch))"""
    r"""[^<>]{0,800}?\bhref\s*=\s*["']?(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})"""
    r"""|@import\s+(?:url\()?\s*["']?(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})""",
    re.IGNORECASE,
)


def security_policy(survey: Survey) -> Probe:
    """A file with own words on how to report a vulnerability, or a section about it."""
    for document in survey.documents:
        count = document.own_words()
        if SECURITY_FILE.search(document.path) and count >= FEWEST_WORDS and REPORTING.search(document.prose):
            return _found(Evidence(f"Meldeweg mit {count} Wörtern", document.path))
    for file in survey.where(lambda file: file.path.endswith(".well-known/security.txt")):
        return _found(Evidence("security.txt", file.path))
    return _section(survey, SECURITY_HEADING, "Kein Meldeweg für Sicherheitslücken gefunden")


def sbom(survey: Survey) -> Probe:
    """A bill of materials in the tree, or a CI step that makes one."""
    files = survey.matching(SBOM_FILE)
    if files:
        return _found(*(Evidence("Stückliste", file.path) for file in files))
    for file, line, step in steps(survey, ci_files(survey), only_changes=False):
        if SBOM_STEP.search(step):
            return _found(Evidence(f"CI erzeugt eine Stückliste: {step.strip()[:80]}", file.path, line))
    return _absent("Keine Stückliste (SBOM) gefunden, auch kein Schritt der CI, der sie erzeugt")


def signed_tags(survey: Survey) -> Probe:
    """Whether the newest versions carry a signature (whose it is cannot be judged here)."""
    listing = git_process.output(
        survey.repository.git_dir, "for-each-ref", "--sort=-creatordate", f"--count={TAGS_LOOKED_AT}",
        "--format=%(if)%(contents:signature)%(then)signed%(else)plain%(end)", "refs/tags",
    )  # fmt: skip
    tags = listing.decode("utf-8", "replace").split()
    if not tags:
        return Probe(Presence.NOT_AVAILABLE, reason="Es gibt keine Versionen (Tags).")
    signed = tags.count("signed")
    text = f"{signed} der letzten {len(tags)} Versionen sind signiert"
    return _found(Evidence(text)) if tags[0] == "signed" else _absent(text)


def accessibility_statement(survey: Survey) -> Probe:
    """A statement of accessibility as a file or a section."""
    share, evidence = usability.statement(survey)
    return Probe(Presence.FOUND if share else Presence.ABSENT, tuple(evidence))


def privacy_notice(survey: Survey) -> Probe:
    """A page or section about personal data."""
    for file in survey.matching(PRIVACY_FILE):
        count = len(words.words(re.sub(r"<[^>]{0,2000}>", " ", survey.text(file)[:100_000])))
        if count >= FEWEST_WORDS:
            return _found(Evidence(f"Hinweise zum Datenschutz mit {count} Wörtern", file.path))
    return _section(survey, PRIVACY_HEADING, "Keine Hinweise zum Datenschutz gefunden")


def third_party_hosts(survey: Survey) -> Probe:
    """Hosts that templates and styles load content from; each is told the address of every visitor."""
    pages = usability.templates(survey) + survey.matching(re.compile(r"(?<!\.min)\.(css|scss|less)$"))
    if not pages:
        return Probe(Presence.NOT_AVAILABLE, reason="Keine Oberfläche im Repository gefunden.")
    hosts: dict[str, Evidence] = {}
    for file in pages:
        text = survey.text(file)
        for match in THIRD_PARTY.finditer(text):
            host = next(group for group in match.groups() if group).lower()
            line = text.count("\n", 0, match.start()) + 1
            hosts.setdefault(host, Evidence(f"Lädt von {host}", file.path, line))
    if not hosts:
        return _absent(f"{len(pages)} Vorlagen und Formatvorlagen laden nichts von Dritten")
    return Probe(Presence.FOUND, shown(hosts.values()), values=tuple(sorted(hosts)[:20]))


def backup_documentation(survey: Survey) -> Probe:
    """A section about backup or restore."""
    return _section(survey, BACKUP_HEADING, "Keine Beschreibung der Datensicherung gefunden")


def monitoring_documentation(survey: Survey) -> Probe:
    """A section about logs, metrics or health checks."""
    return _section(survey, MONITORING_HEADING, "Keine Beschreibung der Überwachung gefunden")


def licence_detected(survey: Survey) -> Probe:
    """The licence that the licence files are by their own words; `values` are SPDX identifiers."""
    found = licences.detected(survey)
    if not found:
        return _absent("Keine Lizenzdatei mit bekanntem Text gefunden")
    evidence = tuple(Evidence(f"Lizenztext: {name}", path) for name, path in found.items())
    return Probe(Presence.FOUND, evidence, values=tuple(found))


def licence_agrees(survey: Survey) -> Probe:
    """Whether publiccode.yml and package metadata name the licence that the licence file is; `values` as declared."""
    found = licences.detected(survey)
    declared, places = licences.declared(survey)
    if not found or not declared:
        missing = "Lizenzdatei mit bekanntem Text" if not found else "Angabe in publiccode.yml oder Paketdateien"
        reason = f"Nichts zu vergleichen: keine {missing}."
        return Probe(Presence.NOT_AVAILABLE, values=tuple(sorted(declared)), reason=reason)
    agrees = licences.agree(set(found), declared)
    files = [Evidence(f"Lizenztext: {name}", path) for name, path in found.items()]
    status = Presence.FOUND if agrees else Presence.ABSENT
    return Probe(status, shown([*places, *files]), values=tuple(sorted(declared)))


PROBES: Mapping[str, Callable[[Survey], Probe]] = {
    "security_policy": security_policy,
    "sbom": sbom,
    "signed_tags": signed_tags,
    "container_not_root": pipelines.container_not_root,
    "dangerous_workflow": pipelines.dangerous_workflow,
    "token_permissions": pipelines.token_permissions,
    "accessibility_statement": accessibility_statement,
    "privacy_notice": privacy_notice,
    "third_party_hosts": third_party_hosts,
    "backup_documentation": backup_documentation,
    "monitoring_documentation": monitoring_documentation,
    "licence_detected": licence_detected,
    "licence_agrees": licence_agrees,
}


def _found(*evidence: Evidence) -> Probe:
    return Probe(Presence.FOUND, shown(evidence))


def _absent(text: str) -> Probe:
    return Probe(Presence.ABSENT, (Evidence(text),))


def _section(survey: Survey, heading: re.Pattern[str], nothing: str) -> Probe:
    """A section under such a heading with own words, the sections below it included."""
    for document in survey.documents:
        for index, section in enumerate(document.sections):
            if heading.search(section.title) and document.words_below(index) >= FEWEST_WORDS:
                return _found(Evidence(f"Abschnitt „{section.title}“", document.path, section.line))
    return _absent(nothing)
