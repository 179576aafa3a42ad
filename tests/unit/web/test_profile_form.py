"""What the pages make of the standard profile: form, conditional questions, profile table, completeness."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from contracts.profile import questionnaire
from web.app import create_app
from web.forms.body import FormData
from web.forms.listing import ListingForm
from web.settings import WebSettings

from . import answers
from .conftest import Site, text_of, visited
from .fakes import FakeGateway, FakeIdentity

PATH = f"/meine-loesungen/{answers.SOLUTION}"
WORKING = f"GET /api/catalog/solutions/{answers.SOLUTION}/working"
NEW = """      - id: colour
        type: line
        label: {de: "Lieblingsfarbe", en: "Colour"}
        help: {de: "Eine Farbe.", en: "A colour."}
        required: true
        detail: who
      - id: summary"""


@pytest.fixture
async def wider(settings: WebSettings, gateway: FakeGateway, identity: FakeIdentity) -> AsyncIterator[Site]:
    """The site with a profile that has one question more."""
    file = Path(questionnaire.__file__).parent / f"{questionnaire.CURRENT}.yaml"
    profile = questionnaire.parse(file.read_text(encoding="utf-8").replace("      - id: summary", NEW, 1))
    app = create_app(
        settings, gateway=httpx.MockTransport(gateway), identity=httpx.MockTransport(identity), profile=profile
    )
    async with visited(app, gateway, identity) as opened:
        yield opened


async def test_a_question_that_is_added_to_the_data_is_on_every_page(wider: Site) -> None:
    listing = answers.listing(answers={"colour": "Grün"})
    wider.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=listing))
    page = text_of((await wider.get("/loesungen/terminlotse")).text)
    assert "Lieblingsfarbe Grün" in page
    await wider.log_in(memberships=[answers.membership()])
    wider.gateway.on(WORKING, answers.own(working={"listing": listing}))
    form = (await wider.get(PATH)).text
    assert 'name="colour" type="text" value="Grün"' in form
    assert "Eine Farbe." in form
    typed = {"name": "Terminlotse", "kind": "software", "aktion": "einreichen", "version": "3"}
    refused = await wider.post(PATH, typed)
    assert 'id="fehler-colour"' in refused.text
    draft = f"PUT /api/catalog/solutions/{answers.SOLUTION}/draft"
    wider.gateway.on(draft, answers.own(version=4))
    await wider.post(PATH, {**typed, "aktion": "", "colour": "Blau"})
    assert wider.gateway.body(draft)["listing"]["answers"] == {"colour": "Blau"}


async def test_what_was_typed_goes_to_the_catalog_by_type(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on("POST /api/catalog/solutions", answers.own(), status=201)
    typed = {
        "name": "Terminlotse",
        "kind": "software",
        "price_from": "1.200,50",
        "availability_percent": "99,9",
        "data_export": "ja",
        "platforms": ["web", "ios"],
        "penetration_test": "2026-03-01",
        "certificates-0-kind": "iso_27001",
        "certificates-0-until": "2027-03-01",
        "certificates-3-kind": "bsi_c5",
        "certificates-3-number": "C5-1",
        "certificates-3-until": "2028-03-01",
    }
    await site.post("/meine-loesungen/neu", typed)
    assert site.gateway.body("POST /api/catalog/solutions")["listing"] == {
        "name": "Terminlotse",
        "kind": "software",
        "answers": {
            "price_from": 1200.5,
            "availability_percent": 99.9,
            "data_export": True,
            "platforms": ["web", "ios"],
            "penetration_test": "2026-03-01",
            "certificates": [
                {"kind": "iso_27001", "until": "2027-03-01"},
                {"kind": "bsi_c5", "number": "C5-1", "until": "2028-03-01"},
            ],
        },
    }


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("12,5", 12.5),
        ("1.200", 1200),
        ("1.200,50", 1200.5),
        ("1 200", 1200),
        ("99.95", 99.95),
        ("1e9", "1e9"),
        ("nan", "nan"),
        ("zwölf", "zwölf"),
        ("1,2,3", "1,2,3"),
    ],
)
def test_numbers_are_read_as_germans_write_them(typed: str, number: Any) -> None:
    form = ListingForm.read(questionnaire.load(), FormData({"price_from": [typed]}))
    assert form.listing()["answers"] == {"price_from": number}


async def test_a_stored_answer_stands_in_the_form_as_it_was_typed(site: Site) -> None:
    stored = {"price_from": 1200.5, "data_export": False, "certificates": [{"kind": "bsi_c5", "until": "2028-03-01"}]}
    site.gateway.on(WORKING, answers.own(working={"listing": answers.listing(answers=stored)}))
    await site.log_in(memberships=[answers.membership()])
    page = (await site.get(PATH)).text
    assert 'name="price_from" type="text" value="1200,5"' in page
    assert '<option value="nein" selected>' in page
    assert 'name="certificates-0-until" type="date" value="2028-03-01"' in page
    assert 'name="certificates-2-until"' in page, "blank rows for more"


async def test_conditional_questions_come_and_go_with_htmx(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    answer = await site.post("/meine-loesungen/formular", {"kind": "software", "data_export": "ja"})
    assert 'id="wenn-data_export_formats" hx-swap-oob="outerHTML"' in answer.text
    assert 'class="mp-when"' in answer.text.split('id="wenn-data_export_formats"')[0][-60:]
    assert 'id="wenn-price_from"' not in answer.text, "what stays as it was is not sent"
    gone = await site.post(
        "/meine-loesungen/formular", {"gefragt": ["data_export_formats"], "data_export_formats": "CSV"}
    )
    fragment = gone.text.split('id="wenn-data_export_formats"')
    assert "mp-when--off" in fragment[0][-60:]
    assert "CSV</textarea>" in fragment[1], "nothing typed is lost"


async def test_without_a_script_every_question_says_when_it_counts(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    page = text_of((await site.get("/meine-loesungen/neu")).text)
    assert "Nur, wenn angegeben ist: Preismodell: Einmalzahlung, Laufende Gebühr, Nach Nutzung" in page


async def test_the_meter_says_what_is_missing_and_why(site: Site) -> None:
    missing = [
        {"question": "description", "weight": 3, "required": True},
        {"question": "features", "weight": 2, "required": False},
        {"question": "abolished", "weight": 9, "required": False},
    ]
    measured = {"percent": 42, "sections": [{"id": "vorstellung", "percent": 50, "missing": missing}]}
    site.gateway.on(WORKING, answers.own(completeness=measured))
    await site.log_in(memberships=[answers.membership()])
    page = (await site.get(PATH)).text
    text = text_of(page)
    assert "Das Profil ist zu 42 % ausgefüllt" in text
    assert '<a href="#feld-description">Beschreibung</a>' in page
    assert "Funktionen : Kommunen vergleichen Lösungen nach Funktionen." in text
    site.gateway.on("GET /api/catalog/solutions", {"items": [answers.own(completeness=measured)]})
    assert "Profil zu 42 % ausgefüllt" in text_of((await site.get("/meine-loesungen")).text)


async def test_the_profile_table_has_the_same_order_for_everybody(site: Site) -> None:
    listing = answers.listing(answers={"platforms": ["web", "ios"], "audit_log": True}, price_note="Staffel")
    site.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=listing))
    page = text_of((await site.get("/loesungen/terminlotse")).text)
    assert "Plattformen Web iOS" in page
    assert "Zugriffe und Änderungen werden protokolliert ja" in page
    assert "Preismodell keine Angabe Staffel" in page
    assert "Keine Angabe zu:" in page
    await site.get("/sprache?zu=en&weiter=/")
    assert "Not stated:" in text_of((await site.get("/loesungen/terminlotse")).text)
