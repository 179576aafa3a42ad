"""What machines read: the page about the open data, robots.txt, schema.org in the pages."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from web import schema_org

from . import answers
from .conftest import BASE, Site, text_of
from .fakes import problem

OVERVIEW = "GET /api/catalog/opendata"
RATINGS = f"GET /api/catalog/solutions/{answers.SOLUTION}/ratings"
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028 ẞ"


def overview(**changes: Any) -> dict[str, Any]:
    return {
        "publisher": "Marktplatz <b>Nord</b>",
        "licence": {"id": "CC0-1.0", "title": "CC0 1.0", "url": "https://example.org/cc0", "attribution": False},
        "solutions": 1234,
        "changed_at": "2026-11-20T10:00:00Z",
        "files": [
            {"format": "csv", "title": "CSV", "media_type": "text/csv", "url": f"{BASE}/opendata/solutions.csv"},
            {"format": "ttl", "title": "Turtle", "media_type": "text/turtle", "url": f"{BASE}/opendata/solutions.ttl"},
        ],
        "sitemap": f"{BASE}/sitemap.xml",
        **changes,
    }


class _Scripts(HTMLParser):
    """Collects the scripts of a page as a browser would tell them apart: by type, with their text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._inside = True
            self.found.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            kind, text = self.found[-1]
            self.found[-1] = (kind, text + data)


def structured(html: str) -> Any:
    """The one data block of a page; nothing else is inline."""
    parser = _Scripts()
    parser.feed(html)
    assert not [text for kind, text in parser.found if kind is None and text.strip()]
    (block,) = [text for kind, text in parser.found if kind == "application/ld+json"]
    return json.loads(block)


async def test_the_page_tells_counts_licence_files_and_examples(site: Site) -> None:
    site.gateway.on(OVERVIEW, overview())
    page = await site.get("/offene-daten")
    text = text_of(page.text)
    for told in ("1.234 Lösungen", "20. November 2026", "CC0 1.0", "Marktplatz <b>Nord</b>", "text/turtle"):
        assert told in text.replace("\N{NO-BREAK SPACE}", " "), told
    address = f"{BASE}/opendata/solutions.csv"
    assert f'<link rel="alternate" type="text/csv" lang="de" title="CSV" href="{address}">' in page.text
    assert f"curl --compressed -O {BASE}/opendata/solutions.csv" in text
    assert "<b>Nord" not in page.text
    said = structured(page.text)
    assert (said["@type"], said["license"]) == ("Dataset", "https://example.org/cc0")
    assert [each["encodingFormat"] for each in said["distribution"]] == ["text/csv", "text/turtle"]
    assert 'href="/offene-daten"' in (await site.get("/ueber")).text


async def test_who_must_name_the_publisher_is_told_so(site: Site) -> None:
    site.gateway.on(OVERVIEW, overview(licence={"id": "x", "title": "DL", "url": "javascript:x", "attribution": True}))
    page = await site.get("/offene-daten")
    assert "Nennen Sie den Herausgeber" in page.text
    assert "javascript:" not in page.text


async def test_the_page_is_there_without_the_catalog_and_before_the_first_solution(site: Site) -> None:
    site.gateway.on(OVERVIEW, problem(503, "service-unavailable"))
    page = await site.get("/offene-daten")
    assert page.status_code == 200
    assert "gerade nicht abrufbar" in page.text
    assert "ld+json" not in page.text
    site.gateway.on(OVERVIEW, overview(solutions=0, changed_at=None))
    assert "noch keine" in (await site.get("/offene-daten")).text


async def test_the_page_is_english_too(site: Site) -> None:
    site.gateway.on(OVERVIEW, overview())
    await site.get("/sprache?zu=en&weiter=/")
    text = text_of((await site.get("/offene-daten")).text)
    assert "1,234 solutions" in text
    assert "without any conditions" in text
    assert "Herausgeber" not in text


async def test_crawlers_may_read_what_is_public_and_learn_of_the_sitemap(site: Site) -> None:
    answer = await site.get("/robots.txt")
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain")
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    refused = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    for path in ("/", "/suche", "/loesungen/terminlotse", "/offene-daten", "/opendata/solutions.csv"):
        assert not [each for each in refused if path.startswith(each)], path
    for path in ("/anmelden", "/meine-loesungen", "/team/suchberichte", "/suche?q=x"):
        assert [each for each in refused if path.startswith(each)], path


async def test_a_solution_describes_itself(site: Site) -> None:
    page = await site.get("/loesungen/terminlotse")
    said = structured(page.text)
    assert said["@type"] == "SoftwareApplication"
    assert said["url"] == f"{BASE}/loesungen/terminlotse"
    assert said["name"] == "Terminlotse"
    assert said["license"] == "https://spdx.org/licenses/EUPL-1.2"
    assert said["keywords"] == ["Gesundheit"]
    assert said["provider"]["@type"] == "Organization"
    assert '<link rel="alternate" type="application/json" href="/api/catalog/solutions/terminlotse">' in page.text
    site.gateway.on(
        "GET /api/catalog/solutions/terminlotse", answers.solution(listing=answers.listing(kind="training"))
    )
    said = structured((await site.get("/loesungen/terminlotse")).text)
    assert said["@type"] == "Service"
    assert said.keys().isdisjoint({"license", "applicationCategory", "inLanguage"})


@pytest.mark.parametrize(("count", "average"), [(0, None), (2, None), (3, 4.3)])
async def test_a_grade_is_told_to_machines_only_where_people_see_it(
    site: Site, count: int, average: float | None
) -> None:
    summary = answers.summary() | {"count": count, "average": average}
    site.gateway.on(RATINGS, {"summary": summary, "items": [], "next_cursor": None, "total": 0})
    said = structured((await site.get("/loesungen/terminlotse")).text)
    graded = said.get("aggregateRating")
    assert (graded is not None) is (average is not None)
    if graded:
        assert (graded["ratingValue"], graded["ratingCount"]) == (average, count)


async def test_a_list_names_its_solutions_in_their_order(site: Site) -> None:
    hits = (answers.hit(), answers.hit(id="2", slug="straße", name="Zweite"))
    site.gateway.on("GET /api/search/solutions", answers.found(*hits, total=40, next_cursor="abc"))
    page = await site.get("/suche?kind=software")
    said = structured(page.text)
    assert [(each["position"], each["url"]) for each in said["itemListElement"]] == [
        (1, f"{BASE}/loesungen/terminlotse"),
        (2, f"{BASE}/loesungen/stra%C3%9Fe"),
    ]
    assert '<link rel="next" href="/suche?kind=software&amp;cursor=abc">' in page.text
    site.gateway.on("GET /api/search/solutions", answers.found())
    assert "ld+json" not in (await site.get("/suche?q=nichts")).text


async def test_hostile_texts_stay_data(site: Site) -> None:
    listing = answers.listing(name=HOSTILE, summary=HOSTILE, aliases=[HOSTILE], licence=HOSTILE, website_url="data:x")
    site.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=listing))
    page = await site.get("/loesungen/terminlotse")
    said = structured(page.text)
    assert said["name"] == said["description"] == HOSTILE
    assert said["alternateName"] == [HOSTILE]
    assert "sameAs" not in said
    block = re.search(r'ld\+json">(.*?)</script>', page.text)
    assert block is not None
    assert not set("<>&\u2028") & set(block[1])


def test_a_data_block_is_one_element() -> None:
    assert str(schema_org.data_block({"a": "ä"})) == '<script type="application/ld+json">{"a":"ä"}</script>'
