"""Inviting colleagues, and coming with the link."""

from . import answers
from .conftest import Site, text_of
from .fakes import problem
from .test_hostile_texts import SCRIPT, harmless

PATH = f"/organisation/{answers.PROVIDER}/einladungen"
API = f"/api/catalog/organisations/{answers.PROVIDER}/invitations"
LOOK_UP, ACCEPT = "POST /api/catalog/invitations/look-up", "POST /api/catalog/invitations/accept"
OFFER = {
    "organisation_id": answers.PROVIDER,
    "organisation_name": "Musterlösungen GmbH",
    "role": "editor",
    "state": "pending",
    "expires_at": "2026-12-01T10:00:00Z",
}
PENDING = {
    "id": "one",
    "email": "neu@example.org",
    "role": "editor",
    "sent": 2,
    "created_at": "2026-11-20T10:00:00Z",
    "expires_at": "2026-12-01T10:00:00Z",
}


async def test_an_admin_invites_sends_again_and_takes_back(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(role="admin")])
    site.gateway.on(f"GET {API}", {"items": [PENDING]})
    text = text_of((await site.get(PATH)).text)
    for expected in (
        "neu@example.org",
        "2 Mal gesendet",
        "gilt bis 1. Dezember 2026",
    ):
        assert expected in text, expected
    site.gateway.on(f"POST {API}", PENDING, status=201)
    assert (await site.post(PATH, {"email": "neu@example.org", "role": "editor"})).status_code == 303
    assert site.gateway.body(f"POST {API}") == {"email": "neu@example.org", "role": "editor"}
    bad = await site.post(PATH, {"email": "neu", "role": "editor"})
    assert (bad.status_code, "Bitte geben Sie eine E-Mail-Adresse an." in bad.text) == (422, True)
    site.gateway.on(f"POST {API}", problem(409, "already-invited"))
    twice = await site.post(PATH, {"email": "neu@example.org", "role": "editor"})
    assert (twice.status_code, "offene Einladung erneut" in twice.text) == (409, True)
    for action, route in (("erneut", f"POST {API}/one/resend"), ("zuruecknehmen", f"DELETE {API}/one")):
        site.gateway.on(route, PENDING)
        assert (await site.post(f"{PATH}/one", {"aktion": action})).status_code == 303
        assert site.gateway.count(route) == 1


async def test_the_link_leads_through_the_log_in_to_the_organisation(site: Site) -> None:
    away = await site.get("/einladung/one.secret")
    assert away.headers["location"].startswith("/anmelden?weiter=")
    await site.log_in()
    site.gateway.on(LOOK_UP, OFFER)
    text = text_of((await site.get("/einladung/one.secret")).text)
    assert "für „Musterlösungen GmbH“ mitzuarbeiten. Ihre Rolle: Redaktion." in text
    site.gateway.on(ACCEPT, answers.organisation())
    assert (await site.post("/einladung/one.secret")).headers["location"] == "/organisation"
    assert site.gateway.body(ACCEPT) == {"token": "one.secret"}


async def test_a_link_that_no_longer_works_says_why(site: Site) -> None:
    await site.log_in()
    site.gateway.on(LOOK_UP, problem(404, "invitation-invalid"))
    wrong = await site.get("/einladung/x")
    assert (wrong.status_code, "führt zu keiner offenen Einladung" in wrong.text) == (404, True)
    site.gateway.on(LOOK_UP, {**OFFER, "state": "accepted"})
    site.gateway.on(ACCEPT, problem(409, "invitation-used"))
    used = await site.post("/einladung/one.secret")
    assert (used.status_code, "Jeder Link gilt einmal." in used.text, "annehmen</span>" in used.text) == (
        409,
        True,
        False,
    )


async def test_hostile_names_stay_text(site: Site) -> None:
    await site.log_in(memberships=[answers.membership(role="admin", name=SCRIPT)])
    site.gateway.on(LOOK_UP, {**OFFER, "organisation_name": SCRIPT})
    site.gateway.on(f"GET {API}", {"items": [{**PENDING, "email": SCRIPT, "role": SCRIPT}]})
    for path in ("/einladung/x", PATH):
        assert harmless((await site.get(path)).text), path
