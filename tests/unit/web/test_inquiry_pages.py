"""Inquiries to providers: the form, both sides, the team."""

from typing import Any

from . import answers
from .conftest import Site, text_of
from .fakes import problem
from .test_hostile_texts import BREAKOUT, SCRIPT, harmless

TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
API = "/api/catalog/inquiries"
ONE = f"{API}/inquiry-1"
FORM = {"subject": "Räume", "text": "Wir suchen etwas.", "questions": "Was kostet es?\n\nWie schnell?", "budget": ""}


def brief(side: str | None = "asking", **changes: Any) -> dict[str, Any]:
    return {
        "id": "inquiry-1",
        "solution_id": answers.SOLUTION,
        "slug": "terminlotse",
        "solution_name": "Terminlotse",
        "asking": {"organisation_id": answers.TOWN, "organisation_name": "Stadt Beispielstadt"},
        "provider": {"organisation_id": answers.PROVIDER, "organisation_name": "Musterlösungen GmbH"},
        "side": side,
        "state": "sent",
        "subject": "Räume",
        "messages": 1,
        "waiting_since": "2026-11-20T10:00:00Z",
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z",
        **changes,
    }


def thread(side: str | None = "asking", text: str = "Wir suchen etwas.", **changes: Any) -> dict[str, Any]:
    more = {key: changes.pop(key) for key in ("complaints", "rulings", "wish", "erased_from") if key in changes}
    wish = {
        "subject": "Räume",
        "size_class": "under_5k",
        "needed_by": "2027-05",
        "budget": "5.000 Euro",
        "questions": ["Was kostet es?"],
    }
    message = {
        "id": "m-1",
        "side": "asking",
        "organisation_name": "Stadt Beispielstadt",
        "text": text,
        "at": "2026-11-20T10:00:00Z",
    }
    return {"inquiry": brief(side, **changes), "wish": wish, "messages": [message], **more}


async def test_a_municipality_asks_from_the_page_of_a_solution(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    assert 'href="/loesungen/terminlotse/anfrage"' in (await site.get("/loesungen/terminlotse")).text
    assert "ersetzt keine Ausschreibung" in (await site.get("/loesungen/terminlotse/anfrage")).text
    site.gateway.on(f"POST {API}", thread(), status=201)
    form = {**FORM, "organisation_id": answers.TOWN, "needed_by": "2099-05", "size_class": "under_5k"}
    sent = await site.post("/loesungen/terminlotse/anfrage", form)
    assert sent.headers["location"] == "/anfragen/inquiry-1"
    assert site.gateway.body(f"POST {API}") == {
        "solution_id": answers.SOLUTION,
        "organisation_id": answers.TOWN,
        "subject": "Räume",
        "size_class": "under_5k",
        "needed_by": "2099-05",
        "questions": ["Was kostet es?", "Wie schnell?"],
        "text": "Wir suchen etwas.",
    }


async def test_what_is_wrong_is_said_and_what_was_typed_stays(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    form = {"subject": "", "text": "", "needed_by": "2020", "questions": "x\n" * 21, "budget": "b" * 201}
    page = await site.post("/loesungen/terminlotse/anfrage", form)
    assert page.status_code == 422
    for expected in ("in wenigen Worten, was Sie brauchen.", "ab heute an", "Höchstens 20 Fragen", "b" * 201):
        assert expected in page.text, expected
    assert (await site.post("/loesungen/terminlotse/anfrage", {**FORM, "needed_by": "bald"})).status_code == 422
    site.gateway.on(f"POST {API}", problem(429, "too-many-inquiries"))
    late = await site.post("/loesungen/terminlotse/anfrage", FORM)
    assert (late.status_code, "Versuchen Sie es morgen." in late.text) == (429, True)


async def test_others_are_told_who_may_ask(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    assert "/anfrage" not in (await site.get("/loesungen/terminlotse")).text.replace('"/anfragen"', "")
    assert "Mitglieder freigeschalteter Kommunen" in (await site.get("/loesungen/terminlotse/anfrage")).text


async def test_both_sides_have_a_list_with_filters(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {API}", {"items": [brief("answering"), brief(subject=None, state="closed")]})
    text = text_of((await site.get("/anfragen?seite=answering&stand=sent")).text)
    assert "wartet auf Ihre Antwort" in text
    assert "Gelöschte Anfrage" in text
    asked = site.gateway.last(f"GET {API}").url.params
    assert (asked["side"], asked["state"]) == ("answering", "sent")
    await site.get("/anfragen?seite=quer&stand=x")
    assert "side" not in site.gateway.last(f"GET {API}").url.params


async def test_a_providers_look_is_noted_and_its_editors_answer(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on(f"GET {ONE}", thread("answering"))
    site.gateway.on(f"POST {ONE}/seen", thread("answering", state="seen", seen_at="2026-11-21T10:00:00Z"))
    text = text_of((await site.get("/anfragen/inquiry-1")).text)
    for expected in ("Gesehen", "Mai 2027", "5.000 Euro", "Was kostet es?", "Nachricht senden", "Als CSV speichern"):
        assert expected in text, expected
    site.gateway.on(f"POST {ONE}/messages", {})
    assert (await site.post("/anfragen/inquiry-1/antwort", {"text": "Gern"})).status_code == 303
    assert site.gateway.body(f"POST {ONE}/messages") == {"text": "Gern"}
    assert (await site.post("/anfragen/inquiry-1/antwort", {"text": ""})).status_code == 422
    site.gateway.on(f"POST {ONE}/messages", problem(409, "inquiry-closed"))
    late = await site.post("/anfragen/inquiry-1/antwort", {"text": "Mein langer Text"})
    assert (late.status_code, "Mein langer Text" in late.text) == (409, True)


async def test_a_plain_member_of_the_provider_reads_only(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(role="member")])
    site.gateway.on(f"GET {ONE}", thread("answering", state="answered"))
    text = text_of((await site.get("/anfragen/inquiry-1")).text)
    assert "Antworten kann die Redaktion" in text
    assert "Anfrage schließen" not in text


async def test_the_asker_closes_erases_reports_and_exports(site: Site) -> None:
    town = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt", role="admin")
    await site.log_in(memberships=[town])
    site.gateway.on(f"GET {ONE}", thread())
    for route in (f"POST {ONE}/close", f"DELETE {ONE}/words", f"POST {ONE}/messages/m-2/report"):
        site.gateway.on(route, {})
    assert (await site.post("/anfragen/inquiry-1/aktion", {"aktion": "schliessen"})).status_code == 303
    assert (await site.post("/anfragen/inquiry-1/aktion", {"aktion": "loeschen"})).status_code == 422
    assert site.gateway.count(f"DELETE {ONE}/words") == 0, "not without a confirmation"
    assert (
        await site.post("/anfragen/inquiry-1/aktion", {"aktion": "loeschen", "bestaetigt": "ja"})
    ).status_code == 303
    assert site.gateway.count(f"DELETE {ONE}/words") == 1
    path = "/anfragen/inquiry-1/nachrichten/m-2/melden"
    assert (await site.post(path, {"reason": "insult"})).status_code == 303
    assert (await site.post(path, {"reason": "weil"})).status_code == 422
    site.gateway.on(f"GET {ONE}/export", {"inquiry": 1})
    file = await site.get("/anfragen/inquiry-1/export?als=json")
    assert file.headers["content-disposition"] == 'attachment; filename="anfrage.json"'
    assert file.json() == {"inquiry": 1}
    site.gateway.on(f"GET {ONE}/export", problem(404, "inquiry-not-found"))
    assert (await site.get("/anfragen/inquiry-1/export")).status_code == 404


async def test_the_team_decides_on_reported_inquiries(site: Site) -> None:
    await site.log_in("curator")
    complaint = {"message_id": "m-1", "reason": "advertising", "note": "Reine Werbung"}
    site.gateway.on("GET /api/catalog/moderation/inquiries", {"items": [brief(None)]})
    site.gateway.on(f"GET {ONE}", thread(None, complaints=[complaint]))
    assert "Reine Werbung" in (await site.get("/pruefung/anfragen")).text
    ruling = "POST /api/catalog/moderation/inquiries/inquiry-1/ruling"
    site.gateway.on(ruling, {})
    assert (await site.post("/pruefung/anfragen/inquiry-1", {"aktion": "stop", "reason": "Werbung"})).status_code == 303
    assert site.gateway.body(ruling) == {"stop": True, "reason": "Werbung"}
    assert (await site.post("/pruefung/anfragen/inquiry-1", {"aktion": "stop", "reason": ""})).status_code == 422
    site.gateway.on(ruling, problem(409, "nothing-reported"))
    assert (await site.post("/pruefung/anfragen/inquiry-1", {"aktion": "leave", "reason": "x"})).status_code == 409


async def test_hostile_inquiries_stay_text(site: Site) -> None:
    await site.log_in("curator", memberships=[TOWN])
    wish = {"subject": SCRIPT, "size_class": SCRIPT, "needed_by": BREAKOUT, "budget": SCRIPT, "questions": [BREAKOUT]}
    site.gateway.on(f"GET {ONE}", thread(text=SCRIPT, wish=wish, rulings=[{"stopped": True, "reason": BREAKOUT}]))
    site.gateway.on(f"GET {API}", {"items": [brief(subject=SCRIPT, solution_name=BREAKOUT, slug=BREAKOUT)]})
    site.gateway.on("GET /api/catalog/moderation/inquiries", {"items": [brief(None)]})
    for path in ("/anfragen", "/anfragen/inquiry-1", "/pruefung/anfragen"):
        assert harmless((await site.get(path)).text), path
