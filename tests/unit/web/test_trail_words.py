"""The audit trail as people read it: fields by their names, values in words."""

from typing import Any

import pytest
from contracts.profile import questionnaire
from web.i18n import ENGLISH, GERMAN

from web import trail_words

PROFILE = questionnaire.load()


@pytest.mark.parametrize(
    ("path", "german", "english"),
    [
        ("state", "Status", "Status"),
        ("versions.2.listing.licence", "Fassung 2: Lizenz", "Version 2: Licence"),
        ("versions.1.submitted_at", "Fassung 1: Eingereicht am", "Version 1: Submitted on"),
        ("members.ada.role", "Mitglied ada: Rolle", "Member ada: Role"),
        ("something.new", "something.new", "something.new"),
    ],
)
def test_fields_are_called_by_their_names(path: str, german: str, english: str) -> None:
    assert trail_words.field(path, PROFILE, GERMAN) == german
    assert trail_words.field(path, PROFILE, ENGLISH) == english


@pytest.mark.parametrize(
    ("kind", "path", "given", "said"),
    [
        ("solution", "versions.1.state", "in_review", "In Prüfung"),
        ("organisation", "state", "onboarded", "Freigeschaltet"),
        ("organisation", "kinds", ["municipality", "provider"], "Kommune, Anbieter"),
        ("organisation", "decided_at", "2026-11-22T14:08:39.102000+00:00", "22.\xa0November 2026, 15:08\xa0Uhr"),
        ("solution", "versions.1.listing.operating_models", ["saas"], "Software-as-a-Service"),
        ("solution", "versions.1.listing.data_processing_agreement", True, "ja"),
        ("solution", "versions.1.listing.media", "no list any more", "no list any more"),
        ("solution", "versions.1.round", 2, "2"),
        ("solution", "corrections", [{"number": 1}], '{"number": 1}'),
        (
            "solution",
            "versions.1.findings",
            [
                {"criterion": "fit", "title": "Eignung", "result": "pass", "grade": None, "finding": "Passt."},
                {"criterion": "usability", "title": None, "result": None, "grade": 2, "finding": None},
                "unerwartet",
            ],
            "Eignung: Erfüllt, Passt.; usability: ausreichend; unerwartet",
        ),
        ("solution", "withdrawn", None, ""),
        ("solution", "versions.1.listing.answers", {}, ""),
        ("publiccode", "state", "unknown", "unknown"),
        ("solution", "slug", "2026-13-45", "2026-13-45"),
    ],
)
def test_values_are_told_in_words(kind: str, path: str, given: Any, said: str) -> None:
    assert trail_words.value(kind, path, given, PROFILE, GERMAN) == said


def test_answers_are_told_in_the_readers_language() -> None:
    path = "versions.1.listing.price_model"
    assert trail_words.value("solution", path, "free", PROFILE, GERMAN) != trail_words.value(
        "solution", path, "free", PROFILE, ENGLISH
    )
