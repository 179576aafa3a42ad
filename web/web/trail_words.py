"""The audit trail in words: what a changed field is called, and what its values say."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from contracts.profile import showing
from contracts.profile.questionnaire import Question, Questionnaire

from web import words
from web.i18n import Locale

KINDS: Mapping[str, str] = {
    "solution": "Lösung",
    "organisation": "Organisation",
    "publiccode": "Abgleich mit der publiccode.yml",
    "dossier": "Markterkundung",
    "requirement_profile": "Anforderungsprofil",
    "invitation": "Einladung",
    "blocklist": "Gesperrte Absender",
}
FIELDS: Mapping[str, str] = {
    "name": "Name",
    "kinds": "Art der Organisation",
    "state": "Status",
    "bundesland": "Bundesland",
    "size_class": "Einwohnerzahl",
    "ars": "Regionalschlüssel",
    "ars_reason": "Begründung zum Regionalschlüssel",
    "shares_ars_with": "Andere mit demselben Regionalschlüssel",
    "website_url": "Website",
    "description": "Beschreibung",
    "note": "Anmerkung",
    "reason": "Begründung",
    "proof": "Nachweis des Mandats",
    "user": "Benutzerkennung",
    "role": "Rolle",
    "email": "E-Mail",
    "display_name": "Name der Person",
    "slug": "Adresse auf dem Marktplatz",
    "organisation_id": "Kennung der Organisation",
    "organisation_name": "Name der Organisation",
    "number": "Nummer",
    "round": "Runde der Prüfung",
    "revision": "Nummer der Bearbeitung",
    "created_at": "Angelegt am",
    "created_by": "Angelegt von",
    "edited_at": "Bearbeitet am",
    "edited_by": "Bearbeitet von",
    "submitted_at": "Eingereicht am",
    "submitted_by": "Eingereicht von",
    "decided_at": "Entschieden am",
    "message": "Nachricht des Teams",
    "findings": "Befunde des Teams",
    "reviewed": "Geprüfter Stand",
    "corrected": "Kleine Korrektur",
    "corrected_at": "Kleine Korrektur am",
    "corrections": "Kleine Korrekturen",
    "published_version": "Veröffentlichte Fassung",
    "published_at": "Veröffentlicht am",
    "first_published_at": "Zuerst veröffentlicht am",
    "confirmed_at": "Angaben bestätigt am",
    "expired": "Abgelaufen",
    "suspended": "Gesperrt",
    "withdrawn": "Zurückgezogen",
}
_LABELS: Mapping[str, str] = {
    "kinds": "organisation_kind",
    "bundesland": "bundesland",
    "size_class": "size_class",
    "role": "member_role",
}
_STATES: Mapping[str, str] = {
    "solution": "solution_state",
    "organisation": "organisation_state",
    "dossier": "dossier_state",
}
_VERSION = re.compile(r"^versions\.(\d+)\.(.+)$")
_MEMBER = re.compile(r"^members\.(.+)\.([a-z_]+)$")
_ANSWER = re.compile(r"^listing\.(?:answers\.)?([a-z0-9_]+)$")
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


def field(path: str, profile: Questionnaire, locale: Locale) -> str:
    """Return what a field is called: `versions.2.listing.licence` is `Fassung 2: Lizenz`; unknown ones stay a path."""
    if version := _VERSION.match(path):
        inner = field(version[2], profile, locale)
        return f"{locale.say('Fassung {number}', number=version[1])}: {inner}"
    if member := _MEMBER.match(path):
        return f"{locale.say('Mitglied {user}', user=member[1])}: {field(member[2], profile, locale)}"
    if question := _question(path, profile):
        return question.title(locale.language)
    return locale.say(FIELDS[path]) if path in FIELDS else path


def value(kind: str, path: str, given: Any, profile: Questionnaire, locale: Locale) -> str:
    """Return what a value says to people; empty when it says nothing."""
    if given is None or given in ("", [], {}):
        return ""
    inner = path
    if version := _VERSION.match(path):
        inner = version[2]
    if question := _question(inner, profile):
        try:
            return ", ".join(showing.texts_of(question, given, locale.language))
        except (AttributeError, KeyError, TypeError, ValueError):  # an answer in a form that is no longer asked for
            return _plain(given, locale)
    name = inner.rpartition(".")[2]
    if name == "findings":
        return "; ".join(_finding(each, locale) for each in _listed(given))
    label = _STATES.get(kind) if name == "state" else _LABELS.get(name)
    if label:
        return ", ".join(words.label(label, str(each), locale.language) for each in _listed(given))
    return ", ".join(_plain(each, locale) for each in _listed(given))


def _finding(given: Any, locale: Locale) -> str:
    if not isinstance(given, dict):
        return _plain(given, locale)
    result, grade = given.get("result"), given.get("grade")
    judged = words.label("grade", str(grade), locale.language) if grade else ""
    if result and not grade:
        judged = words.label("result", str(result), locale.language)
    told = ", ".join(text for text in (judged, str(given.get("finding") or "")) if text)
    return f"{given.get('title') or given.get('criterion')}: {told}"


def _question(path: str, profile: Questionnaire) -> Question | None:
    found = _ANSWER.match(path)
    return profile.by_id.get(found[1]) if found else None


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _plain(given: Any, locale: Locale) -> str:
    if isinstance(given, bool):
        return locale.say("ja") if given else locale.say("nein")
    if isinstance(given, int):
        return locale.number(given)
    return _told(given, locale) if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _told(text: str, locale: Locale) -> str:
    try:
        if _MOMENT.match(text):
            return locale.moment(datetime.fromisoformat(text))
        return locale.day(date.fromisoformat(text)) if _DAY.match(text) else text
    except ValueError:
        return text
