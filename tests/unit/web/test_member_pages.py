"""What registered users have: organisation, inbox, settings, rating."""

from typing import Any

import httpx
import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
RATE = f"PUT /api/catalog/solutions/{answers.SOLUTION}/ratings/mine"
OWN_USE = f"GET /api/catalog/solutions/{answers.SOLUTION}/deployments/{answers.TOWN}"
RATINGS = f"GET /api/catalog/solutions/{answers.SOLUTION}/ratings"


async def upload(site: Site, path: str, form: dict[str, str]) -> httpx.Response:
    data = {**form, "csrf": await site.csrf(), "key": "k"}
    files = {"datei": ("vollmacht.pdf", b"%PDF-1.7 ...", "application/pdf")}
    return await site.http.post(path, data=data, files=files)


async def test_an_onboarding_request_is_sent(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    site.gateway.on("POST /api/catalog/organisations", answers.organisation("requested"), status=201)
    said = {"website_url": "https://www.example.org/", "mandate": "Leitung des Hauptamts"}
    form = {
        "name": "Stadt A",
        "kinds": ["municipality"],
        "ars": "12 0 65",
        "bundesland": "DE-BB",
        "size_class": "",
        **said,
    }
    answer = await site.post("/organisation", form)
    assert answer.status_code == 303
    assert site.gateway.body("POST /api/catalog/organisations") == {
        "name": "Stadt A",
        "kinds": ["municipality"],
        "bundesland": "DE-BB",
        "ars": "12065",
        **said,
    }


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"proof_days": 30, "proof_max_bytes": 5_242_880}, "30 Tage nach der Entscheidung wird er gelöscht."),
        ({"proof_days": 1, "proof_max_bytes": 5_242_880}, "1 Tag nach der Entscheidung wird er gelöscht."),
        ({"proof_days": 0, "proof_max_bytes": 5_242_880}, "Mit der Entscheidung wird er gelöscht."),
        (None, "Nach der Entscheidung wird er gelöscht."),
    ],
)
async def test_what_becomes_of_the_proof_is_what_the_catalog_says(
    site: Site, terms: dict[str, Any] | None, said: str
) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    site.gateway.on("GET /api/catalog/onboarding", terms or {}, 200 if terms else 503)
    text = text_of((await site.get("/organisation")).text)
    assert said in text
    assert ("Höchstens 5 MB." in text) is bool(terms)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\x07"])
async def test_a_name_with_signs_that_turn_or_hide_is_refused(site: Site, mark: str) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    answer = await site.post("/organisation", {"name": f"Stadt{mark}A", "kinds": ["provider"]})
    assert answer.status_code == 422
    assert "unsichtbare Zeichen" in answer.text
    assert site.gateway.count("POST /api/catalog/organisations") == 0


async def test_the_regional_key_is_optional_for_providers_only(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    fresh = text_of((await site.get("/organisation")).text)
    assert "Amtlicher Regionalschlüssel (ARS) (für Kommunen erforderlich)" in fresh
    answer = await site.post("/organisation", {"name": "Stadt A", "kinds": ["municipality"]})
    assert "(für Kommunen erforderlich)" not in answer.text
    assert 'name="ars" type="text" value="" maxlength="20" aria-required="true"' in answer.text


async def test_a_municipality_states_its_key_and_a_proof(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    bare = await site.post(
        "/organisation", {"name": "Stadt A", "kinds": ["municipality"], "website_url": "www.example.org"}
    )
    assert bare.status_code == 422
    for expected in (
        "geben ihren Amtlichen Regionalschlüssel an",
        "für die Kommune handeln dürfen",
        "vollständige Adresse",
    ):
        assert expected in bare.text
    form = {"name": "Stadt A", "kinds": ["municipality"], "ars": "12065", "mandate": "Ich"}
    assert "Bitte nennen Sie die amtliche Internetseite." in (await site.post("/organisation", form)).text
    site.gateway.on("POST /api/catalog/organisations", problem(422, "ars-elsewhere"))
    refused = await site.post(
        "/organisation", {**form, "website_url": "https://www.example.org/", "bundesland": "DE-BY"}
    )
    assert refused.status_code == 422
    assert 'id="fehler-ars"' in refused.text


async def test_the_proof_goes_to_the_catalog_as_a_file_and_a_refused_one_is_asked_for_again(site: Site) -> None:
    await site.log_in()
    made = answers.organisation("requested", id="town", kinds=["municipality"], ars="120650000000")
    site.gateway.on("POST /api/catalog/organisations", made, status=201)
    site.gateway.on("GET /api/catalog/organisations/town", made)
    proof = "POST /api/catalog/organisations/town/proof"
    site.gateway.on(proof, made, status=201)
    form = {"name": "Stadt A", "kinds": "municipality", "ars": "12065"}
    sent = await upload(site, "/organisation", form)
    assert (sent.status_code, sent.headers["location"]) == (303, "/organisation")
    assert b"%PDF-1.7" in site.gateway.last(proof).content

    site.gateway.on(proof, problem(422, "media-polyglot"))
    sent = await upload(site, "/organisation", {**form, "name": "Stadt B"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/organisation/town/nachweis")
    page = await upload(site, "/organisation/town/nachweis", {})
    assert page.status_code == 422
    assert 'id="fehler-datei"' in page.text


async def test_a_refused_request_is_revised(site: Site) -> None:
    await site.log_in()
    proof = {"statement": None, "file": {"kind": "document", "media_type": "application/pdf", "size": 2048}}
    held = answers.organisation(
        "refused", id="town", kinds=["municipality"], ars="120650000000", reason="<b>Siegel</b> fehlt", proof=proof
    )
    site.gateway.on("GET /api/catalog/organisations", {"items": [held]})
    site.gateway.on("GET /api/catalog/organisations/town", held)
    assert "/organisation/town/antrag" in (await site.get("/organisation")).text
    page = await site.get("/organisation/town/antrag")
    assert "&lt;b&gt;Siegel&lt;/b&gt; fehlt" in page.text
    assert 'value="120650000000"' in page.text
    again = "POST /api/catalog/organisations/town/resubmit"
    site.gateway.on(again, held)
    form = {"name": "Stadt A", "kinds": "municipality", "ars": "120650000000"}
    assert (await site.post("/organisation/town/antrag", form)).status_code == 303
    assert site.gateway.body(again) == {"name": "Stadt A", "kinds": ["municipality"], "ars": "120650000000"}


async def test_an_incomplete_request_is_said_so(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    answer = await site.post("/organisation", {"name": "", "ars": "abc", "note": "Bitte bald."})
    assert answer.status_code == 422
    for expected in ("den Namen Ihrer Organisation", "in welcher Rolle", "2 bis 12 Ziffern", "Bitte bald."):
        assert expected in answer.text


async def test_members_see_their_organisation_and_admins_its_members(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    members = [{"user": "ada", "role": "admin"}, {"user": "ben", "role": "editor"}]
    site.gateway.on("GET /api/catalog/organisations", {"items": [answers.organisation(members=members)]})
    text = text_of((await site.get("/organisation")).text)
    assert "Musterlösungen GmbH Freigeschaltet" in text
    assert "ben" in text
    assert "Person hinzufügen" in text
    route = f"POST /api/catalog/organisations/{answers.PROVIDER}/members"
    site.gateway.on(route, answers.organisation())
    await site.post(f"/organisation/{answers.PROVIDER}/mitglieder", {"user": "eve", "role": "editor", "email": ""})
    assert site.gateway.body(route) == {"user": "eve", "role": "editor"}
    gone = f"DELETE /api/catalog/organisations/{answers.PROVIDER}/members/ben"
    site.gateway.on(gone, answers.organisation())
    await site.post(f"/organisation/{answers.PROVIDER}/mitglieder/entfernen", {"user": "ben"})
    assert site.gateway.count(gone) == 1


async def test_the_team_sees_only_its_own_organisations_here(site: Site) -> None:
    await site.log_in("curator")
    site.gateway.on("GET /api/catalog/organisations", {"items": [answers.organisation(members=None)]})
    assert "Musterlösungen GmbH" not in (await site.get("/organisation")).text


async def test_the_team_sees_its_own_organisation_however_many_there_are(site: Site) -> None:
    await site.log_in("curator", memberships=[answers.membership()])
    site.gateway.on("GET /api/catalog/organisations", {"items": [], "next_cursor": "more"})
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", answers.organisation())
    assert "Musterlösungen GmbH Freigeschaltet" in text_of((await site.get("/organisation")).text)


async def test_the_badge_counts_unread_messages(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/notify/inbox", {"items": [], "unread": 120, "next_cursor": None})
    page = (await site.get("/ueber")).text
    assert ">99+</span>" in page
    assert 'aria-label="120 ungelesene Nachrichten"' in page


async def test_opening_a_message_marks_it_and_follows_its_link(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/notify/inbox", {"items": [answers.message()], "unread": 1, "next_cursor": "n"})
    site.gateway.on("POST /api/notify/inbox/message-1/read", {"unread": 0})
    page = await site.get("/posteingang")
    assert "Sie sind Mitglied der Organisation" in page.text
    assert f'Öffnen<span class="kern-sr-only">: {answers.message()["title"]}</span>' in page.text.replace("&#34;", '"')
    answer = await site.post("/posteingang/message-1/gelesen", {"link": "/meine-loesungen/0197-solution"})
    assert answer.headers["location"] == "/meine-loesungen/0197-solution"
    assert site.gateway.count("POST /api/notify/inbox/message-1/read") == 1
    elsewhere = await site.post("/posteingang/message-1/gelesen", {"link": "https://evil.example/"})
    assert elsewhere.headers["location"] == "/posteingang"


async def test_a_link_of_this_site_written_out_is_taken_as_one(site: Site) -> None:
    await site.log_in()
    message = answers.message(link="http://127.0.0.1:8080/loesungen/x", read=True)
    site.gateway.on("GET /api/notify/inbox", {"items": [message], "unread": 0})
    assert 'href="/loesungen/x"' in (await site.get("/posteingang")).text


async def test_all_messages_can_be_marked_read(site: Site) -> None:
    await site.log_in()
    site.gateway.on("POST /api/notify/inbox/read-all", {"unread": 0})
    assert (await site.post("/posteingang/gelesen")).headers["location"] == "/posteingang"


async def test_mails_can_be_turned_off(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/notify/preferences", {"email": True, "address": "ada@example.org"})
    site.gateway.on("PUT /api/notify/preferences", {"email": False, "address": "ada@example.org"})
    assert "ada@example.org" in (await site.get("/einstellungen")).text
    await site.post("/einstellungen", {"email": "nein"})
    assert site.gateway.body("PUT /api/notify/preferences") == {"email": False}


async def test_services_that_do_not_answer_leave_the_header_plain(site: Site) -> None:
    await site.log_in("reviewer")
    for route in ("GET /api/catalog/me", "GET /api/notify/inbox"):
        site.gateway.on(route, problem(503, "temporarily-unavailable"))
    page = await site.get("/ueber")
    assert page.status_code == 200
    assert 'href="/pruefung"' in page.text, "roles come with the log-in, too"


async def test_a_municipality_rates(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN_USE, answers.own_use())
    site.gateway.on(RATE, {})
    form = {"organisation_id": answers.TOWN, "overall": "4", "dimension-usability": "5", "dimension-support": ""}
    answer = await site.post("/loesungen/terminlotse/bewertung", {**form, "report": "Gut."})
    assert answer.headers["location"] == "/loesungen/terminlotse#bewertungen"
    assert site.gateway.body(RATE) == {
        "organisation_id": answers.TOWN,
        "overall": 4,
        "dimensions": {"usability": 5},
        "report": "Gut.",
    }


async def test_an_own_rating_is_there_to_be_revised(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN_USE, answers.own_use())
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()]})
    page = (await site.get("/loesungen/terminlotse")).text
    assert "Eigene Bewertung ändern" in page
    assert 'name="overall" value="4" checked' in page


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (None, "sobald die Redaktion Ihrer Kommune den Einsatz erklärt hat"),
        (answers.own_use(ended={"at": "2026-11-20T10:00:00Z", "month": None}), "den Einsatz erklärt hat"),
        (answers.own_use(outdated=True), "den Einsatz wieder bestätigt hat"),
    ],
)
async def test_nobody_rates_without_a_confirmed_use(site: Site, use: dict[str, object] | None, expected: str) -> None:
    await site.log_in(memberships=[TOWN])
    if use:
        site.gateway.on(OWN_USE, use)
    page = await site.get("/loesungen/terminlotse")
    assert expected in text_of(page.text)
    assert "Diese Lösung bewerten" not in page.text


async def test_a_rating_with_faults_is_shown_again(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(OWN_USE, answers.own_use())
    form = {"organisation_id": answers.TOWN, "overall": "", "report": "Mein Bericht."}
    answer = await site.post("/loesungen/terminlotse/bewertung", form)
    assert answer.status_code == 422
    assert "Gesamtbewertung von 1 bis 5" in answer.text
    assert "Mein Bericht." in answer.text
    assert site.gateway.count(RATE) == 0


@pytest.mark.parametrize(
    ("status", "slug", "expected"),
    [
        (403, "own-solution", "Die eigene Lösung kann niemand bewerten."),
        (409, "not-published", "Bewerten lassen sich nur veröffentlichte Lösungen."),
    ],
)
async def test_a_refused_rating_says_why(site: Site, status: int, slug: str, expected: str) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(RATE, problem(status, slug))
    answer = await site.post("/loesungen/terminlotse/bewertung", {"organisation_id": answers.TOWN, "overall": "3"})
    assert expected in text_of(answer.text)


async def test_providers_are_not_offered_to_rate_their_own_but_to_reply(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(answers.PROVIDER, "provider", "municipality")])
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()]})
    page = (await site.get("/loesungen/terminlotse")).text
    assert "Diese Lösung bewerten" not in page
    assert "Antwort veröffentlichen" in page
    route = f"POST /api/catalog/solutions/{answers.SOLUTION}/ratings/{answers.TOWN}/reply"
    site.gateway.on(route, {})
    path = f"/loesungen/terminlotse/bewertungen/{answers.TOWN}/antwort"
    assert (await site.post(path, {"text": "Danke!"})).status_code == 303
    assert site.gateway.body(route) == {"text": "Danke!"}
    assert (await site.post(path, {"text": ""})).status_code == 422


async def test_curators_hide_a_report_with_a_reason(site: Site) -> None:
    await site.log_in("curator")
    hidden = answers.rating(hidden={"reason": "Beleidigung", "at": "2026-11-20T10:00:00Z"})
    items = [answers.rating(organisation_id="other"), hidden]
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": items})
    page = await site.get("/loesungen/terminlotse")
    assert "Ausgeblendet: Beleidigung" in page.text
    assert page.text.count("Bericht ausblenden") == 1
    route = f"POST /api/catalog/solutions/{answers.SOLUTION}/ratings/other/hide"
    site.gateway.on(route, {})
    await site.post("/loesungen/terminlotse/bewertungen/other/ausblenden", {"reason": "Werbung"})
    assert site.gateway.body(route) == {"reason": "Werbung"}


async def test_not_knowing_who_somebody_belongs_to_is_not_taken_for_nobody(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on("GET /api/catalog/me", problem(503, "temporarily-unavailable"))
    answer = await site.get("/meine-loesungen")
    assert answer.status_code == 503
    assert "Sie gehören zu keinem Anbieter" not in answer.text


async def test_an_admin_edits_what_everybody_reads(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    held = answers.organisation(version=3, name="Alt & <b>", website_url="https://www.example.org/")
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", held)
    path = f"/organisation/{answers.PROVIDER}/bearbeiten"
    assert 'value="Alt &amp; &lt;b&gt;"' in (await site.get(path)).text
    edit = f"PUT /api/catalog/organisations/{answers.PROVIDER}"
    site.gateway.on(edit, problem(412, "stale-version"))
    form = {"name": "Ŝťăđť " * 20, "website_url": "https://www.example.org/", "version": "3"}
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", {**held, "name": "Neu", "version": 4})
    overtaken = await site.post(path, form)
    assert overtaken.status_code == 412
    assert site.gateway.last(edit).headers["if-match"] == '"3"'
    assert "Gespeichert ist jetzt Name der Organisation Neu" in text_of(overtaken.text)
    assert 'value="Ŝťăđť' in overtaken.text
    assert 'name="version" value="4"' in overtaken.text, "what was seen may be replaced"
    site.gateway.on(edit, held)
    assert (await site.post(path, form)).status_code == 303
    assert site.gateway.body(edit) == {
        "name": ("Ŝťăđť " * 20).strip(),
        "website_url": "https://www.example.org/",
        "description": None,
        "size_class": None,
    }
    too_long = await site.post(path, {**form, "name": "ǖ" * 300, "website_url": "javascript:x"})
    assert too_long.status_code == 422
    assert "Höchstens 200 Zeichen" in too_long.text


async def test_somebody_leaves_unless_nobody_else_is_admin(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    held = answers.organisation()
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", held)
    path = f"/organisation/{answers.PROVIDER}/verlassen"
    assert "Organisation verlassen" in (await site.get(path)).text
    leave = f"DELETE /api/catalog/organisations/{answers.PROVIDER}/members/ada"
    site.gateway.on(leave, problem(409, "last-admin"))
    stays = await site.post(path)
    assert stays.status_code == 422
    assert 'role="alert"' in stays.text
    site.gateway.on(leave, held)
    assert (await site.post(path)).headers["location"] == "/organisation"


async def test_who_cannot_be_added_is_told_at_the_field_with_what_was_typed(site: Site) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on("GET /api/catalog/organisations", {"items": [answers.organisation()], "next_cursor": None})
    path = f"/organisation/{answers.PROVIDER}/mitglieder"
    typed = {"organisation": answers.PROVIDER, "role": "editor", "email": "eve@example.org"}
    answer = await site.post(path, {"user": "", **typed})
    assert answer.status_code == 422
    field = f"user-{answers.PROVIDER}"
    assert f'href="#feld-{field}">Benutzerkennung: Bitte geben Sie' in answer.text
    assert f'aria-describedby="hinweis-{field} fehler-{field}" aria-invalid="true"' in answer.text
    assert 'value="eve@example.org"' in answer.text
    assert '<option value="editor" selected>' in answer.text
    assert answer.text.count("mp-error-summary") == 1, "not at the form to join as well"
    site.gateway.on(f"POST /api/catalog/organisations/{answers.PROVIDER}/members", problem(409, "too-many-members"))
    full = await site.post(path, {"user": "eve", **typed})
    assert full.status_code == 409
    assert 'value="eve"' in full.text


async def test_the_settings_page_stays_while_notifications_are_away(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/notify/preferences", problem(503, "service-unreachable"))
    answer = await site.get("/einstellungen")
    assert answer.status_code == 200
    assert "Die Einstellungen sind gerade nicht abrufbar" in answer.text
    assert 'name="email"' not in answer.text, "no form that would guess"
    assert 'href="/einstellungen/meine-daten"' in answer.text
