"""Open data: every format says the same, carries every character, and is written in the memory of a few solutions."""

import csv
import io
import json
import tracemalloc
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_type_hints
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from catalog.adapters.open_data import files, sitemap
from catalog.adapters.open_data.register import MARKS
from catalog.application import open_data
from catalog.application.open_data import BATCH, Entry, OpenData, Standing
from catalog.application.ports import LiveSolution
from catalog.domain.open_data import formats
from catalog.domain.open_data.terms import LICENCES, LicenceId, Terms
from catalog.domain.open_data.texts import iri, plain
from catalog.domain.solution import Mark, Solution
from contracts.profile import questionnaire
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from tests.unit import added_questions

from .given import START, a_listing

SITE = "https://markt.example.org"
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # the one that comes with rdflib ends with version 2
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SCHEMA = Namespace("http://schema.org/")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
CATALOGUE = URIRef(f"{SITE}/opendata")
DATA = URIRef(f"{CATALOGUE}#daten")
HOSTILE = "Ẑoë ŵ ẞ ﷽ 🏛️ \"\\\x0b\x00\x1b\ufffe <b>&amp;</b>\r\n=1+1 '); DROP"
EU = "http://publications.europa.eu/resource/authority/"


def live(number: int = 1, *, slug: str = "", **listing: Any) -> LiveSolution:
    return LiveSolution(
        id=f"{number:08}",
        slug=slug or f"raum-{number}",
        organisation_id="o-1",
        organisation_name="Müßlöſungen & Söhne",
        number=2,
        listing=a_listing(**listing),
        created_at=START,
        updated_at=START,
        published_at=START,
        first_published_at=START,
    )


class Held:
    """Published solutions made when they are read; counts how many were asked for at once."""

    def __init__(self, *solutions: LiveSolution, copies: int = 0) -> None:
        self.solutions = solutions
        self.copies = copies
        self.largest = 0
        self.withdrawn: set[str] = set()

    async def standing(self) -> Standing:
        return Standing(self.copies or len(self.solutions), START, "mark")

    async def ids(self, after: str | None, limit: int) -> Sequence[str]:
        known = [f"{number + 1:08}" for number in range(self.copies)] or [each.id for each in self.solutions]
        return [each for each in known if after is None or each > after][:limit]

    async def those(self, ids: Sequence[str]) -> Sequence[LiveSolution]:
        self.largest = max(self.largest, len(ids))
        if self.copies:
            return [live(int(each), description=f"{each} " + "ä" * 9_000) for each in ids]
        return [each for each in self.solutions if each.id in ids and each.id not in self.withdrawn]

    async def entries(self, start: int, limit: int) -> Sequence[Entry]:
        return [Entry(each.slug, each.published_at) for each in self.solutions][start : start + limit]


def data(held: Held, licence: LicenceId = "CC0-1.0", **terms: Any) -> OpenData:
    return OpenData(held, Terms(SITE, "Marktplatz & Co", LICENCES[licence], **terms), questionnaire.load())


async def whole(made: OpenData, wanted: formats.Format) -> bytes:
    return b"".join([part async for part in files.stream(made, await made.solutions.standing(), wanted)])


async def graph(made: OpenData, wanted: formats.Format = formats.TURTLE) -> Graph:
    return Graph().parse(data=await whole(made, wanted), format="turtle" if wanted is formats.TURTLE else "json-ld")


RICH = {
    "name": HOSTILE.strip(),
    "description": HOSTILE,
    "aliases": ["=HYPERLINK(1)", "+49", "Räume; und mehr"],
    "languages": ["de", "en", "sr-Latn"],
    "licence": "EUPL-1.2",
    "bundesland": "DE-BY",
    "website_url": "https://example.org/ä b?<q>",
    "repository_url": "javascript:alert(1)",
    "documentation_url": "https://example.org/doc",
    "answers": {"development_status": "stable", "categories": ["blog"]},
}


async def test_turtle_and_json_ld_say_the_same() -> None:
    made = data(Held(live(1, **RICH), live(2, kind="consulting")))
    turtle, jsonld = await graph(made), await graph(made, formats.JSONLD)
    assert len(turtle) > 90
    assert isomorphic(turtle, jsonld)


async def test_a_solution_is_a_resource_of_the_catalogue_with_what_the_profile_exports() -> None:
    found = await graph(data(Held(live(1, **RICH), live(2, kind="consulting"))))
    one, two = (URIRef(f"{SITE}/loesungen/raum-{number}") for number in (1, 2))
    assert set(found.objects(CATALOGUE, DCAT.resource)) == {one, two}
    assert set(found.objects(one, RDF.type)) == {DCAT.Resource, SCHEMA.SoftwareApplication}
    assert set(found.objects(two, RDF.type)) == {DCAT.Resource, SCHEMA.Service}
    assert found.value(one, DCTERMS.title) == Literal(plain(str(RICH["name"])), lang="de")
    assert {str(each).rpartition("/")[2] for each in found.objects(one, DCTERMS.language)} == {"DEU", "ENG", "SRP"}
    assert found.value(one, DCTERMS.license) == URIRef("https://spdx.org/licenses/EUPL-1.2")
    assert found.value(one, DCTERMS.spatial) == URIRef("http://dcat-ap.de/def/politicalGeocoding/stateKey/09")
    assert found.value(one, DCAT.landingPage) == URIRef("https://example.org/ä%20b?%3Cq%3E")
    assert found.value(one, SCHEMA.codeRepository) is None  # no web address
    assert found.value(found.value(one, DCTERMS.publisher), FOAF.name) == Literal("Müßlöſungen & Söhne")
    assert found.value(two, DCTERMS.license) is None


@pytest.mark.parametrize("licence", list(LICENCES))
async def test_what_dcat_ap_de_demands_is_there(licence: LicenceId) -> None:
    contributor = "http://dcat-ap.de/def/contributors/muster"
    held = Held(live(1, description=""), live(2, support_url="https://example.org/kontakt"))
    found = await graph(data(held, licence, contributor=contributor))
    catalogue = found.value(predicate=RDF.type, object=DCAT.Catalog)
    for subject in (catalogue, DATA):
        for demanded in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
            assert found.value(subject, demanded), (subject, demanded)
    assert found.value(found.value(DATA, DCTERMS.publisher), FOAF.name)
    assert found.value(DATA, DCATDE.contributorID) == URIRef(contributor)
    assert found.value(DATA, DCAT.theme) in {URIRef(f"{EU}data-theme/{theme}") for theme in ("GOVE", "TECH")}
    distributions = list(found.objects(DATA, DCAT.distribution))
    assert len(distributions) == len(formats.FORMATS)
    for each in distributions:
        assert found.value(each, DCAT.accessURL)
        assert found.value(each, DCTERMS.license) == URIRef(LICENCES[licence].concept)
        assert (found.value(each, DCATDE.licenseAttributionByText) is not None) is LICENCES[licence].attribution
    resources = list(found.objects(catalogue, DCAT.resource))
    assert len(resources) == 2
    for each in resources:
        for demanded in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.issued, DCTERMS.modified):
            assert found.value(each, demanded), (each, demanded)
        assert found.value(found.value(each, DCTERMS.publisher), FOAF.name)
    contact = found.value(resources[1], DCAT.contactPoint)
    assert found.value(contact, VCARD.fn) == Literal("Müßlöſungen & Söhne")
    assert found.value(contact, VCARD.hasURL) == URIRef("https://example.org/kontakt")
    service = found.value(predicate=RDF.type, object=DCAT.DataService)
    assert found.value(service, DCAT.endpointURL) == CATALOGUE
    assert found.value(service, DCTERMS.title)


async def test_csv_has_no_formulas_and_keeps_every_letter() -> None:
    rows = list(
        csv.DictReader(io.StringIO((await whole(data(Held(live(1, **RICH))), formats.CSV)).decode(), newline=""))
    )
    assert len(rows) == 1
    row = rows[0]
    assert row["url"] == f"{SITE}/loesungen/raum-1"
    assert row["description"] == plain(HOSTILE)
    assert row["aliases"] == "'=HYPERLINK(1); +49; Räume; und mehr"
    assert row["metadata_licence"] == LICENCES["CC0-1.0"].url
    assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@"))]


async def test_questions_that_are_added_to_the_data_are_in_every_file() -> None:
    answers = {"introduction_pace": "slow", "sandbox": "Mit eigenen Daten"}
    terms = data(Held()).terms
    made = OpenData(Held(live(answers=answers)), terms, questionnaire.parse(added_questions.text()))
    [row] = csv.DictReader(io.StringIO((await whole(made, formats.CSV)).decode(), newline=""))
    assert (row["introduction_pace"], row["sandbox"]) == ("slow", answers["sandbox"])
    assert json.loads(await whole(made, formats.NDJSON))["listing"]["answers"] == answers
    for wanted in (formats.TURTLE, formats.JSONLD):
        found = await graph(made, wanted)
        one = URIRef(f"{SITE}/loesungen/raum-1")
        assert Literal("Binnen Monaten", lang="de") in set(found.objects(one, DCAT.keyword))
        assert Literal(answers["sandbox"], lang="de") in set(found.objects(one, DCTERMS.description))


async def test_ndjson_has_a_solution_in_each_line() -> None:
    held = Held(*(live(number) for number in range(1, BATCH + 2)))
    lines = (await whole(data(held), formats.NDJSON)).splitlines()
    said = [json.loads(line) for line in lines]
    assert [each["slug"] for each in said] == [each.slug for each in held.solutions]
    assert said[0]["listing"] == held.solutions[0].listing.model_dump(mode="json")
    assert {each["metadata_licence"] for each in said} == {LICENCES["CC0-1.0"].url}


@pytest.mark.parametrize("wanted", [formats.NDJSON, formats.CSV, formats.TURTLE, formats.JSONLD])
async def test_a_file_of_any_length_takes_the_memory_of_a_few_solutions(wanted: formats.Format) -> None:
    held = Held(copies=600)
    made = data(held)
    await whole(data(Held(live())), wanted)  # what is made once stays out of the measure
    total = largest = 0
    tracemalloc.start()
    try:
        async for part in files.stream(made, await held.standing(), wanted):
            total += len(part)
            largest = max(largest, len(part))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total > 11_000_000
    assert largest < files.CHUNK + 40_000
    assert peak < 3_200_000
    assert held.largest == BATCH


async def test_every_window_is_read_without_what_was_withdrawn_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_data, "WINDOW", 3)
    held = Held(*(live(number) for number in range(1, 9)))
    held.withdrawn = {"00000003", "00000008"}
    assert [each.id async for each in open_data.every(held)] == [
        each.id for each in held.solutions if each.id not in held.withdrawn
    ]


def test_whatever_takes_a_solution_offline_changes_the_entity_tag() -> None:
    offline = {each.name for each in fields(Solution) if get_type_hints(Solution)[each.name] == Mark | None}
    assert offline >= {"withdrawn", "suspended"}
    assert offline == set(MARKS)


async def test_nothing_published_is_a_valid_file_too() -> None:
    made = data(Held())
    assert isomorphic(await graph(made), await graph(made, formats.JSONLD))
    assert (await whole(made, formats.CSV)).count(b"\r\n") == 1
    assert await whole(made, formats.NDJSON) == b""


def test_the_sitemap_is_xml_with_utc_also_when_clocks_go_back() -> None:
    twice = [datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold) for fold in (0, 1)]
    terms = data(Held()).terms
    page = ElementTree.fromstring(sitemap.page(terms, [Entry("a&b<c", twice[0]), Entry("straße", twice[1])]))
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [each.text for each in page.iter(f"{space}lastmod")] == [
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T01:30:00+00:00",
    ]
    assert [each.text for each in page.iter(f"{space}loc")] == [
        f"{SITE}/loesungen/a%26b%3Cc",
        f"{SITE}/loesungen/stra%C3%9Fe",
    ]
    index = ElementTree.fromstring(sitemap.index(terms, Standing(20_001, datetime(2026, 1, 1, tzinfo=UTC), "m")))
    assert [each.text for each in index.iter(f"{space}loc")] == [
        f"{SITE}/sitemap.xml?page={number}" for number in range(4)
    ]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", formats.JSON),
        ("*/*", formats.JSON),
        ("text/csv", formats.CSV),
        ("TEXT/Turtle;q=0.5, application/ld+json", formats.JSONLD),
        ("application/rdf+xml, text/*;q=0.3", formats.CSV),
        ("application/json;q=0, */*;q=0.1", formats.NDJSON),
        ("application/json;q=bad, text/turtle;q=0.2", formats.TURTLE),
        ("application/json;q=nan, text/turtle;q=0.2, text/csv;q=1e9", formats.TURTLE),
        ("application/pdf", None),
        ("*/*;q=0", None),
    ],
)
def test_accept_decides(accept: str, expected: formats.Format | None) -> None:
    assert formats.preferred(accept) == expected


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//example.org", "https://", "mailto:a@example.org", "http://[", ""]
)
def test_only_web_addresses_become_resources(address: str) -> None:
    assert iri(address) is None
