"""Searches that a user keeps: saving, changing, deleting, and what may go wrong with each."""

import pytest

from . import answers
from .conftest import Site, field_of, text_of
from .fakes import problem

SAVED = "/api/search/saved-searches"
ALL, NEW = f"GET {SAVED}", f"POST {SAVED}"
ONE, CHANGE, DELETE = (f"{method} {SAVED}/saved-1" for method in ("GET", "PATCH", "DELETE"))
TYPED = {"name": "Unterwegs", "frequency": "weekly", "version": "3"}


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in()
    site.gateway.on(ONE, answers.saved_search(), etag='"3"')


async def test_visitors_are_asked_to_log_in_and_come_back_to_the_form(site: Site) -> None:
    site.http.cookies.clear()
    answer = await site.get("/meine-suchen/neu?q=termin&kind=software")
    assert answer.status_code == 303
    assert "weiter=%2Fmeine-suchen%2Fneu%3Fq%3Dtermin%26kind%3Dsoftware" in answer.headers["location"]


async def test_the_list_shows_what_is_searched_and_leads_to_it(site: Site) -> None:
    waiting = answers.saved_search(pending=2, due_at="2026-11-21T06:00:00Z")
    site.gateway.on(ALL, {"items": [waiting], "limit": 50})
    page = await site.get("/meine-suchen")
    text = text_of(page.text)
    assert "„mitfahrbank“ · Filter: Brandenburg" in text
    assert "Benachrichtigung: Einmal am Tag" in text
    assert "2 Neuigkeiten warten, Nachricht am 21. November 2026, 07:00 Uhr" in text
    assert 'href="/suche?q=mitfahrbank&amp;bundesland=DE-BB&amp;as_words=price_model%3Afree"' in page.text


async def test_an_empty_list_says_how_to_begin(site: Site) -> None:
    site.gateway.on(ALL, {"items": [], "limit": 50})
    assert "Noch keine gespeicherte Suche" in (await site.get("/meine-suchen")).text


async def test_a_search_is_saved_with_words_filters_and_a_name(site: Site) -> None:
    site.gateway.on(NEW, answers.saved_search(), status=201)
    page = await site.get("/meine-suchen/neu?q=termin&kind=software&as_words=bundesland:DE-BY&sort=newest")
    assert field_of(page.text, "kind") == "software"
    assert 'value="termin, Digitale Lösung"' in page.text
    form = {
        "name": "Termine",
        "frequency": "at_once",
        "q": "termin",
        "kind": "software",
        "as_words": "bundesland:DE-BY",
    }
    answer = await site.post("/meine-suchen/neu", form)
    assert answer.headers["location"] == "/meine-suchen"
    assert site.gateway.body(NEW) == {
        "name": "Termine",
        "query": {"q": "termin", "filters": {"kind": ["software"]}, "as_words": ["bundesland:DE-BY"]},
        "frequency": "at_once",
    }
    assert site.gateway.last(NEW).headers["idempotency-key"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": " "}, "Bitte geben Sie der Suche einen Namen."),
        ({"name": "x" * 121}, "Höchstens 120 Zeichen."),
        ({"frequency": "hourly"}, "Bitte wählen Sie, wie oft Sie benachrichtigt werden."),
    ],
)
async def test_what_is_wrong_is_said_and_the_search_is_kept(site: Site, change: dict[str, str], expected: str) -> None:
    answer = await site.post("/meine-suchen/neu", {"name": "A", "frequency": "daily", "q": "termin", **change})
    assert answer.status_code == 422
    assert expected in answer.text
    assert '<input type="hidden" name="q" value="termin">' in answer.text
    assert site.gateway.count(NEW) == 0


async def test_one_too_many_is_told_on_the_form(site: Site) -> None:
    site.gateway.on(NEW, problem(409, "saved-search-limit"))
    answer = await site.post("/meine-suchen/neu", {"name": "Termine", "frequency": "daily", "q": "termin"})
    assert "Das hat noch nicht geklappt" in answer.text
    assert 'value="Termine"' in answer.text


async def test_name_and_frequency_are_changed_as_they_were_read(site: Site) -> None:
    page = await site.get("/meine-suchen/saved-1")
    assert field_of(page.text, "version") == "3"
    assert 'value="daily" checked' in page.text
    site.gateway.on(CHANGE, answers.saved_search(version=4))
    answer = await site.post("/meine-suchen/saved-1", TYPED)
    assert answer.headers["location"] == "/meine-suchen"
    assert site.gateway.body(CHANGE) == {"name": "Unterwegs", "frequency": "weekly"}
    assert site.gateway.last(CHANGE).headers["if-match"] == '"3"'


async def test_a_change_meanwhile_is_shown_beside_what_was_typed(site: Site) -> None:
    site.gateway.on(CHANGE, problem(412, "stale-version"))
    site.gateway.on(ONE, answers.saved_search(name="Umbenannt", frequency="never", version=4))
    answer = await site.post("/meine-suchen/saved-1", TYPED)
    assert answer.status_code == 412
    assert "„Umbenannt“, Benachrichtigung: Nie." in answer.text
    assert 'value="Unterwegs"' in answer.text
    assert 'value="weekly" checked' in answer.text
    assert field_of(answer.text, "version") == "4", "saving once more is meant"


async def test_deleting_asks_first(site: Site) -> None:
    site.gateway.on(DELETE, None, status=204)
    page = await site.get("/meine-suchen/saved-1/loeschen")
    assert "„Mitfahren“ löschen?" in page.text
    assert site.gateway.count(DELETE) == 0
    answer = await site.post("/meine-suchen/saved-1/loeschen", {"version": field_of(page.text, "version")})
    assert answer.headers["location"] == "/meine-suchen"
    assert site.gateway.last(DELETE).headers["if-match"] == '"3"'


async def test_deleting_what_was_changed_asks_again(site: Site) -> None:
    site.gateway.on(DELETE, problem(412, "stale-version"))
    answer = await site.post("/meine-suchen/saved-1/loeschen", {"version": "2"})
    assert answer.status_code == 412
    assert "Möchten Sie sie trotzdem löschen?" in answer.text
    assert field_of(answer.text, "version") == "3"


async def test_somebody_elses_search_is_not_there(site: Site) -> None:
    site.gateway.on(ONE, problem(404, "saved-search-not-found"))
    assert (await site.get("/meine-suchen/saved-1")).status_code == 404
