"""What keeps a form from being sent by another site, twice, too large, or too late."""

from datetime import timedelta
from typing import Any

import pytest

from . import answers
from .conftest import Site

PROVIDER = [answers.membership()]


async def test_a_form_without_a_token_is_refused(site: Site) -> None:
    await site.log_in()
    answer = await site.http.post("/einstellungen", data={"email": "nein"})
    assert answer.status_code == 403
    assert "Das Formular ist nicht mehr gültig" in answer.text
    assert site.gateway.count("PUT /api/notify/preferences") == 0


async def test_a_token_of_another_session_is_refused(site: Site) -> None:
    await site.log_in()
    token = await site.csrf()
    site.http.cookies.clear()
    site.identity.claims["sub"] = "eve"
    await site.log_in()
    answer = await site.http.post("/einstellungen", data={"csrf": token, "email": "nein"})
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_form_from_another_site_is_refused_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    await site.log_in()
    token = await site.csrf()
    answer = await site.http.post("/einstellungen", data={"csrf": token, "email": "nein"}, headers=headers)
    assert answer.status_code == 403


async def test_a_form_after_the_session_has_expired_keeps_what_was_typed_in_reach(site: Site) -> None:
    site.identity.lifetime = timedelta(seconds=-30)
    await site.log_in()
    answer = await site.http.post("/einstellungen", data={"email": "nein"})
    assert answer.status_code == 401
    assert "Ihre Sitzung ist abgelaufen" in answer.text
    assert 'href="/anmelden?neu=1" target="_blank"' in answer.text


@pytest.mark.parametrize("path", ["/organisation", "/meine-loesungen/x/medien", "/meine-loesungen/x/publiccode"])
async def test_an_upload_after_the_session_has_expired_says_what_to_do_about_the_file(site: Site, path: str) -> None:
    site.identity.lifetime = timedelta(seconds=-30)
    await site.log_in(memberships=PROVIDER)
    files = {"datei": ("x.pdf", b"%PDF-1.7" + b"x" * 3_000_000, "application/pdf")}
    answer = await site.http.post(path, data={"name": "Stadt A", "csrf": "x"}, files=files)
    assert answer.status_code == 401
    assert "Ihre Eingaben sind noch da" in answer.text
    assert "ob die Datei noch gewählt ist" in answer.text
    assert all(each.method == "GET" for each in site.gateway.asked)


async def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    await site.log_in()
    answer = await site.post("/einstellungen", {"email": "x" * 600_000})
    assert answer.status_code == 413
    assert "Zu groß" in answer.text


async def test_something_that_is_no_form_is_refused(site: Site) -> None:
    await site.log_in()
    answer = await site.http.post("/einstellungen", json={"email": "nein"})
    assert answer.status_code == 415


async def test_the_same_form_twice_has_one_key_and_another_content_another(site: Site) -> None:
    await site.log_in(memberships=PROVIDER)
    site.gateway.on("POST /api/catalog/organisations", answers.organisation("requested"), status=201)
    site.gateway.on("GET /api/catalog/organisations", {"items": []})
    keys = []
    form: dict[str, Any]
    for form in (
        {"name": "Stadt A", "kinds": "provider"},
        {"name": "Stadt A", "kinds": "provider"},
        {"name": "Stadt B", "kinds": "provider"},
    ):
        assert (await site.post("/organisation", form)).status_code == 303
        keys.append(site.gateway.last("POST /api/catalog/organisations").headers["idempotency-key"])
    assert keys[0] == keys[1]
    assert keys[1] != keys[2]


async def test_every_page_with_a_form_has_a_fresh_key(site: Site) -> None:
    await site.log_in(memberships=PROVIDER)
    first, second = await site.get("/meine-loesungen/neu"), await site.get("/meine-loesungen/neu")
    assert first.text.count('name="key"') == 1
    assert first.text.split('name="key"')[1][:40] != second.text.split('name="key"')[1][:40]
