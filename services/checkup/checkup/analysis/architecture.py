"""Architecture documentation: overview, arc42 topics, diagrams, decisions, deployment, drift (A1 to A4, A6, A7)."""

import posixpath
import re
from collections.abc import Mapping

from checkup.analysis.documents import Document
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

DOCUMENT = re.compile(
    r"architect|architektur|arc42|system[-_]?design|solution[-_]?design|technical[-_]?(overview|concept)|"
    r"technisches[-_]?konzept|bausteinsicht|systemübersicht|design[-_]?doc", re.IGNORECASE,
)  # fmt: skip
HEADING = re.compile(
    r"architect|architektur|aufbau|system design|how it works|funktionsweise|components|komponenten|bausteine|struktur|"
    r"technical overview|project structure|projektstruktur", re.IGNORECASE,
)  # fmt: skip
TOPICS: Mapping[str, str] = {
    "Einführung und Ziele": r"introduction|einführung|goals|ziele|requirements overview|aufgabenstellung|"
    r"qualitätsziele|stakeholder",
    "Randbedingungen": r"constraint|randbedingung|rahmenbedingung",
    "Kontextabgrenzung": r"context|kontext|scope|abgrenzung|schnittstellen zu|external interfaces",
    "Lösungsstrategie": r"solution strategy|lösungsstrategie|approach|technology (choices|stack)|tech stack|"
    r"technologie",
    "Bausteinsicht": r"building block|baustein|components?\b|komponenten|module|services?\b|containers?\b",
    "Laufzeitsicht": r"runtime|laufzeit|\bsequence|ablauf|workflow|data flow|datenfluss|lifecycle",
    "Verteilungssicht": r"deployment|verteilung|infrastructure|infrastruktur|betrieb|hosting|operations",
    "Querschnittliche Konzepte": r"cross-?cutting|concepts|konzepte|security|sicherheit|logging|authenti|persisten|"
    r"error handling|datenschutz",
    "Entscheidungen": r"decision|entscheidung|\badr\b",
    "Qualitätsanforderungen": r"quality|qualität|performance|scalab|skalier|availab|verfügbar",
    "Risiken und Schulden": r"risk|risik|technical debt|technische schulden|limitation|einschränkung|known issues",
    "Glossar": r"glossar|glossary|begriffe|terminolog|definitions",
}
DIAGRAM_FENCE = frozenset(
    ("mermaid", "plantuml", "puml", "structurizr", "d2", "dot", "graphviz", "c4plantuml", "likec4", "nomnoml")
)
DIAGRAM_FILE = re.compile(
    r"\.(puml|plantuml|drawio|bpmn|mmd|mermaid|c4|likec4|d2|dot|gv|excalidraw|drawio\.svg|drawio\.png)$|(^|"
    r"/)workspace\.dsl$",
    re.IGNORECASE,
)
BITMAP = re.compile(
    r"(architect|architektur|diagram|component|context|deployment|overview|bausteine)[^/]*\.(png|jpe?g|svg|gif|pdf)$",
    re.IGNORECASE,
)
DECISION = re.compile(
    r"(^|/)(adrs?|decisions?|architecture[-_]decisions?|entscheidungen)/[^/]+\.(md|rst|adoc)$", re.IGNORECASE
)
DECISION_INDEX = re.compile(r"(readme|index|template|vorlage|0000)[^/]*\.(md|rst|adoc)$", re.IGNORECASE)
DEPLOYMENT_FILE = re.compile(
    r"(^|/)((docker-)?compose[^/]*\.ya?ml|Chart\.yaml|kustomization\.ya?ml|Dockerfile[^/]*|Containerfile|Procfile|"
    r"[^/]+\.tf|playbook[^/]*\.ya?ml|helmfile\.ya?ml|fly\.toml)$", re.IGNORECASE,
)  # fmt: skip
DEPLOYMENT_TEXT = re.compile(
    r"deploy|betrieb|hosting|production|produktiv|operation|kubernetes|docker|bereitstell", re.IGNORECASE
)
COMPOSE = re.compile(r"(^|/)(docker-)?compose[^/]*\.ya?ml$")
WORKSPACES = re.compile(r"^(services|packages|apps|modules|libs|components|crates|plugins)/([^/]+)/")


def architecture_documents(survey: Survey) -> list[Document]:
    """Documents about the structure; decision records answer another question."""
    return [
        document
        for document in survey.documents
        if (DOCUMENT.search(document.path) or DOCUMENT.search(document.title)) and not DECISION.search(document.path)
    ]


def overview(survey: Survey) -> list[Measurement]:
    """A1: a document of 150 words or more, or a section of 50 words or more (with what is under it)."""
    for document in architecture_documents(survey):
        if document.own_words() >= 150:
            return [
                measured(
                    "A1", [Evidence(f"Architekturdokument mit {document.own_words()} Wörtern", document.path)], level=2
                )
            ]
    for document in survey.documents:
        for index, section in enumerate(document.sections):
            if HEADING.search(section.title) and document.words_below(index) >= 50:
                return [
                    measured("A1", [Evidence(f"Abschnitt „{section.title}“", document.path, section.line)], level=1)
                ]
    return [measured("A1", [Evidence("Kein Überblick über die Architektur gefunden")], level=0)]


def topics(survey: Survey) -> list[Measurement]:
    """A2: which of the twelve topics of arc42 have a heading with text in the architecture documents or the README."""
    sources = architecture_documents(survey)
    sources += [
        d for d in survey.documents if re.search(r"(^|/)(architecture|architektur|arc42)/", d.path) and d not in sources
    ]
    sources += [document for document in survey.readmes[:1] if document not in sources]
    has_decisions = bool(survey.matching(DECISION))
    found: dict[str, Evidence] = {}
    for document in sources:
        for index, section in enumerate(document.sections):
            for topic, pattern in TOPICS.items():
                if (
                    topic not in found
                    and re.search(pattern, section.title, re.IGNORECASE)
                    and document.words_below(index) >= 15
                ):
                    found[topic] = Evidence(f"{topic}: „{section.title}“", document.path, section.line)
    if has_decisions:
        found.setdefault(
            "Entscheidungen", Evidence("Entscheidungen: eigener Ordner", survey.matching(DECISION)[0].path)
        )
    missing = [topic for topic in TOPICS if topic not in found]
    evidence = [*found.values()]
    if missing:
        evidence.append(Evidence("Nicht gefunden: " + ", ".join(missing)))
    return [measured("A2", evidence, topics=len(found))]


def diagrams(survey: Survey) -> list[Measurement]:
    """A3: diagrams that can be edited as text or in their tool; pictures alone count little."""
    evidence = [
        Evidence(f"Diagramm ({fence.language})", document.path, fence.line)
        for document in survey.documents
        for fence in document.fences
        if fence.language.strip("{}.") in DIAGRAM_FENCE
    ]
    evidence += [Evidence("Diagramm als Datei", file.path) for file in survey.matching(DIAGRAM_FILE)]
    pictures = survey.matching(BITMAP)
    count = len(evidence)
    if not evidence:
        evidence = [Evidence("Nur als Bild", file.path) for file in pictures] or [Evidence("Keine Diagramme gefunden")]
    return [measured("A3", shown(evidence), sources=count, bitmaps_only=bool(pictures) and not count)]


def decisions(survey: Survey) -> list[Measurement]:
    """A4: decision records, and the share of them with a status and a reason."""
    records = [d for d in survey.documents if DECISION.search(d.path) and not DECISION_INDEX.search(d.path)]
    if not records:
        return [measured("A4", [Evidence("Keine Entscheidungen (ADR) gefunden")], records=0, well_formed_share=0)]
    good = [document for document in records if _well_formed(document)]
    newest = sorted(records, key=lambda document: document.path, reverse=True)[:3]
    evidence = [Evidence(f"{len(records)} Entscheidungen, {len(good)} mit Status und Begründung")]
    evidence += [Evidence(document.title or "Entscheidung", document.path) for document in newest]
    return [measured("A4", evidence, records=len(records), well_formed_share=len(good) / len(records))]


def _well_formed(document: Document) -> bool:
    text = document.text.lower()
    status = re.search(r"status|accepted|proposed|superseded|angenommen|beschlossen|vorgeschlagen", text)
    reason = re.search(r"context|kontext|problem|motivation|begründung|consequences|konsequenzen|folgen", text)
    return bool(status and reason) and document.own_words() >= 40


def deployment(survey: Survey) -> list[Measurement]:
    """A6: files for deployment, and a description of 50 words or more."""
    files = survey.matching(DEPLOYMENT_FILE)
    described: Evidence | None = None
    for document in survey.documents:
        for index, section in enumerate(document.sections):
            if DEPLOYMENT_TEXT.search(section.title) and document.words_below(index) >= 50:
                described = described or Evidence(f"Beschrieben: „{section.title}“", document.path, section.line)
    evidence = [Evidence("Bereitstellung", file.path) for file in files[:3]] or [
        Evidence("Keine Dateien zur Bereitstellung")
    ]
    evidence.append(described or Evidence("Keine Beschreibung des Betriebs ab 50 Wörtern gefunden"))
    return [measured("A6", evidence, files=bool(files), described=described is not None)]


def drift(survey: Survey) -> list[Measurement]:
    """A7: share of the real building blocks (compose services, packages of a workspace) that documents name."""
    blocks = building_blocks(survey)
    if len(blocks) < 2:
        return [not_applicable("A7", "Weniger als zwei Bausteine; es gibt nichts zu vergleichen.")]
    sources = architecture_documents(survey) or []
    text = "\n".join(document.text for document in [*sources, *survey.first_level]).lower()
    missing = [name for name in blocks if not re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", text)]
    evidence = [Evidence(f"{len(blocks) - len(missing)} von {len(blocks)} Bausteinen genannt")]
    evidence += [Evidence(f"Nicht genannt: {name}", blocks[name]) for name in missing]
    return [measured("A7", shown(evidence), named_share=1 - len(missing) / len(blocks), blocks=len(blocks))]


def building_blocks(survey: Survey) -> dict[str, str]:
    """Names of compose services and of the packages of a workspace, each with the path it comes from."""
    found: dict[str, str] = {}
    for file in survey.matching(COMPOSE)[:10]:
        data = survey.yaml(file)
        services = data.get("services") if isinstance(data, Mapping) else None
        if isinstance(services, Mapping):
            for name in list(services)[:50]:
                found.setdefault(str(name)[:60], file.path)
    for file in survey.files:
        if match := WORKSPACES.match(file.path):
            found.setdefault(match.group(2), posixpath.join(match.group(1), match.group(2)))
        if len(found) >= 60:
            break
    return found
