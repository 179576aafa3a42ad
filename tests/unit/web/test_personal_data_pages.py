"""What is kept about the user: looked at, taken away, erased."""

import httpx
import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

KEPT = "GET /api/catalog/me/data"
ERASURE = "POST /api/catalog/me/erasure"
PAGE = "/einstellungen/meine-daten"


@pytest.fixture
async def mine(site: Site) -> Site:
    await site.log_in(memberships=[answers.membership()])
    membership = {"organisation_name": "<b>Stadt</b>", "state": "onboarded", "role": "admin", "email": "a@example.org"}
    kept = {"user": "ada", "memberships": [membership], "written": [{"text": "Hallo"}, {"text": None}]}
    site.gateway.on(KEPT, kept)
    site.gateway.on("GET /api/notify/preferences", {"email": True, "address": "a@example.org"})
    return site


async def test_the_settings_lead_to_what_is_kept(mine: Site) -> None:
    assert f'href="{PAGE}"' in (await mine.get("/einstellungen")).text
    page = await mine.get(PAGE)
    assert "&lt;b&gt;Stadt&lt;/b&gt;" in page.text
    assert "Nachrichten und Meldungen, die Sie geschrieben haben 2" in text_of(page.text)
    assert f'href="{PAGE}/datei"' in page.text
    assert f'href="{PAGE}/loeschen"' in page.text
    mine.http.cookies.clear()
    assert (await mine.get(PAGE)).headers["location"].startswith("/anmelden?weiter=")


async def test_everything_is_in_one_file_or_none_is_handed_out(mine: Site) -> None:
    mine.gateway.on("GET /api/search/saved-searches", {"items": [{"name": "Räume"}]})
    pages = {None: {"items": [{"id": "1"}], "next_cursor": "c"}, "c": {"items": [{"id": "2"}], "next_cursor": None}}
    mine.gateway.on(
        "GET /api/notify/inbox",
        lambda request: httpx.Response(200, json=pages[request.url.params.get("cursor")]),
    )
    file = await mine.get(f"{PAGE}/datei")
    assert file.headers["content-disposition"] == 'attachment; filename="meine-daten.json"'
    assert file.headers["cache-control"] == "private, no-store"
    given = file.json()
    assert (given["catalog"]["user"], given["notifications"]["address"]) == ("ada", "a@example.org")
    assert [each["id"] for each in given["inbox"]] == ["1", "2"]
    assert given["saved_searches"] == [{"name": "Räume"}]
    mine.gateway.on("GET /api/search/saved-searches", problem(503, "service-unreachable"))
    assert (await mine.get(f"{PAGE}/datei")).status_code == 503


async def test_erasure_is_asked_twice_and_ends_the_session(mine: Site) -> None:
    asked = await mine.get(f"{PAGE}/loeschen")
    assert "Alle Ihre Daten löschen?" in asked.text
    assert "Benutzerkennung ein: ada" in asked.text
    mine.gateway.on(ERASURE, {"user": "ada", "left_organisations": []}, status=202)
    done = await mine.post(f"{PAGE}/loeschen", {"confirm": "ada"})
    assert (done.status_code, done.headers["location"]) == (303, "/einstellungen/daten-geloescht")
    assert mine.gateway.body(ERASURE) == {"confirm": "ada"}
    assert mine.gateway.last(ERASURE).headers["idempotency-key"]
    said = await mine.get(done.headers["location"])
    assert "Sie sind abgemeldet und gehören keiner Organisation mehr an" in said.text
    assert (await mine.get(PAGE)).headers["location"].startswith("/anmelden?weiter=")
    await mine.log_in()
    assert (await mine.get("/einstellungen/daten-geloescht")).headers["location"] == PAGE


@pytest.mark.parametrize(
    ("status", "slug", "words"),
    [(409, "erasure-last-admin", "letzte Person mit der Rolle"), (422, "erasure-unconfirmed", 'id="fehler-confirm"')],
)
async def test_what_stands_in_the_way_is_said_and_the_session_goes_on(
    mine: Site, status: int, slug: str, words: str
) -> None:
    mine.gateway.on(ERASURE, problem(status, slug))
    answer = await mine.post(f"{PAGE}/loeschen", {"confirm": "ada"})
    assert answer.status_code == status
    assert words in answer.text
    assert (await mine.get(PAGE)).status_code == 200
