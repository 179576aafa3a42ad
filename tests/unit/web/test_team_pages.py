"""The team's desk: queue, case, decisions, onboarding."""

from typing import Any

import pytest

from . import answers
from .conftest import Site, field_of, text_of
from .fakes import problem

CASE = "GET /api/review/cases/case-1"
FINDINGS = "PUT /api/review/cases/case-1/findings"
CHANGES = "POST /api/review/cases/case-1/request-changes"
DECISION = "POST /api/review/cases/case-1/decision"
PASSED = {"result-fit": "pass", "result-operation": "pass", "revision": "7"}


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in("reviewer", "curator")
    site.gateway.on(CASE, answers.case())


@pytest.mark.parametrize("path", ["/pruefung", "/pruefung/case-1", "/pruefung/organisationen"])
async def test_others_may_not_see_the_desk(site: Site, path: str) -> None:
    site.identity.claims["roles"] = []
    await site.log_in()
    answer = await site.get(path)
    assert answer.status_code == 403
    assert "Kein Zugang" in answer.text
    assert "des Marktplatz-Teams. Sie sind als" in text_of(answer.text)


async def test_the_queue_asks_for_open_cases_first(site: Site) -> None:
    waiting = answers.case(own_organisation=True, round=2)
    site.gateway.on("GET /api/review/cases", {"items": [waiting], "next_cursor": "c2", "total": 31})
    answer = await site.get("/pruefung")
    assert site.gateway.last("GET /api/review/cases").url.params["state"] == "open"
    text = text_of(answer.text)
    assert "31 Vorgänge" in text
    assert "Runde 2" in text
    assert "eigene Organisation" in text
    assert 'href="/pruefung?status=open&amp;cursor=c2"' in answer.text


async def test_all_cases_are_asked_for_without_a_state(site: Site) -> None:
    site.gateway.on("GET /api/review/cases", {"items": [], "total": 0})
    answer = await site.get("/pruefung?status=alle")
    assert "state" not in site.gateway.last("GET /api/review/cases").url.params
    assert "Hier wartet nichts" in answer.text


async def test_a_case_shows_the_listing_the_checkup_and_the_log(site: Site) -> None:
    changes = [{"field": "operator_name", "before": None, "after": "Stadtwerke"}]
    site.gateway.on(CASE, answers.case(changes=changes, round=2))
    answer = await site.get("/pruefung/case-1")
    text = text_of(answer.text)
    assert "1 Feld hat sich geändert seit der letzten Runde" in text
    assert "Betreiber leer Stadtwerke" in text
    assert "72 / 100" in text
    assert "Vorgang eröffnet" in text
    assert "question operation de" in text
    assert field_of(answer.text, "revision") == "7"
    assert site.gateway.last("GET /api/review/criteria").url.params["version"] == "2026.1"


async def test_progress_is_saved_as_it_is(site: Site) -> None:
    site.gateway.on(FINDINGS, answers.case(revision=8))
    form = {"revision": "7", "result-fit": "pass", "result-security": "4", "finding-security": "C5 liegt vor."}
    answer = await site.post("/pruefung/case-1", {**form, "aktion": "speichern"})
    assert answer.headers["location"] == "/pruefung/case-1"
    assert site.gateway.last(FINDINGS).headers["if-match"] == '"7"'
    assert site.gateway.body(FINDINGS) == {
        "findings": [
            {"criterion": "fit", "result": "pass", "finding": ""},
            {"criterion": "security", "result": 4, "finding": "C5 liegt vor."},
        ]
    }


async def test_approving_sends_all_findings_at_once(site: Site) -> None:
    site.gateway.on(DECISION, answers.case("approved"))
    answer = await site.post("/pruefung/case-1", {**PASSED, "aktion": "freigeben"})
    assert answer.headers["location"] == "/pruefung"
    body = site.gateway.body(DECISION)
    assert body["decision"] == "approved"
    assert [each["result"] for each in body["findings"]] == ["pass", "pass"]
    assert site.gateway.last(DECISION).headers["if-match"] == '"7"'


@pytest.mark.parametrize(
    ("change", "action", "expected"),
    [
        ({"result-operation": ""}, "freigeben", "Für eine Entscheidung fehlt hier das Ergebnis."),
        ({"result-operation": "fail"}, "freigeben", "Freigeben geht nur, wenn diese Bedingung erfüllt ist."),
        ({}, "aendern", "Bitte schreiben Sie dem Anbieter, worum es geht."),
        ({}, "ablehnen", "Bitte schreiben Sie dem Anbieter, worum es geht."),
        ({"finding-security": "Ohne Note"}, "speichern", "Bitte wählen Sie zum Befund auch ein Ergebnis."),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    site: Site, change: dict[str, str], action: str, expected: str
) -> None:
    form = {**PASSED, "finding-fit": "Passt gut.", **change, "aktion": action}
    answer = await site.post("/pruefung/case-1", form)
    assert answer.status_code == 422
    assert expected in text_of(answer.text)
    assert "Passt gut." in answer.text
    assert not [each for each in site.gateway.asked if each.method in ("PUT", "POST") and "/cases/" in each.url.path]


async def test_asking_for_changes_sends_the_message(site: Site) -> None:
    site.gateway.on(CHANGES, answers.case("changes_requested"))
    form = {**PASSED, "result-operation": "needs_work", "finding-operation": "Wer?", "message": "Bitte ergänzen."}
    await site.post("/pruefung/case-1", {**form, "aktion": "aendern"})
    assert site.gateway.body(CHANGES)["message"] == "Bitte ergänzen."
    assert {"criterion": "operation", "result": "needs_work", "finding": "Wer?"} in site.gateway.body(CHANGES)[
        "findings"
    ]


async def test_a_rejection_is_confirmed_with_everything_typed(site: Site) -> None:
    site.gateway.on(DECISION, answers.case("rejected"))
    form: dict[str, Any] = {**PASSED, "result-fit": "fail", "finding-fit": "Kein Bezug.", "message": "Leider nein."}
    asked = await site.post("/pruefung/case-1", {**form, "aktion": "ablehnen"})
    assert "„Terminlotse“ ablehnen?" in text_of(asked.text)
    assert field_of(asked.text, "finding-fit") == "Kein Bezug."
    assert site.gateway.count(DECISION) == 0
    await site.post("/pruefung/case-1", {**form, "aktion": "ablehnen", "bestaetigt": "ja"})
    assert site.gateway.body(DECISION)["decision"] == "rejected"


@pytest.mark.parametrize(
    ("status", "slug", "expected"),
    [
        (409, "case-closed", "Er wurde inzwischen entschieden oder zurückgezogen."),
        (409, "findings-incomplete", "Jede Bedingung braucht ein Ergebnis"),
        (412, "stale-version", "Jemand hat inzwischen einen anderen Stand gespeichert."),
        (403, "own-organisation", "Niemand prüft Lösungen der eigenen Organisation."),
    ],
)
async def test_what_the_review_refuses_is_said_on_the_page(site: Site, status: int, slug: str, expected: str) -> None:
    site.gateway.on(DECISION, problem(status, slug))
    answer = await site.post("/pruefung/case-1", {**PASSED, "finding-fit": "Passt gut.", "aktion": "freigeben"})
    assert answer.status_code == status
    assert expected in text_of(answer.text)
    assert "Passt gut." in answer.text


async def test_nobody_is_offered_to_judge_their_own(site: Site) -> None:
    await site.log_in("reviewer", memberships=[answers.membership()])
    answer = await site.get("/pruefung/case-1")
    assert "Niemand prüft Lösungen der eigenen Organisation" in answer.text
    assert 'name="result-fit"' not in answer.text


async def test_a_closed_case_shows_its_findings(site: Site) -> None:
    findings = [{"criterion": "security", "result": 5, "finding": "Vorbildlich."}]
    site.gateway.on(CASE, answers.case("approved", findings=findings))
    answer = await site.get("/pruefung/case-1")
    assert "title security de 5 – sehr gut Vorbildlich." in text_of(answer.text)
    assert 'value="freigeben"' not in answer.text


async def test_onboarding_is_approved_and_refused_with_a_reason(site: Site) -> None:
    site.gateway.on("GET /api/catalog/organisations", {"items": [answers.organisation("requested")]})
    page = await site.get("/pruefung/organisationen")
    assert "Wir möchten anbieten." in page.text
    approve, refuse = (f"POST /api/catalog/organisations/{answers.PROVIDER}/{verb}" for verb in ("approve", "refuse"))
    site.gateway.on(approve, answers.organisation())
    site.gateway.on(refuse, answers.organisation("refused"))
    path = f"/pruefung/organisationen/{answers.PROVIDER}"
    assert (await site.post(path, {"aktion": "approve"})).status_code == 303
    assert site.gateway.last(approve).content in (b"", b"null")
    unreasoned = await site.post(path, {"aktion": "refuse", "reason": " "})
    assert unreasoned.status_code == 422
    assert "Bitte begründen Sie das." in unreasoned.text
    assert (await site.post(path, {"aktion": "refuse", "reason": "Kein Anbieter."})).status_code == 303
    assert site.gateway.body(refuse) == {"reason": "Kein Anbieter."}


KEY = f"/pruefung/organisationen/{answers.PROVIDER}/regionalschluessel"
KEYED = f"PUT /api/catalog/organisations/{answers.PROVIDER}/ars"


async def test_a_regional_key_is_corrected_with_a_reason(site: Site) -> None:
    town = answers.organisation(kinds=["municipality"], ars="120640000000", ars_reason="Gebietsreform")
    site.gateway.on("GET /api/catalog/organisations", {"items": [town]})
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", town)
    assert KEY in (await site.get("/pruefung/organisationen?status=onboarded")).text
    page = await site.get(KEY)
    assert 'value="120640000000"' in page.text
    assert "Gebietsreform" in page.text
    for wrong, expected in (
        ({"ars": "05111", "reason": " "}, "Bitte begründen Sie das."),
        ({"ars": "x", "reason": "Tippfehler"}, "besteht aus 2 bis 12 Ziffern"),
        ({"ars": "05111", "reason": "x" * 2001}, "Höchstens 2000 Zeichen."),
    ):
        answer = await site.post(KEY, wrong)
        assert answer.status_code == 422
        assert expected in answer.text
    assert site.gateway.count(KEYED) == 0
    site.gateway.on(KEYED, problem(422, "ars-required"))
    assert "Kommunen geben ihren Amtlichen" in (await site.post(KEY, {"ars": "", "reason": "weg"})).text
    site.gateway.on(KEYED, town)
    assert (await site.post(KEY, {"ars": "05 111", "reason": "Tippfehler"})).status_code == 303
    assert site.gateway.body(KEYED) == {"ars": "05111", "reason": "Tippfehler", "shares_ars_with": []}


async def test_a_key_that_others_have_needs_a_second_look(site: Site) -> None:
    town = answers.organisation(kinds=["municipality"], ars="120640000000")
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}", town)
    others = {"ars": "051110000000", "bundesland": "DE-NW", "held_by": [
        {"id": "twin", "name": "Stadt Ä <i>", "state": "onboarded"}]}  # fmt: skip
    site.gateway.on(f"GET /api/catalog/organisations/{answers.PROVIDER}/ars", others)
    site.gateway.on(KEYED, problem(409, "ars-shared"))
    form = {"ars": "05111", "reason": "Tippfehler"}
    answer = await site.post(KEY, form)
    assert answer.status_code == 422
    assert "Stadt Ä &lt;i&gt;" in answer.text
    assert "Tippfehler</textarea>" in answer.text
    await site.post(KEY, {**form, "alike": "twin"})
    assert site.gateway.body(KEYED)["shares_ars_with"] == [], "nothing is confirmed without the tick"
    site.gateway.on(KEYED, town)
    assert (await site.post(KEY, {**form, "alike": "twin", "geprueft": "ja"})).status_code == 303
    assert site.gateway.body(KEYED)["shares_ars_with"] == ["twin"]


async def test_a_shared_regional_key_is_shown_and_confirmed(site: Site) -> None:
    alike = [{"id": "twin", "name": "Stadt Ä <i>", "state": "onboarded"}]
    proof = {"statement": "Hauptamt", "file": None}
    town = answers.organisation("requested", kinds=["municipality"], same_ars=alike, proof=proof)
    site.gateway.on("GET /api/catalog/organisations", {"items": [town]})
    page = await site.get("/pruefung/organisationen")
    assert "Stadt Ä &lt;i&gt;" in page.text
    assert "Hauptamt" in page.text
    approve = f"POST /api/catalog/organisations/{answers.PROVIDER}/approve"
    path = f"/pruefung/organisationen/{answers.PROVIDER}"
    site.gateway.on(approve, problem(409, "ars-shared"))
    form = {"aktion": "approve", "alike": "twin"}
    assert (await site.post(path, form)).status_code == 303
    assert site.gateway.last(approve).content in (b"", b"null"), "nothing is confirmed without the tick"
    assert "Andere haben denselben Regionalschlüssel" in (await site.get("/pruefung/organisationen")).text
    site.gateway.on(approve, answers.organisation())
    assert (await site.post(path, {**form, "geprueft": "ja"})).status_code == 303
    assert site.gateway.body(approve) == {"shares_ars_with": ["twin"]}
