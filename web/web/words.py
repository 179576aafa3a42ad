"""Words for values: labels of the shared vocabulary, and of states that only some services know, with their colour."""

from typing import NamedTuple

from contracts import vocabulary
from contracts.profile import questionnaire
from contracts.profile.filters import filters

from web.i18n import DASH, Language

PROFILE_FILTERS = filters(questionnaire.load())
_ENUMERATIONS: dict[str, type[vocabulary.Term]] = {
    **{each.name: each.vocabulary for each in PROFILE_FILTERS},
    "field_of_action": vocabulary.FieldOfAction,
    "kind": vocabulary.SolutionKind,
    "offer_form": vocabulary.OfferForm,
    "operating_model": vocabulary.OperatingModel,
    "price_model": vocabulary.PriceModel,
    "hosting_location": vocabulary.HostingLocation,
    "accessibility_level": vocabulary.AccessibilityLevel,
    "deployment_status": vocabulary.DeploymentStatus,
    "bundesland": vocabulary.Bundesland,
    "organisation_kind": vocabulary.OrganisationKind,
    "size_class": vocabulary.SizeClass,
    "licence_group": vocabulary.LicenceGroup,
    "rating_dimension": vocabulary.RatingDimension,
    "checkup_dimension": vocabulary.CheckupDimension,
    "target_group": vocabulary.TargetGroup,
    "checkup_score": vocabulary.ScoreBand,
    "checkup_grade": vocabulary.CheckupGrade,
    "award": vocabulary.CheckupAward,
    "validity": vocabulary.Validity,
    "rating": vocabulary.RatingBand,
    "used_by_size": vocabulary.SizeClass,
    "visibility": vocabulary.DeploymentVisibility,
    "report_reason": vocabulary.ReportReason,
}


class Word(NamedTuple):
    """A value in both languages and the tone of its badge."""

    de: str
    en: str
    tone: str = "neutral"


_STATES: dict[str, dict[str, Word]] = {
    "solution_state": {
        "draft": Word("Entwurf", "Draft"),
        "submitted": Word("Eingereicht", "Submitted", "info"),
        "in_review": Word("In Prüfung", "In review", "info"),
        "changes_requested": Word("Änderungen erbeten", "Changes requested", "warning"),
        "approved": Word("Freigegeben", "Approved", "success"),
        "published": Word("Veröffentlicht", "Published", "success"),
        "rejected": Word("Abgelehnt", "Rejected", "danger"),
        "superseded": Word("Abgelöst", "Superseded"),
        "withdrawn": Word("Zurückgezogen", "Withdrawn"),
        "suspended": Word("Gesperrt", "Suspended", "danger"),
        "expired": Word("Abgelaufen", "Expired", "warning"),
        "unpublished": Word("Nicht veröffentlicht", "Not published"),
        "new": Word("Neu", "New"),
    },
    "case_state": {
        "open": Word("Zu prüfen", "To review", "info"),
        "changes_requested": Word("Wartet auf Anbieter", "Waiting for provider", "warning"),
        "approved": Word("Freigegeben", "Approved", "success"),
        "rejected": Word("Abgelehnt", "Rejected", "danger"),
        "withdrawn": Word("Zurückgezogen", "Withdrawn"),
    },
    "organisation_state": {
        "requested": Word("Wartet auf Freischaltung", "Waiting for approval", "info"),
        "onboarded": Word("Freigeschaltet", "Onboarded", "success"),
        "refused": Word("Nicht freigeschaltet", "Refused", "danger"),
        "suspended": Word("Gesperrt", "Suspended", "danger"),
    },
    "standing": {
        "confirmed": Word("Einsatz bestätigt", "Use confirmed", "success"),
        "outdated": Word("Einsatz nicht mehr bestätigt", "Use no longer confirmed", "warning"),
        "ended": Word("Einsatz beendet", "Use ended"),
    },
    "dossier_state": {
        "draft": Word("Entwurf", "Draft", "info"),
        "frozen": Word("Eingefroren", "Frozen", "success"),
        "concluded": Word("Abgeschlossen", "Concluded"),
    },
    "dossier_outcome": {
        "continued_to_tender": Word("Vergabeverfahren wird vorbereitet", "Continued to a tender"),
        "none_suitable": Word("Keine geeignete Lösung gefunden", "No suitable solution found"),
        "cancelled": Word("Abgebrochen", "Cancelled"),
    },
    "dossier_step": {
        "created": Word("angelegt", "created"),
        "edited": Word("Bedarf und Kriterien geändert", "need and criteria changed"),
        "added": Word("Lösungen aufgenommen", "solutions added"),
        "removed": Word("Lösung entfernt", "solution removed"),
        "decided": Word("Lösung beurteilt", "solution judged"),
        "answers_noted": Word("Antworten festgehalten", "answers noted"),
        "asked": Word("Anbieter befragt", "providers asked"),
        "frozen": Word("eingefroren", "frozen"),
        "concluded": Word("abgeschlossen", "concluded"),
    },
    "need": {
        "must": Word("Muss", "Must"),
        "should": Word("Soll", "Should"),
    },
    "fulfilment": {
        "met": Word("Erfüllt", "Met", "success"),
        "not_met": Word("Nicht erfüllt", "Not met", "danger"),
        "not_stated": Word("Keine Angabe", "Not stated", "warning"),
    },
    "claim_state": {
        "open": Word("Wartet auf Antwort", "Waiting for an answer", "info"),
        "confirmed": Word("Bestätigt", "Confirmed", "success"),
        "refused": Word("Abgelehnt", "Refused", "danger"),
    },
    "claim_source": {
        "provider": Word("von Ihnen genannt", "named by you"),
        "listing": Word("steht im Eintrag", "named in the listing"),
    },
    "thread_state": {
        "open": Word("Offen", "Open", "info"),
        "closed": Word("Beendet", "Closed"),
        "stopped": Word("Vom Team beendet", "Stopped by the team", "danger"),
    },
    "inquiry_state": {
        "sent": Word("Gesendet", "Sent", "info"),
        "seen": Word("Gesehen", "Seen", "info"),
        "answered": Word("Beantwortet", "Answered", "success"),
        "closed": Word("Geschlossen", "Closed"),
    },
    "moderation": {
        "hidden": Word("Ausgeblendet", "Hidden", "danger"),
        "restored": Word("Wieder gezeigt", "Shown again", "success"),
        "dismissed": Word("Belassen", "Left as it is"),
    },
    "member_role": {
        "member": Word("Mitglied", "Member"),
        "editor": Word("Redaktion", "Editor"),
        "admin": Word("Verwaltung", "Administrator"),
    },
    "result": {
        "pass": Word("Erfüllt", "Met", "success"),
        "needs_work": Word("Nachbesserung nötig", "Needs work", "warning"),
        "fail": Word("Nicht erfüllt", "Not met", "danger"),
    },
    "correction_state": {
        "open": Word("Noch nicht angesehen", "Not looked at yet"),
        "accepted": Word("Bestätigt", "Accepted"),
        "reverted": Word("Zurückgenommen", "Taken back"),
        "superseded": Word("In einer neuen Fassung geprüft", "Reviewed in a new version"),
    },
    "audit_kind": {
        "created": Word("Angelegt", "Created"),
        "changed": Word("Geändert", "Changed"),
    },
    "audit_action": {
        "case_opened": Word("Vorgang eröffnet", "Case opened"),
        "opened": Word("Vorgang eröffnet", "Case opened"),
        "resubmitted": Word("Erneut eingereicht", "Resubmitted"),
        "findings_saved": Word("Befunde gespeichert", "Findings saved"),
        "findings_recorded": Word("Befunde gespeichert", "Findings saved"),
        "changes_requested": Word("Änderungen erbeten", "Changes requested"),
        "approved": Word("Freigegeben", "Approved"),
        "rejected": Word("Abgelehnt", "Rejected"),
        "withdrawn": Word("Vom Anbieter zurückgezogen", "Withdrawn by the provider"),
    },
    "checkup_dimension_short": {
        "usability": Word("Bedienbarkeit", "Usability"),
        "community": Word("Gemeinschaft", "Community"),
        "documentation": Word("Dokumentation", "Documentation"),
        "architecture": Word("Architektur", "Architecture"),
        "code_quality": Word("Code", "Code"),
    },
    "award_fact": {
        "days_since_last_commit": Word("Tage seit dem letzten Beitrag", "days since the last contribution"),
        "production_lines": Word("Zeilen Produktivcode", "lines of production code"),
    },
    "run_stage": {
        "fetching": Word("Quellcode wird geladen", "Fetching the source code", "info"),
        "analysing": Word("Quellcode wird untersucht", "Examining the source code", "info"),
        "waiting": Word("Wartet auf den nächsten Versuch", "Waiting for the next attempt", "info"),
    },
    "run_trigger": {
        "submission": Word("nach der Einreichung", "after the submission"),
        "request": Word("auf Wunsch", "on demand"),
        "schedule": Word("nach Zeitplan", "on schedule"),
        "release": Word("nach einer neuen Version", "after a new release"),
        "rescore": Word("neu bewertet, nicht neu gemessen", "scored anew, not measured anew"),
    },
    "run_state": {
        "queued": Word("Eingeplant", "Queued", "info"),
        "running": Word("Läuft", "Running", "info"),
        "scored": Word("Abgeschlossen", "Finished", "success"),
        "failed": Word("Fehlgeschlagen", "Failed", "danger"),
        "cancelled": Word("Abgebrochen", "Cancelled"),
    },
    "grade": {
        "1": Word("mangelhaft", "poor"),
        "2": Word("ausreichend", "sufficient"),
        "3": Word("befriedigend", "fair"),
        "4": Word("gut", "good"),
        "5": Word("sehr gut", "very good"),
    },
    "metric_status": {
        "measured": Word("gemessen", "measured"),
        "not_applicable": Word("trifft nicht zu", "not applicable"),
        "not_available": Word("nicht messbar", "not measurable"),
        "error": Word("Messung gescheitert", "measurement failed"),
        "timeout": Word("Messung abgebrochen", "measurement timed out"),
    },
    "disclosure_stage": {
        "none": Word("keine Angabe", "not stated"),
        "declared": Word("erklärt", "declared", "info"),
        "evidenced": Word("belegt", "evidenced", "info"),
        "verified": Word("geprüft", "verified", "success"),
    },
    "answer_stage": {
        "none": Word("keine Angabe", "not stated"),
        "declared": Word("erklärt", "declared"),
        "evidenced": Word("belegt", "evidenced", "info"),
        "verified": Word("vom Team bestätigt", "confirmed by the team", "success"),
        "refuted": Word("nicht bestätigt", "not confirmed", "danger"),
        "expired": Word("abgelaufen", "expired", "warning"),
    },
    "check_result": {
        "passed": Word("erfüllt", "met", "success"),
        "failed": Word("nicht erfüllt", "not met", "danger"),
        "not_applicable": Word("trifft nicht zu", "not applicable"),
        "not_checked": Word("nicht geprüft", "not checked"),
    },
    "walk_grade": {
        "4": Word("sehr gut", "very good"),
        "3": Word("gut", "good"),
        "2": Word("brauchbar", "usable"),
        "1": Word("mühsam", "laborious"),
        "0": Word("nicht benutzbar", "unusable"),
    },
    "probe_status": {
        "found": Word("gefunden", "found"),
        "absent": Word("nicht gefunden", "not found"),
        "not_available": Word("nicht messbar", "not measurable"),
    },
    "source": {
        "declared": Word("Erklärt", "Declared"),
        "checked": Word("Geprüft", "Checked"),
        "measured": Word("Gemessen", "Measured"),
    },
    "contradiction_phase": {
        "waiting": Word("noch nicht öffentlich", "not public yet", "info"),
        "open": Word("offen", "open", "warning"),
        "contested": Word("Anbieter widerspricht", "contested by the provider", "info"),
        "settled": Word("geklärt", "settled", "success"),
        "upheld": Word("vom Team bestätigt", "upheld by the team", "danger"),
    },
    "contest_state": {
        "open": Word("wartet auf das Team", "waits for the team", "info"),
        "accepted": Word("angenommen", "accepted", "success"),
        "rejected": Word("abgelehnt", "rejected", "danger"),
        "withdrawn": Word("zurückgenommen", "taken back"),
    },
    "contest_outcome": {
        "corrected": Word("Befund berichtigt", "finding corrected", "success"),
        "excluded": Word("Befund zählt nicht", "finding does not count", "success"),
    },
    "trail_action": {
        "draft_saved": Word("Entwurf gespeichert", "Draft saved"),
        "disclosure_published": Word("Selbstauskunft veröffentlicht", "Self-disclosure published"),
        "answer_verified": Word("Angabe geprüft", "Answer verified"),
        "check_opened": Word("Prüfung begonnen", "Check begun"),
        "check_saved": Word("Befunde gespeichert", "Findings saved"),
        "check_completed": Word("Prüfung abgeschlossen", "Check completed"),
        "contradiction_found": Word("Widerspruch zwischen Quellen gefunden", "Contradiction found"),
        "contradiction_gone": Word("Widerspruch zwischen Quellen erledigt", "Contradiction gone"),
        "contest_opened": Word("Befund angefochten", "Finding contested"),
        "contest_accepted": Word("Anfechtung angenommen", "Contest accepted"),
        "contest_rejected": Word("Anfechtung abgelehnt", "Contest rejected"),
        "contest_withdrawn": Word("Anfechtung zurückgenommen", "Contest taken back"),
    },
    "trail_side": {
        "provider": Word("Anbieter", "Provider"),
        "team": Word("Marktplatz-Team", "Marketplace team"),
        "system": Word("automatisch", "automatic"),
    },
    "frequency": {
        "at_once": Word("Sofort", "At once"),
        "daily": Word("Einmal am Tag", "Once a day"),
        "weekly": Word("Einmal in der Woche", "Once a week"),
        "never": Word("Nie", "Never"),
    },
    "reason": {
        "word": Word("Wort", "Word"),
        "words": Word("Suchwörter", "Your words"),
        "phrase": Word("Wortfolge", "Phrase"),
        "spelling": Word("Berichtigte Schreibweise", "Corrected spelling"),
        "compound": Word("Wortteil", "Part of a word"),
        "synonym": Word("Synonym", "Synonym"),
        "related": Word("Verwandter Begriff", "Related term"),
        "similar_spelling": Word("Ähnliche Schreibweise", "Similar spelling"),
        "meaning": Word("Ähnliche Bedeutung", "Similar meaning"),
        "filter": Word("Filter", "Filter"),
    },
    "search_field": {
        "name": Word("im Namen", "in the name"),
        "aliases": Word("in anderen Namen", "in other names"),
        "summary": Word("in der Kurzbeschreibung", "in the summary"),
        "features": Word("in den Funktionen", "in the features"),
        "description": Word("in der Beschreibung", "in the description"),
        "target_groups": Word("bei den Zielgruppen", "in the target groups"),
        "provider": Word("beim Anbieter", "in the provider"),
        "place": Word("beim Ort", "in the place"),
        "topics": Word("bei Themen und Technik", "in topics and technology"),
    },
    "facet": {
        "field_of_action": Word("Handlungsfeld", "Field of action"),
        "kind": Word("Art", "Kind"),
        "offer_form": Word("Angebotsform", "Form of offer"),
        "bundesland": Word("Bundesland", "Federal state"),
        "operating_model": Word("Betriebsmodell", "Operating model"),
        "licence_group": Word("Lizenz", "Licence"),
        "price_model": Word("Preismodell", "Price model"),
        "hosting_location": Word("Ort des Hostings", "Hosting location"),
        "accessibility_level": Word("Barrierefreiheit", "Accessibility"),
        "provider": Word("Anbieter", "Provider"),
        **{each.name: Word(each.question.label.de, each.question.label.en) for each in PROFILE_FILTERS},
        "target_group": Word("Zielgruppe", "Target group"),
        "checkup_score": Word("Checkup-Ergebnis", "Checkup score"),
        "checkup_grade": Word("Stufe im Checkup", "Checkup stage"),
        "validity": Word("Befristete Angaben", "Statements with an end date"),
        "award": Word("Auszeichnung im Checkup", "Checkup award"),
        "rating": Word("Bewertung", "Rating"),
        "used_by_size": Word("Einwohnerzahl nutzender Kommunen", "Population of municipalities using it"),
    },
}


def label(kind: str, value: object, language: Language) -> str:
    """Return the label of a value; a value nobody knows is shown as it is, nothing as a dash."""
    if value is None or value == "":
        return DASH
    return known(kind, value, language) or str(value)


def known(kind: str, value: object, language: Language) -> str | None:
    """Return the label of a value; None when there is none."""
    word = _STATES.get(kind, {}).get(str(value))
    if word is not None:
        return word.en if language == "en" else word.de
    enumeration = _ENUMERATIONS.get(kind)
    if enumeration is None:
        return None
    try:
        return vocabulary.label(enumeration(str(value)), language)
    except ValueError:
        return None


def tone(kind: str, value: str) -> str:
    """Return neutral, info, success, warning or danger."""
    word = _STATES.get(kind, {}).get(value)
    return word.tone if word else "neutral"


def choices(kind: str, language: Language) -> list[tuple[str, str]]:
    """Return all values of an enumeration with their labels, in the vocabulary's order."""
    if kind in _STATES:
        return [(value, label(kind, value, language)) for value in _STATES[kind]]
    return [(str(member.value), vocabulary.label(member, language)) for member in _ENUMERATIONS[kind]]
