"""Self-disclosure, findings and the team's desk: what people say beside what is measured."""

import re
from typing import Any

import pytest
from checkup.domain.people.answers import Fault
from web.forms import disclosure, manual_check

from . import answers
from .answers import SOLUTION
from .conftest import Site, field_of, text_of
from .fakes import problem

BASE = f"/api/checkup/solutions/{SOLUTION}"
HERE = f"/meine-loesungen/{SOLUTION}"
DRAFT = f"{BASE}/disclosure/draft"
DESK = f"/team/checkup/{SOLUTION}"
HOSTILE = '<img src=x onerror="alert(1)">'


def question(name: str, kind: str = "yes_no", **more: Any) -> dict[str, Any]:
    texts = {"text_de": f"Frage {name}?", "text_en": f"Question {name}?"}
    return {"id": name, "topic": "it_security", "type": kind, **texts, **more}


QUESTIONNAIRE = {
    "version": "2026.1",
    "topics": [{"id": "it_security", "title_de": "IT-Sicherheit", "title_en": "IT security"}],
    "questions": [
        question("pentest", required=True),
        question("pentest_date", "date", proof=True, validity=True),
        question("isms", "multi", choices=[{"value": "c5", "de": "C5", "en": "C5"}]),
        question("patch_days", "number", unit_de="Tage", unit_en="days"),
        question("exit", "text", public=False),
        question("maintained", "single", choices=[{"value": "active", "de": "Aktiv", "en": "Active"}]),
    ],
}  # fmt: skip
ASKED = ["pentest", "isms", "patch_days", "exit", "maintained"]


def draft(**changes: Any) -> dict[str, Any]:
    empty = {"drafted": False, "saved_at": None, "answers": {}, "missing": ["pentest"], "proposals": {}, "dropped": []}
    return {"questionnaire": "2026.1", "asked": ASKED, "published": None, "editions": [], **empty, **changes}


def contest(**changes: Any) -> dict[str, Any]:
    return {
        "id": "contest-1", "solution_id": SOLUTION, "slug": "terminlotse", "kind": "metric", "finding": "D1",
        "found_in": "run-1", "commit": "0123456789abcdef", "title": "D1 Gehalt", "reason": HOSTILE, "state": "open",
        "outcome": None, "answer": None, "opened_at": "2026-11-20T10:00:00Z", "answered_at": None, **changes,
    }  # fmt: skip


def contradiction(**changes: Any) -> dict[str, Any]:
    fact = {"name": "x", "value": "yes", "label_en": "x", "at": "2026-11-20T10:00:00Z", "version": "1", "place": None}
    return {
        "rule": "sbom_missing", "topic": "it_security", "dimension": None, "text_de": "Erklärt eine SBOM, keine da.",
        "text_en": "Declares an SBOM, none found.", "since": "2026-11-20T10:00:00Z", "phase": "open", "contest": None,
        "public_from": "2026-12-20T10:00:00Z", "claim": {**fact, "source": "declared", "label_de": "Stückliste? Ja"},
        "against": {**fact, "source": "measured", "label_de": "SBOM: nicht gefunden"}, **changes,
    }  # fmt: skip


def finding(**changes: Any) -> dict[str, Any]:
    texts = {"text_de": "Tastatur", "text_en": "Keyboard", "finding": HOSTILE, "evidence_url": "javascript:alert(1)"}
    return {"item": "keyboard", "topic": "it_security", **texts, "result": "failed", "grade": None,
            "on": "2026-11-20", **changes}  # fmt: skip


def check(**changes: Any) -> dict[str, Any]:
    held = {
        "completed_at": "2026-11-20T10:00:00Z",
        "valid_until": "2027-11-20",
        "confidence": 1.0,
        "findings": [finding()],
    }
    return {"id": "check-1", "number": 1, "checklist": "2026.1", "state": "completed", **held, **changes}


def sources(**changes: Any) -> dict[str, Any]:
    stage = {"stage": "evidenced", "asked": 9, "answered": 4, "evidenced": 1, "verified": 0, "expired": 1}
    answer = {"question": "isms", "text_de": "Zertifikate?", "stage": "expired", "label_de": "BSI C5", "note": HOSTILE,
              "proof_url": "https://example.org/c5", "valid_until": "2026-01-31"}  # fmt: skip
    declared = {"version": 2, "published_at": "2026-11-20T10:00:00Z", "stage": stage, "answers": [answer]}
    checked = {"checklist": "2026.1", "completed_at": "2025-01-20T10:00:00Z", "valid_until": "2026-01-20",
               "confidence": 0.5, "passed": 0, "failed": 1, "findings": [finding()]}  # fmt: skip
    measured = {"rubric": "2026.2", "as_of": "2026-11-20T10:00:00Z", "metrics": [],
                "probes": [{"id": "sbom", "title_de": "Stückliste", "status": "absent", "good": "found"}]}  # fmt: skip
    topic = {
        "id": "it_security",
        "title_de": "IT-Sicherheit",
        "declared": declared,
        "checked": checked,
        "measured": measured,
    }
    return {
        "solution_id": SOLUTION, "slug": "terminlotse", "name": "Terminlotse", "audience": "public", "topics": [topic],
        "dimensions": [], "check": check(), "open_check": None, "contests": [contest()],
        "contradictions": [contradiction()],
        "published": {"number": 2, "published_at": "2026-11-20T10:00:00Z"}, **changes,
    }  # fmt: skip


@pytest.fixture
async def provider(site: Site) -> Site:
    await site.log_in(memberships=[answers.membership(role="editor")])
    site.gateway.on(f"GET /api/catalog/solutions/{SOLUTION}/working", answers.own())
    site.gateway.on("GET /api/checkup/questionnaire", QUESTIONNAIRE)
    site.gateway.on(f"GET {DRAFT}", draft(revision=3))
    site.gateway.on(f"GET {BASE}/sources", sources(audience="provider"))
    site.gateway.on(f"GET {BASE}/audit", {"items": [], "next_cursor": None, "total": 0})
    return site


def typed(**changes: Any) -> dict[str, Any]:
    return {"version": "3", "gezeigt": ASKED, "a-pentest": "no", "a-patch_days": "2,5", "a-exit": HOSTILE, **changes}


async def test_the_form_shows_the_questions_that_are_asked(provider: Site) -> None:
    page = await provider.get(f"{HERE}/selbstauskunft")
    assert 'name="a-pentest"' in page.text
    assert 'name="a-pentest_date"' not in page.text
    assert field_of(page.text, "version") == "3"
    assert "Diese Angabe sehen nur Sie und das Marktplatz-Team." in page.text


async def test_saving_sends_what_was_answered_and_tells_of_further_questions(provider: Site) -> None:
    provider.gateway.on(f"PUT {DRAFT}", draft(drafted=True, asked=[*ASKED, "pentest_date"], revision=4))
    answer = await provider.post(f"{HERE}/selbstauskunft", typed(**{"a-pentest": "yes", "a-isms": ["c5"]}))
    assert answer.status_code == 303
    assert provider.gateway.last(f"PUT {DRAFT}").headers["if-match"] == '"3"'
    sent = provider.gateway.body(f"PUT {DRAFT}")["answers"]
    assert {name: each["value"] for name, each in sent.items()} == {
        "pentest": "yes", "isms": ["c5"], "patch_days": 2.5, "exit": HOSTILE
    }  # fmt: skip
    provider.gateway.on(f"GET {DRAFT}", draft(drafted=True, asked=[*ASKED, "pentest_date"], revision=4))
    assert "weitere Fragen" in (await provider.get(f"{HERE}/selbstauskunft")).text


async def test_scripts_save_while_typing_and_get_only_what_changed(provider: Site) -> None:
    provider.gateway.on(
        f"PUT {DRAFT}", draft(saved_at="2026-11-22T09:00:00Z", asked=[*ASKED, "pentest_date"], revision=4)
    )
    piece = await provider.post(f"{HERE}/selbstauskunft", typed(), **{"hx-request": "true"})
    assert "<html" not in piece.text
    assert 'value="4" id="version" hx-swap-oob="true"' in piece.text
    assert 'id="fragen-it_security" hx-swap-oob="true"' in piece.text
    assert 'name="a-pentest_date"' in piece.text
    provider.gateway.on(f"PUT {DRAFT}", draft(saved_at="2026-11-22T09:00:00Z", revision=5))
    piece = await provider.post(f"{HERE}/selbstauskunft", typed(), **{"hx-request": "true"})
    assert "fragen-it_security" not in piece.text, "fields somebody types into stay where they are"
    refusal = problem(
        422, "invalid-answers", errors=[{"field": "answers.patch_days.value", "message": Fault.NO_NUMBER}]
    )
    provider.gateway.on(f"PUT {DRAFT}", refusal)
    piece = await provider.post(f"{HERE}/selbstauskunft", typed(), **{"hx-request": "true"})
    assert "Noch nicht gespeichert." in piece.text
    assert "Diese Zahl liegt außerhalb" in piece.text


async def test_a_refused_answer_is_told_at_its_field(provider: Site) -> None:
    errors = [{"field": "answers.patch_days.value", "message": Fault.NO_NUMBER.value}]
    provider.gateway.on(f"PUT {DRAFT}", problem(422, "invalid-answers", errors=errors))
    page = await provider.post(f"{HERE}/selbstauskunft", typed(**{"a-patch_days": "viele"}))
    assert page.status_code == 422
    assert 'id="fehler-a-patch_days"' in page.text
    assert 'value="viele"' in page.text
    assert HOSTILE not in page.text


async def test_somebody_elses_saving_is_a_conflict_and_an_own_automatic_one_is_not(provider: Site) -> None:
    provider.gateway.on(f"PUT {DRAFT}", problem(412, "stale-version"))
    provider.gateway.on(f"GET {DRAFT}", draft(saved_at="2026-11-22T09:00:00Z", saved_by_you=False, revision=4))
    page = await provider.post(f"{HERE}/selbstauskunft", typed())
    assert page.status_code == 412
    assert "an anderer Stelle geändert" in text_of(page.text)
    assert field_of(page.text, "version") == "4"
    provider.gateway.on(f"GET {DRAFT}", draft(saved_at="2126-11-22T09:00:00Z", saved_by_you=True, revision=4))
    await provider.post(f"{HERE}/selbstauskunft", typed())
    assert provider.gateway.last(f"PUT {DRAFT}").headers["if-match"] == '"4"'


async def test_publishing_waits_for_what_is_missing(provider: Site) -> None:
    provider.gateway.on(f"PUT {DRAFT}", draft(missing=["pentest"], revision=4))
    page = await provider.post(f"{HERE}/selbstauskunft", typed(aktion="veroeffentlichen"))
    assert page.status_code == 422
    assert 'href="#feld-a-pentest"' in page.text
    provider.gateway.on(f"PUT {DRAFT}", draft(missing=[], revision=4))
    provider.gateway.on(f"POST {BASE}/disclosure/publish", draft(revision=5))
    done = await provider.post(f"{HERE}/selbstauskunft", typed(aktion="veroeffentlichen"))
    assert done.status_code == 303
    assert provider.gateway.last(f"POST {BASE}/disclosure/publish").headers["if-match"] == '"4"'


async def test_members_without_the_right_to_edit_only_read(provider: Site) -> None:
    await provider.log_in(memberships=[answers.membership(role="member")])
    page = await provider.get(f"{HERE}/selbstauskunft")
    assert 'name="a-pentest"' not in page.text
    assert "wer in Ihrer Organisation Einträge bearbeitet" in page.text


async def test_a_published_version_can_be_read_again(provider: Site) -> None:
    held = {"number": 1, "published_at": "2026-11-20T10:00:00Z", "published_by": "ada", "questionnaire": "2026.1"}
    kept = {"isms": {"value": ["c5"], "note": HOSTILE}, "patch_days": {"value": 2.5}, "pentest": {"value": "yes"}}
    provider.gateway.on(f"GET {BASE}/disclosure/versions/1", {**held, "answers": kept})
    page = await provider.get(f"{HERE}/selbstauskunft/1")
    assert "2,5 Tage" in text_of(page.text)
    assert HOSTILE not in page.text


async def test_the_public_page_shows_three_sources_with_their_dates(site: Site) -> None:
    site.gateway.on(f"GET {BASE}/sources", sources())
    page = await site.get("/loesungen/terminlotse")
    text = text_of(page.text)
    assert "Selbstauskunft: belegt" in text
    assert "Älter als ein Jahr: zählt nur noch halb." in text
    assert "Abgelaufen am 31. Januar 2026" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 Angabe widerspricht Messung oder Prüfung" in text
    assert "Erklärt: Stückliste? Ja" in text
    assert HOSTILE not in page.text
    assert 'href="javascript' not in page.text


async def test_a_contested_measurement_is_marked_beside_its_score(site: Site) -> None:
    accepted = contest(state="accepted", outcome="excluded", answer="Stimmt.", answered_at="2026-11-21T10:00:00Z")
    site.gateway.on(f"GET {BASE}/sources", sources(topics=[], contests=[accepted]))
    text = text_of((await site.get("/loesungen/terminlotse")).text)
    metric = text[text.index("Gehalt der README") :]
    assert metric.index("Befund zählt nicht") < metric.index("444 Wörter"), "beside the score, before the evidence"
    other_commit = contest(state="accepted", outcome="excluded", commit="another")
    site.gateway.on(f"GET {BASE}/sources", sources(topics=[], contests=[other_commit]))
    text = text_of((await site.get("/loesungen/terminlotse")).text)
    assert text.count("Befund zählt nicht") == 1, "in the list of contests only"


async def test_without_any_word_the_page_says_so_and_a_silent_service_takes_only_its_part(site: Site) -> None:
    site.gateway.on(
        f"GET {BASE}/sources", sources(published=None, check=None, contradictions=[], contests=[], topics=[])
    )
    assert "noch keine Selbstauskunft veröffentlicht" in (await site.get("/loesungen/terminlotse")).text
    site.gateway.on(f"GET {BASE}/sources", problem(503, "busy"))
    page = await site.get("/loesungen/terminlotse")
    assert page.status_code == 200
    assert "Selbstauskunft und manuelle Prüfung sind gerade nicht abrufbar." in page.text


async def test_the_provider_finds_the_form_and_the_findings(provider: Site) -> None:
    page = (await provider.get(HERE)).text
    assert f'href="{HERE}/selbstauskunft"' in page
    assert f'href="{HERE}/befunde"' in page
    assert "1 Angabe widerspricht Messung oder Prüfung" in page


async def test_findings_are_contested_with_a_reason(provider: Site) -> None:
    page = (await provider.get(f"{HERE}/befunde")).text
    for target in ("art=contradiction&amp;befund=sbom_missing", "art=manual&amp;befund=keyboard"):
        assert f'href="{HERE}/anfechtung?{target}"' in page
    form = await provider.get(f"{HERE}/anfechtung?art=contradiction&befund=sbom_missing")
    assert "Erklärt eine SBOM, keine da." in form.text
    assert (await provider.get(f"{HERE}/anfechtung?art=contradiction&befund=nichts")).status_code == 404
    assert (await provider.get(f"{HERE}/anfechtung?art=nichts&befund=x")).status_code == 404
    given = {"art": "contradiction", "befund": "sbom_missing", "reason": "kurz"}
    provider.gateway.on(f"POST {BASE}/contests", problem(422, "reason-needed"))
    refused = await provider.post(f"{HERE}/anfechtung", given)
    assert refused.status_code == 422
    assert "20 bis 4.000 Zeichen" in refused.text
    provider.gateway.on(f"POST {BASE}/contests", contest(), status=201)
    done = await provider.post(f"{HERE}/anfechtung", {**given, "reason": "Sie liegt bei jeder Fassung."})
    assert done.headers["location"] == f"{HERE}/befunde#anfechtungen"
    assert provider.gateway.body(f"POST {BASE}/contests") == {
        "kind": "contradiction", "finding": "sbom_missing", "reason": "Sie liegt bei jeder Fassung."
    }  # fmt: skip
    provider.gateway.on("POST /api/checkup/contests/contest-1/withdraw", contest(state="withdrawn"))
    assert (await provider.post(f"{HERE}/anfechtung/contest-1/zuruecknehmen")).status_code == 303


async def test_the_trail_names_who_when_before_and_after(provider: Site) -> None:
    changes = [{"what": "sbom", "before": "no", "after": HOSTILE}]
    entry = {"at": "2026-11-20T10:00:00Z", "actor": "ada", "side": "provider", "action": "disclosure_published",
             "subject": "version 2", "note": "", "changes": changes}  # fmt: skip
    provider.gateway.on(f"GET {BASE}/audit", {"items": [entry], "next_cursor": "more", "total": 31})
    page = await provider.get(f"{HERE}/befunde")
    text = text_of(page.text)
    assert "31 Einträge" in text
    assert "Selbstauskunft veröffentlicht" in text
    assert f'href="{HERE}/befunde?cursor=more#protokoll"' in page.text
    assert HOSTILE not in page.text


CHECKLIST = {
    "version": "2026.1",
    "valid_months": 12,
    "topics": [{"id": "demo", "title_de": "Demo", "title_en": "Demo"}],
    "items": [
        {"id": "keyboard", "topic": "demo", "text_de": "Tastatur", "text_en": "Keyboard"},
        {"id": "control", "topic": "demo", "text_de": "Steuerbar", "text_en": "Control", "scale": True},
    ],
}  # fmt: skip
SAVE = "PUT /api/checkup/manual-checks/check-2"


@pytest.fixture
async def team(site: Site) -> Site:
    await site.log_in("curator")
    site.gateway.on(f"GET {BASE}/sources", sources(audience="team", open_check="check-2"))
    site.gateway.on(
        "GET /api/checkup/manual-checks/check-2", check(id="check-2", state="open", findings=[], revision=2)
    )
    site.gateway.on("GET /api/checkup/checklist", CHECKLIST)
    site.gateway.on(f"GET {BASE}/audit", {"items": [], "next_cursor": None, "total": 0})
    return site


def run(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": f"run-{number}", "state": "scored", "trigger": "submission", "requested_at": "2026-11-20T10:00:00Z",
            "finished_at": "2026-11-20T10:00:09Z", "reason": None, **changes}  # fmt: skip


def with_runs(team: Site, *runs: dict[str, Any]) -> None:
    report = {"run_id": "run-1", "rubric_version": "2026.2", "commit": "0123456789abcdef", "measurable": True}
    versions = [{"version": "2026.3", "current": True}, {"version": "2026.2", "current": False}]
    team.gateway.on(f"GET {BASE}/runs", {"items": list(runs), "next_cursor": None, "total": len(runs)})
    team.gateway.on(f"GET {BASE}", report)
    team.gateway.on("GET /api/checkup/rubrics", {"items": versions})


async def test_the_team_forces_a_run_after_confirming(team: Site) -> None:
    with_runs(team, run(1), run(2, state="failed", reason=HOSTILE))
    page = await team.get(DESK)
    assert "Fehlgeschlagen" in page.text
    assert HOSTILE not in page.text
    assert "/abbrechen" not in page.text
    start = f"POST {BASE}/runs"
    team.gateway.on(start, run(3, state="queued"), status=202)
    form = {"feld": "messung"}
    unsure = await team.post(f"{DESK}/messung", form)
    assert unsure.status_code == 422
    assert "Bitte bestätigen Sie den Schritt." in unsure.text
    assert team.gateway.count(start) == 0
    done = await team.post(f"{DESK}/messung", {**form, "bestaetigt": "ja"})
    assert done.headers["location"] == f"{DESK}#laeufe"
    assert team.gateway.last(start).url.params["force"] == "true"
    team.gateway.on(start, problem(409, "no-repository"))
    refused = await team.post(f"{DESK}/messung", {**form, "bestaetigt": "ja"})
    assert refused.status_code == 409
    assert 'id="fehler-messung"' in refused.text
    assert "gibt es nichts zu messen" in refused.text


async def test_the_team_calls_a_run_off_after_confirming(team: Site) -> None:
    with_runs(team, run(2, state="running", stage="analysing", groups_done=3, groups_total=40), run(1))
    page = await team.get(DESK)
    assert "3 von 40 Messgruppen fertig" in page.text
    assert f'action="{DESK}/messung"' not in page.text
    cancel = "POST /api/checkup/runs/run-2/cancel"
    team.gateway.on(cancel, problem(409, "run-finished"))
    form = {"feld": "abbrechen", "bestaetigt": "ja"}
    late = await team.post(f"{DESK}/laeufe/run-2/abbrechen", form)
    assert (late.status_code, 'id="fehler-abbrechen"' in late.text) == (409, True)
    team.gateway.on(cancel, run(2, state="cancelled"))
    assert (await team.post(f"{DESK}/laeufe/run-2/abbrechen", form)).headers["location"] == f"{DESK}#laeufe"


async def test_the_team_sees_what_another_rubric_would_change(team: Site) -> None:
    with_runs(team, run(1))
    page = text_of((await team.get(DESK)).text)
    assert "Der Bericht ist nach Raster 2026.2 bewertet." in page
    assert "2026.3 (gilt für neue Läufe)" in page
    preview = {
        "run_id": "run-1", "commit": "0123456789abcdef", "rubric_before": "2026.2", "rubric_after": "2026.3",
        "dimensions": [{"dimension": "code_quality", "before": 71, "after": 40},
                       {"dimension": "usability", "before": None, "after": 62},
                       {"dimension": "community", "before": 50, "after": 55}],
        "gained": ["community"], "lost": ["code_quality"],
    }  # fmt: skip
    place = "GET /api/checkup/runs/run-1/preview"
    team.gateway.on(place, preview)
    shown = text_of((await team.get(f"{DESK}?raster=2026.3")).text)
    assert team.gateway.last(place).url.params["rubric"] == "2026.3"
    assert "Codequalität 71 40 -31" in shown.replace("−", "-")
    assert "nicht messbar 62 –" in shown
    assert "50 55 +5" in shown
    assert "Verlorene Auszeichnungen: Codequalität." in shown
    team.gateway.on(place, problem(404, "measurement-not-kept"))
    assert "Keine Vorschau möglich" in (await team.get(f"{DESK}?raster=2026.3")).text


async def test_sources_stand_side_by_side_per_dimension_with_contradictions_marked(site: Site) -> None:
    one = sources()["topics"][0]
    measured = {"rubric": "2026.3", "as_of": "2026-11-20T10:00:00Z", "score": 71, "coverage": 0.9, "metrics": []}
    quality = {**one, "id": "code_quality", "title_de": "Codequalität", "measured": measured}
    bare = {"id": "usability", "title_de": "Usability", "declared": None, "checked": None,
            "measured": {**measured, "score": None, "coverage": 0.1}}  # fmt: skip
    site.gateway.on(
        f"GET {BASE}/sources",
        sources(dimensions=[bare, quality], contradictions=[contradiction(dimension="code_quality")]),
    )
    page = await site.get("/loesungen/terminlotse")
    shown = text_of(page.text)
    by_dimension = shown[shown.index("Je Dimension") : shown.index("Je Thema")]
    assert "Gemessen: 71 von 100" in by_dimension
    assert by_dimension.count("1 Widerspruch") == 1
    assert "Erklärt eine SBOM, keine da." in by_dimension
    assert "BSI C5" in by_dimension
    assert HOSTILE not in page.text


@pytest.mark.parametrize("path", ["/team/checkup", DESK])
async def test_others_may_not_see_the_desk(site: Site, path: str) -> None:
    await site.log_in(memberships=[answers.membership()])
    assert (await site.get(path)).status_code == 403


async def test_the_checklist_is_saved_and_completed(team: Site) -> None:
    page = await team.get(DESK)
    assert field_of(page.text, "revision") == "2"
    team.gateway.on(SAVE, check(id="check-2", state="open", revision=3))
    form = {"revision": "2", "ergebnis-keyboard": "failed", "befund-keyboard": "Kein Fokus", "ergebnis-control": "3"}
    saved = await team.post(f"{DESK}/pruefung", {**form, "aktion": "speichern"})
    assert saved.headers["location"] == f"{DESK}#pruefliste"
    assert team.gateway.body(SAVE) == {
        "items": [
            {"item": "keyboard", "finding": "Kein Fokus", "evidence_url": None, "result": "failed"},
            {"item": "control", "finding": "", "evidence_url": None, "grade": 3, "result": "passed"},
        ]
    }
    complete = "POST /api/checkup/manual-checks/check-2/complete"
    team.gateway.on(complete, check(id="check-2"))
    await team.post(f"{DESK}/pruefung", {**form, "aktion": "abschliessen"})
    assert team.gateway.last(complete).headers["if-match"] == '"3"'


async def test_a_weak_grade_without_words_is_told_at_its_field(team: Site) -> None:
    errors = [{"field": "items.control.finding", "message": "a grade below 2 needs a finding"}]
    team.gateway.on(SAVE, problem(422, "invalid-check", errors=errors))
    page = await team.post(f"{DESK}/pruefung", {"revision": "2", "ergebnis-control": "1", "aktion": "speichern"})
    assert page.status_code == 422
    assert 'id="fehler-befund-control"' in page.text
    assert re.search(r'value="1"[^>]*checked', page.text)
    team.gateway.on(SAVE, problem(412, "stale-version"))
    page = await team.post(f"{DESK}/pruefung", {"revision": "1", "ergebnis-control": "1", "aktion": "speichern"})
    assert "an anderer Stelle geändert" in text_of(page.text)


async def test_nobody_works_on_the_own_organisations_solution(team: Site) -> None:
    team.gateway.on(f"GET {BASE}/sources", sources(audience="provider"))
    page = await team.get(DESK)
    assert "Niemand prüft Lösungen der eigenen Organisation." in page.text
    assert f'action="{DESK}' not in page.text


async def test_a_check_is_begun_answers_are_verified_and_contests_answered(team: Site) -> None:
    begin = f"POST {BASE}/manual-checks"
    team.gateway.on(begin, check(), status=201)
    assert (await team.post(f"{DESK}/pruefung", {"aktion": "beginnen"})).status_code == 303
    verify = f"PUT {BASE}/disclosure/verifications/isms"
    team.gateway.on(verify, problem(422, "note-needed"))
    form = {"frage": "isms", "fassung": "2", "note-isms": "", "aktion": "nicht"}
    assert 'id="fehler-note-isms"' in (await team.post(f"{DESK}/angabe", form)).text
    team.gateway.on(verify, None, status=204)
    await team.post(f"{DESK}/angabe", {**form, "note-isms": "Nicht im Register"})
    assert team.gateway.body(verify) == {"version": 2, "confirmed": False, "note": "Nicht im Register"}
    answer = "POST /api/checkup/contests/contest-1/answer"
    team.gateway.on(answer, problem(422, "reason-needed"))
    refused = await team.post(f"{DESK}/anfechtung/contest-1", {"aktion": "ablehnen", "answer": "zu kurz"})
    assert 'id="fehler-answer-contest-1"' in refused.text
    assert "zu kurz</textarea>" in refused.text, "what was typed is kept"
    team.gateway.on(answer, contest(state="accepted"))
    done = await team.post(
        f"{DESK}/anfechtung/contest-1", {"aktion": "berichtigt", "answer": "Stimmt, wir haben nachgesehen."}
    )
    assert done.headers["location"] == f"{DESK}#anfechtungen"
    assert team.gateway.body(answer)["decision"] == "corrected"


async def test_open_contests_wait_in_a_list(team: Site) -> None:
    team.gateway.on("GET /api/checkup/contests", {"items": [contest()]})
    page = await team.get("/team/checkup")
    assert f'href="{DESK}#anfechtungen"' in page.text
    team.gateway.on("GET /api/checkup/contests", {"items": []})
    assert "Hier wartet nichts" in (await team.get("/team/checkup")).text


def test_every_refusal_of_an_answer_or_finding_has_german_words() -> None:
    assert {fault.value for fault in Fault} == set(disclosure.REFUSALS)
    assert "a grade below 2 needs a finding" in manual_check.REFUSALS
