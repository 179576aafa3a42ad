"""Watchlists without script: the buttons, the list, its notes, and what the services refuse."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from . import answers
from .conftest import Site, field_of, text_of
from .fakes import problem

API = "/api/catalog/watchlists"
TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
MINE = f"{API}/me/solutions/{answers.SOLUTION}"


def lists(*, own: bool = False, shared: bool = False) -> dict[str, Any]:
    def line(key: str, name: str, *, on: bool) -> dict[str, Any]:
        return {"id": key, "name": name, "entries": int(on), "watched": [answers.SOLUTION] if on else []}

    return {"items": [line("me", "", on=own), line(answers.TOWN, "Stadt Beispielstadt", on=shared)]}


def entry(**given: Any) -> dict[str, Any]:
    return {
        "solution_id": answers.SOLUTION,
        "slug": "terminlotse",
        "name": "Terminlotse",
        "organisation_name": "Musterlösungen GmbH",
        "note": "<script>alert(1)</script>",
        "revision": 4,
        "online": True,
        "newer": True,
        "changed": True,
        "noted_version": 1,
        "version": 2,
        "moved": [{"figure": "rating", "before": 4.2, "now": 3.9}, {"figure": "community", "before": 80, "now": None}],
        **given,
    }


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {API}", lists())
    site.gateway.on("GET /api/notify/preferences", {"email": True, "watching": "weekly"})


async def test_the_button_says_what_it_does_for_which_solution(site: Site) -> None:
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(id=answers.SOLUTION, name="Terminlotse")))
    page = await site.get("/suche?q=termin")
    assert 'aria-label="Merken: Terminlotse"' in page.text
    assert 'form="merken" formaction="/merkliste/umschalten?weiter=/suche%3Fq%3Dtermin" name="merken"' in page.text
    site.gateway.on(f"GET {API}", lists(own=True, shared=True))
    page = await site.get("/loesungen/terminlotse")
    assert 'aria-label="Gemerkt: Terminlotse, von der Merkliste nehmen"' in page.text
    assert "Gemerkt für Stadt Beispielstadt" in text_of(page.text)


async def test_visitors_and_an_outage_have_no_button(site: Site) -> None:
    site.gateway.on(f"GET {API}", problem(503, "unavailable"))
    assert 'name="merken"' not in (await site.get("/suche?q=termin")).text
    site.http.cookies.clear()
    page = await site.get("/loesungen/terminlotse")
    assert "Anmelden und merken" in page.text
    assert 'id="merken"' not in page.text


async def test_pressing_it_leads_back_to_it(site: Site) -> None:
    site.gateway.on(f"PUT {MINE}", entry())
    site.gateway.on(f"DELETE {API}/{answers.TOWN}/solutions/{answers.SOLUTION}", None, 204)
    noted = await site.post("/merkliste/umschalten?weiter=/suche%3Fq%3Dtermin", {"merken": answers.SOLUTION})
    assert noted.headers["location"] == f"/suche?q=termin#merken-{answers.SOLUTION}"
    dropped = await site.post(
        f"/merkliste/umschalten?liste={answers.TOWN}&weiter=https://evil.example", {"vergessen": answers.SOLUTION}
    )
    assert dropped.headers["location"] == f"/#merken-{answers.SOLUTION}"
    assert site.gateway.count(f"DELETE {API}/{answers.TOWN}/solutions/{answers.SOLUTION}") == 1


async def test_the_list_tells_what_changed_and_leads_on(site: Site) -> None:
    gone = entry(solution_id="gone", slug="weg", name="Weg", online=False, version=None, moved=[], note=None)
    site.gateway.on(f"GET {API}/me", {"items": [entry(), gone]})
    page = await site.get("/merkliste?sort=changed")
    text = text_of(page.text)
    for expected in (
        "Fassung 2 statt 1",
        "Bewertung: 4,2, jetzt 3,9",
        "Gemeinschaft und Pflege: 80, jetzt keine Angabe",
        "Nicht mehr auf dem Marktplatz",
    ):
        assert expected in text, expected
    assert "&lt;script&gt;" in page.text
    assert 'href="/loesungen/weg"' not in page.text
    assert 'form="auswahl" name="loesung" value="terminlotse"' in page.text
    assert 'form="auswahl" formaction="/markterkundungen/neu"' in page.text
    assert 'value="weekly" checked' in page.text
    assert parse_qs(site.gateway.last(f"GET {API}/me").url.query.decode()) == {
        "sort": ["changed"],
        "limit": ["25"],
    }


async def test_a_long_list_has_more_pages_and_a_change_leads_back_to_its_entry(site: Site) -> None:
    site.gateway.on(f"GET {API}/me", {"items": [entry()], "next_cursor": "c/2"})
    assert 'href="/merkliste?sort=name&amp;cursor=c%2F2"' in (await site.get("/merkliste?sort=name")).text
    piece = await site.get("/merkliste?sort=name&cursor=c/2", **{"HX-Request": "true", "HX-Target": "mehr"})
    assert "<html" not in piece.text
    assert field_of(piece.text, "cursor") == "c/2"
    site.gateway.on(f"POST {MINE}/seen", entry())
    form = {"aktion": "gesehen", "solution_id": answers.SOLUTION, "sort": "name", "cursor": "c/2"}
    back = (await site.post("/merkliste", form)).headers["location"]
    assert back == f"/merkliste?sort=name&cursor=c%2F2#merken-{answers.SOLUTION}"
    site.gateway.on(f"GET {API}/me", {"items": []})
    assert "Noch nichts gemerkt" in (await site.get("/merkliste?cursor=c/2")).text
    assert site.gateway.last(f"GET {API}/me").url.params.get("cursor") is None


async def test_a_note_that_somebody_else_changed_keeps_what_was_typed(site: Site) -> None:
    site.gateway.on(f"GET {API}/me", {"items": [entry()]})
    site.gateway.on(f"PATCH {MINE}", problem(412, "stale-version"))
    form = {"aktion": "notiz", "solution_id": answers.SOLUTION, "revision": "3", "note": "meins"}
    refused = await site.post("/merkliste", form)
    assert refused.status_code == 412
    assert ">\nmeins</textarea>" in refused.text
    assert site.gateway.last(f"PATCH {MINE}").headers["if-match"] == '"3"'
    long = await site.post("/merkliste", {**form, "note": "x" * 10_000})
    assert (long.status_code, "Höchstens 2000 Zeichen." in long.text) == (422, True)
    assert site.gateway.count(f"PATCH {MINE}") == 1


async def test_the_list_of_others_is_not_there(site: Site) -> None:
    site.gateway.on(f"GET {API}/other", problem(404, "watchlist-not-found"))
    page = await site.get("/merkliste?liste=other")
    assert page.status_code == 404
    assert "Diese Merkliste gibt es nicht" in page.text


async def test_how_often_to_hear_of_it_is_chosen(site: Site) -> None:
    site.gateway.on("PUT /api/notify/preferences", {"email": True, "watching": "daily"})
    assert (await site.post("/merkliste/nachrichten", {"watching": "hourly"})).status_code == 400
    saved = await site.post("/merkliste/nachrichten", {"watching": "daily"})
    assert saved.headers["location"] == "/merkliste"
    assert site.gateway.body("PUT /api/notify/preferences") == {"watching": "daily"}
