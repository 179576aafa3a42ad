"""Every kind of message reads well in the inbox and as a mail, says why it came, and how to stop it."""

from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import notify
import pytest
from contracts import samples
from contracts.catalog import CorrectionDecided, CorrectionOpened, PubliccodeDrifted, SolutionPublished
from contracts.checkup import (
    CheckupScored,
    ContestAnswered,
    ContestOpened,
    ContradictionsFound,
    DisclosurePublished,
    ManualCheckCompleted,
)
from contracts.envelope import Event
from contracts.review import ChangesRequested, ReviewCompleted
from jinja2 import UndefinedError
from notify.adapters.templates import JinjaTemplates
from notify.application import checkup_notices, correction_notices, notices, publiccode_notice
from notify.application.notices import Notice
from notify.domain.message import Kind

from .conftest import message_of

HOSTILE = '<img src=x onerror="alert(1)">'
FACTS = {
    "solution_name": HOSTILE,
    "organisation_name": HOSTILE,
    "summary": HOSTILE,
    "version": 2,
    "round": 2,
    "message": HOSTILE,
    "findings": [{"title": HOSTILE, "finding": HOSTILE, "asks_for_work": True}],
    "keeps_seal": True,
    "scores": [{"label": HOSTILE, "score": 12.0, "award": True}],
    "why": HOSTILE,
    "overall": 4,
    "report": HOSTILE,
    "revised": True,
    "count": 2,
    "average": 4.5,
    "kinds": ["provider", "municipality"],
    "corrected": HOSTILE,
    "reason": HOSTILE,
    "search_name": HOSTILE,
    "watchlist_path": "/merkliste",
    "matches": [{"name": HOSTILE, "summary": HOSTILE, "path": "/loesungen/x", "news": "geändert"}],
    "total": 3,
    "more": 2,
    "search_path": "/suche?q=x",
    "saved_path": "/meine-suchen",
    "number": 2,
    "asked": 30,
    "answered": 12,
    "passed": 10,
    "failed": 1,
    "valid_until": "01.03.2027",
    "contradictions": [HOSTILE],
    "problem": HOSTILE,
    "differences": [{"label": HOSTILE, "path": HOSTILE, "listing": HOSTILE, "file": HOSTILE}],
    "public_from": "01.04.2026",
    "title": HOSTILE,
    "accepted": True,
    "outcome": "corrected",
    "provider_name": HOSTILE,
    "municipality_name": HOSTILE,
    "sender_name": HOSTILE,
    "due": "01.03.2027",
    "outdated": True,
    "answer": True,
    "waiting_days": 7,
    "role_name": "Redaktion",
    "bundesland": HOSTILE,
    "again": True,
    "term": "certificate",
    "what": HOSTILE,
    "until": "01.03.2027",
    "days_left": 30,
    "back_until": "01.06.2027",
    "changes": [HOSTILE],
    "note": HOSTILE,
}


def test_a_request_for_changes_names_what_to_improve_and_nothing_else(
    changes_requested: ChangesRequested, templates: JinjaTemplates
) -> None:
    notice = notices.of_changes_requested(changes_requested)
    assert notice.link == "/meine-loesungen/solution-1"
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == "Änderungen erbeten: „DorfFunk“"
    assert texts.text == (
        "Das Prüfteam hat „DorfFunk“ (Version 2, Runde 1) durchgesehen und bittet um Änderungen.\n"
        "\n"
        "Nachricht des Prüfteams:\n"
        "Bitte ergänzen\n"
        "\n"
        "Das ist zu verbessern:\n"
        "- Informationsmaterial: Handbuch fehlt\n"
        "- Bedienbarkeit: zu viele Schritte\n"
        "\n"
        "Bitte überarbeiten Sie den Eintrag und reichen Sie ihn erneut ein."
    )


def test_a_rejection_says_that_the_earlier_seal_stays(rejected: ReviewCompleted, templates: JinjaTemplates) -> None:
    notice = notices.of_decision(rejected)
    assert notice.kind is Kind.SOLUTION_REJECTED
    text = templates.inbox(notice.kind, notice.facts).text
    assert text.startswith(
        "„DorfFunk“ (Version 2) hat die Prüfung nicht bestanden.\n"
        "Die zuvor geprüfte Version bleibt mit ihrem Prüfsiegel unverändert.\n"
        "\n"
        "Die Gründe:\n"
    )


def test_a_checkup_lists_scores_in_german(scored: CheckupScored, templates: JinjaTemplates) -> None:
    notice = notices.of_checkup(scored, "DorfFunk")
    text = templates.inbox(notice.kind, notice.facts).text
    assert "- Dokumentation: 87,5, ausgezeichnet\n" in text
    assert "nicht messbar\n" in text
    nameless = notices.of_checkup(scored, None)
    assert templates.inbox(nameless.kind, nameless.facts).title == "Checkup fertig: „dorffunk“"


def test_a_drift_names_what_each_side_says(templates: JinjaTemplates) -> None:
    event = PubliccodeDrifted.model_validate_json(samples.of(PubliccodeDrifted))
    notice = publiccode_notice.of_drift(event)
    assert notice.link == f"/meine-loesungen/{event.data.solution_id}/publiccode"
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == "publiccode.yml weicht ab: „Mitfahrbank Digital“"
    assert texts.text == (
        "Eintrag und publiccode.yml von „Mitfahrbank Digital“ sagen Verschiedenes:\n"
        "\n"
        "- Lizenz (legal.license): im Eintrag „EUPL-1.2“, in der Datei „AGPL-3.0-only“\n"
        "\n"
        "Sie können die Angaben der Datei einzeln in Ihren Entwurf übernehmen oder die Datei ändern."
    )


def test_a_mail_says_why_it_was_sent_and_how_to_stop_it(
    changes_requested: ChangesRequested, templates: JinjaTemplates
) -> None:
    message = message_of(notices.of_changes_requested(changes_requested), templates)
    letter = templates.letter(message, name="Petra Muster", unsubscribe_url="https://marktplatz.example.org/u?token=t")
    for body in (letter.text, letter.html):
        assert "Guten Tag Petra Muster," in body
        assert "Sie sind Mitglied der Organisation „Musterlösungen GmbH“." in body
        assert "https://marktplatz.example.org/meine-loesungen/solution-1" in body
        assert "https://marktplatz.example.org/u?token=t" in body
        assert "https://marktplatz.example.org/einstellungen" in body
    assert letter.text.startswith("Guten Tag Petra Muster,\n\nDas Prüfteam hat")
    assert '<html lang="de">' in letter.html


def test_the_teams_mailbox_learns_who_can_take_it_off_the_list(
    changes_requested: ChangesRequested, templates: JinjaTemplates
) -> None:
    message = message_of(notices.of_changes_requested(changes_requested), templates, role=True)
    letter = templates.letter(message, name=None, unsubscribe_url=None)
    assert letter.text.startswith("Guten Tag,\n")
    assert "Der Betrieb des Marktplatzes kann sie austragen." in letter.text
    assert "abbestellen" not in letter.text


@pytest.mark.parametrize("kind", list(Kind))
def test_what_others_wrote_is_text_and_never_markup(kind: Kind, templates: JinjaTemplates) -> None:
    notice = Notice(event_id="e", kind=kind, organisation_id="o", link="/", action="Ansehen", facts=FACTS)
    letter = templates.letter(message_of(notice, templates), name=HOSTILE, unsubscribe_url=None)
    assert "<img" not in letter.html
    assert "&lt;img" in letter.html
    assert HOSTILE in letter.text
    assert "&" not in letter.text.replace("&lt;", "")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_templates_and_needs_all_its_facts(kind: Kind, templates: JinjaTemplates) -> None:
    directory = Path(notify.__file__).parent / "templates" / kind.value
    assert {file.name for file in directory.iterdir()} == {"subject.txt", "body.txt", "body.html"}
    texts = templates.inbox(kind, FACTS)
    assert "\n" not in texts.title
    assert "\n\n\n" not in texts.text
    with pytest.raises(UndefinedError):
        templates.inbox(kind, {})


def test_a_title_stays_short_and_on_one_line(templates: JinjaTemplates) -> None:
    facts = {**FACTS, "solution_name": "x\r\ny " * 100}
    title = templates.inbox(Kind.SOLUTION_PUBLISHED, facts).title
    assert "\n" not in title
    assert "\r" not in title
    assert len(title) == 200


E = TypeVar("E", bound=Event)


def sample(event_class: type[E]) -> E:
    return event_class.model_validate_json(samples.of(event_class))


def test_contradictions_are_listed_with_the_day_they_become_public(templates: JinjaTemplates) -> None:
    event = sample(ContradictionsFound)
    notice = checkup_notices.of_contradictions(event, "DorfFunk")
    texts = templates.inbox(notice.kind, notice.facts)
    assert notice.link == f"/meine-loesungen/{event.data.solution_id}/befunde"
    assert "- Erklärt eine Stückliste der Software (SBOM); im Repository wurde keine gefunden.\n" in texts.text
    assert "Ab 01.04.2026 ist der Widerspruch öffentlich zu sehen." in texts.text


def test_provider_and_team_hear_of_each_others_steps(templates: JinjaTemplates) -> None:
    opened = checkup_notices.of_contest(sample(ContestOpened), "DorfFunk")
    assert (opened.role, opened.link.partition("#")[2]) == ("reviewer", "anfechtungen")
    assert templates.inbox(opened.kind, opened.facts).title == "Befund angefochten: „DorfFunk“"
    answered = checkup_notices.of_answer(sample(ContestAnswered), None)
    assert answered.role is None
    assert "Ergebnis: angenommen, der Befund zählt nicht" in templates.inbox(answered.kind, answered.facts).text
    disclosed = checkup_notices.of_disclosure(sample(DisclosurePublished), "DorfFunk")
    assert disclosed.role == "reviewer"
    assert "7 von 11 Fragen beantwortet" in templates.inbox(disclosed.kind, disclosed.facts).text
    checked = checkup_notices.of_manual_check(sample(ManualCheckCompleted), "DorfFunk")
    assert "2 Punkte erfüllt, 1 nicht erfüllt. Das Ergebnis gilt bis 02.03.2027" in (
        templates.inbox(checked.kind, checked.facts).text
    )


def test_the_team_is_told_what_was_corrected(templates: JinjaTemplates) -> None:
    notice = correction_notices.of_opened(sample(CorrectionOpened))
    texts = templates.inbox(notice.kind, notice.facts)
    assert (notice.role, notice.link) == ("reviewer", "/pruefung/aenderungen")
    assert texts.title == "Kleine Änderung: „Mitfahrbank Digital“ von Beispiel GmbH"
    assert "Geändert: Unterstützung" in texts.text


def test_a_decided_correction_names_the_questions_and_the_reason(templates: JinjaTemplates) -> None:
    event = sample(CorrectionDecided)
    notice = correction_notices.of_decided(event)
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == "Änderung zurückgenommen: „Mitfahrbank Digital“"
    assert "Geändert: Unterstützung" in texts.text
    assert "Begründung: Die neue Adresse führt auf eine fremde Seite." in texts.text
    accepted = event.model_copy(update={"data": event.data.model_copy(update={"decision": "accepted", "reason": None})})
    notice = correction_notices.of_decided(accepted)
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title.startswith("Änderung bestätigt")
    assert "Begründung" not in texts.text


def test_a_small_correction_is_no_publication() -> None:
    event = sample(SolutionPublished)
    assert not correction_notices.is_correction(event)
    later = event.data.published_at + timedelta(seconds=1)
    assert correction_notices.is_correction(
        event.model_copy(update={"data": event.data.model_copy(update={"corrected_at": later})})
    )
