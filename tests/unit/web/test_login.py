"""Logging in and out: what is checked, what is kept, where it leads."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import BASE, Site, text_of
from .fakes import new_key


async def test_a_log_in_comes_back_to_where_it_started(site: Site) -> None:
    answer = await site.log_in(back="/posteingang?nur=ungelesen")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/posteingang?nur=ungelesen"
    assert "Ada Muster" in (await site.get("/ueber")).text


async def test_the_services_get_the_token_as_bearer(site: Site) -> None:
    await site.log_in()
    await site.get("/ueber")
    bearer = site.gateway.last("GET /api/catalog/me").headers["authorization"]
    assert bearer.startswith("Bearer ey")


async def test_the_request_for_a_log_in_carries_pkce_state_and_nonce(site: Site) -> None:
    start = await site.get("/anmelden")
    query = parse_qs(urlsplit(start.headers["location"]).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{BASE}/auth/callback"]
    assert {"state", "nonce", "code_challenge"} <= set(query)
    assert len({query["state"][0], query["nonce"][0], query["code_challenge"][0]}) == 3


async def test_the_session_cookie_is_closed_to_scripts_and_other_sites(site: Site) -> None:
    answer = await site.log_in()
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("mp_sitzung_8080="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "muster" not in cookie.lower()  # her name; three letters of her id may come up in any cipher


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1"],
)
async def test_a_log_in_never_leads_to_another_site(site: Site, target: str) -> None:
    assert (await site.log_in(back=target)).headers["location"] == "/"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"aud": ["marktplatz", "other"], "azp": "other"},
        {"iss": "http://evil.example"},
        {"exp": 1},
        {"sub": ""},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_an_id_token_that_is_not_for_us_is_refused(site: Site, spoiled: dict[str, object]) -> None:
    site.identity.claims |= spoiled
    answer = await site.log_in()
    assert answer.status_code == 400
    assert "Die Anmeldung hat nicht geklappt" in answer.text
    assert "mp_sitzung_8080" not in site.http.cookies


async def test_an_id_token_signed_by_somebody_else_is_refused(site: Site) -> None:
    site.identity.signing_key = new_key("somebody else's")
    assert (await site.log_in()).status_code == 400


async def test_a_state_of_another_browser_is_refused(site: Site) -> None:
    start = await site.get("/anmelden")
    handed = site.identity.authorize(start.headers["location"])
    site.http.cookies.clear()
    answer = await site.http.get("/auth/callback", params=handed)
    assert answer.status_code == 400
    assert "ließ sich nicht zuordnen" in answer.text


async def test_a_code_cannot_be_used_twice(site: Site) -> None:
    start = await site.get("/anmelden")
    handed = site.identity.authorize(start.headers["location"])
    assert (await site.http.get("/auth/callback", params=handed)).status_code == 303
    assert (await site.http.get("/auth/callback", params=handed)).status_code == 400


async def test_two_tabs_can_log_in_at_once(site: Site) -> None:
    first, second = await site.get("/anmelden?weiter=/ueber"), await site.get("/anmelden?weiter=/suche")
    for start, expected in ((first, "/ueber"), (second, "/suche")):
        handed = site.identity.authorize(start.headers["location"])
        assert (await site.http.get("/auth/callback", params=handed)).headers["location"] == expected


async def test_a_cancelled_log_in_is_told_kindly(site: Site) -> None:
    start = await site.get("/anmelden")
    state = site.identity.authorize(start.headers["location"])["state"]
    answer = await site.http.get("/auth/callback", params={"state": state, "error": "access_denied"})
    assert answer.status_code == 400
    assert "Anmeldung abgebrochen" in answer.text


async def test_an_identity_provider_that_is_down_is_said_so(site: Site) -> None:
    site.identity.down = True
    answer = await site.get("/anmelden")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "Die Anmeldung ist gerade nicht möglich" in answer.text


async def test_another_host_is_sent_to_the_public_one_first(site: Site) -> None:
    answer = await site.http.get("http://localhost:8080/anmelden?weiter=/suche")
    assert answer.headers["location"] == f"{BASE}/anmelden?weiter=%2Fsuche&gleich=1"
    renamed = await site.http.get("http://localhost:8080/anmelden?weiter=%2Fsuche&gleich=1")
    assert "authorize" in renamed.headers["location"], "a proxy that renames hosts makes no loop"


async def test_an_expired_session_leads_to_the_log_in_and_back(site: Site) -> None:
    site.identity.lifetime = timedelta(seconds=-30)
    await site.log_in()
    answer = await site.get("/posteingang?nur=ungelesen")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/anmelden?weiter=%2Fposteingang%3Fnur%3Dungelesen"


async def test_a_token_the_services_refuse_leads_to_the_log_in(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/me", {"slug": "token-expired"}, status=401)
    answer = await site.get("/einstellungen")
    assert answer.headers["location"] == "/anmelden?weiter=%2Feinstellungen"


async def test_a_form_open_during_a_renewed_log_in_stays_valid(site: Site) -> None:
    await site.log_in()
    token = await site.csrf()
    await site.log_in()
    site.gateway.on("PUT /api/notify/preferences", {"email": False})
    answer = await site.http.post("/einstellungen", data={"csrf": token, "email": "nein"})
    assert answer.status_code == 303


async def test_logging_out_ends_the_session(site: Site) -> None:
    await site.log_in()
    answer = await site.post("/abmelden")
    assert answer.headers["location"] == "/abmelden"
    page = await site.get("/abmelden")
    assert "Sie sind abgemeldet." in page.text
    assert "Auch beim Anmeldedienst abmelden" in text_of(page.text)
    assert (await site.get("/posteingang")).headers["location"].startswith("/anmelden")


async def test_a_tampered_session_is_no_session(site: Site) -> None:
    await site.log_in()
    value = site.http.cookies["mp_sitzung_8080"]
    site.http.cookies.clear()
    site.http.cookies.set("mp_sitzung_8080", value[:-4] + "AAA=", domain="127.0.0.1")
    assert (await site.get("/posteingang")).status_code == 303
