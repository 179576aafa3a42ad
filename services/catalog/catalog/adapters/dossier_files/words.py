"""German words of the files; a file for a procurement record is in one language."""

from datetime import datetime

from contracts.vocabulary import CheckupDimension, CheckupGrade
from servicekit.clock import BERLIN

from catalog.application.dossier_record import Record, RecordedSolution
from catalog.domain.requirement import Fulfilment

NOTHING = "keine Angabe"
OUTCOMES = {
    "continued_to_tender": "Vergabeverfahren wird vorbereitet",
    "none_suitable": "keine geeignete Lösung gefunden",
    "cancelled": "abgebrochen",
}
STEPS = {
    "created": "angelegt",
    "edited": "Bedarf und Kriterien geändert",
    "added": "Lösungen aufgenommen",
    "removed": "Lösung entfernt",
    "decided": "Lösung beurteilt",
    "answers_noted": "Antworten des Anbieters festgehalten",
    "asked": "Anbieter befragt",
    "frozen": "eingefroren",
    "concluded": "abgeschlossen",
}
DECISIONS = {True: "einbezogen", False: "ausgeschlossen"}
NEEDS = {"must": "Muss", "should": "Soll"}
FULFILMENTS = {
    Fulfilment.MET: "erfüllt",
    Fulfilment.NOT_MET: "nicht erfüllt",
    Fulfilment.NOT_STATED: NOTHING,
}


def moment(at: datetime) -> str:
    """Return date and time in Germany."""
    return f"{at.astimezone(BERLIN):%d.%m.%Y, %H:%M:%S} Uhr"


def number(value: float) -> str:
    """Return a number with a comma."""
    return f"{value:g}".replace(".", ",")


def version(solution: RecordedSolution) -> str:
    """Return which version was public, and whether it changed since the solution was added."""
    if not solution.online:
        return f"nicht mehr veröffentlicht (aufgenommen in Fassung {solution.noted_version})"
    changed = f", aufgenommen in Fassung {solution.noted_version}" if solution.changed else ""
    return f"Fassung {solution.version}{changed}"


def seal(solution: RecordedSolution) -> str:
    """Return what the review said, of which version, when and by which criteria."""
    held = solution.seal
    if held is None:
        return "keine Prüfung bekannt"
    return (
        f"geprüft am {held.decided_at.astimezone(BERLIN):%d.%m.%Y}, Fassung {held.solution_version},"
        f" Kriterien {held.criteria_version}"
    )


def ratings(solution: RecordedSolution) -> str:
    """Return the number of ratings and their average."""
    held = solution.ratings
    if held is None or not held.count:
        return "keine Bewertungen"
    average = f", Note {held.average:.1f} von 5".replace(".", ",") if held.average is not None else ""
    return f"{held.count} Bewertung{'en' if held.count > 1 else ''}{average}"


def uses(solution: RecordedSolution) -> str:
    """Return how many municipalities confirmed their use."""
    return NOTHING if solution.uses is None else f"{solution.uses} bestätigt"


def checkup(solution: RecordedSolution) -> list[str]:
    """Return one line for each dimension, and when and under which rubric it was measured."""
    held = solution.checkup
    if held is None:
        return ["kein Checkup bekannt"]
    lines = [
        f"{CheckupDimension(each.dimension).de}: "
        + ("nicht messbar" if each.score is None else f"{number(each.score)} von 100")
        + f" (Abdeckung {number(round(100 * each.coverage))} %)"
        for each in held.dimensions
    ]
    if held.grade in list(CheckupGrade):
        lines.insert(0, CheckupGrade(held.grade).de)
    return [*lines, f"Raster {held.rubric_version}, Stand {moment(held.as_of)}"]


def score(solution: RecordedSolution) -> str:
    """Return how many musts are met and the score of the shoulds."""
    parts = []
    if solution.musts:
        parts.append(f"{solution.musts_met} von {solution.musts} Muss-Anforderungen erfüllt")
    if solution.score is not None:
        parts.append(f"Soll-Anforderungen zu {solution.score} % erfüllt")
    return ", ".join(parts) or "keine Anforderungen festgelegt"


def facts(record: Record) -> list[tuple[str, str]]:
    """Return what the survey as a whole is, as names and values."""
    pairs = [
        ("Titel", record.title),
        ("Organisation", record.organisation_name),
        ("Kennung", record.dossier_id),
        ("Angelegt", moment(record.created_at)),
        ("Eingefroren", moment(record.frozen_at)),
        ("Profil der Angaben", record.profile_version),
        ("Suchwörter", record.criteria.query or "keine"),
    ]
    pairs += [(f"Filter {facet}", ", ".join(values)) for facet, values in record.criteria.filters.items()]
    if (ended := record.conclusion) is not None:
        pairs += [("Ergebnis", OUTCOMES[ended.outcome]), ("Abgeschlossen", moment(ended.at))]
        pairs += [("Anmerkung zum Ergebnis", ended.note)] if ended.note else []
    else:
        pairs.append(("Ergebnis", "noch offen"))
    return pairs
