"""What the demo reviewer writes: a finding per criterion from what the listing says, and no more than it says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contracts.vocabulary import DeploymentStatus, label

from local_stack.demo.listings import Record

MESSAGE = "Freigegeben für die Vorführung des Marktplatzes anhand der Angaben des Eintrags."
COMPREHENSIBILITY = {"profile": 5, "section": 4}
"""Grade by how much the source says; a mere mention is still understandable, but thin (3)."""

Finding = dict[str, Any]


def favourable(record: Record, criteria: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """A finding for each mandatory criterion and for those quality criteria that the listing says something about."""
    found: list[Finding] = []
    for criterion in criteria:
        name = str(criterion["id"])
        if criterion["kind"] == "mandatory":
            text = _MANDATORY.get(name, _any_mandatory)(record)
            found.append({"criterion": name, "result": "pass", "finding": text})
        elif name in _QUALITY and (graded := _QUALITY[name](record)) is not None:
            grade, text = graded
            found.append({"criterion": name, "result": grade, "finding": text})
    return found


def unfinished(criteria: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Findings that ask for more: operation and material, as far as these criteria exist."""
    wanted = {
        "municipal_fit": (
            "pass",
            "Terminvergabe im Bürgerbüro ist eine kommunale Aufgabe; der Ablauf ist beschrieben.",
        ),
        "operating_concept": (
            "needs_work",
            "Betreiber und Weg zur Unterstützung fehlen; offen ist, was nach Vertragsende mit den Daten geschieht.",
        ),
        "german_material": ("needs_work", "Es ist kein Material verlinkt, nur eine Startseite mit Werbung."),
    }
    known = {str(criterion["id"]) for criterion in criteria}
    return [
        {"criterion": name, "result": result, "finding": text}
        for name, (result, text) in wanted.items()
        if name in known
    ]


def _municipal_fit(record: Record) -> str:
    groups = record.listing.get("target_groups", [])
    audience = f" Angesprochen werden: {', '.join(groups[:3])}." if groups else ""
    return f"Der Anwendungsfall ist benannt: {record.listing['summary']}{audience}"


def _transferability(record: Record) -> str:
    region = record.listing.get("region")
    if region == "bundesweit" or not region:
        return "Das Angebot ist an keine Region gebunden."
    return f"Entstanden für: {region}. Der Eintrag nennt keine Bindung an Landesrecht oder ein örtliches Fachverfahren."


def _operating_concept(record: Record) -> str:
    status = record.listing.get("deployment_status")
    parts = [f"Betreiber laut Eintrag: {record.listing['operator_name']}."] if "operator_name" in record.listing else []
    parts += [f"Stand: {label(DeploymentStatus(status))}."] if status else []
    parts += [record.listing[name] for name in ("operating_note", "usage_note") if name in record.listing]
    return " ".join(parts) or f"Verantwortlich laut Eintrag: {record.provider}."


def _german_material(record: Record) -> str:
    count = len(record.listing.get("features", []))
    return f"Beschreibung auf Deutsch mit {count} genannten Funktionen; für eine erste Einschätzung ausreichend."


def _any_mandatory(record: Record) -> str:
    return f"Für die Vorführung anhand des Eintrags »{record.listing['name']}« als erfüllt angesehen."


def _comprehensibility(record: Record) -> tuple[int, str]:
    grade = COMPREHENSIBILITY.get(record.evidence, 3)
    length = len(record.listing["description"].split())
    return grade, f"Beschreibung mit {length} Wörtern und Zusammenfassung in einem Satz."


def _it_security(record: Record) -> tuple[int, str] | None:
    proofs = record.listing.get("it_security", [])
    return (4, f"Nachweise laut Eintrag: {', '.join(proofs)}.") if proofs else None


_MANDATORY: Mapping[str, Callable[[Record], str]] = {
    "municipal_fit": _municipal_fit,
    "transferability": _transferability,
    "operating_concept": _operating_concept,
    "german_material": _german_material,
}
_QUALITY: Mapping[str, Callable[[Record], tuple[int, str] | None]] = {
    "comprehensibility": _comprehensibility,
    "it_security": _it_security,
}
