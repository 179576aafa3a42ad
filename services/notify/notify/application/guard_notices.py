"""What is worth telling about terms of a listing, and about what its users rely on."""

from contracts.catalog import SolutionDelisted
from contracts.guard import SolutionStandingChanged, SolutionTermDue, StandingChange
from contracts.profile import questionnaire
from contracts.vocabulary import label

from notify.application.notices import Notice, german_day
from notify.application.use_notices import OWN_USES
from notify.domain.message import Kind

USED = ", die diese Lösung einsetzt"
"""What a municipality has to do with it."""
_WHAT = {"confirmation": "Bestätigung der Angaben", "maintenance": "Wartungsvertrag"}


def of_term(event: SolutionTermDue) -> Notice:
    """The provider is reminded of a term that runs out, or learns that it has passed."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.TERM_DUE,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}",
        action="Angaben bestätigen" if data.term == "confirmation" else "Angaben ändern",
        facts={
            "solution_name": data.solution_name,
            "term": data.term,
            "what": _what(event),
            "until": german_day(data.until),
            "days_left": data.days_left,
            "back_until": german_day(data.back_until) if data.back_until else "",
        },
    )


def of_lost_term(event: SolutionTermDue) -> Notice | None:
    """The users learn what they can no longer rely on; None for reminders and for what never held for them."""
    words = lost(event)
    return _to_users(event, [words]) if words else None


def of_standing(event: SolutionStandingChanged) -> Notice:
    """The users learn what a new version says otherwise."""
    return _to_users(event, changed(event))


def lost(event: SolutionTermDue) -> str | None:
    """Return in words what users can no longer rely on; None when that is nothing."""
    data = event.data
    if data.days_left or not data.relied_on:
        return None
    return f"{_what(event)}: galt bis zum {german_day(data.until)} und ist abgelaufen."


def changed(event: SolutionStandingChanged) -> list[str]:
    """Return a sentence for each change."""
    return [_sentence(each) for each in event.data.changes]


def of_delisting(event: SolutionDelisted, solution_name: str | None) -> Notice:
    """The users learn that the marketplace no longer shows the solution, and why."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.SOLUTION_DELISTED,
        organisation_id=None,
        relation=USED,
        link=OWN_USES,
        action="Eigene Einsätze ansehen",
        facts={"solution_name": solution_name or data.slug, "why": label(data.reason), "note": data.note or ""},
    )


def _to_users(event: SolutionTermDue | SolutionStandingChanged, changes: list[str]) -> Notice:
    return Notice(
        event_id=event.id,
        kind=Kind.STANDING_CHANGED,
        organisation_id=None,
        relation=USED,
        link=f"/loesungen/{event.data.slug}",
        action="Lösung ansehen",
        facts={"solution_name": event.data.solution_name, "changes": changes},
    )


def _what(event: SolutionTermDue) -> str:
    data = event.data
    if data.certificate is None:
        return _WHAT.get(data.term, data.term)
    number = f" ({data.number})" if data.number else ""
    return f"Zertifikat {_certificate(data.certificate)}{number}"


def _sentence(change: StandingChange) -> str:
    before, after = change.before or "keine Angabe", change.after or "keine Angabe"
    match change.kind:
        case "provider":
            return f"Anbieter: bisher „{before}“, jetzt „{after}“."
        case "operator":
            return f"Betreiber: bisher „{before}“, jetzt „{after}“."
        case "discontinued":
            return "Der Anbieter gibt an, dass die Lösung eingestellt oder abgelöst wird."
        case "maintenance":
            return "Der Anbieter gibt an, dass die Software nicht mehr gepflegt wird."
        case "certificate":
            return f"Das Zertifikat {_certificate(change.before or '')} steht nicht mehr im Eintrag."


def _certificate(kind: str) -> str:
    asked = questionnaire.load().by_id.get("certificates")
    chosen = next((found for part in asked.parts if (found := part.chosen(kind))), None) if asked else None
    return chosen.de if chosen and chosen.value != "other" else "anderer Art"
