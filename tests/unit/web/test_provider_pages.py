"""A provider's solutions: drafts, faults, conflicts, submitting, findings, withdrawing."""

import json
from typing import Any

import httpx
import pytest

from . import answers
from .conftest import Site, field_of, text_of
from .fakes import problem

PROVIDER = [answers.membership()]
PATH = f"/meine-loesungen/{answers.SOLUTION}"
WORKING = f"GET /api/catalog/solutions/{answers.SOLUTION}/working"
DRAFT = f"PUT /api/catalog/solutions/{answers.SOLUTION}/draft"
SUBMIT = f"POST /api/catalog/solutions/{answers.SOLUTION}/submit"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": answers.PROVIDER,
        "name": "Terminlotse",
        "summary": "Termine online.",
        "description": "Mehr dazu.\r\n\r\nUnd noch mehr.",
        "features": "Kalender\r\n\r\n  Erinnerung  ",
        "kind": "software",
        "offer_form": "app",
        "fields_of_action": ["health", "tourism"],
        "languages": "de",
        "data_processing_agreement": "nein",
        "price_model": "",
        "website_url": "https://example.org",
        **changes,
    }


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in(memberships=PROVIDER)


async def test_the_list_shows_states_and_what_is_online(site: Site) -> None:
    published = answers.own("published", live_version=1, working={"number": 2, "state": "changes_requested"})
    site.gateway.on("GET /api/catalog/solutions", {"items": [published], "next_cursor": None, "total": 1})
    text = text_of((await site.get("/meine-loesungen")).text)
    assert "Änderungen erbeten" in text
    assert "Fassung 1 ist online" in text
    assert site.gateway.last("GET /api/catalog/solutions").url.params["organisation_id"] == answers.PROVIDER


async def test_a_long_list_goes_on(site: Site) -> None:
    site.gateway.on("GET /api/catalog/solutions", {"items": [answers.own()], "next_cursor": "c/2"})
    following = f"/meine-loesungen?anbieter={answers.PROVIDER}&cursor=c/2"
    assert f'href="{following.replace("&", "&amp;")}"' in (await site.get("/meine-loesungen")).text
    assert "Zum Anfang" in (await site.get(following)).text
    assert site.gateway.last("GET /api/catalog/solutions").url.params["cursor"] == "c/2"


async def test_an_empty_list_helps_on(site: Site) -> None:
    site.gateway.on("GET /api/catalog/solutions", {"items": []})
    assert "Ersten Entwurf anlegen" in (await site.get("/meine-loesungen")).text


async def test_who_belongs_to_no_provider_is_told_how_to(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(answers.TOWN, "municipality")])
    assert "Sie gehören zu keinem Anbieter" in (await site.get("/meine-loesungen")).text
    assert (await site.get("/meine-loesungen/neu")).status_code == 403


async def test_a_mere_member_may_look_and_not_add(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(role="member")])
    site.gateway.on("GET /api/catalog/solutions", {"items": []})
    assert "Ersten Entwurf anlegen" not in (await site.get("/meine-loesungen")).text
    assert (await site.get("/meine-loesungen/neu")).status_code == 403


async def test_a_new_solution_is_sent_as_the_catalog_wants_it(site: Site) -> None:
    site.gateway.on("POST /api/catalog/solutions", answers.own(), status=201)
    answer = await site.post("/meine-loesungen/neu", form())
    assert answer.headers["location"] == PATH
    body = site.gateway.body("POST /api/catalog/solutions")
    assert body["organisation_id"] == answers.PROVIDER
    assert body["listing"] == {
        "name": "Terminlotse",
        "summary": "Termine online.",
        "description": "Mehr dazu.\n\nUnd noch mehr.",
        "features": ["Kalender", "Erinnerung"],
        "kind": "software",
        "offer_form": "app",
        "fields_of_action": ["health", "tourism"],
        "languages": ["de"],
        "data_processing_agreement": False,
        "website_url": "https://example.org",
    }
    assert site.gateway.last("POST /api/catalog/solutions").headers["idempotency-key"]
    assert site.gateway.count(SUBMIT) == 0


async def test_save_and_submit_does_both(site: Site) -> None:
    site.gateway.on("POST /api/catalog/solutions", answers.own(), status=201)
    site.gateway.on(SUBMIT, answers.own("submitted"), status=202)
    await site.post("/meine-loesungen/neu", form(aktion="einreichen"))
    assert site.gateway.count(SUBMIT) == 1


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({"name": ""}, "name", "Bitte füllen Sie dieses Feld aus."),
        ({"name": "x" * 121}, "name", "Höchstens 120 Zeichen."),
        ({"summary": "x" * 301}, "summary", "Höchstens 300 Zeichen."),
        ({"fields_of_action": [], "aktion": "einreichen"}, "fields_of_action", "Bitte füllen Sie dieses Feld aus."),
        ({"kind": "boat"}, "kind", "Bitte wählen Sie einen Wert aus der Liste."),
        ({"website_url": "example.org"}, "website_url", "„example.org“ ist keine vollständige Adresse."),
        (
            {"information_material_urls": "https://a.example\nftp://b"},
            "information_material_urls",
            "„ftp://b“ ist keine",
        ),
        ({"features": "\n".join("abcdefghij"[i % 10] for i in range(51))}, "features", "Höchstens 50 Einträge."),
        ({"features": "kurz\n" + "x" * 301}, "features", "Eintrag 2: Höchstens 300 Zeichen."),
        ({"languages": "Deutsch!"}, "languages", "Eintrag 1: Diese Angabe passt nicht zu diesem Feld."),
        ({"price_from": "viel"}, "price_from", "Bitte geben Sie eine Zahl an."),
        ({"price_from": "-1"}, "price_from", "Die Zahl muss mindestens 0 sein."),
        ({"price_from": "20", "price_to": "5,50"}, "price_to", "nicht kleiner sein als bei „Preis von“"),
        ({"penetration_test": "2999-01-01"}, "penetration_test", "Das Datum liegt in der Zukunft."),
        ({"certificates-1-kind": "iso_27001"}, "certificates", "Eintrag 1: Gültig bis: Bitte füllen Sie dieses Feld"),
        ({"data_export": "ja", "aktion": "einreichen"}, "data_export_formats", "Bitte füllen Sie dieses Feld aus."),
    ],
)
async def test_faults_are_named_at_their_field_and_nothing_typed_is_lost(
    site: Site, change: dict[str, Any], name: str, expected: str
) -> None:
    answer = await site.post("/meine-loesungen/neu", form(**change, region="Uckermark"))
    assert answer.status_code == 422
    assert f'href="#feld-{name}"' in answer.text
    at_field = answer.text.split(f'id="fehler-{name}"')[1][:400]
    assert expected in text_of(at_field)
    assert 'value="Uckermark"' in answer.text
    assert site.gateway.count("POST /api/catalog/solutions") == 0


async def test_what_only_the_catalog_refuses_is_shown_at_the_field(site: Site) -> None:
    errors = [
        {"field": "listing.licence", "message": "is no SPDX expression"},
        {"field": "slug", "message": "is taken"},
    ]
    site.gateway.on("POST /api/catalog/solutions", problem(422, "invalid-request", errors=errors))
    text = (await site.post("/meine-loesungen/neu", form())).text
    assert "Diese Angabe wurde nicht angenommen: is no SPDX expression" in text.split('id="fehler-licence"')[1][:300]
    assert "slug: Diese Angabe wurde nicht angenommen: is taken" in text


async def test_a_refusal_without_a_field_is_said_in_german(site: Site) -> None:
    site.gateway.on("POST /api/catalog/solutions", problem(409, "organisation-not-onboarded"))
    answer = await site.post("/meine-loesungen/neu", form())
    assert answer.status_code == 422
    assert "Sobald das Marktplatz-Team den Antrag freigegeben hat" in answer.text
    assert 'value="Terminlotse"' in answer.text


async def test_saving_sends_the_version_it_started_from(site: Site) -> None:
    site.gateway.on(WORKING, answers.own())
    site.gateway.on(DRAFT, answers.own(version=4), ETag='"4"')
    page = await site.get(PATH)
    assert field_of(page.text, "version") == "3"
    await site.post(PATH, form(version="3"))
    assert site.gateway.last(DRAFT).headers["if-match"] == '"3"'


async def test_submitting_sends_the_version_just_saved(site: Site) -> None:
    site.gateway.on(DRAFT, answers.own(version=4))
    site.gateway.on(SUBMIT, answers.own("submitted", version=5), status=202)
    await site.post(PATH, form(version="3", aktion="einreichen"))
    assert site.gateway.last(SUBMIT).headers["if-match"] == '"4"'


async def test_a_stale_draft_offers_both_versions(site: Site) -> None:
    site.gateway.on(WORKING, answers.own(version=9))
    site.gateway.on(DRAFT, problem(412, "stale-version"))
    answer = await site.post(PATH, form(version="3", name="Meine Fassung"))
    assert answer.status_code == 412
    assert "inzwischen an anderer Stelle geändert" in answer.text
    assert 'value="Meine Fassung"' in answer.text
    assert field_of(answer.text, "version") == "9", "saving once more replaces what is stored"


async def test_a_version_in_review_cannot_be_edited(site: Site) -> None:
    site.gateway.on(WORKING, answers.own("in_review", working={"round": 1}))
    text = (await site.get(PATH)).text
    assert "Das Team ist am Zug" in text
    assert 'name="summary"' not in text
    assert 'aria-current="step"' in text


async def test_findings_stand_beside_the_form(site: Site) -> None:
    findings = [
        {"criterion": "fit", "title": "x", "result": "pass", "grade": None, "finding": ""},
        {"criterion": "operation", "title": "x", "result": "needs_work", "grade": None, "finding": "Wer betreibt?"},
        {"criterion": "security", "title": "x", "result": None, "grade": 2, "finding": "Nachweis fehlt."},
        {"criterion": "old", "title": "Frühere Frage", "result": "fail", "grade": None, "finding": "Nein."},
    ]
    working = {"round": 1, "message": "Bitte ergänzen.", "findings": findings}
    site.gateway.on(WORKING, answers.own("changes_requested", working=working))
    answer = await site.get(PATH)
    text = text_of(answer.text)
    assert "Bitte ergänzen." in text
    assert "title operation de Nachbesserung nötig Wer betreibt?" in text
    assert "title security de Note 2 Nachweis fehlt." in text
    assert "Frühere Frage Nicht erfüllt Nein." in text
    assert "title fit de" not in text.split("Befunde")[1].split("1. Vorstellung")[0]
    assert 'name="summary"' in answer.text
    assert "Speichern und erneut einreichen" in text


async def test_withdrawing_is_asked_about_once_more(site: Site) -> None:
    site.gateway.on(WORKING, answers.own("published", live_version=1, working={"round": 1}))
    route = f"POST /api/catalog/solutions/{answers.SOLUTION}/withdraw"
    site.gateway.on(route, answers.own("withdrawn"))
    asked = await site.post(f"{PATH}/zurueckziehen")
    assert "„Terminlotse“ zurückziehen?" in text_of(asked.text)
    assert site.gateway.count(route) == 0
    done = await site.post(f"{PATH}/zurueckziehen", {"bestaetigt": "ja", "note": "Eingestellt."})
    assert done.status_code == 303
    assert site.gateway.body(route) == {"note": "Eingestellt."}


async def test_a_checkup_that_is_too_soon_is_said_in_german(site: Site) -> None:
    site.gateway.on(
        f"POST /api/checkup/solutions/{answers.SOLUTION}/runs", problem(429, "checkup-too-soon", retry_after=60)
    )
    answer = await site.post(f"{PATH}/checkup")
    assert answer.status_code == 429
    assert "Der letzte Checkup ist noch frisch" in answer.text
    assert answer.headers["retry-after"] == "60"


def running_checkup(**more: Any) -> dict[str, Any]:
    run = {"id": "run-1", "state": "running", "stage": "analysing", "progress": 0.5, "groups_done": 20,
           "groups_total": 40, "elapsed_seconds": 7.2}  # fmt: skip
    return {**run, **more}


async def test_a_checkup_under_way_is_shown_and_can_be_cancelled(site: Site) -> None:
    site.gateway.on(WORKING, answers.own("published", live_version=1, working={"round": 1}))
    site.gateway.on(f"GET /api/checkup/solutions/{answers.SOLUTION}/runs", {"items": [running_checkup()]})
    page = await site.get(PATH)
    assert "Quellcode wird untersucht 20 von 40 Messgruppen fertig" in text_of(page.text)
    assert f'data-live="{PATH}/checkup/run-1/live"' in page.text
    route = "POST /api/checkup/runs/run-1/cancel"
    site.gateway.on(route, running_checkup(state="cancelled"))
    done = await site.post(f"{PATH}/checkup/run-1/abbrechen")
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}#checkup")
    assert site.gateway.count(route) == 1
    site.gateway.on(route, problem(409, "run-finished"))
    late = await site.post(f"{PATH}/checkup/run-1/abbrechen")
    assert (late.status_code, "Der Checkup ist schon zu Ende" in late.text) == (409, True)


async def test_a_checkup_is_followed_live(site: Site) -> None:
    lines = [
        ("progress", running_checkup()),
        ("progress", running_checkup(stage="waiting", reason="Der Server <b> antwortet nicht.")),
        ("end", running_checkup(state="scored", stage=None, progress=1.0)),
    ]
    stream = "".join(f"event: {name}\ndata: {json.dumps(run)}\n\n: ping\n\n" for name, run in lines)
    route = "GET /api/checkup/runs/run-1/events"
    site.gateway.on(route, httpx.Response(200, content=stream.encode(), headers={"content-type": "text/event-stream"}))
    answer = await site.get(f"{PATH}/checkup/run-1/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert site.gateway.last(route).headers["authorization"].startswith("Bearer ")
    told = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert [each["text"] for each in told] == [
        "Quellcode wird untersucht", "Wartet auf den nächsten Versuch", "Abgeschlossen"
    ]  # fmt: skip
    assert told[0]["detail"] == "20 von 40 Messgruppen fertig · seit 7 s"
    assert told[1]["detail"].endswith("Der Server <b> antwortet nicht.")  # the script sets it as text
    assert (told[2]["progress"], answer.text.count("event: end")) == (1.0, 1)


async def test_a_refused_stream_is_no_stream(site: Site) -> None:
    route = "GET /api/checkup/runs/run-1/events"
    site.gateway.on(route, problem(404, "run-not-found"))
    assert (await site.get(f"{PATH}/checkup/run-1/live")).status_code == 404
    assert (await site.get(f"{PATH}/checkup/run%2F1/live")).status_code == 404


async def test_a_withdrawn_solution_can_come_back(site: Site) -> None:
    withdrawn = answers.own("withdrawn", withdrawn={"at": "2026-11-20T10:00:00Z"}, published_at="2026-11-01T10:00:00Z")
    site.gateway.on(WORKING, withdrawn)
    assert "Wieder veröffentlichen" in (await site.get(PATH)).text
    site.gateway.on(f"POST /api/catalog/solutions/{answers.SOLUTION}/republish", answers.own("published"))
    assert (await site.post(f"{PATH}/wieder-veroeffentlichen")).status_code == 303


CONFIRM = f"POST /api/catalog/solutions/{answers.SOLUTION}/confirm"


async def test_the_provider_confirms_what_is_public(site: Site) -> None:
    online = answers.own("published", live_version=1, confirmed_until="2027-11-22", back_until="2028-02-22")
    site.gateway.on(WORKING, online)
    page = await site.get(PATH)
    assert "gelten bis zum 22. November 2027 als bestätigt" in text_of(page.text)
    assert f'action="{PATH}/bestaetigen"' in page.text
    site.gateway.on(CONFIRM, {**online, "confirmed_until": "2027-12-24"})
    done = await site.post(f"{PATH}/bestaetigen")
    assert (done.status_code, done.headers["location"]) == (303, PATH)
    assert "Danke. Die Angaben gelten bis zum 24. Dezember 2027" in text_of((await site.get(PATH)).text)


@pytest.mark.parametrize(("back_until", "comes_back"), [("2999-01-01", True), ("2026-01-01", False)])
async def test_what_expired_is_confirmed_in_time_or_reviewed_again(
    site: Site, back_until: str, comes_back: bool
) -> None:
    mark = {"at": "2026-11-20T10:00:00Z", "note": None}
    expired = {"expired": mark, "confirmed_until": "2025-10-01", "back_until": back_until}
    site.gateway.on(WORKING, answers.own("expired", working={"state": "published"}, **expired))
    page = await site.get(PATH)
    text = text_of(page.text)
    assert "Nicht mehr bestätigt" in text
    assert "Freigegeben erledigt" in text
    assert "Abgelaufen beendet 20. November 2026" in text
    assert "Veröffentlicht erledigt" not in text
    assert (f'action="{PATH}/bestaetigen"' in page.text) is comes_back
    assert ("Zum Bestätigen ist es zu spät." in page.text) is not comes_back
    site.gateway.on(CONFIRM, problem(409, "confirmation-too-late"))
    refused = await site.post(f"{PATH}/bestaetigen")
    assert (refused.status_code, "Die letzte Bestätigung ist mehr als 15 Monate her." in refused.text) == (409, True)


async def test_terms_that_run_out_are_pointed_out(site: Site) -> None:
    terms = [
        {"kind": "certificate", "certificate": "iso_27001", "number": "IS 1", "until": "2026-11-01", "state": "passed"},
        {"kind": "certificate", "certificate": "bsi_c5", "number": None, "until": "2029-11-01", "state": "valid"},
        {"kind": "maintenance", "certificate": None, "number": None, "until": "2026-12-01", "state": "soon"},
    ]
    site.gateway.on(WORKING, answers.own("draft", terms=terms))
    text = text_of((await site.get(PATH)).text)
    assert "ISO/IEC 27001 (IS 1)" in text
    assert ": abgelaufen am 1. November 2026" in text
    assert "Wartungsvertrag: läuft am 1. Dezember 2026 ab" in text
    assert "BSI C5:" not in text


async def test_a_withdrawal_of_long_ago_needs_a_new_version(site: Site) -> None:
    mark = {"at": "2026-11-20T10:00:00Z"}
    dates = {"published_at": "2025-01-01T10:00:00Z", "back_until": "2026-04-01"}
    site.gateway.on(WORKING, answers.own("withdrawn", withdrawn=mark, **dates))
    page = await site.get(PATH)
    assert "Wieder veröffentlichen" not in page.text
    assert "reichen Sie eine neue Fassung ein" in page.text


async def test_earlier_rounds_of_a_review_can_be_read_again(site: Site) -> None:
    rounds = [
        {"number": 1, "closed_at": "2026-11-20T10:00:00Z", "outcome": "changes_requested", "message": "Bitte ergänzen"},
        {"number": 2, "closed_at": "2026-11-21T10:00:00Z", "outcome": "approved", "message": "Danke"},
    ]
    site.gateway.on(WORKING, answers.own("published"))
    case = answers.case("approved", rounds=rounds)
    site.gateway.on(f"GET /api/review/solutions/{answers.SOLUTION}/cases", {"items": [case], "next_cursor": None})
    site.gateway.on("GET /api/review/cases/case-1", case)
    page = await site.get(PATH)
    assert page.status_code == 200
    earlier = text_of(page.text.split('<ol class="mp-rounds">')[1].split("</ol>")[0])
    assert "Runde 1" in earlier
    assert "Bitte ergänzen" in earlier
    assert "Runde 2" not in earlier
