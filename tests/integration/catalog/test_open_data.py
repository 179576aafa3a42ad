"""Open data over HTTP on the real database: formats, pages, conditional requests, nothing that is not public."""

import json
from contextlib import ExitStack
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from contracts import registry
from contracts.catalog import SolutionDelisted, SolutionPublished
from nats.js.errors import NotFoundError
from rdflib import Graph, Namespace
from servicekit.testing import wait

from .conftest import Catalog

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # the one that comes with rdflib ends with version 2
FORMATS = ("json", "ndjson", "csv", "ttl", "jsonld")


async def slugs(catalog: Catalog, **params: Any) -> list[str]:
    """The slugs of all pages."""
    found: list[str] = []
    while True:
        body = await catalog.ok(None, "GET", "/opendata/solutions", params=params)
        found += [each["slug"] for each in body["items"]]
        if not body["next_cursor"]:
            assert len(found) == body["total"]
            return found
        params["cursor"] = body["next_cursor"]


def address(path: str) -> str:
    return f"/{path}" if path.startswith("sitemap") else f"/opendata/{path}".rstrip("/")


async def get(catalog: Catalog, path: str, **headers: str) -> httpx.Response:
    return await catalog(None, "GET", address(path), headers=headers)


async def online(catalog: Catalog, person: str, provider: str, **listing: Any) -> dict[str, Any]:
    """Publish a solution; it is in the open data a moment after it is public."""
    made = await catalog.published(person, provider, **listing)

    async def there() -> bool:
        return made["slug"] in await slugs(catalog)

    await wait.until(there, message="in the open data")
    return made


async def test_what_is_published_is_in_every_format_and_nothing_else(
    catalog: Catalog, person: str, provider: str
) -> None:
    names = [f"Offene Räume {number}" for number in range(3)]
    made = [await online(catalog, person, provider, name=name, description="öffentlich") for name in names]
    await catalog.draft(person, provider, name="Geheimer Entwurf")
    first = made[0]
    edited = {**first["working"]["listing"], "description": "Geheime Änderung"}
    before = await get(catalog, "solutions.csv")
    version = (await catalog(person, "GET", f"/solutions/{first['id']}/working")).headers["etag"]
    await catalog.ok(
        person, "PUT", f"/solutions/{first['id']}/draft", json={"listing": edited}, headers={"If-Match": version}
    )
    assert (await get(catalog, "solutions.csv", **{"If-None-Match": before.headers["etag"]})).status_code == 304
    for extension in FORMATS:
        response = await get(catalog, f"solutions.{extension}")
        assert response.status_code == 200, response.text
        for slug in (each["slug"] for each in made):
            assert slug in response.text
        for hidden in ("Geheim", person, f"{person} Name", "curator", "@example.org"):
            assert hidden not in response.text, (extension, hidden)
        assert 'rel="license"' in response.headers["link"]
    turtle = Graph().parse(data=(await get(catalog, "solutions.ttl")).text, format="turtle")
    assert len(set(turtle.subjects(None, DCAT.Resource))) == len(await slugs(catalog))


async def test_pages_follow_each_other(catalog: Catalog, person: str, provider: str) -> None:
    await online(catalog, person, provider, name="Seite eins")
    await online(catalog, person, provider, name="Seite zwei")
    everything = await slugs(catalog)
    assert await slugs(catalog, limit=1) == everything
    response = await catalog(None, "GET", "/opendata/solutions.json", params={"limit": 1})
    following, licence = response.headers["link"].split(", ")
    assert following.startswith(f"<{catalog.container.settings.public_url}/opendata/solutions.json?limit=1&cursor=")
    assert following.endswith('; rel="next"')
    assert licence.endswith('; rel="license"')


async def test_who_has_it_already_is_told_so_until_the_set_changes(
    catalog: Catalog, person: str, provider: str
) -> None:
    solution = await online(catalog, person, provider, name="Kommt und geht")
    paths = ("", *(f"solutions.{extension}" for extension in FORMATS), "sitemap.xml", "sitemap.xml?page=1")
    held = {path: await get(catalog, path) for path in paths}
    assert len({each.headers["etag"] for each in held.values()}) == len(paths)
    for path, response in held.items():
        again = await get(catalog, path, **{"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        dated = await get(catalog, path, **{"If-Modified-Since": response.headers["last-modified"]})
        assert dated.status_code == 304
        both = {"If-Modified-Since": response.headers["last-modified"], "If-None-Match": '"other"'}
        assert (await get(catalog, path, **both)).status_code == 200
        head = await catalog(None, "HEAD", address(path))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == response.headers["etag"]
    assert (await get(catalog, "", **{"If-Modified-Since": "gestern"})).status_code == 200
    await catalog.ok(person, "POST", f"/solutions/{solution['id']}/withdraw")
    for path, response in held.items():
        changed = await get(catalog, path, **{"If-None-Match": response.headers["etag"]})
        assert changed.status_code == 200, path
        assert solution["slug"] not in changed.text
    await catalog.ok(person, "POST", f"/solutions/{solution['id']}/republish")
    back = await get(catalog, "solutions.ndjson")
    assert solution["slug"] in back.text
    assert back.headers["etag"] not in {held["solutions.ndjson"].headers["etag"]}


async def test_the_sitemap_names_every_solution(catalog: Catalog, person: str, provider: str) -> None:
    await online(catalog, person, provider, name="In der Landkarte")
    index = ElementTree.fromstring((await get(catalog, "sitemap.xml")).content)
    site = catalog.container.settings.public_url
    assert [each.text for each in index.findall(".//{*}loc")] == [
        f"{site}/sitemap.xml?page={number}" for number in (0, 1)
    ]
    names = await slugs(catalog)
    page = ElementTree.fromstring((await get(catalog, "sitemap.xml?page=1")).content)
    assert [each.text for each in page.findall(".//{*}loc")] == [f"{site}/loesungen/{slug}" for slug in names]
    assert f"{site}/suche" in (await get(catalog, "sitemap.xml?page=0")).text
    beyond = await get(catalog, "sitemap.xml?page=2")
    assert (beyond.status_code, beyond.json()["slug"]) == (404, "no-such-sitemap")


async def test_a_provider_with_another_name_changes_the_files(catalog: Catalog, person: str, provider: str) -> None:
    await online(catalog, person, provider, name="Von wem")
    held = await get(catalog, "solutions.csv")
    version = (await catalog(person, "GET", f"/organisations/{provider}")).headers["etag"]
    name = f"Umbenannt {provider[-6:]} GmbH"
    await catalog.ok(person, "PUT", f"/organisations/{provider}", json={"name": name}, headers={"If-Match": version})

    async def told() -> bool:
        again = await get(catalog, "solutions.csv", **{"If-None-Match": held.headers["etag"]})
        return again.status_code == 200 and name in again.text

    await wait.until(told, message="the new name in the open data")


class Copy:
    """What docs/partners.md tells a partner to do: a place in the stream, then all solutions, then the events."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.sequence = 0
        self.held: dict[str, tuple[str, int, str]] = {}

    async def start(self) -> None:
        self.sequence = (await self.catalog.js.stream_info("PUBLIC")).state.last_seq

    async def snapshot(self) -> dict[str, tuple[str, int, str]]:
        lines = (await get(self.catalog, "solutions.ndjson")).text.splitlines()
        said = [json.loads(line) for line in lines]
        return {each["id"]: (each["slug"], each["version"], each["listing"]["summary"]) for each in said}

    async def follow(self) -> None:
        while True:
            try:
                message = await self.catalog.js.get_msg(
                    "PUBLIC", seq=self.sequence + 1, subject=">", next=True, direct=True
                )
            except NotFoundError:
                return
            event = registry.parse(message.data or b"")
            if isinstance(event, SolutionPublished):
                data = event.data
                self.held[data.solution_id] = (data.slug, data.version, data.listing.summary)
            elif isinstance(event, SolutionDelisted):
                self.held.pop(event.data.solution_id, None)
            assert message.seq is not None
            self.sequence = message.seq


async def test_a_snapshot_and_the_events_after_it_make_a_copy_without_a_gap(
    catalog: Catalog, person: str, provider: str
) -> None:
    goes, returns = [await online(catalog, person, provider, name=f"Für Partner {number}") for number in range(2)]
    copy = Copy(catalog)
    await copy.start()
    await catalog.ok(person, "POST", f"/solutions/{returns['id']}/withdraw")  # after the place, before the snapshot
    copy.held = await copy.snapshot()
    assert goes["id"] in copy.held
    await catalog.ok(person, "POST", f"/solutions/{returns['id']}/republish")
    await catalog.ok(person, "POST", f"/solutions/{goes['id']}/withdraw")
    comes = await online(catalog, person, provider, name="Kommt dazu")
    expected = await copy.snapshot()

    async def same() -> bool:
        await copy.follow()
        return copy.held == expected

    await wait.until(same, message="the copy says what the marketplace says")
    assert {returns["id"], comes["id"]} <= expected.keys()
    assert goes["id"] not in expected


async def test_accept_chooses_the_format(catalog: Catalog) -> None:
    for accept, expected in (("text/turtle", "text/turtle; charset=utf-8"), ("*/*", "application/json")):
        response = await get(catalog, "solutions", Accept=accept)
        assert response.headers["content-type"] == expected
        assert response.headers["vary"] == "Accept"
    browser = await get(catalog, "", Accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert browser.status_code == 303
    assert browser.headers["location"] == f"{catalog.container.settings.public_url}/offene-daten"
    refused = await get(catalog, "solutions", Accept="application/pdf")
    assert (refused.status_code, refused.json()["slug"]) == (406, "no-such-format")


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        ("solutions.xlsx", 404, "unknown-format"),
        ("solutions?cursor=%00", 400, "bad-cursor"),
        ("solutions?cursor=eyJzdGFydCI6MX0", 400, "bad-cursor"),
        ("solutions.csv?cursor=eyJhZnRlciI6IjEifQ", 400, "bad-cursor"),
        ("solutions?limit=0", 422, "invalid-request"),
        ("solutions?limit=101", 422, "invalid-request"),
        ("sitemap.xml?page=x", 422, "invalid-request"),
    ],
)
async def test_bad_input_is_refused_in_words(catalog: Catalog, path: str, status: int, slug: str) -> None:
    response = await get(catalog, path)
    assert (response.status_code, response.json()["slug"]) == (status, slug)


async def test_only_so_many_files_are_sent_at_once(catalog: Catalog, person: str, provider: str) -> None:
    await online(catalog, person, provider, name="Räume Plus")
    known = (await get(catalog, "solutions.csv")).headers["etag"]
    with ExitStack() as others:
        for _ in range(catalog.container.settings.catalog_exports_at_once):
            others.enter_context(catalog.container.exports.one())
        for extension in ("csv", "ndjson", "ttl", "jsonld"):
            refused = await get(catalog, f"solutions.{extension}")
            assert (refused.status_code, refused.json()["slug"]) == (503, "exports-busy")
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "30"
        assert (await get(catalog, "solutions.csv", **{"If-None-Match": known})).status_code == 304
        assert (await catalog(None, "HEAD", "/opendata/solutions.csv")).status_code == 200
        assert await slugs(catalog) != []
    assert (await get(catalog, "solutions.csv")).status_code == 200
