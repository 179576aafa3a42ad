"""Market surveys and comparisons, without script: the story of a municipality, and what the services refuse."""

import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from . import answers
from .conftest import BASE, Site, field_of, text_of
from .fakes import problem

API = "/api/catalog/dossiers"
ONE = f"{API}/survey-1"
PAGE = "/markterkundungen/survey-1"
TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
READER = {**TOWN, "role": "member"}
SHA = "ab" * 32


def survey(**given: Any) -> dict[str, Any]:
    item = {
        "solution_id": answers.SOLUTION,
        "slug": "terminlotse",
        "name": "Terminlotse",
        "organisation_name": "Musterlösungen GmbH",
        "included": True,
        "noted_version": 1,
        "version": 2,
        "online": True,
        "changed": True,
        "fulfilment": ["not_stated"],
        "musts": 1,
        "musts_met": 0,
        "ratings": {"count": 3, "average": 4.2},
        "uses": 2,
        "checkup": {
            "rubric_version": "2026.1",
            "as_of": "2026-03-02T09:00:00Z",
            "dimensions": [{"dimension": "community", "score": None}],
        },
    }
    requirement = {"question": "licence", "label": "Lizenz", "need": "must", "weight": 1, "wanted": "eine Angabe"}
    step = {"at": "2026-03-02T09:00:00Z", "user": "ada", "name": "Ada Muster", "step": "created", "about": ""}
    return {
        "id": "survey-1",
        "organisation_name": "Stadt Beispielstadt",
        "title": "Termine <b>",
        "need": "Bürger buchen Termine.",
        "state": "draft",
        "version": 3,
        "may_edit": True,
        "updated_at": "2026-03-02T09:00:00Z",
        "criteria": {"query": "termin", "filters": {"kind": ["software"]}, "requirements": [requirement]},
        "items": [item],
        "log": [step],
        "seals": [],
        **given,
    }


def frozen(**given: Any) -> dict[str, Any]:
    return survey(state="frozen", seals=[{"sha256": SHA, "at": "2026-03-03T09:00:00Z", "step": "frozen"}], **given)


async def test_a_search_becomes_a_survey(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(slug="terminlotse", name="Terminlotse")))
    results = await site.get("/suche?q=termin")
    assert 'href="/markterkundungen/neu?q=termin"' in results.text
    page = await site.get("/markterkundungen/neu?q=termin&kind=software")
    assert 'value="terminlotse" checked' in page.text
    empty = await site.post("/markterkundungen/neu?q=termin", {"title": "", "need": "", "loesung": "terminlotse"})
    assert empty.status_code == 422
    assert "Bitte beschreiben Sie, was gebraucht wird." in empty.text
    site.gateway.on(f"POST {API}", survey(), 201)
    form = {"title": "Termine", "need": "Bürger buchen.", "loesung": "terminlotse"}
    made = await site.post("/markterkundungen/neu?q=termin&kind=software", form)
    assert (made.status_code, made.headers["location"]) == (303, PAGE)
    sent = site.gateway.body(f"POST {API}")
    assert sent["criteria"] == {"query": "termin", "filters": {"kind": ["software"]}, "requirements": []}
    assert sent["solutions"] == ["terminlotse"]


async def test_a_draft_shows_what_changed_and_what_is_missing(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", survey())
    page = await site.get(PAGE)
    assert "Termine &lt;b&gt;" in page.text
    text = text_of(page.text)
    for expected in (
        "seit der Aufnahme geändert (war Fassung 1)",
        "1 einbezogen, 0 ausgeschlossen",
        "Keine Angabe : Lizenz – eine Angabe",
        "Muss erfüllt 0/1",
        "ist kein Vergabeverfahren und ersetzt keines",
        "nicht messbar",
        "Jetzt einfrieren",
    ):
        assert expected in text, expected
    assert field_of(page.text, "version") == "3"


@pytest.mark.parametrize(
    ("form", "route", "body"),
    [
        (
            {"aktion": "entscheiden", "solution_id": answers.SOLUTION, "included": "nein", "reason": "zu teuer"},
            f"PUT {ONE}/solutions/{answers.SOLUTION}/decision",
            {"included": False, "reason": "zu teuer"},
        ),
        (
            {"aktion": "aufnehmen", "solution": "https://markt.example.org/loesungen/raumplan/"},
            f"POST {ONE}/solutions",
            {"solutions": ["raumplan"]},
        ),
        (
            {
                "aktion": "antwort",
                "solution_id": answers.SOLUTION,
                "question": "Seit wann?",
                "answer": "2020",
                "answered_on": "2026-01-05",
                "source": "Brief",
            },
            f"PUT {ONE}/solutions/{answers.SOLUTION}/answers",
            {"answers": [{"question": "Seit wann?", "answer": "2020", "answered_on": "2026-01-05", "source": "Brief"}]},
        ),
        ({"aktion": "einfrieren"}, f"POST {ONE}/freeze", None),
        (
            {"aktion": "abschliessen", "outcome": "none_suitable", "note": ""},
            f"POST {ONE}/conclude",
            {"outcome": "none_suitable", "note": None},
        ),
    ],
)
async def test_each_button_does_its_work_on_the_version_that_was_seen(
    site: Site, form: dict[str, str], route: str, body: dict[str, Any] | None
) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", survey())
    site.gateway.on(route, survey())
    done = await site.post(PAGE, {**form, "version": "3"})
    place = f"#loesung-{answers.SOLUTION}" if "solution_id" in form else ""
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}{place}")
    request = site.gateway.last(route)
    assert request.headers["if-match"] == '"3"'
    assert (json.loads(request.content) if request.content else None) == body


async def test_a_further_answer_widens_a_requirement(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    requirement = {"question": "hosting_location", "need": "must", "weight": 1, "any_of": ["germany"]}
    site.gateway.on(f"GET {ONE}", survey(criteria={"requirements": [requirement]}))
    site.gateway.on(f"PUT {ONE}", survey())
    form = {
        "aktion": "anforderung",
        "wanted": "hosting_location=eu",
        "need_kind": "must",
        "weight": "1",
        "version": "3",
    }
    await site.post(PAGE, form)
    [sent] = site.gateway.body(f"PUT {ONE}")["criteria"]["requirements"]
    assert sent["any_of"] == ["germany", "eu"]
    await site.post(PAGE, {"aktion": "ohne_anforderung", "number": "0", "version": "3"})
    assert site.gateway.body(f"PUT {ONE}")["criteria"]["requirements"] == []


async def test_a_refusal_is_said_in_words_on_the_page(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", survey())
    site.gateway.on(f"PUT {ONE}/solutions/{answers.SOLUTION}/decision", problem(422, "reason-required"))
    form = {"aktion": "entscheiden", "solution_id": answers.SOLUTION, "included": "nein", "version": "3"}
    bare = await site.post(PAGE, form)
    assert bare.status_code == 422
    assert f'href="#feld-reason-{answers.SOLUTION}">Bitte begründen Sie den Ausschluss.' in bare.text
    assert site.gateway.count(f"PUT {ONE}/solutions/{answers.SOLUTION}/decision") == 0
    refused = await site.post(PAGE, {**form, "reason": "zu teuer"})
    assert refused.status_code == 422
    assert "Wer eine Lösung ausschließt, muss den Grund nennen" in refused.text
    assert f'id="wahl-nein-{answers.SOLUTION}" name="included" value="nein" checked' in refused.text
    assert ">\nzu teuer</textarea>" in refused.text
    site.gateway.on(f"POST {ONE}/solutions", problem(404, "solution-not-found"))
    unknown = await site.post(PAGE, {"aktion": "aufnehmen", "solution": "raumplan", "version": "3"})
    assert (unknown.status_code, 'name="solution" type="text" value="raumplan"' in unknown.text) == (404, True)
    assert (await site.post(PAGE, {"aktion": "unsinn", "version": "3"})).status_code == 400


async def test_who_was_overtaken_sees_both_texts(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", survey(need="Von anderen inzwischen gespeichert.", version=4))
    site.gateway.on(f"PUT {ONE}", problem(412, "stale-version"))
    sent = {"aktion": "bedarf", "title": "Termine", "need": "Was ich getippt habe.", "version": "3"}
    answer = await site.post(PAGE, sent)
    assert answer.status_code == 412
    assert "Gespeichert ist jetzt Titel Termine <b> Was wird gebraucht? Von anderen" in text_of(answer.text)
    assert ">\nWas ich getippt habe.</textarea>" in answer.text
    assert 'name="version" value="4"' in answer.text, "saving again replaces what was seen"
    assert "Gespeichert ist jetzt" not in (await site.get(PAGE)).text


async def test_an_answer_that_is_noted_needs_everything_and_keeps_what_was_typed(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", survey())
    form = {"aktion": "antwort", "solution_id": answers.SOLUTION, "question": "Seit wann?", "answered_on": "gestern"}
    refused = await site.post(PAGE, {**form, "version": "3"})
    assert refused.status_code == 422
    for name in ("source", "answered_on", "answer"):
        assert f'href="#feld-{name}-{answers.SOLUTION}"' in refused.text
    assert 'name="question" type="text" value="Seit wann?"' in refused.text
    assert "Bitte geben Sie ein Datum an" in refused.text


async def test_solutions_that_are_taken_over_are_called_by_their_names(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    page = await site.get("/markterkundungen/neu?loesung=terminlotse&loesung=weg")
    text = text_of(page.text)
    assert "Terminlotse · Musterlösungen GmbH" in text
    assert 'value="weg" checked' in page.text


async def test_an_outcome_is_chosen_and_what_is_open_is_said_before_freezing(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    inquiry = {"inquiry_id": "i", "solution_id": answers.SOLUTION, "state": "seen", "sent_at": "2026-03-02T09:00:00Z"}
    site.gateway.on(f"GET {ONE}", survey(inquiries=[inquiry]))
    assert "1 Anfrage ist noch nicht beantwortet. Was danach kommt, ist nicht Teil" in text_of(
        (await site.get(PAGE)).text
    )
    site.gateway.on(f"GET {ONE}", frozen())
    refused = await site.post(PAGE, {"aktion": "abschliessen", "outcome": "", "note": "knapp", "version": "3"})
    assert refused.status_code == 422
    assert 'href="#feld-outcome">Ergebnis: Bitte wählen Sie ein Ergebnis.' in refused.text
    assert ">\nknapp</textarea>" in refused.text


async def test_a_frozen_survey_offers_files_and_nothing_to_change(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", frozen())
    page = await site.get(PAGE)
    assert "Jetzt einfrieren" not in page.text
    assert f'href="{PAGE}/datei/pdf"' in page.text
    assert SHA in page.text
    headers = {"content-type": "application/pdf", "content-disposition": 'attachment; filename="x.pdf"'}
    site.gateway.on(f"GET {ONE}/files/pdf", httpx.Response(200, content=b"%PDF-", headers=headers))
    file = await site.get(f"{PAGE}/datei/pdf")
    assert (file.content, file.headers["content-disposition"]) == (b"%PDF-", 'attachment; filename="x.pdf"')
    assert (await site.get(f"{PAGE}/datei/exe")).status_code == 404


async def test_plain_members_read_and_others_do_not_begin(site: Site) -> None:
    await site.log_in(memberships=[READER])
    site.gateway.on(f"GET {ONE}", survey(may_edit=False))
    assert "Jetzt einfrieren" not in (await site.get(PAGE)).text
    site.gateway.on(f"GET {API}", {"items": [survey()], "next_cursor": None, "total": 1})
    overview = await site.get("/markterkundungen")
    assert "Termine &lt;b&gt;" in overview.text
    assert 'href="/markterkundungen/neu"' not in overview.text
    refused = await site.get("/markterkundungen/neu")
    assert refused.status_code == 403
    assert "Diese Seite ist für die Redaktion und Verwaltung einer freigeschalteten Kommune." in text_of(refused.text)
    assert "wer Ihre Kommune auf dem Marktplatz verwaltet" in text_of(refused.text)


async def test_a_hash_and_a_file_are_proved(site: Site) -> None:
    verdict = {
        "result": "genuine",
        "sha256": SHA,
        "dossier_id": "survey-1",
        "title": "Termine",
        "organisation_name": "Stadt Beispielstadt",
        "frozen_at": "2026-03-03T09:00:00Z",
    }
    site.gateway.on(f"GET {API}/verify/{SHA}", verdict)
    shown = await site.get(f"/dossier-pruefen?sha256={SHA.upper()}")
    assert "Echt und unverändert" in shown.text
    assert (await site.get("/dossier-pruefen?sha256=abc")).status_code == 422
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"POST {API}/verify", {**verdict, "result": "changed", "title": None})
    form = {"csrf": await site.csrf(), "key": "a-key"}
    files = {"datei": ("d.json", b'{"format": "x"}', "application/json")}
    changed = await site.http.post("/dossier-pruefen", data=form, files=files, headers={"origin": BASE})
    assert "Verändert" in changed.text
    assert site.gateway.last(f"POST {API}/verify").content == b'{"format": "x"}'
    site.gateway.on(f"POST {API}/verify", problem(422, "not-a-dossier"))
    refused = await site.http.post("/dossier-pruefen", data=form, files=files, headers={"origin": BASE})
    assert "Das ist kein Dossier" in refused.text or "Andere Dateien lassen sich nicht prüfen" in refused.text


async def test_solutions_are_compared_by_an_address(site: Site) -> None:
    columns = [
        {"id": "1", "slug": "eins", "name": "Eins <i>", "organisation_name": "A", "live_version": 1},
        {"id": "2", "slug": "zwei", "name": "Zwei", "organisation_name": "B", "live_version": 1, "uses": 7},
    ]
    columns[1]["checkup"] = {"rubric_version": "2026.3", "grade": "basic", "dimensions": []}
    rows = [
        {"question": "licence", "label": "Lizenz", "differs": True, "texts": [["MIT"], []]},
        {"question": "kind", "label": "Art", "differs": False, "texts": [["Software"], ["Software"]]},
    ]
    site.gateway.on("GET /api/catalog/comparison", {"profile": "2026.1", "solutions": columns, "rows": rows})
    page = await site.get("/vergleich?loesung=eins&loesung=zwei")
    assert "Eins &lt;i&gt;" in page.text
    text = text_of(page.text)
    assert "Lizenz verschieden MIT keine Angabe" in text
    assert "Art Software Software" in text
    assert "Bestätigte Einsätze 0 7" in text
    assert "Stufe im Checkup – Stufe Basis" in text
    asked = parse_qs(site.gateway.last("GET /api/catalog/comparison").url.query.decode())
    assert asked["solution"] == ["eins", "zwei"]
    assert 'href="/vergleich?loesung=zwei"' in page.text
    site.gateway.on("GET /api/search/solutions", problem(503, "search-unavailable"))
    without_search = await site.get("/vergleich?loesung=eins&loesung=zwei&q=bus")
    assert without_search.status_code == 200
    assert "Die Suche antwortet gerade nicht" in without_search.text
    assert "Lizenz verschieden MIT keine Angabe" in text_of(without_search.text), "the comparison is still there"


async def test_six_solutions_are_too_many(site: Site) -> None:
    page = await site.get("/vergleich?" + "&".join(f"loesung=s{number}" for number in range(6)))
    assert page.status_code == 422
    assert "Nebeneinander passen höchstens fünf Lösungen." in page.text
    rest = "&amp;".join(f"loesung=s{number}" for number in range(5))
    assert f'href="/vergleich?{rest}"' in page.text


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_not_online_any_more_is_left_out_of_a_comparison_and_named(site: Site, status: int) -> None:
    column = {"id": answers.SOLUTION, "slug": "terminlotse", "name": "Terminlotse", "organisation_name": "A"}

    def compare(request: httpx.Request) -> httpx.Response:
        if request.url.params.get_list("solution") == ["terminlotse"]:
            return httpx.Response(200, json={"profile": "2026.1", "solutions": [column], "rows": []})
        return problem(status, "solution-not-found")

    site.gateway.on("GET /api/catalog/comparison", compare)
    site.gateway.on("GET /api/catalog/solutions/weg", problem(status, "solution-not-found"))
    page = await site.get("/vergleich?loesung=terminlotse&loesung=weg")
    text = text_of(page.text)
    assert page.status_code == 200
    assert "weil sie nicht mehr veröffentlicht sind: weg" in text
    assert "Mehr als fünf" not in text
    assert 'href="/vergleich?loesung=terminlotse"' in page.text
    alone = await site.get("/vergleich?loesung=weg")
    assert (alone.status_code, "Vergleich leeren" in alone.text) == (status, True)


async def test_all_providers_are_asked_and_who_could_not_be_is_named(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    inquiry = {
        "inquiry_id": "inquiry-1",
        "solution_id": answers.SOLUTION,
        "state": "answered",
        "sent_at": "2026-03-02T09:00:00Z",
    }
    site.gateway.on(f"GET {ONE}", survey(inquiries=[inquiry]))
    assert 'href="/anfragen/inquiry-1"' in (await site.get(PAGE)).text
    empty = await site.post(f"{PAGE}/befragen", {"subject": "", "text": ""})
    assert (empty.status_code, "Bitte schreiben Sie eine Nachricht." in empty.text) == (422, True)
    route = f"POST {ONE}/inquiries"
    sent = {"solution_id": "a", "name": "A <b>", "inquiry_id": "i", "refused": None}
    site.gateway.on(route, {"items": [sent]}, 201)
    form = {"subject": "BITV", "questions": "Ja?\nSeit wann?", "text": "Wir erkunden."}
    assert (await site.post(f"{PAGE}/befragen", form)).headers["location"] == PAGE
    assert site.gateway.body(route) == {"subject": "BITV", "questions": ["Ja?", "Seit wann?"], "text": "Wir erkunden."}
    site.gateway.on(route, {"items": [{**sent, "inquiry_id": None, "refused": "too-many-inquiries"}]}, 201)
    partly = await site.post(f"{PAGE}/befragen", form)
    assert partly.status_code == 200
    assert "A &lt;b&gt;" in partly.text
    assert "Nicht alle Anbieter konnten befragt werden" in partly.text
    site.gateway.on(route, problem(409, "nobody-to-ask"))
    nobody = await site.post(f"{PAGE}/befragen", form)
    assert (nobody.status_code, "bezieht keine Lösung ein" in nobody.text) == (409, True)


async def test_late_answers_are_told_apart_and_never_noted_by_hand(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    said = {"question": "Ja?", "answer": "Ja", "answered_on": "2026-03-02", "source": "Anfrage", "message_id": "m"}
    later = [{"solution_id": answers.SOLUTION, "answers": [{**said, "answer": "Doch nicht", "message_id": "n"}]}]
    site.gateway.on(f"GET {ONE}", frozen(later_answers=later))
    text = text_of((await site.get(PAGE)).text)
    assert "Nach dem Einfrieren eingegangen (nicht Teil des Dossiers) Ja? Doch nicht" in text
    draft = survey()
    draft["items"][0]["answers"] = [said]
    site.gateway.on(f"GET {ONE}", draft)
    route = f"PUT {ONE}/solutions/{answers.SOLUTION}/answers"
    site.gateway.on(route, draft)
    noted = {"question": "Seit wann?", "answer": "2020", "answered_on": "2026-01-05", "source": "Brief"}
    await site.post(PAGE, {"aktion": "antwort", "solution_id": answers.SOLUTION, "version": "3", **noted})
    assert site.gateway.body(route) == {"answers": [noted]}
