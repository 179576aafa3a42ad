"""publiccode.yml over HTTP: taken over from uploads and repositories, taken away, compared on time and on demand."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from catalog.adapters.repository_files import candidates
from catalog.application.publiccode import drifting
from catalog.application.publiccode.drifting import Rounds
from catalog.application.publiccode.ports import PubliccodePorts
from catalog.settings import CatalogSettings
from contracts.catalog import PubliccodeDrifted
from servicekit.addresses import AddressRefused

from .conftest import LISTING, Catalog

FILES = Path(__file__).resolve().parents[2] / "data" / "publiccode"
GERMAN = (FILES / "Aitema-gmbh__terminvergabe.yml").read_bytes()
FULL: dict[str, Any] = {
    **LISTING,
    "description": "Vereine finden freie Räume der Kommune und buchen sie ohne Umwege. " * 4,
    "features": ["Suchen", "Buchen"],
    "licence": "EUPL-1.2",
    "answers": {
        "development_status": "stable",
        "software_type": "standalone/web",
        "platforms": ["web"],
        "maintenance_type": "community",
    },
}


class Forge:
    """A forge that serves raw files as GitLab does; `files` by path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                forge.asked.append(self.path)
                body = forge.files.get(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    made = Forge()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(scope="module")
async def settings(settings: CatalogSettings, forge: Forge) -> CatalogSettings:
    """The forge may be asked; comparisons that are due wait for the test."""
    return settings.model_copy(update={"catalog_allow_local": forge.origin, "catalog_duties_seconds": 3600.0})


@pytest.fixture
def ports(catalog: Catalog) -> PubliccodePorts:
    return catalog.container.publiccode


async def test_an_upload_is_shown_beside_the_draft_and_taken_over(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    path = f"/solutions/{draft['id']}/publiccode"
    shown = await catalog.ok(person, "POST", path, files={"file": ("publiccode.yml", GERMAN)})
    assert (shown["valid"], shown["language"]) == (False, "de")
    faults = {(each["path"], each["rule"]): each for each in shown["violations"]}
    assert faults["maintenance.type", "choice"]["line"] == 74
    assert faults["maintenance.type", "choice"]["words"]["de"].startswith("„commercial“ gehört nicht")
    fields = {each["question"]: each for each in shown["fields"]}
    assert (fields["licence"]["present"], fields["licence"]["incoming"]) == (None, "AGPL-3.0-only")
    wanted = {name: fields[name]["incoming"] for name in ("licence", "platforms", "features")}
    saved = await catalog.ok(
        person, "POST", f"{path}/take-over", json={"answers": wanted}, headers={"If-Match": f'"{draft["version"]}"'}
    )
    listing = saved["working"]["listing"]
    assert (listing["licence"], listing["answers"]["platforms"]) == ("AGPL-3.0-only", ["web"])
    assert listing["name"] == LISTING["name"]
    again = await catalog.ok(person, "POST", path, files={"file": ("publiccode.yml", GERMAN)})
    assert {each["question"] for each in again["fields"] if each["same"]} >= set(wanted)
    stale = await catalog(
        person, "POST", f"{path}/take-over", json={"answers": wanted}, headers={"If-Match": f'"{draft["version"]}"'}
    )
    assert stale.status_code == 412


async def test_what_cannot_be_taken_over_is_refused(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    path = f"/solutions/{draft['id']}/publiccode"
    tag = {"If-Match": f'"{draft["version"]}"'}
    strange = await catalog(person, "POST", f"{path}/take-over", json={"answers": {"kind": "consulting"}}, headers=tag)
    assert (strange.status_code, strange.json()["slug"]) == (422, "not-in-publiccode")
    wrong = await catalog(person, "POST", f"{path}/take-over", json={"answers": {"platforms": "web"}}, headers=tag)
    assert (wrong.status_code, wrong.json()["slug"]) == (422, "invalid-listing")
    assert wrong.json()["errors"][0]["field"] == "listing.answers.platforms"
    none = await catalog(person, "POST", path, content=b"name: x", headers={"Content-Type": "text/plain"})
    assert (none.status_code, none.json()["slug"]) == (422, "invalid-request")
    torn = await catalog(
        person, "POST", path, content=b"x", headers={"Content-Type": "multipart/form-data; boundary=a"}
    )
    assert torn.status_code in (400, 422)
    bomb = await catalog.ok(person, "POST", path, files={"file": ("x", b"&a [*a]")})
    assert [each["rule"] for each in bomb["violations"]] == ["too-deep"]
    for who, status in ((None, 401), ("stranger", 403)):
        refused = await catalog(who, "POST", path, files={"file": ("publiccode.yml", GERMAN)})
        assert refused.status_code == status


async def test_a_repository_is_asked_for_its_file(catalog: Catalog, person: str, forge: Forge) -> None:
    forge.files["/team/termin/-/raw/HEAD/publiccode.yml"] = GERMAN
    address = f"http://{forge.origin}/team/termin.git"
    shown = await catalog.ok(person, "POST", "/publiccode/preview", json={"url": address})
    assert shown["source"] == f"http://{forge.origin}/team/termin/-/raw/HEAD/publiccode.yml"
    assert "fork" in {each["rule"] for each in shown["violations"]}
    missing = await catalog(person, "POST", "/publiccode/preview", json={"url": f"http://{forge.origin}/team/other"})
    assert (missing.status_code, missing.json()["slug"]) == (422, "publiccode-not-fetched")
    assert "liegt keine" in missing.json()["errors"][0]["message"]
    for hostile in ("https://127.0.0.1/a/b", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "x"):
        refused = await catalog(person, "POST", "/publiccode/preview", json={"url": hostile})
        assert (refused.status_code, refused.json()["slug"]) == (422, "publiccode-not-fetched")


async def test_a_published_listing_is_taken_away_as_a_file(catalog: Catalog, person: str, provider: str) -> None:
    said = {**FULL, "name": "Zum Mitnehmen", "repository_url": "https://code.example.org/team/mitnehmen"}
    online = await catalog.published(person, provider, **said)
    response = await catalog(None, "GET", f"/solutions/{online['slug']}/publiccode.yml")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/yaml; charset=utf-8"
    document = yaml.safe_load(response.content)
    assert document["legal"] == {"license": "EUPL-1.2"}
    assert document["maintenance"]["contacts"] == [{"name": online["organisation_name"]}]
    tag = {"If-None-Match": response.headers["etag"]}
    assert (await catalog(None, "GET", f"/solutions/{online['id']}/publiccode.yml", headers=tag)).status_code == 304
    standing = await catalog.ok(person, "GET", f"/solutions/{online['id']}/publiccode")
    assert (standing["missing"], standing["drift"]) == ([], None)


async def test_a_listing_that_says_too_little_is_not_taken_away(catalog: Catalog, person: str, provider: str) -> None:
    online = await catalog.published(person, provider, **{**FULL, "name": "Zu", "licence": "proprietary"})
    refused = await catalog(None, "GET", f"/solutions/{online['slug']}/publiccode.yml")
    assert (refused.status_code, refused.json()["slug"]) == (409, "publiccode-incomplete")
    assert {each["field"] for each in refused.json()["errors"]} == {"legal", "url"}
    standing = await catalog.ok(person, "GET", f"/solutions/{online['id']}/publiccode")
    assert {each["question"] for each in standing["missing"]} == {"licence", "repository_url"}


async def test_a_drift_is_found_once_a_week_told_once_and_taken_over(
    catalog: Catalog, person: str, provider: str, forge: Forge, ports: PubliccodePorts
) -> None:
    address = f"http://{forge.origin}/team/drift"
    raw = "/team/drift/-/raw/HEAD/publiccode.yml"
    online = await catalog.published(person, provider, **{**FULL, "name": "Drift", "repository_url": address})
    exported = (await catalog(None, "GET", f"/solutions/{online['id']}/publiccode.yml")).content
    forge.files[raw] = exported.replace(b"EUPL-1.2", b"AGPL-3.0-only")

    rounds = Rounds(ports)
    assert await rounds() >= 1
    standing = await catalog.ok(person, "GET", f"/solutions/{online['id']}/publiccode")
    (difference,) = standing["drift"]["differences"]
    assert difference == {
        "question": "licence", "path": "legal.license", "present": "EUPL-1.2", "incoming": "AGPL-3.0-only",
    }  # fmt: skip
    (event,) = await catalog.heard(PubliccodeDrifted, online["id"])
    assert event.data.differences[0].file == "AGPL-3.0-only"
    asked = len(forge.asked)
    await rounds()
    assert len(forge.asked) == asked  # its turn comes once a week

    told = (await ports.drifts.get(online["id"])).state.told
    held = (await ports.drifts.get(online["id"])).state
    path = f"/solutions/{online['id']}/publiccode"
    assert drifting.turn_of(held.solution_id, ports.catalog.clock.now()) == held.turn
    await catalog.ok(person, "POST", f"{path}/drift")
    assert (await ports.drifts.get(online["id"])).state.told == told  # nothing new: nobody is told again

    working = await catalog.ok(person, "GET", f"/solutions/{online['id']}/working")
    saved = await catalog.ok(
        person,
        "POST",
        f"{path}/take-over",
        json={"answers": {difference["question"]: difference["incoming"]}},
        headers={"If-Match": f'"{working["version"]}"'},
    )
    assert (saved["working"]["number"], saved["working"]["listing"]["licence"]) == (2, "AGPL-3.0-only")
    assert saved["live_version"] == 1


async def test_only_what_is_online_with_a_repository_is_compared(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    refused = await catalog(person, "POST", f"/solutions/{draft['id']}/publiccode/drift")
    assert (refused.status_code, refused.json()["slug"]) == (409, "nothing-to-compare")
    online = await catalog.published(person, provider, **{**LISTING, "name": "Ohne Quelle"})
    refused = await catalog(person, "POST", f"/solutions/{online['id']}/publiccode/drift")
    assert (refused.status_code, refused.json()["slug"]) == (409, "nothing-to-compare")


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("https://github.com/a/b", "https://raw.githubusercontent.com/a/b/HEAD/publiccode.yml"),
        ("https://gitlab.opencode.de/g/s/p.git", "https://gitlab.opencode.de/g/s/p/-/raw/HEAD/publiccode.yml"),
        ("https://codeberg.org/a/b/", "https://codeberg.org/api/v1/repos/a/b/raw/publiccode.yml"),
        ("https://bitbucket.org/a/b", "https://bitbucket.org/a/b/raw/HEAD/publiccode.yml"),
        ("https://github.com/a/b/blob/main/publiccode.yml", "https://github.com/a/b/raw/main/publiccode.yml"),
    ],
)
def test_forges_are_known_by_their_raw_addresses(address: str, first: str) -> None:
    assert next(candidates(address)) == first


def test_an_address_without_a_repository_is_refused() -> None:
    with pytest.raises(AddressRefused):
        next(candidates("https://github.com/"))
