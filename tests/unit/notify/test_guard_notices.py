"""What is told about terms and about what users rely on: to whom, in which words, and what is not told."""

from typing import Any

import pytest
from contracts.catalog import SolutionDelisted
from contracts.guard import SolutionTermDue
from notify.adapters.templates import JinjaTemplates
from notify.application import guard_notices as notices

from .test_use_notices import said, sample


def due(**changed: Any) -> SolutionTermDue:
    event: SolutionTermDue = sample("solution_term_due", **changed)
    return event


CONFIRMATION = {"term": "confirmation", "certificate": None, "number": None, "until": "2027-03-02", "relied_on": False}


@pytest.mark.parametrize(
    ("changed", "title", "part"),
    [
        (
            {**CONFIRMATION, "days_left": 30},
            "Angaben bitte bestätigen: „Mitfahrbank Digital“",
            "Die Angaben gelten bis zum 02.03.2027 als bestätigt.",
        ),
        (
            {**CONFIRMATION, "days_left": 0, "back_until": "2027-06-02"},
            "Nicht mehr veröffentlicht: „Mitfahrbank Digital“",
            "Bestätigen Sie die Angaben bis zum 02.06.2027, ist sie unverändert wieder da.",
        ),
        (
            {"days_left": 7},
            "Zertifikat ISO/IEC 27001 (IS 123456) läuft ab: „Mitfahrbank Digital“",
            "gilt bis zum 01.03.2026: Zertifikat ISO/IEC 27001 (IS 123456).",
        ),
        ({}, "Zertifikat ISO/IEC 27001 (IS 123456) ist abgelaufen: „Mitfahrbank Digital“", "steht jetzt „abgelaufen“"),
        (
            {"term": "maintenance", "certificate": None, "number": None, "days_left": 60},
            "Wartungsvertrag läuft ab: „Mitfahrbank Digital“",
            "gilt bis zum 01.03.2026: Wartungsvertrag.",
        ),
    ],
)
def test_the_provider_is_reminded(templates: JinjaTemplates, changed: dict[str, Any], title: str, part: str) -> None:
    event = due(**changed)
    notice = notices.of_term(event)
    assert (notice.organisation_id, notice.link) == (
        event.data.organisation_id,
        f"/meine-loesungen/{event.data.solution_id}",
    )
    told = said(templates, notice)
    assert told[0] == title
    assert part in told[1]


def test_users_hear_of_what_they_lost_and_not_of_reminders(templates: JinjaTemplates) -> None:
    lost = notices.of_lost_term(due())
    assert lost is not None
    assert (lost.organisation_id, lost.link) == (None, "/loesungen/mitfahrbank-digital")
    assert said(templates, lost)[1].endswith(
        "- Zertifikat ISO/IEC 27001 (IS 123456): galt bis zum 01.03.2026 und ist abgelaufen."
    )
    assert notices.of_lost_term(due(days_left=7)) is None
    assert notices.of_lost_term(due(relied_on=False)) is None


def test_users_hear_who_runs_it_now_and_what_ends(templates: JinjaTemplates) -> None:
    changes = [
        {"kind": "operator", "before": "Betrieb A", "after": None},
        {"kind": "provider", "before": "Alt GmbH", "after": "Neu GmbH"},
        {"kind": "discontinued"},
        {"kind": "maintenance", "before": "contract"},
        {"kind": "certificate", "before": "bsi_c5"},
        {"kind": "certificate", "before": "other"},
    ]
    text = said(templates, notices.of_standing(sample("solution_standing_changed", changes=changes)))[1]
    assert text.splitlines()[2:] == [
        "- Betreiber: bisher „Betrieb A“, jetzt „keine Angabe“.",
        "- Anbieter: bisher „Alt GmbH“, jetzt „Neu GmbH“.",
        "- Der Anbieter gibt an, dass die Lösung eingestellt oder abgelöst wird.",
        "- Der Anbieter gibt an, dass die Software nicht mehr gepflegt wird.",
        "- Das Zertifikat BSI C5 steht nicht mehr im Eintrag.",
        "- Das Zertifikat anderer Art steht nicht mehr im Eintrag.",
    ]


def test_users_hear_why_a_solution_is_gone(templates: JinjaTemplates) -> None:
    event: SolutionDelisted = sample("solution_delisted", reason="expired", note=None)
    title, text = said(templates, notices.of_delisting(event, "DorfFunk"))
    assert title == "Nicht mehr auf dem Marktplatz: „DorfFunk“"
    assert text.startswith("„DorfFunk“ steht nicht mehr auf dem Marktplatz. Grund: Nicht mehr bestätigt.")
    noted: SolutionDelisted = sample("solution_delisted", reason="suspended", note="Der Anbieter ist gesperrt.")
    assert "Der Anbieter ist gesperrt." in said(templates, notices.of_delisting(noted, None))[1]
