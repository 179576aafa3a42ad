"""The process: settings, assets, headers, health, calls to the gateway."""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from web.api import caller
from web.api.caller import Caller
from web.api.problem import ApiProblem
from web.settings import WebSettings

from web import assets

from . import answers
from .conftest import BASE, Site
from .fakes import problem

PRODUCTION = {
    "env": "production",
    "public_url": "https://markt.example.org",
    "oidc_issuer": "https://login.example.org",
    "session_secret": "s" * 40,
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"session_secret": WebSettings().session_secret}, "SESSION_SECRET still has its development default"),
        ({"session_secret": "short"}, "SESSION_SECRET has fewer than 32 characters"),
        ({"public_url": "http://markt.example.org"}, "PUBLIC_URL is http://markt.example.org: production needs https"),
        ({"oidc_issuer": "http://login.example.org"}, "OIDC_ISSUER is http://login.example.org"),
        ({"web_reload": True}, "WEB_RELOAD is for work on the front end"),
    ],
)
def test_development_defaults_do_not_start_in_production(change: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        WebSettings.model_validate(PRODUCTION | change)


def test_production_starts_with_what_it_needs() -> None:
    settings = WebSettings.model_validate(PRODUCTION)
    assert settings.secure
    assert settings.gateway_url == "https://markt.example.org"
    assert settings.oidc_client_secret is None, "a public client unless it is told a secret"


def test_missing_assets_are_named_with_the_command_that_helps(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissingError, match=r"kern\.min\.css.*python -m web\.assets --install"):
        assets.require(tmp_path)


def test_assets_are_copied_with_the_fonts_that_the_sheet_names(tmp_path: Path) -> None:
    modules, vendor = tmp_path / "node_modules", tmp_path / "vendor"
    for source in assets.FILES:
        (modules / source).parent.mkdir(parents=True, exist_ok=True)
        (modules / source).write_text("x")
    fonts = modules / assets.KERN / "dist/fonts"
    (fonts / "fira-sans.css").write_text("src: url('./fira-sans/One.woff2'); src: url(./fira-sans/Two.woff2)")
    (fonts / "fira-sans").mkdir()
    for name in ("One", "Two", "Unused"):
        (fonts / f"fira-sans/{name}.woff2").write_text(name)
    vendor.mkdir()
    (vendor / "old.css").write_text("old")
    assets.copy(modules, vendor)
    assert assets.missing(vendor) == []
    assert sorted(path.name for path in (vendor / "kern/fonts/fira-sans").iterdir()) == ["One.woff2", "Two.woff2"]
    assert not (vendor / "old.css").exists()


def test_copying_without_node_modules_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissingError, match="npm ci"):
        assets.copy(tmp_path / "node_modules", tmp_path / "vendor")


def test_the_lock_file_names_no_address() -> None:
    lock = (assets.PROJECT / "package-lock.json").read_text()
    assert "://" not in lock
    assert "resolved" not in lock
    assert lock.count("sha512-") == 2


@pytest.mark.parametrize("path", ["/", "/gibtsnicht", "/static/css/app.css", "/health/live"])
async def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    headers = (await site.get(path)).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-request-id"]


async def test_the_page_of_a_crash_is_guarded_and_tells_nothing(site: Site) -> None:
    def crash(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("secret detail")

    site.gateway.on("GET /api/catalog/solutions/terminlotse", crash)
    answer = await site.get("/loesungen/terminlotse")
    assert answer.status_code == 500
    assert "Da ist uns ein Fehler passiert" in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "content-security-policy" in answer.headers


async def test_the_request_id_goes_through_to_the_services(site: Site) -> None:
    await site.get("/", **{"X-Request-Id": "abc-123"})
    assert site.gateway.last("GET /api/search/solutions").headers["x-request-id"] == "abc-123"
    answer = await site.get("/", **{"X-Request-Id": "no good\t"})
    assert answer.headers["x-request-id"] != "no good\t"


async def test_pages_of_registered_users_are_kept_nowhere(site: Site) -> None:
    assert (await site.get("/")).headers["cache-control"] == "private, no-cache"
    await site.log_in()
    assert (await site.get("/")).headers["cache-control"] == "private, no-store"


async def test_static_files_are_kept_for_ever_under_their_fingerprint(site: Site) -> None:
    page = (await site.get("/")).text
    address = page.split('href="/static/css/app.css')[1].split('"')[0]
    answer = await site.get(f"/static/css/app.css{address}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert (await site.get("/static/css/app.css")).headers["cache-control"] == "public, max-age=86400"


async def test_static_files_are_not_sent_twice(site: Site) -> None:
    first = await site.get("/static/css/app.css")
    again = await site.get("/static/css/app.css", **{"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (await site.get("/static/css/app.css", **{"If-None-Match": '"other"'})).status_code == 200
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    font = await site.get("/static/vendor/kern/fonts/fira-sans/FiraSans-Regular.woff2")
    assert font.headers["content-type"] == "font/woff2"


async def test_what_is_no_static_file_is_not_served(site: Site) -> None:
    for path in ("/static/", "/static/css", "/static/css/nothing.css", "/static/..%2Fapp.py", "/static/vendor/.lock"):
        assert (await site.get(path)).status_code == 404, path
    assert (await site.http.post("/static/css/app.css")).status_code in (403, 405)


async def test_head_answers_like_get(site: Site) -> None:
    assert (await site.http.head("/")).status_code == 200


async def test_an_address_used_wrongly_is_a_405_in_german(site: Site) -> None:
    answer = await site.http.delete("/suche")
    assert answer.status_code == 405
    assert "So geht das nicht" in answer.text


async def test_health_is_ready_also_while_services_are_down(site: Site) -> None:
    site.gateway.answers.clear()
    assert (await site.get("/health/live")).json() == {"status": "ok"}
    ready = await site.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["checks"]["assets"] == "ok"


async def ask(answer: httpx.Response | Exception) -> ApiProblem:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with caller.client(BASE, host="markt.example.org", seconds=1, transport=httpx.MockTransport(handle)) as http:
        with pytest.raises(ApiProblem) as caught:
            await Caller(http).get("/api/x")
    return caught.value


async def test_a_problem_keeps_slug_fields_and_patience() -> None:
    errors = [{"field": "listing.name", "message": "too long"}]
    found = await ask(problem(429, "checkup-too-soon", "wait", errors=errors, retry_after=9, request_id="r1"))
    assert (found.status, found.slug, found.detail, found.retry_after) == (429, "checkup-too-soon", "wait", 9)
    assert found.errors[0].field == "listing.name"
    assert found.request_id == "r1"


@pytest.mark.parametrize(
    ("answer", "status", "slug"),
    [
        (httpx.ConnectError("refused"), 503, "service-unreachable"),
        (httpx.ReadTimeout("slow"), 503, "service-unreachable"),
        (httpx.Response(502, text="Bad Gateway"), 502, "service-unreachable"),
        (httpx.Response(404, text="not here"), 404, "status-404"),
        (httpx.Response(422, content=b"{", headers={"content-type": "application/json"}), 422, "status-422"),
        (httpx.Response(302, headers={"location": "https://evil.example"}), 302, "status-302"),
        (httpx.Response(200, text="<html>"), 502, "unexpected-answer"),
    ],
)
async def test_answers_that_are_no_problem_json_become_problems_too(
    answer: httpx.Response | Exception, status: int, slug: str
) -> None:
    found = await ask(answer)
    assert (found.status, found.slug) == (status, slug)


@pytest.mark.parametrize("path", ["/gibtsnicht", "/loesungen/gibtsnicht", "/pruefung"])
async def test_error_pages_keep_the_menu_of_who_reads_them(site: Site, path: str) -> None:
    await site.log_in(memberships=[answers.membership()])
    site.gateway.on("GET /api/notify/inbox", {"items": [], "unread": 3, "next_cursor": None})
    answer = await site.get(path)
    assert answer.status_code in (403, 404)
    assert 'href="/meine-loesungen"' in answer.text
    assert "3 ungelesene Nachrichten" in answer.text


async def test_an_unknown_address_is_told_even_when_the_services_refuse_the_token(site: Site) -> None:
    await site.log_in()
    site.gateway.on("GET /api/catalog/me", problem(401, "token-expired"))
    assert (await site.get("/gibtsnicht")).status_code == 404


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/organisation/o1/mitglieder", "/organisation"),
        ("/loesungen/terminlotse/bewertung", "/loesungen/terminlotse"),
        ("/unser-einsatz/s1/bestaetigen", "/unser-einsatz"),
        ("/merkliste/umschalten", "/merkliste"),
    ],
)
async def test_the_address_of_a_form_alone_leads_to_its_page(site: Site, address: str, above: str) -> None:
    """After a refused form the browser shows such an address; reloading or changing the language asks for it."""
    answer = await site.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, above)
    assert (await site.http.put(address)).status_code == 405
