"""What everybody sees: start, search, solution, criteria."""

import httpx
import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

REPORT = f"GET /api/checkup/solutions/{answers.SOLUTION}"
SEAL = f"GET /api/review/solutions/{answers.SOLUTION}/seal"
RATINGS = f"GET /api/catalog/solutions/{answers.SOLUTION}/ratings"


async def test_the_start_page_counts_by_field_of_action_and_shows_the_newest(site: Site) -> None:
    text = text_of((await site.get("/")).text)
    assert "Gesundheit 3 Lösungen" in text
    assert "Tourismus 1 Lösung" in text
    assert "Nahversorgung 0 Lösungen" in text
    assert "Terminlotse" in text
    assert site.gateway.last("GET /api/search/solutions").url.params["sort"] == "newest"


async def test_the_start_page_survives_a_search_that_is_down(site: Site) -> None:
    site.gateway.on("GET /api/search/solutions", problem(503, "search-unavailable"))
    answer = await site.get("/")
    assert answer.status_code == 200
    assert "Die Suche antwortet gerade nicht" in answer.text


async def test_results_pass_the_question_on_and_offer_facets(site: Site) -> None:
    answer = await site.get("/suche?q=termin&field_of_action=health&field_of_action=tourism&sort=rating&utm_source=x")
    asked = site.gateway.last("GET /api/search/solutions").url.params
    assert asked["q"] == "termin"
    assert asked.get_list("field_of_action") == ["health", "tourism"]
    assert asked["sort"] == "rating"
    assert "utm_source" not in asked
    assert 'id="f-field_of_action-health" name="field_of_action" value="health" checked' in answer.text
    assert 'href="/suche?q=termin&amp;field_of_action=tourism&amp;sort=rating"' in answer.text
    assert "1 Lösung für „termin“" in text_of(answer.text)


async def test_without_words_results_come_by_name(site: Site) -> None:
    page = await site.get("/suche")
    assert site.gateway.last("GET /api/search/solutions").url.params["sort"] == "name"
    assert "Relevanz" not in page.text
    assert '<option value="" selected>Name (A–Z)</option>' in page.text
    page = await site.get("/suche?q=termin&sort=&bisher=")
    assert site.gateway.last("GET /api/search/solutions").url.params["sort"] == "relevance", "words came, and no choice"
    assert '<option value="name">Name (A–Z)</option>' in page.text


async def test_a_chosen_value_without_hits_stays_to_be_unchosen(site: Site) -> None:
    site.gateway.on("GET /api/search/solutions", answers.found(facets={}))
    text = (await site.get("/suche?bundesland=DE-BB")).text
    assert 'name="bundesland" value="DE-BB" checked' in text
    assert "Nichts gefunden" in text


async def test_the_next_page_keeps_the_question(site: Site) -> None:
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(), total=40, next_cursor="abc"))
    assert 'href="/suche?q=x&amp;kind=software&amp;cursor=abc"' in (await site.get("/suche?q=x&kind=software")).text


async def test_htmx_gets_the_results_and_the_facets_only(site: Site) -> None:
    answer = await site.get("/suche?q=x", **{"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'id="facetten" hx-swap-oob="innerHTML"' in answer.text
    assert answer.headers["vary"] == "Cookie, HX-Request"
    more = await site.get("/suche?q=x&cursor=abc", **{"HX-Request": "true", "HX-Target": "mehr"})
    assert "facetten" not in more.text


async def test_highlights_are_shown_and_nothing_else_of_them(site: Site) -> None:
    marks = {"name": ["<mark>Termin</mark>lotse<img src=x onerror=alert(1)>"], "description": ["<mark>ja</mark>"]}
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(highlights=marks)))
    text = (await site.get("/suche?q=termin")).text
    assert "<mark>Termin</mark>lotse" in text
    assert "onerror" not in text


@pytest.mark.parametrize(
    ("status", "slug", "expected"),
    [
        (422, "unknown-facet-value", "Diesen Filter gibt es nicht"),
        (400, "bad-cursor", "Diese Seite der Liste gibt es nicht mehr"),
        (503, "search-unavailable", "Die Suche antwortet gerade nicht"),
    ],
)
async def test_what_the_search_refuses_is_said_beside_the_search_box(
    site: Site, status: int, slug: str, expected: str
) -> None:
    site.gateway.on("GET /api/search/solutions", problem(status, slug, retry_after=7))
    answer = await site.get("/suche?q=x")
    assert answer.status_code == status
    assert expected in answer.text
    assert answer.headers["retry-after"] == "7"
    assert 'name="q" value="x"' in answer.text


async def test_a_solution_shows_profile_seal_checkup_and_public_ratings(site: Site) -> None:
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()], "total": 1})
    answer = await site.get("/loesungen/terminlotse")
    text = text_of(answer.text)
    assert "<strong>guter</strong>" in answer.text
    assert "Am 20. November 2026 nach den Kriterien der Fassung 2026.1." in text
    assert "title fit de (Erfüllt)" in text
    assert "title security de 4 (gut)" in text
    assert "72 / 100" in text
    assert "80\N{NARROW NO-BREAK SPACE}% der Kriterien gemessen" in answer.text
    assert "444 Wörter README.md:3" in text
    assert "Mehr erklären. +3 Punkte" in text
    assert "4,5" in text
    assert "2 Bewertungen" in text
    assert "Läuft gut." not in text, "reports are for registered users"
    assert "Veröffentlicht am 21. November 2026." in text, "23:30 UTC is the next day in Germany"


async def test_registered_users_read_the_reports(site: Site) -> None:
    site.gateway.on(RATINGS, {"summary": answers.summary(), "items": [answers.rating()], "total": 1})
    await site.log_in()
    text = text_of((await site.get("/loesungen/terminlotse")).text)
    assert "Läuft gut." in text
    assert "im Einsatz seit Mai 2024" in text


async def test_what_was_not_measured_is_said_so_and_is_no_zero(site: Site) -> None:
    report = answers.report(measurable=False, reason="Kein öffentliches Repository angegeben.", awards=[])
    for dimension in report["dimensions"]:
        dimension |= {"score": None, "coverage": 0.0, "status": "not_measurable", "award": False, "metrics": []}
    site.gateway.on(REPORT, report)
    page = (await site.get("/loesungen/terminlotse")).text
    assert "Kein öffentliches Repository angegeben." in page
    assert "0 / 100" not in text_of(page)
    assert "0 von 100" not in page


async def test_a_dimension_with_too_little_coverage_has_no_number(site: Site) -> None:
    report = answers.report()
    missing = answers.metric(status="not_available", score=None, reason="Es gibt keine Demo.", evidence=[], gain=None)
    report["dimensions"][0] |= {"score": None, "coverage": 0.3, "status": "not_measurable", "metrics": [missing]}
    site.gateway.on(REPORT, report)
    text = text_of((await site.get("/loesungen/terminlotse")).text)
    assert "Bedienbarkeit nicht messbar" in text
    assert "Es gibt keine Demo." in text


@pytest.mark.parametrize(
    ("route", "missing", "down"),
    [
        (REPORT, "liegt noch kein Ergebnis vor", "Der Checkup ist gerade nicht abrufbar"),
        (SEAL, "liegt kein Prüfsiegel vor", "Das Prüfsiegel ist gerade nicht abrufbar"),
        (RATINGS, "2 Bewertungen", "2 Bewertungen"),
    ],
)
async def test_a_part_that_is_missing_or_down_leaves_the_rest(site: Site, route: str, missing: str, down: str) -> None:
    site.gateway.on(route, problem(404, "no-checkup"))
    assert missing in text_of((await site.get("/loesungen/terminlotse")).text)
    site.gateway.on(route, problem(503, "temporarily-unavailable"))
    answer = await site.get("/loesungen/terminlotse")
    assert answer.status_code == 200
    assert down in text_of(answer.text)


async def test_an_id_in_the_address_leads_to_the_slug(site: Site) -> None:
    site.gateway.on(f"GET /api/catalog/solutions/{answers.SOLUTION}", answers.solution())
    answer = await site.get(f"/loesungen/{answers.SOLUTION}")
    assert answer.headers["location"] == "/loesungen/terminlotse"


async def test_a_solution_that_is_not_there_is_a_helpful_404(site: Site) -> None:
    site.gateway.on("GET /api/catalog/solutions/weg", problem(404, "solution-not-found", "no solution 'weg'"))
    answer = await site.get("/loesungen/weg")
    assert answer.status_code == 404
    assert "Diese Lösung gibt es nicht" in answer.text
    assert 'href="/suche"' in answer.text


async def test_an_unknown_page_is_a_helpful_404(site: Site) -> None:
    answer = await site.get("/gibt/es/nicht")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


async def test_a_gateway_that_is_down_is_a_503_in_german(site: Site) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    site.gateway.on("GET /api/catalog/solutions/terminlotse", refuse)
    answer = await site.get("/loesungen/terminlotse")
    assert answer.status_code == 503
    assert "Gerade nicht erreichbar" in answer.text
    assert "Erneut versuchen" in answer.text


async def test_an_answer_nobody_expected_is_an_error_page_without_details(site: Site) -> None:
    site.gateway.on("GET /api/catalog/solutions/terminlotse", {"id": 7})
    answer = await site.get("/loesungen/terminlotse")
    assert answer.status_code == 502
    assert "validation error" not in answer.text


async def test_criteria_and_rubric_are_in_plain_words(site: Site) -> None:
    metric = {"id": "D1", "title_de": "README", "question_de": "Gibt es eine README?", "weight": 20, "measured": True}
    dimension = {"id": "documentation", "about_de": "Texte.", "award_score": 80, "award_coverage": 0.7}
    rubric = {"version": "2026.1", "dimensions": [{**dimension, "metrics": [metric]}]}
    site.gateway.on("GET /api/checkup/rubric", rubric)
    text = text_of((await site.get("/kriterien")).text)
    assert "question fit de" in text
    assert "Gibt es eine README?" in text
    assert "Ausgezeichnet ab 80 Punkten" in text


async def test_reading_pages_needs_no_javascript_and_sets_no_cookie(site: Site) -> None:
    for path in ("/", "/suche", "/loesungen/terminlotse", "/kriterien", "/ueber"):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "onclick" not in answer.text
        assert "style=" not in answer.text
        assert "<script>" not in answer.text


async def test_what_has_expired_is_marked_in_words(site: Site) -> None:
    certificates = [{"kind": "bsi_c5", "until": "2020-01-31"}, {"kind": "iso_27001", "until": "2199-01-31"}]
    listing = answers.listing(answers={"certificates": certificates})
    site.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=listing))
    text = text_of((await site.get("/loesungen/terminlotse")).text)
    assert "Abgelaufen: Zertifikate" in text
    assert "BSI C5, Gültig bis: 31.01.2020 (abgelaufen)" in text
    assert "ISO/IEC 27001, Gültig bis: 31.01.2199" in text
    assert text.count("(abgelaufen)") == 1


async def test_a_listing_that_nobody_confirms_says_so(site: Site) -> None:
    site.gateway.on("GET /api/catalog/solutions/terminlotse", problem(410, "solution-expired"))
    page = await site.get("/loesungen/terminlotse")
    assert page.status_code == 410
    assert "Der Anbieter hat die Angaben seit mehr als zwölf Monaten nicht bestätigt." in page.text
