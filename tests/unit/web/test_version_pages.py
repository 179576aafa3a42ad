"""History, comparison, going back, small corrections, the audit trail, autosave and conflicts."""

from typing import Any

import httpx
import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

API = f"/api/catalog/solutions/{answers.SOLUTION}"
PATH = f"/meine-loesungen/{answers.SOLUTION}"
VERSION = {"round": 1, "listing": answers.listing(), "edited_by": "ada", "edited_at": "2026-03-02T09:00:00Z"}
CORRECTION = {
    "number": 1,
    "version": 1,
    "revision": 2,
    "state": "open",
    "changes": [{"question": "support_url", "before": "https://alt.example.org", "after": "https://neu.example.org"}],
    "at": "2026-03-02T09:00:00Z",
    "solution_id": answers.SOLUTION,
    "slug": "terminlotse",
    "solution_name": "Terminlotse",
    "organisation_name": "Musterlösungen GmbH",
}


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on(f"GET {API}/working", answers.own("published", live_version=1, version=7))
    versions = [{"number": 2, "state": "draft", **VERSION}, {"number": 1, "state": "published", **VERSION}]
    site.gateway.on(f"GET {API}/versions", {"items": versions})
    site.gateway.on(f"GET {API}/corrections", {"items": [CORRECTION]})


async def test_the_history_says_who_when_and_in_which_state(site: Site) -> None:
    text = text_of((await site.get(f"{PATH}/fassungen")).text)
    assert "Fassung 1, Runde 1 online" in text
    assert "zuletzt gespeichert 2. März 2026, 10:00" in text.replace("\xa0", " ")
    assert "https://neu.example.org" in text
    assert "Noch nicht angesehen" in text


async def test_a_comparison_marks_what_went_and_came(site: Site) -> None:
    pieces = [{"mark": "removed", "text": "<b>alt</b>"}, {"mark": "added", "text": "neu"}]
    differences = [{"question": "description", "title": "Beschreibung", "entries": False, "pieces": pieces}]
    site.gateway.on(f"GET {API}/versions/1/diff/2", {"former": 1, "later": 2, "differences": differences})
    html = (await site.get(f"{PATH}/fassungen/vergleich?von=1&bis=2")).text
    assert '<del><span class="kern-sr-only">entfernt: </span>&lt;b&gt;alt&lt;/b&gt;</del>' in html
    assert '<ins><span class="kern-sr-only">neu: </span>neu</ins>' in html


async def test_a_former_version_becomes_the_draft(site: Site) -> None:
    site.gateway.on(f"POST {API}/versions/1/restore", answers.own())
    answer = await site.post(f"{PATH}/fassungen/1/uebernehmen", {"version": "7"})
    assert answer.status_code == 303
    assert site.gateway.last(f"POST {API}/versions/1/restore").headers["if-match"] == '"7"'


async def test_only_what_was_corrected_is_sent(site: Site) -> None:
    listing = answers.listing(support_url="https://alt.example.org", website_url="https://web.example.org")
    site.gateway.on(f"GET {API}", answers.solution(listing=listing))
    assert "https://alt.example.org" in (await site.get(f"{PATH}/korrektur")).text
    site.gateway.on(f"POST {API}/corrections", answers.own(), 201)
    typed = {"support_url": "https://neu.example.org", "website_url": "https://web.example.org"}
    for question in ("documentation_url", "accessibility_statement_url"):
        typed[question] = listing.get(question) or ""
    answer = await site.post(f"{PATH}/korrektur", typed)
    assert answer.status_code == 303, answer.text
    assert site.gateway.body(f"POST {API}/corrections")["answers"]["support_url"] == "https://neu.example.org"
    assert "website_url" not in site.gateway.body(f"POST {API}/corrections")["answers"]
    field = {"field": "answers.support_url", "message": "must be a complete URL"}
    site.gateway.on(f"POST {API}/corrections", problem(422, "invalid-listing", errors=[field]))
    refused = await site.post(f"{PATH}/korrektur", {**typed, "support_url": "nirgends"})
    assert refused.status_code == 422
    assert 'value="nirgends"' in refused.text


async def test_the_trail_is_shown_and_handed_out(site: Site) -> None:
    entry = {
        "id": "e1",
        "at": "2026-03-02T09:00:00Z",
        "who": "member",
        "actor": "ada",
        "actor_name": "Ada Anbieterin",
        "action": "changed",
        "kind": "solution",
        "version": 2,
        "differences": [
            {"path": "versions.1.listing.name", "before": "<script>", "after": ["a"], "hidden": False},
            {"path": "members.ada.email", "before": None, "after": None, "hidden": True},
        ],
    }
    site.gateway.on(f"GET {API}/audit", {"items": [entry], "next_cursor": "mehr"})
    html = (await site.get(f"{PATH}/protokoll")).text
    assert "<del>&lt;script&gt;</del>" in html
    assert "geändert, Inhalt nicht sichtbar" in html
    assert "Ada Anbieterin" in html
    assert "cursor=mehr" in html
    site.gateway.on(f"GET {API}/audit/export", httpx.Response(200, content=b"at,actor\r\n"))
    exported = await site.get(f"{PATH}/protokoll.csv")
    assert exported.text == "at,actor\r\n"
    assert "attachment" in exported.headers["content-disposition"]


async def test_the_team_judges_corrections(site: Site) -> None:
    site.identity.claims["roles"] = ["reviewer"]
    await site.log_in("reviewer")
    site.gateway.on("GET /api/catalog/corrections", {"items": [CORRECTION], "total": 1})
    html = (await site.get("/pruefung/aenderungen")).text
    assert "https://alt.example.org" in html
    sent = {"solution_id": answers.SOLUTION, "number": "1", "revision": "2"}
    refused = await site.post("/pruefung/aenderungen", {**sent, "aktion": "zuruecknehmen"})
    assert refused.status_code == 422
    assert "Bitte nennen Sie dem Anbieter den Grund." in refused.text
    for verdict, more in (("accept", {}), ("revert", {"reason": "Fremde Seite"})):
        route = f"POST {API}/corrections/1/{verdict}"
        site.gateway.on(route, answers.own())
        action = {"aktion": "zuruecknehmen"} if more else {"aktion": "bestaetigen"}
        assert (await site.post("/pruefung/aenderungen", {**sent, **more, **action})).status_code == 303
        assert site.gateway.body(route) == {"revision": 2, **more}


def typed(**changes: Any) -> dict[str, Any]:
    return {"name": "Terminlotse", "kind": "software", "version": "3", **changes}


async def test_autosave_says_what_became_of_it(site: Site) -> None:
    draft = f"PUT {API}/draft"
    site.gateway.on(draft, answers.own("draft", version=4, updated_at="2026-03-02T09:00:00Z"))
    saved = await site.post(f"{PATH}/autospeichern", typed())
    assert saved.json()["version"] == 4
    assert saved.json()["text"].startswith("Gespeichert um 10:00")
    assert site.gateway.last(draft).headers["if-match"] == '"3"'
    site.gateway.on(draft, problem(412, "stale-version"))
    lost = await site.post(f"{PATH}/autospeichern", typed())
    assert lost.status_code == 412
    assert lost.json()["text"].startswith("Nicht gespeichert: ")
    assert (await site.post(f"{PATH}/autospeichern", typed(website_url="nirgends"))).status_code == 422


async def test_a_conflict_shows_both_texts_and_the_choice_is_kept(site: Site) -> None:
    stored = answers.own("draft", version=9)
    stored["working"]["listing"] = {**stored["working"]["listing"], "summary": "Von anderen", "name": "Anderer Name"}
    site.gateway.on(f"GET {API}/working", stored)
    site.gateway.on(f"PUT {API}/draft", problem(412, "stale-version"))
    shown = await site.post(PATH, typed(summary="Von mir", name="Mein Name"))
    assert shown.status_code == 412
    for text in ("Von anderen", "Von mir", "Anderer Name", "Mein Name"):
        assert text in shown.text
    assert 'name="gespeichert" value="summary"' in shown.text
    site.gateway.on(f"PUT {API}/draft", answers.own("draft", version=10))
    chosen = typed(summary="Von mir", name="Mein Name", version="9", gespeichert="summary")
    assert (await site.post(PATH, chosen)).status_code == 303
    kept = site.gateway.body(f"PUT {API}/draft")["listing"]
    assert (kept["summary"], kept["name"]) == ("Von anderen", "Mein Name")
