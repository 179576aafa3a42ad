"""What the numbers of a report mean for a municipality: strengths and risks in plain words, from single metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from web.api.checkup import Report


class Meaning(NamedTuple):
    """What a metric means in words (German texts are keys of the catalogue); None where it means nothing by itself."""

    risk_below: float
    risk: str
    strength_from: float = 101
    strength: str = ""


MEANINGS: dict[str, Meaning] = {
    "C1": Meaning(50, "Es wird nur noch selten weiterentwickelt. Fragen Sie, wer Fehler behebt.",
                  90, "Die Lösung wird das ganze Jahr über weiterentwickelt."),
    "C2": Meaning(75, "Das Wissen liegt bei einer Person. Fällt sie aus, steht die Weiterentwicklung still.",
                  90, "Mehrere Menschen tragen die Entwicklung; sie hängt nicht an einer Person."),
    "C4": Meaning(0, "", 70, "Mehrere Organisationen arbeiten mit."),
    "C5": Meaning(40, "Es gibt keine veröffentlichten Versionen. Aktualisierungen sind schwer planbar.",
                  80, "Versionen werden regelmäßig veröffentlicht; Aktualisierungen sind planbar."),
    "D1": Meaning(50, "Wichtige Grundfragen beantwortet die Dokumentation nicht."),
    "D7": Meaning(60, "Die Lizenz ist unklar. Klären Sie vor der Nachnutzung, was erlaubt ist.",
                  90, "Die Lizenz ist eindeutig; Nachnutzung ist rechtlich klar."),
    "D8": Meaning(40, "Eine Übersicht auf Deutsch fehlt."),
    "U1": Meaning(70, "Die Demo zeigt Barrieren, die sich automatisch feststellen lassen.",
                  95, "In der Demo fand die automatische Prüfung kaum Barrieren."),
    "U3": Meaning(40, "Ausprobieren ist nicht ohne Weiteres möglich.", 80, "Die Lösung lässt sich gut ausprobieren."),
    "U5": Meaning(50, "Zur Barrierefreiheit gibt es keine Erklärung. Lassen Sie sich einen Nachweis geben."),
    "U6": Meaning(50, "Ein Handbuch für Anwendende fehlt. Planen Sie Schulung ein.",
                  80, "Es gibt ein Handbuch für Anwendende."),
    "A6": Meaning(50, "Der Betrieb ist nicht beschrieben. Für den eigenen Betrieb brauchen Sie Hilfe des Anbieters.",
                  100, "Der Betrieb ist beschrieben; eigener Betrieb ist vorbereitet."),
    "A5": Meaning(50, "Die Schnittstellen sind nicht beschrieben. Anbindungen werden aufwendiger.",
                  100, "Die Schnittstellen sind maschinenlesbar beschrieben."),
    "Q6": Meaning(50, "Änderungen werden nicht automatisch getestet.", 100, "Jede Änderung wird automatisch getestet."),
    "Q9": Meaning(100, "Im Code stehen möglicherweise Zugangsdaten. Fragen Sie den Anbieter danach."),
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """German sentences, each of a metric; `unknown` are dimensions without a number."""

    strengths: Sequence[str]
    risks: Sequence[str]
    unknown: Sequence[str]


def read(report: Report) -> Reading:
    """Read a report for those who want to use the solution; caps are shown beside the dimension, not here."""
    scores = {metric.id: metric.score for each in report.dimensions for metric in each.metrics}
    strengths, risks = [], []
    for metric, meaning in MEANINGS.items():
        score = scores.get(metric)
        if score is None:
            continue
        if score < meaning.risk_below:
            risks.append(meaning.risk)
        elif score >= meaning.strength_from:
            strengths.append(meaning.strength)
    return Reading(strengths, risks, [each.dimension for each in report.dimensions if each.score is None])
