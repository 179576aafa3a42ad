"""Every page and every form of the site states who may use it, and is tried: by nobody, by each role, and forged."""

from collections.abc import Iterator
from itertools import product

import httpx
import pytest
from web.app import create_app
from web.settings import WebSettings

from tests.unit.authorisation.asking import routes_of

from . import answers
from .conftest import Site

PUBLIC = frozenset(
    f"GET {path}"
    for path in (
        "/",
        "/abmelden",
        "/anmelden",
        "/auth/callback",
        "/dossier-pruefen",
        "/einstellungen/daten-geloescht",
        "/health/live",
        "/health/ready",
        "/kriterien",
        "/loesungen",
        "/loesungen/{slug}",
        "/offene-daten",
        "/robots.txt",
        "/sprache",
        "/suche",
        "/ueber",
        "/vergleich",
    )
)
"""Pages for everybody. What is not here is for registered users."""
TEAM = {
    "/pruefung": {"reviewer"},
    "/pruefung/aenderungen": {"reviewer"},
    "/pruefung/{case_id}": {"reviewer"},
    "/pruefung/anfragen": {"curator"},
    "/pruefung/anfragen/{inquiry_id}": {"curator"},
    "/pruefung/meldungen": {"curator"},
    "/pruefung/meldungen/austausch/{thread_id}": {"curator"},
    "/pruefung/meldungen/bewertungen/{solution_id}/{organisation_id}": {"curator"},
    "/pruefung/organisationen": {"curator"},
    "/pruefung/organisationen/{organisation_id}": {"curator"},
    "/pruefung/organisationen/{organisation_id}/regionalschluessel": {"curator"},
    "/loesungen/{slug}/bewertungen/{organisation_id}/ausblenden": {"curator"},
    "/loesungen/{slug}/bewertungen/{organisation_id}/einblenden": {"curator"},
    "/team/checkup": {"reviewer", "curator"},
    "/team/checkup/{solution_id}": {"reviewer", "curator"},
    "/team/checkup/{solution_id}/anfechtung/{contest_id}": {"reviewer", "curator"},
    "/team/checkup/{solution_id}/angabe": {"reviewer", "curator"},
    "/team/checkup/{solution_id}/laeufe/{run_id}/abbrechen": {"reviewer", "curator"},
    "/team/checkup/{solution_id}/messung": {"reviewer", "curator"},
    "/team/checkup/{solution_id}/pruefung": {"reviewer", "curator"},
    "/team/suchberichte": {"reviewer", "operator"},
}
"""Pages of the marketplace's team, and the roles that open them."""
ROLES = ("reviewer", "curator", "operator")
FILES = frozenset(
    (
        "/dossier-pruefen",
        "/organisation",
        "/organisation/{organisation_id}/antrag",
        "/organisation/{organisation_id}/nachweis",
        "/meine-loesungen/neu/publiccode",
        "/meine-loesungen/{solution_id}/medien",
        "/meine-loesungen/{solution_id}/publiccode",
    )
)
"""Forms with a file."""
OWN = [answers.membership()]


def _routes() -> list[tuple[str, str]]:
    app = create_app(WebSettings(env="test"))
    return sorted((method, route.path) for route in routes_of(app.app.routes) for method in route.methods)  # type: ignore[attr-defined]


ROUTES = _routes()
CLOSED = [(method, path) for method, path in ROUTES if f"{method} {path}" not in PUBLIC]


def _address(path: str) -> str:
    """A path with something in each place."""
    return path.translate(str.maketrans({"{": "", "}": "", "_": "-"}))


async def _ask(site: Site, method: str, path: str, csrf: str | None = None) -> httpx.Response:
    if method == "GET":
        return await site.get(_address(path))
    files = {"datei": ("x.pdf", b"%PDF-1.7", "application/pdf")} if path in FILES else None
    data = {"name": "x"} | ({} if csrf is None else {"csrf": csrf})
    return await site.http.post(_address(path), data=data, files=files)


def _written(site: Site) -> Iterator[str]:
    return (f"{each.method} {each.url.path}" for each in site.gateway.asked if each.method not in ("GET", "HEAD"))


def test_the_tables_name_routes_that_exist() -> None:
    assert {path for method, path in ROUTES if method == "GET"} >= {each.partition(" ")[2] for each in PUBLIC}
    assert {path for _, path in CLOSED} >= set(TEAM)
    assert {path for method, path in CLOSED if method == "POST"} >= FILES
    forgotten = [path for _, path in CLOSED if path.startswith(("/team", "/pruefung")) and path not in TEAM]
    assert not forgotten, "say which roles open this"


async def test_nobody_gets_behind_the_log_in(site: Site) -> None:
    wrong = {}
    for method, path in CLOSED:
        answer = await _ask(site, method, path)
        if method == "GET":
            fine = answer.status_code == 303 and answer.headers["location"].startswith("/anmelden?weiter=")
        else:
            fine = answer.status_code == 401 or path == "/abmelden"
        if not fine:
            wrong[f"{method} {path}"] = answer.status_code
    assert wrong == {}
    assert list(_written(site)) == []


@pytest.mark.parametrize("role", [None, *ROLES])
async def test_a_page_of_the_team_opens_for_its_roles_only(site: Site, role: str | None) -> None:
    await site.log_in(*([role] if role else []), memberships=OWN)
    wrong = {}
    for method, path in CLOSED:
        if path not in TEAM:
            continue
        answer = await _ask(site, method, path, csrf=await site.csrf())
        refused = answer.status_code == 403 and "Diese Seite ist für" in answer.text
        if refused == (role in TEAM[path]):
            wrong[f"{method} {path}"] = answer.status_code
    assert wrong == {}
    if role is None:
        assert list(_written(site)) == []


@pytest.mark.parametrize("roles", [(), ROLES])
async def test_no_form_works_without_its_token(site: Site, roles: tuple[str, ...]) -> None:
    await site.log_in(*roles, memberships=OWN)
    wrong = {}
    forms = [path for method, path in CLOSED if method == "POST"]
    for path, csrf in product(forms, (None, "made.up")):
        answer = await _ask(site, "POST", path, csrf)
        if answer.status_code != 403:
            wrong[path] = answer.status_code
    assert wrong == {}
    assert list(_written(site)) == []
