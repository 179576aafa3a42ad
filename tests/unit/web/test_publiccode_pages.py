"""A provider takes a publiccode.yml over, takes one away, and sees where listing and repository part."""

import json
from typing import Any

import pytest

from . import answers
from .conftest import BASE, Site, text_of
from .fakes import problem

PATH = f"/meine-loesungen/{answers.SOLUTION}/publiccode"
API = f"/api/catalog/solutions/{answers.SOLUTION}/publiccode"
PROVIDER = [answers.membership()]
HOSTILE = "<script>alert(1)</script>"
PREVIEW: dict[str, Any] = {
    "valid": False,
    "violations": [
        {
            "path": "maintenance.type",
            "rule": "choice",
            "severity": "error",
            "line": 74,
            "words": {"de": "„commercial“ gehört nicht zu den erlaubten Werten.", "en": "'commercial' is not allowed"},
        }
    ],
    "fields": [
        {"question": "licence", "path": "legal.license", "present": None, "incoming": "AGPL-3.0-only", "same": False},
        {"question": "features", "path": "x", "present": ["Alt"], "incoming": ["Neu", HOSTILE], "same": False},
        {"question": "name", "path": "name", "present": "Terminlotse", "incoming": "Terminlotse", "same": True},
        {"question": "of_tomorrow", "path": "y", "present": None, "incoming": "?", "same": False},
    ],
    "language": "en",
    "left": ["legal.mainCopyrightOwner"],
    "source": None,
}
DRIFT = {
    "checked_at": "2026-11-20T08:00:00Z",
    "source": "https://code.example.org/a/b/-/raw/HEAD/publiccode.yml",
    "problem": None,
    "errors": 1,
    "differences": [
        {"question": "licence", "path": "legal.license", "present": "EUPL-1.2", "incoming": "AGPL-3.0-only"}
    ],
}


@pytest.fixture
async def provider(site: Site) -> Site:
    """A logged-in editor with a published solution."""
    await site.log_in(memberships=PROVIDER)
    site.gateway.on(f"GET /api/catalog/solutions/{answers.SOLUTION}/working", answers.own("published", live_version=1))
    site.gateway.on(f"GET {API}", {"missing": [], "drift": DRIFT})
    return site


async def upload(site: Site, path: str, **data: str) -> Any:
    form = {"csrf": await site.csrf(), "key": "k", **data}
    return await site.http.post(
        path, data=form, files={"datei": ("publiccode.yml", b"name: x")}, headers={"origin": BASE}
    )


async def test_the_page_shows_where_listing_and_file_part(provider: Site) -> None:
    page = await provider.get(PATH)
    text = text_of(page.text)
    for expected in (
        "Bei 1 Angabe sagen Eintrag und Datei Verschiedenes.",
        "Lizenz legal.license",
        "EUPL-1.2",
        "AGPL-3.0-only",
        "Die Datei verstößt an 1 Stelle gegen den Standard.",
        "publiccode.yml der veröffentlichten Fassung herunterladen",
    ):
        assert expected in text, expected
    assert 'name="wert.licence" value="&#34;AGPL-3.0-only&#34;"' in page.text


async def test_what_is_missing_for_a_file_leads_to_its_question(provider: Site) -> None:
    missing = [{"path": "legal.license", "question": "licence", "words": {"de": "Fehlt.", "en": "Missing."}}]
    provider.gateway.on(f"GET {API}", {"missing": missing, "drift": None})
    page = await provider.get(PATH)
    assert f'href="/meine-loesungen/{answers.SOLUTION}#feld-licence"' in page.text
    assert "legal.license : Fehlt." in text_of(page.text)


async def test_a_file_is_shown_before_anything_is_kept(provider: Site) -> None:
    provider.gateway.on(f"POST {API}", PREVIEW)
    page = await upload(provider, PATH)
    assert page.status_code == 200
    sent = provider.gateway.last(f"POST {API}")
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert b"name: x" in sent.content
    text = text_of(page.text)
    for expected in (
        "Fehler , Zeile 74: maintenance.type „commercial“ gehört nicht zu den erlaubten Werten.",
        "Die Texte der Datei sind nicht auf Deutsch (en).",
        "1 Schlüssel der Datei wird nicht übernommen legal.mainCopyrightOwner",
    ):
        assert expected in text, expected
    assert HOSTILE not in page.text
    assert 'value="name"' not in page.text  # says the same already
    assert "of_tomorrow" not in page.text


async def test_only_what_is_ticked_goes_into_the_draft(provider: Site) -> None:
    provider.gateway.on(f"POST {API}/take-over", answers.own("draft"))
    form = {
        "version": "7",
        "frage": ["licence", "features"],
        "wert.licence": '"AGPL-3.0-only"',
        "wert.features": '["Neu"]',
        "wert.name": '"Anders"',
    }
    answer = await provider.post(f"{PATH}/uebernehmen", form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/meine-loesungen/{answers.SOLUTION}")
    sent = provider.gateway.last(f"POST {API}/take-over")
    assert json.loads(sent.content) == {"answers": {"licence": "AGPL-3.0-only", "features": ["Neu"]}}
    assert sent.headers["if-match"] == '"7"'


async def test_nothing_ticked_and_a_stale_draft_are_said(provider: Site) -> None:
    answer = await provider.post(f"{PATH}/uebernehmen", {"version": "7"})
    assert (answer.status_code, "Wählen Sie mindestens eine Angabe aus." in answer.text) == (422, True)
    provider.gateway.on(f"POST {API}/take-over", problem(412, "stale-version"))
    answer = await provider.post(f"{PATH}/uebernehmen", {"version": "7", "frage": "name", "wert.name": '"x"'})
    assert answer.status_code == 412
    assert "Das hat noch nicht geklappt" in answer.text


async def test_a_repository_without_a_file_is_said_in_words(provider: Site) -> None:
    errors = [{"field": "url", "message": "Im Wurzelverzeichnis liegt keine publiccode.yml."}]
    provider.gateway.on(f"POST {API}", problem(422, "publiccode-not-fetched", errors=errors))
    answer = await provider.post(PATH, {"url": "https://code.example.org/a/b"})
    assert answer.status_code == 422
    assert "Im Wurzelverzeichnis liegt keine publiccode.yml." in answer.text
    assert 'value="https://code.example.org/a/b"' in answer.text
    blank = await provider.post(PATH, {"url": ""})
    assert (blank.status_code, "Wählen Sie eine Datei" in blank.text) == (422, True)


async def test_a_comparison_can_be_asked_for(provider: Site) -> None:
    provider.gateway.on(f"POST {API}/drift", DRIFT)
    answer = await provider.post(f"{PATH}/abgleich")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}#abgleich")
    assert provider.gateway.count(f"POST {API}/drift") == 1


async def test_a_new_solution_begins_with_what_a_file_says(provider: Site) -> None:
    provider.gateway.on("POST /api/catalog/publiccode/preview", PREVIEW)
    page = await upload(provider, "/meine-loesungen/neu/publiccode")
    assert page.status_code == 200
    assert 'value="AGPL-3.0-only"' in page.text
    assert "Die Datei verstößt an 1 Stelle gegen den Standard." in text_of(page.text)
    assert 'action="/meine-loesungen/neu"' in page.text
    assert "Mit einer publiccode.yml beginnen" in (await provider.get("/meine-loesungen/neu")).text


async def test_an_upload_without_the_token_or_too_large_is_refused(provider: Site) -> None:
    file = {"datei": ("publiccode.yml", b"name: x")}
    assert (await provider.http.post(PATH, data={"csrf": "x"}, files=file, headers={"origin": BASE})).status_code == 403
    assert (await provider.http.post(PATH, files=file, headers={"origin": "https://evil.example"})).status_code == 403
    large = {"datei": ("publiccode.yml", b"x" * 1_100_000)}
    assert (
        await provider.http.post(PATH, data={"csrf": "x"}, files=large, headers={"origin": BASE})
    ).status_code == 413
    torn = {"content-type": "multipart/form-data; boundary=a", "origin": BASE}
    assert (await provider.http.post(PATH, content=b"torn", headers=torn)).status_code in (400, 403)


async def test_the_public_page_offers_the_file_when_there_is_one(site: Site) -> None:
    assert "terminlotse/publiccode.yml" not in (await site.get("/loesungen/terminlotse")).text
    said = answers.listing(
        licence="EUPL-1.2",
        repository_url="https://code.example.org/a/b",
        features=["Buchen"],
        description="Lang genug.",
        answers={
            "platforms": ["web"],
            "development_status": "stable",
            "software_type": "standalone/web",
            "maintenance_type": "none",
        },
    )
    site.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=said))
    assert 'href="/api/catalog/solutions/terminlotse/publiccode.yml"' in (await site.get("/loesungen/terminlotse")).text
