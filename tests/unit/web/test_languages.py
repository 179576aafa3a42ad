"""Words, numbers, dates: German, and English where it is chosen."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import nodes
from web.api.problem import ApiProblem, known_slugs
from web.checkup_reading import MEANINGS
from web.forms import disclosure, manual_check
from web.forms.listing import GERMAN as FAULTS
from web.i18n import ENGLISH, GERMAN, catalogue
from web.pages import watchlist
from web.rendering.templates import TEMPLATES, environment
from web.search_query import SORTS

import web
from web import trail_words

from .conftest import Site

SOURCE = Path(web.__file__).parent
REPOSITORY = SOURCE.parent.parent
SPEAKERS = {"say", "Flash", "NotAllowedError"}


def texts_in_templates() -> Iterator[str]:
    env = environment(reload=False)
    for file in TEMPLATES.rglob("*.html"):
        for call in env.parse(file.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "count"):
                yield from (each.value for each in call.args if isinstance(each, nodes.Const) and each.value != "")


def texts_in_code() -> Iterator[str]:
    for file in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args:
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                first = call.args[0]
                parts = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
                if name in SPEAKERS:
                    yield from (each.value for each in parts if isinstance(each, ast.Constant))


def texts_in_data() -> Iterator[str]:
    yield from SORTS.values()
    yield from FAULTS.values()
    yield from (*watchlist.SORTS.values(), watchlist.ON_LIST, watchlist.OFF_LIST)
    for meaning in MEANINGS.values():
        yield from (meaning.risk, meaning.strength)
    yield from (*trail_words.KINDS.values(), *trail_words.FIELDS.values())
    yield from (*disclosure.REFUSALS.values(), *manual_check.REFUSALS.values())


def test_every_text_of_the_pages_has_an_english_one() -> None:
    used = {
        text for text in (*texts_in_templates(), *texts_in_code(), *texts_in_data()) if isinstance(text, str) and text
    }
    assert len(used) > 400
    assert used - set(catalogue("en")) == set(), "add them to web/locales/en.json"


def test_translations_have_the_same_blanks_to_fill() -> None:
    for german, english in catalogue("en").items():
        assert set(re.findall(r"{\w+}", german)) == set(re.findall(r"{\w+}", english)), german


def test_every_refusal_of_a_service_has_words_of_its_own() -> None:
    """What a service may answer to a page; operators' commands are not reached from pages."""
    raised = re.compile(r"errors\.[a-z_]+\(\s*\"([a-z-]+)\"")
    operators_only = re.compile("^(rebuild|rollback|event-log)-|^document-refused$|^repository-unreachable$")
    from_tokens = {"token-expired", "malformed-token", "invalid-token", "not-authenticated"}  # lead to the log-in
    from_headers = {"malformed-idempotency-key", "malformed-if-match"}  # which pages send right
    slugs = set()
    for file in REPOSITORY.glob("services/*/*/**/*.py"):
        slugs |= set(raised.findall(file.read_text(encoding="utf-8")))
    missing = {slug for slug in slugs - known_slugs() - from_tokens - from_headers if not operators_only.match(slug)}
    assert missing == set(), "add them to web/locales/problems.json"


def test_every_problem_is_told_in_both_languages() -> None:
    for slug, words in json.loads((SOURCE / "locales/problems.json").read_text(encoding="utf-8")).items():
        for language in ("de", "en"):
            assert words[language]["title"], slug
            assert words[language]["text"].endswith((".", "?")), slug


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 413, 418, 422, 428, 429, 500, 502, 503, 504])
def test_an_unknown_slug_falls_back_to_words_for_its_status(status: int) -> None:
    problem = ApiProblem(status, "never-heard-of")
    assert problem.title("de")
    assert problem.text("en")


def test_numbers_follow_the_language() -> None:
    assert GERMAN.number(1234.5, 1) == "1.234,5"
    assert ENGLISH.number(1234.5, 1) == "1,234.5"
    assert GERMAN.number(None) == "–"
    assert GERMAN.percent(0.725) == "72\N{NARROW NO-BREAK SPACE}%"


def test_plurals_follow_the_number() -> None:
    assert GERMAN.count(0, "{n} Lösung", "{n} Lösungen") == "0 Lösungen"
    assert GERMAN.count(1, "{n} Lösung", "{n} Lösungen") == "1 Lösung"
    assert ENGLISH.count(1200, "{n} Lösung", "{n} Lösungen") == "1,200 solutions"


def test_dates_are_german_time_in_words() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert GERMAN.day(late) == "1.\N{NO-BREAK SPACE}Juli 2026"
    assert GERMAN.moment(late) == "1.\N{NO-BREAK SPACE}Juli 2026, 00:30\N{NO-BREAK SPACE}Uhr"
    assert ENGLISH.day(date(2026, 3, 9)) == "9\N{NO-BREAK SPACE}March 2026"
    assert GERMAN.day(None) == "–"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("2024-05", "Mai 2024"), ("2024", "2024"), ("2024-99", "2024-99"), ("seit jeher", "seit jeher")],
)
def test_months_are_named(given: str, shown: str) -> None:
    assert GERMAN.month(given) == shown


async def test_the_language_is_switched_and_stays(site: Site) -> None:
    assert '<html lang="de">' in (await site.get("/ueber")).text
    answer = await site.get("/sprache?zu=en&weiter=/ueber")
    assert answer.headers["location"] == "/ueber"
    page = (await site.get("/ueber")).text
    assert '<html lang="en">' in page
    assert "About the marketplace" in page
    solution = (await site.get("/loesungen/terminlotse")).text
    assert "Substance of the README" in solution
    assert '<h1 class="kern-heading-x-large" lang="de">' in solution, "the listing itself stays German"
    await site.get("/sprache?zu=de&weiter=/")
    assert '<html lang="de">' in (await site.get("/")).text


async def test_the_switch_leads_nowhere_else(site: Site) -> None:
    assert (await site.get("/sprache?zu=en&weiter=https://evil.example")).headers["location"] == "/"


async def test_every_page_renders_in_english(site: Site) -> None:
    await site.get("/sprache?zu=en&weiter=/")
    for path in ("/", "/suche", "/suche?q=x&kind=software", "/loesungen/terminlotse", "/kriterien", "/gibtsnicht"):
        page = await site.get(path)
        assert page.status_code in (200, 404), path
        assert "Lösungen finden" not in page.text, path


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_inbox_is_asked_for_in_the_readers_language(site: Site, language: str) -> None:
    await site.log_in()
    site.http.cookies.set("mp_sprache", language)
    await site.get("/posteingang")
    asked = [each for each in site.gateway.asked if each.url.path == "/api/notify/inbox"]
    assert [each.url.params["lang"] for each in asked if each.url.params["limit"] != "1"] == [language]
