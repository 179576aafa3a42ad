"""Who uses a solution: the section of its page, the municipality's own page, the provider's, peers and reports."""

import httpx
import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

BASE = f"/api/catalog/solutions/{answers.SOLUTION}"
USED, RATINGS = f"GET {BASE}/deployments", f"GET {BASE}/ratings"
DECLARE = f"PUT {BASE}/deployments/mine"
OWN = f"GET {BASE}/deployments/{answers.TOWN}"
OWN_USES = f"GET /api/catalog/organisations/{answers.TOWN}/deployments"
THREAD = "/api/catalog/peer-threads/thread-1"
TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
PAGE = "/loesungen/terminlotse"
FORM = {
    "organisation_id": answers.TOWN,
    "since": "2024-05",
    "version": "3.1",
    "module": "",
    "visibility": "public",
    "contact": "ja",
    "contacts_per_month": "4",
    "revision": "0",
}


async def test_everybody_sees_public_uses_by_name_and_the_rest_counted(site: Site) -> None:
    claims = [answers.claim(name="Stadt Genannt", organisation_id=None)]
    outdated = answers.use(organisation_name="Gemeinde Alt", outdated=True)
    used = answers.used(
        confirmed=2,
        outdated=1,
        claimed=2,
        unnamed=1,
        sizes={"20k_to_100k": 2},
        items=[answers.use(), outdated],
        claims=claims,
    )
    site.gateway.on(USED, used)
    text = text_of((await site.get(PAGE)).text)
    for expected in (
        "2 Kommunen bestätigen den Einsatz.",
        "1 Bestätigung ist älter als zwölf Monate.",
        "2 weitere nennt der Anbieter, ohne Bestätigung.",
        "Stadt Beispielstadt bestätigt",
        "Version 3.1 · Buchung",
        "Gemeinde Alt veraltet",
        "1 Kommune wird hier nicht mit Namen gezeigt. Manche sehen nur Angemeldete.",
        "Vom Anbieter genannt, nicht bestätigt Stadt Genannt",
        "20.000 bis 100.000: 2",
        "Wie wird das geprüft?",
    ):
        assert expected in text, expected
    assert "Nach Erfahrungen fragen" not in text


async def test_a_long_list_of_uses_goes_on(site: Site) -> None:
    site.gateway.on(USED, answers.used(confirmed=200, items=[answers.use()], next_cursor="n/2"))
    assert f'href="{PAGE}?nutzer=n%2F2#einsatz"' in (await site.get(PAGE)).text.replace("n/2", "n%2F2")
    later = (await site.get(f"{PAGE}?nutzer=n/2")).text
    assert site.gateway.last(USED).url.params["cursor"] == "n/2"
    assert f'href="{PAGE}#einsatz"' in later


async def test_an_address_of_no_page_of_a_list_shows_the_first(site: Site) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("cursor"):
            return problem(400, "bad-cursor")
        return httpx.Response(200, json=answers.used(confirmed=1, items=[answers.use()]))

    site.gateway.on(USED, answer)
    text = text_of((await site.get(f"{PAGE}?nutzer=kaputt")).text)
    assert "1 Kommune bestätigt den Einsatz." in text
    assert "gerade nicht abrufbar" not in text


async def test_a_service_that_is_down_takes_only_its_section(site: Site) -> None:
    site.gateway.on(USED, problem(503, "temporarily-unavailable"))
    page = await site.get(PAGE)
    assert page.status_code == 200
    assert "Der Einsatz ist gerade nicht abrufbar" in page.text


async def test_below_three_ratings_there_is_a_count_and_no_score(site: Site) -> None:
    summary = {"count": 2, "average": None, "dimensions": {}, "distribution": {}}
    site.gateway.on(RATINGS, {"summary": summary, "items": []})
    text = text_of((await site.get(PAGE)).text)
    assert "Bisher liegen 2 Bewertungen vor. Eine Note wird ab 3 Bewertungen gezeigt." in text
    assert "2 Bewertungen. Eine Note wird ab 3 Bewertungen gezeigt. Mehr dazu" in text
    assert "Wie kommen Bewertungen zustande?" in text


async def test_reports_tell_on_what_use_they_stand_and_can_be_narrowed(site: Site) -> None:
    like = {"size_class": "20k_to_100k", "bundesland": None, "summary": answers.summary()}
    rating = answers.rating(deployment="ended", bundesland="DE-HE", used_version="3.1")
    site.gateway.on(RATINGS, {"summary": answers.summary(), "like": like, "items": [rating]})
    await site.log_in(memberships=[TOWN])
    text = text_of((await site.get(f"{PAGE}?wie={answers.TOWN}&land=ja")).text)
    asked = site.gateway.last(RATINGS).url.params
    assert (asked["like"], asked["same_bundesland"]) == (answers.TOWN, "true")
    assert "Kommunen mit Einwohnerzahl 20.000 bis 100.000" in text
    assert "Einsatz beendet" in text
    assert "Version 3.1" in text
    await site.get(f"{PAGE}?wie=foreign")
    assert "like" not in site.gateway.last(RATINGS).url.params


async def test_more_reports_come_page_by_page(site: Site) -> None:
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()], "next_cursor": "c/2"})
    await site.log_in(memberships=[TOWN])
    page = await site.get(f"{PAGE}?wie={answers.TOWN}")
    following = f"{PAGE}?wie={answers.TOWN}&amp;berichte=c/2#bewertungen"
    assert f'href="{following}"' in page.text
    await site.get(f"{PAGE}?berichte=c/2")
    asked = site.gateway.last(RATINGS).url.params
    assert (asked["cursor"], asked["limit"]) == ("c/2", "20")


async def test_a_reply_says_when_and_about_what_and_can_be_changed_by_the_provider(site: Site) -> None:
    reply = {"text": "Danke.", "revision": 1, "at": "2026-11-21T10:00:00Z"}
    rating = answers.rating(revision=2, reply=reply)
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [rating]})
    await site.log_in(memberships=[TOWN])
    read = await site.get(PAGE)
    assert "21. November 2026 · zu einer früheren Fassung der Bewertung" in text_of(read.text)
    assert "Antwort ändern" not in read.text
    await site.log_in(memberships=[answers.membership(answers.PROVIDER, "provider")])
    page = await site.get(PAGE)
    assert "Antwort ändern" in page.text
    assert ">\nDanke.</textarea>" in page.text


async def test_a_town_of_unknown_size_still_sees_all_ratings(site: Site) -> None:
    def ratings(request: httpx.Request) -> httpx.Response:
        if "like" in request.url.params:
            return problem(409, "size-unknown")
        return httpx.Response(200, json={"summary": answers.summary(), "items": [answers.rating()]})

    site.gateway.on(RATINGS, ratings)
    await site.log_in(memberships=[TOWN])
    text = text_of((await site.get(f"{PAGE}?wie={answers.TOWN}")).text)
    assert "Ohne sie lassen sich keine ähnlichen Kommunen finden." in text
    assert "Läuft gut." in text


async def test_a_municipality_declares_its_use(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    claim = {"solution": answers.brief(), "claim": answers.claim()}
    site.gateway.on(OWN_USES, {"uses": [], "claims": [claim]})
    page = (await site.get(f"{PAGE}/einsatz")).text
    assert 'name="since" type="text" value="2023"' in page
    assert 'name="revision" value="0"' in page
    site.gateway.on(DECLARE, {})
    answer = await site.post(f"{PAGE}/einsatz", FORM)
    assert answer.headers["location"] == "/unser-einsatz"
    assert site.gateway.body(DECLARE) == {
        "organisation_id": answers.TOWN,
        "since": "2024-05",
        "version": "3.1",
        "visibility": "public",
        "contact": True,
        "contacts_per_month": 4,
    }
    assert site.gateway.last(DECLARE).headers["if-match"] == '"0"'


async def test_a_use_without_a_version_is_there_to_be_changed(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN, answers.own_use(version=None, since="2025-02"), etag='"3"')
    page = (await site.get(f"{PAGE}/einsatz")).text
    assert 'name="since" type="text" value="2025-02"' in page
    assert 'name="version" type="text" value=""' in page
    assert 'name="revision" value="3"' in page


async def test_a_use_that_cannot_be_read_is_not_taken_for_none(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN, problem(503, "temporarily-unavailable"))
    assert (await site.get(f"{PAGE}/einsatz")).status_code == 503


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"since": "2999-01"}, "ein Jahr oder Jahr und Monat"),
        ({"since": "gestern"}, "ein Jahr oder Jahr und Monat"),
        ({"version": "x" * 101}, "Höchstens 100 Zeichen."),
        ({"visibility": "secret"}, "wer den Einsatz sehen darf"),
        ({"visibility": "hidden"}, "nur, wenn Angemeldete Ihren Einsatz sehen dürfen"),
        ({"contacts_per_month": "viele"}, "eine Zahl von 1 bis 50"),
    ],
)
async def test_a_use_with_faults_is_shown_again(site: Site, changed: dict[str, str], expected: str) -> None:
    await site.log_in(memberships=[TOWN])
    answer = await site.post(f"{PAGE}/einsatz", {**FORM, **changed})
    assert answer.status_code == 422
    assert expected in answer.text
    assert site.gateway.count(DECLARE) == 0


async def test_a_use_that_a_colleague_changed_meanwhile_is_shown_with_what_was_typed(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN, answers.own_use(revision=7))
    site.gateway.on(DECLARE, problem(412, "stale-version"))
    answer = await site.post(f"{PAGE}/einsatz", {**FORM, "module": "Getippt", "revision": "3"})
    assert answer.status_code == 412
    assert 'value="Getippt"' in answer.text
    assert 'name="revision" value="7"' in answer.text


async def test_only_editors_of_a_municipality_declare(site: Site) -> None:
    member = answers.membership(answers.TOWN, "municipality", role="member")
    await site.log_in(memberships=[member, answers.membership()])
    assert (await site.get(f"{PAGE}/einsatz")).status_code == 403
    assert "Wir nutzen es" not in (await site.get(PAGE)).text


async def test_our_uses(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    uses = [
        {"solution": answers.brief(), "use": answers.own_use(outdated=True, contact=True)},
        {"solution": answers.brief(), "use": answers.own_use(ended={"at": "2026-11-20T10:00:00Z", "month": "2026-10"})},
    ]
    site.gateway.on(OWN_USES, {"uses": uses, "claims": [{"solution": answers.brief(), "claim": answers.claim()}]})
    text = text_of((await site.get("/unser-einsatz")).text)
    for expected in (
        "Anbieter geben an",
        "Wird weiter genutzt",
        "Beenden …",
        "Noch 4 von 5 neuen Fragen",
        "Beendet seit",
    ):
        assert expected in text, expected
    route = f"POST {BASE}/deployments/{answers.TOWN}/reconfirm"
    site.gateway.on(route, {})
    fields = {"organisation_id": answers.TOWN, "revision": "3"}
    answer = await site.post(f"/unser-einsatz/{answers.SOLUTION}/bestaetigen", fields)
    assert answer.headers["location"] == "/unser-einsatz"
    assert site.gateway.last(route).headers["if-match"] == '"3"'
    refusal = f"POST {BASE}/deployments/claims/claim-1/refuse"
    site.gateway.on(refusal, {})
    path = f"/unser-einsatz/{answers.SOLUTION}/angaben/claim-1/ablehnen"
    assert (await site.post(path, {**fields, "reason": ""})).status_code == 422
    assert (await site.post(path, {**fields, "reason": "Nie"})).status_code == 303
    assert site.gateway.body(refusal) == {"organisation_id": answers.TOWN, "reason": "Nie"}


async def test_a_use_is_ended_after_a_question(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN, answers.own_use())
    path = f"/unser-einsatz/{answers.SOLUTION}/beenden"
    assert "Einsatz beenden?" in (await site.get(f"{path}?organisation={answers.TOWN}")).text
    route = f"POST {BASE}/deployments/{answers.TOWN}/end"
    site.gateway.on(route, {})
    fields = {"organisation_id": answers.TOWN, "revision": "3"}
    assert (await site.post(path, {**fields, "month": "2999-01"})).status_code == 422
    assert (await site.post(path, {**fields, "month": "2026-10"})).status_code == 303
    assert site.gateway.body(route) == {"month": "2026-10"}


async def test_a_provider_names_users_and_reads_their_answers(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    claims = [answers.claim(), answers.claim(id="claim-2", state="refused", reason="Nie genutzt")]
    site.gateway.on(f"GET {BASE}/working", answers.own())
    site.gateway.on(f"GET {BASE}/deployments/claims", {"items": claims})
    path = f"/meine-loesungen/{answers.SOLUTION}/einsatz"
    text = text_of((await site.get(path)).text)
    assert "Wartet auf Antwort" in text
    assert "Nie genutzt" in text
    route = f"POST {BASE}/deployments/claims"
    site.gateway.on(route, answers.claim(), 201)
    assert (await site.post(path, {"name": ""})).status_code == 422
    assert (await site.post(path, {"name": "Stadt Neu", "since": "2024"})).status_code == 303
    assert site.gateway.body(route) == {"name": "Stadt Neu", "since": "2024"}
    site.gateway.on(route, problem(409, "claim-refused"))
    refused = await site.post(path, {"name": "Stadt Neu"})
    assert (refused.status_code, "gibt an, die Lösung nicht einzusetzen" in refused.text) == (409, True)
    withdrawal = f"DELETE {BASE}/deployments/claims/claim-1"
    site.gateway.on(withdrawal, {})
    assert (await site.post(f"{path}/claim-1/zuruecknehmen")).status_code == 303
    assert site.gateway.count(withdrawal) == 1


async def test_a_question_to_a_peer(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    peer = answers.use(organisation_id="county", organisation_name="Landkreis Musterland", contact=True)
    site.gateway.on(USED, answers.used(confirmed=1, items=[peer]))
    assert f'href="{PAGE}/fragen/county"' in (await site.get(PAGE)).text
    path = f"{PAGE}/fragen/county"
    assert "Landkreis Musterland fragen" in (await site.get(path)).text
    route = "POST /api/catalog/peer-threads"
    site.gateway.on(route, answers.conversation(), 201)
    assert (await site.post(path, {"text": " "})).status_code == 422
    answer = await site.post(path, {"text": "Wie läuft es?", "organisation_id": answers.TOWN})
    assert answer.headers["location"] == "/austausch/thread-1"
    assert site.gateway.body(route) == {
        "solution_id": answers.SOLUTION,
        "to": "county",
        "organisation_id": answers.TOWN,
        "text": "Wie läuft es?",
    }
    site.gateway.on(route, problem(429, "contact-limit", retry_after=60))
    refused = await site.post(path, {"text": "Und jetzt?"})
    assert (refused.status_code, "Und jetzt?" in refused.text) == (429, True)
    assert "begrenzte Zahl neuer Fragen" in refused.text


async def test_a_conversation_is_read_answered_closed_blocked_reported_and_erased(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on("GET /api/catalog/peer-threads", {"items": [answers.thread()]})
    listed = text_of((await site.get("/austausch")).text)
    assert "Landkreis Musterland zu „Terminlotse“" in listed
    assert "wartet auf Ihre Antwort" in listed
    site.gateway.on(f"GET {THREAD}", answers.conversation())
    text = text_of((await site.get("/austausch/thread-1")).text)
    assert "(Ihre Kommune)" in text
    assert "19. Mai 2027" in text
    routes = {
        "antwort": (f"POST {THREAD}/messages", {"text": "Danke"}, {"text": "Danke"}),
        "nachrichten/message-1/melden": (
            f"POST {THREAD}/messages/message-1/report",
            {"reason": "advertising", "note": "Wirbt"},
            {"reason": "advertising", "note": "Wirbt"},
        ),
    }
    for path, (route, form, body) in routes.items():
        site.gateway.on(route, {})
        assert (await site.post(f"/austausch/thread-1/{path}", form)).status_code == 303, path
        assert site.gateway.body(route) == body
    actions = {
        "beenden": f"POST {THREAD}/close",
        "sperren": f"PUT {THREAD}/block",
        "loeschen": f"DELETE {THREAD}/messages/mine",
    }
    for action, route in actions.items():
        site.gateway.on(route, {})
        await site.post("/austausch/thread-1/aktion", {"aktion": action})
    assert site.gateway.body(actions["sperren"]) == {"blocked": True}
    assert site.gateway.count(actions["beenden"]) == 1
    assert site.gateway.count(actions["loeschen"]) == 0, "not without a confirmation"
    await site.post("/austausch/thread-1/aktion", {"aktion": "loeschen", "bestaetigt": "ja"})
    assert site.gateway.count(actions["loeschen"]) == 1
    bad = await site.post("/austausch/thread-1/nachrichten/message-1/melden", {"reason": "x"})
    assert (bad.status_code, "Grund für die Meldung" in bad.text) == (422, True)


async def test_a_reader_reports_a_rating(site: Site) -> None:
    await site.log_in()
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()]})
    route = f"POST {BASE}/ratings/{answers.TOWN}/report"
    site.gateway.on(route, {})
    path = f"{PAGE}/bewertungen/{answers.TOWN}/melden"
    assert (await site.post(path, {"reason": "personal_data", "note": "Ein Name"})).status_code == 303
    assert site.gateway.body(route) == {"reason": "personal_data", "note": "Ein Name"}
    assert (await site.post(path, {"reason": "weil"})).status_code == 422


async def test_the_team_decides_on_reports_with_a_reason(site: Site) -> None:
    await site.log_in("curator")
    report = {"reason": "advertising", "note": "Reine Werbung", "at": "2026-11-20T10:00:00Z"}
    step = {"action": "dismissed", "reason": "War gut", "by": "kurt", "at": "2026-11-20T10:00:00Z", "reports": 1}
    moderated = {"solution": answers.brief(), "rating": answers.rating(), "reports": [report], "history": [step]}
    site.gateway.on("GET /api/catalog/moderation/ratings", {"items": [moderated], "next_cursor": None})
    site.gateway.on("GET /api/catalog/moderation/peer-threads", {"items": [answers.thread(None)]})
    talk = answers.conversation(None, complaints=[{**report, "message_id": "message-1"}])
    site.gateway.on(f"GET {THREAD}", talk)
    text = text_of((await site.get("/pruefung/meldungen")).text)
    for expected in ("Reine Werbung", "War gut", "Belassen", "Stadt Beispielstadt und Landkreis Musterland"):
        assert expected in text, expected
    path = f"/pruefung/meldungen/bewertungen/{answers.SOLUTION}/{answers.TOWN}"
    for action in ("hide", "dismiss", "restore"):
        route = f"POST {BASE}/ratings/{answers.TOWN}/{action}"
        site.gateway.on(route, {})
        assert (await site.post(path, {"aktion": action, "reason": "Darum"})).status_code == 303
        assert site.gateway.body(route) == {"reason": "Darum"}
    missing = await site.post(path, {"aktion": "hide", "reason": ""})
    assert (missing.status_code, "Bitte begründen Sie das." in missing.text) == (422, True)
    ruling = "POST /api/catalog/moderation/peer-threads/thread-1/ruling"
    site.gateway.on(ruling, {})
    assert (
        await site.post("/pruefung/meldungen/austausch/thread-1", {"aktion": "stop", "reason": "Werbung"})
    ).status_code == 303
    assert site.gateway.body(ruling) == {"stop": True, "reason": "Werbung"}
    site.gateway.on(ruling, problem(409, "nothing-reported"))
    late = await site.post("/pruefung/meldungen/austausch/thread-1", {"aktion": "leave", "reason": "Gut"})
    assert (late.status_code, "schon erledigt" in late.text) == (409, True)


async def test_others_see_no_reports(site: Site) -> None:
    await site.log_in("reviewer")
    assert (await site.get("/pruefung/meldungen")).status_code == 403
