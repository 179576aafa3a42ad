"""The team's report on searches: who may read it, which period, what it says."""

import pytest

from . import answers
from .conftest import Site, text_of
from .fakes import problem

INSIGHTS = "GET /api/search/insights"
PAGE = "/team/suchberichte"


@pytest.mark.parametrize(("role", "menu"), [("reviewer", "/pruefung"), ("operator", "/")])
async def test_reviewers_and_operators_read_it(site: Site, role: str, menu: str) -> None:
    await site.log_in(role)
    site.gateway.on(INSIGHTS, answers.insights())
    site.gateway.on("GET /api/review/cases", {"items": [], "total": 0})
    page = await site.get(PAGE)
    assert site.gateway.last(INSIGHTS).url.params["days"] == "30"
    text = text_of(page.text)
    assert "Suchen 14 0,5 am Tag" in text
    assert "Abgebrochen 7 50" in text
    assert "Personenbezogene Daten werden nicht gespeichert" in text
    assert 'href="/suche?q=drohnenflug%20%26%20mehr"' in page.text
    assert "(nicht aufbewahrt)" in text
    assert 'href="/suche?q=%28nicht' not in page.text, "what was not kept cannot be searched again"
    assert f'href="{PAGE}"' in (await site.get(menu)).text


@pytest.mark.parametrize("role", ["curator", "user"])
async def test_others_do_not(site: Site, role: str) -> None:
    await site.log_in(role)
    answer = await site.get(PAGE)
    assert answer.status_code == 403
    assert site.gateway.count(INSIGHTS) == 0
    assert PAGE not in (await site.get("/")).text


async def test_the_period_is_chosen_among_those_offered(site: Site) -> None:
    await site.log_in("operator")
    site.gateway.on(INSIGHTS, answers.insights())
    page = await site.get(f"{PAGE}?tage=7")
    assert site.gateway.last(INSIGHTS).url.params["days"] == "7"
    assert f'href="{PAGE}?tage=7" aria-current="true"' in page.text
    await site.get(f"{PAGE}?tage=-1")
    assert site.gateway.last(INSIGHTS).url.params["days"] == "30"


async def test_a_period_without_searches_is_no_division_by_zero(site: Site) -> None:
    await site.log_in("operator")
    quiet = {"queries": [], "zero_hit_queries": [], "abandoned_queries": []}
    site.gateway.on(INSIGHTS, answers.insights(searches=0, zero_hits=0, abandoned=0, days=[], **quiet))
    assert "hat niemand gesucht" in (await site.get(PAGE)).text


async def test_a_report_that_cannot_be_made_is_said_so(site: Site) -> None:
    await site.log_in("operator")
    site.gateway.on(INSIGHTS, problem(503, "temporarily-unavailable"))
    assert (await site.get(PAGE)).status_code == 503
