"""Market surveys through the real service: from the first list to a frozen dossier, its files and their proof."""

import asyncio
import csv
import io
import json
import threading
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from catalog.entrypoints.api import dossiers as dossier_routes
from contracts.checkup import CheckupScored, CheckupScoredData
from contracts.ids import uuid7
from contracts.listing import ReviewSeal
from servicekit.testing import wait

from .conftest import Catalog

HOSTILE = '=HYPERLINK("http://example.org") <script>alert(1)</script> #panic() ẞäöüéñčšžłøåœ Ŵİı ế 😀'


def match(view: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{view["version"]}"'}


def request(title: str = "Raumbuchung", **given: Any) -> dict[str, Any]:
    return {"title": title, "need": "Vereine buchen Räume selbst.\n\nAuch am Wochenende.", **given}


@pytest.fixture
async def found(catalog: Catalog, person: str, provider: str) -> list[dict[str, Any]]:
    """Two published solutions."""
    return [
        await catalog.published(person, provider, name="Räume Plus", hosting_location="germany"),
        await catalog.published(person, provider, name="=Hallen" + "ß" * 113, hosting_location="other"),
    ]


async def judged(catalog: Catalog, solution: dict[str, Any]) -> None:
    """Let review and checkup speak about a solution."""
    now = datetime.now(UTC)
    event = catalog.completed(solution)
    seal = ReviewSeal(case_id=uuid7(), solution_version=1, decided_at=now, criteria_version="2026.1")
    await catalog.say(event.model_copy(update={"data": event.data.model_copy(update={"seal": seal})}))
    scored = CheckupScoredData.model_validate(
        {
            "run_id": uuid7(),
            "solution_id": solution["id"],
            "slug": solution["slug"],
            "version": 1,
            "organisation_id": solution["organisation_id"],
            "rubric_version": "2026.1",
            "as_of": now,
            "finished_at": now,
            "measurable": True,
            "grade": "basic",
            "dimensions": [{"dimension": "community", "score": 72.5, "coverage": 0.8, "status": "scored"}],
        }
    )
    await catalog.say(CheckupScored.new(scored, aggregate_id=solution["id"], time=now))


async def test_from_a_list_to_a_dossier_that_can_be_proved(
    catalog: Catalog, clerk: str, town: str, found: list[dict[str, Any]]
) -> None:
    first, second = found
    await judged(catalog, first)
    requirements = [
        {"question": "hosting_location", "need": "must", "any_of": ["germany", "eu"]},
        {"question": "licence", "need": "should", "weight": 3},
    ]
    criteria = {"query": "räume", "filters": {"kind": ["software"]}, "requirements": requirements}
    wanted = request(HOSTILE[:200], criteria=criteria, solutions=[first["slug"], second["id"]])
    view = await catalog.ok(clerk, "POST", "/dossiers", json=wanted)
    path = f"/dossiers/{view['id']}"
    assert [(each["version"], each["changed"], each["musts_met"]) for each in view["items"]] == [
        (1, False, 1),
        (1, False, 0),
    ]
    assert [each["fulfilment"] for each in view["items"]] == [["met", "not_stated"], ["not_met", "not_stated"]]

    async def known() -> dict[str, Any]:
        shown = dict(await catalog.ok(clerk, "GET", path))
        assert shown["items"][0]["seal"]
        assert shown["items"][0]["checkup"]["dimensions"][0]["score"] == 72.5
        assert shown["items"][0]["checkup"]["grade"] == "basic"
        return shown

    view = await wait.until(known, message="seal and checkup")
    decision = f"{path}/solutions/{second['id']}/decision"
    refused = await catalog(clerk, "PUT", decision, json={"included": False}, headers=match(view))
    assert (refused.status_code, refused.json()["slug"]) == (422, "reason-required")
    view = await catalog.ok(
        clerk, "PUT", decision, json={"included": False, "reason": "Hosting außerhalb der EU"}, headers=match(view)
    )
    said = {"question": "Seit wann?", "answer": HOSTILE, "answered_on": "2026-01-05", "source": "Brief"}
    view = await catalog.ok(
        clerk, "PUT", f"{path}/solutions/{first['id']}/answers", json={"answers": [said]}, headers=match(view)
    )
    assert (await catalog(clerk, "GET", f"{path}/files/pdf")).json()["slug"] == "dossier-not-frozen"

    frozen = await catalog.ok(clerk, "POST", f"{path}/freeze", headers=match(view))
    assert frozen["state"] == "frozen"
    again = await catalog(clerk, "POST", f"{path}/freeze", headers=match(frozen))
    assert (again.status_code, again.json()["slug"]) == (409, "dossier-frozen")
    for method, where, body in (
        ("PUT", path, request("Anders")),
        ("POST", f"{path}/solutions", {"solutions": [first["id"]]}),
        ("PUT", decision, {"included": True}),
        ("DELETE", path, None),
    ):
        kept = await catalog(clerk, method, where, json=body, headers=match(frozen))
        assert kept.json()["slug"] == "dossier-frozen", (method, where)

    file = (await catalog(clerk, "GET", f"{path}/files/json")).content
    document = json.loads(file)
    assert document["sha256"] == frozen["seals"][0]["sha256"]
    assert document["solutions"][0]["listing"]["name"] == "Räume Plus"
    assert document["solutions"][0]["checkup"]["rubric_version"] == "2026.1"
    assert document["solutions"][1]["reason"] == "Hosting außerhalb der EU"
    assert "ersetzt" in document["notice"]
    steps = [step["step"] for step in document["log"]]
    assert steps == ["created", "added", "decided", "answers_noted", "frozen"]

    genuine = await catalog.ok(None, "POST", "/dossiers/verify", content=json.dumps(document, indent=4).encode())
    assert (genuine["result"], genuine["dossier_id"], genuine["newer_seal"]) == ("genuine", frozen["id"], False)
    document["solutions"][1]["reason"] = "zu teuer"
    changed = await catalog.ok(None, "POST", "/dossiers/verify", content=json.dumps(document).encode())
    assert (changed["result"], changed["dossier_id"], changed["title"]) == ("changed", frozen["id"], None)
    document["dossier_id"] = uuid7()
    unknown = await catalog.ok(None, "POST", "/dossiers/verify", content=json.dumps(document).encode())
    assert (unknown["result"], unknown["dossier_id"]) == ("unknown", None)

    outcome = {"outcome": "continued_to_tender", "note": "Leistungsverzeichnis folgt"}
    ended = await catalog.ok(clerk, "POST", f"{path}/conclude", json=outcome, headers=match(frozen))
    assert (ended["state"], ended["conclusion"]["outcome"]) == ("concluded", "continued_to_tender")
    twice = await catalog(clerk, "POST", f"{path}/conclude", json=outcome, headers=match(ended))
    assert (twice.status_code, twice.json()["slug"]) == (409, "wrong-state")
    older = await catalog.ok(None, "POST", "/dossiers/verify", content=file)
    assert (older["result"], older["newer_seal"]) == ("genuine", True)
    newest = json.loads((await catalog(clerk, "GET", f"{path}/files/json")).content)
    assert newest["solutions"] == json.loads(file)["solutions"]
    proof = await catalog.ok(None, "GET", f"/dossiers/verify/{ended['seals'][-1]['sha256']}")
    assert (proof["result"], proof["newer_seal"]) == ("genuine", False)
    assert newest["sha256"] == ended["seals"][-1]["sha256"]

    await _pdf_is_tagged(catalog, clerk, path)
    await _tables_hold_no_formula(catalog, clerk, path)


async def test_other_requests_are_answered_while_a_file_is_made(
    catalog: Catalog, clerk: str, town: str, found: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slowly(*_: Any) -> bytes:
        begun.release()
        assert go_on.wait(60)
        return b"%PDF"

    view = await catalog.ok(clerk, "POST", "/dossiers", json=request(solutions=[found[0]["slug"]]))
    path = f"/dossiers/{view['id']}"
    await catalog.ok(clerk, "POST", f"{path}/freeze", headers=match(view))
    monkeypatch.setattr(dossier_routes, "to_pdf", slowly)
    async with asyncio.TaskGroup() as making:
        files = [making.create_task(catalog(clerk, "GET", f"{path}/files/pdf")) for _ in range(3)]
        try:
            await wait.until(lambda: begun.acquire(blocking=False), message="a file being made")
            assert (await catalog.http.get("/health/live")).status_code == 200
            assert (await catalog.ok(clerk, "GET", path))["state"] == "frozen"
            assert not begun.acquire(blocking=False), "one file at a time"
            assert not any(each.done() for each in files)
        finally:
            go_on.set()
    assert [(await each).content for each in files] == [b"%PDF"] * 3


async def test_a_large_file_is_verified_and_a_larger_one_refused(catalog: Catalog) -> None:
    large = {"format": "marktplatz-dossier", "dossier_id": uuid7(), "need": "x" * 9_000_000}
    verdict = await catalog.ok(None, "POST", "/dossiers/verify", content=json.dumps(large).encode())
    assert verdict["result"] == "unknown"
    large["need"] *= 2
    refused = await catalog(None, "POST", "/dossiers/verify", content=json.dumps(large).encode())
    assert (refused.status_code, refused.json()["slug"]) == (413, "body-too-large")


async def _pdf_is_tagged(catalog: Catalog, clerk: str, path: str) -> None:
    response = await catalog(clerk, "GET", f"{path}/files/pdf")
    assert response.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "de-DE"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.Outlines.First is not None
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"].startswith("Markterkundung: =HYPERLINK")
        tags: set[str] = set()
        _collect(pdf.Root.StructTreeRoot, tags)
        assert "foreign language" not in tags
        assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/P"} <= tags


def _collect(node: Any, tags: set[str]) -> None:
    if isinstance(node, pikepdf.Array):
        for each in node:
            _collect(each, tags)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            tags.add(str(node.S))
        if str(node.get("/Lang", "de-DE")) != "de-DE":
            tags.add("foreign language")
        if "/K" in node:
            _collect(node.K, tags)


async def _tables_hold_no_formula(catalog: Catalog, clerk: str, path: str) -> None:
    with_mark = (await catalog(clerk, "GET", f"{path}/files/csv")).content
    plain = (await catalog(clerk, "GET", f"{path}/files/csv", params={"bom": "false"})).content
    assert with_mark == b"\xef\xbb\xbf" + plain
    cells = [cell for row in csv.reader(io.StringIO(plain.decode()), delimiter=";") for cell in row]
    assert f"'{HOSTILE}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    ods = zipfile.ZipFile(io.BytesIO((await catalog(clerk, "GET", f"{path}/files/ods")).content))
    assert b"<dc:language>de-DE</dc:language>" in ods.read("meta.xml")
    root = ElementTree.fromstring(ods.read("content.xml"))
    names = {key.rpartition("}")[2] for element in root.iter() for key in element.attrib}
    assert "formula" not in names
    assert HOSTILE in {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("}p")}


async def test_a_draft_shows_what_changed_or_went_offline(
    catalog: Catalog, person: str, clerk: str, town: str, found: list[dict[str, Any]]
) -> None:
    first, second = found
    view = await catalog.ok(clerk, "POST", "/dossiers", json=request(solutions=[first["id"], second["id"]]))
    path = f"/dossiers/{view['id']}"
    listing = {**first["working"]["listing"], "summary": "Neu"}
    draft = await _new_version(catalog, person, first, listing)
    assert draft["working"]["number"] == 2
    await catalog.ok(person, "POST", f"/solutions/{second['id']}/withdraw")
    view = await catalog.ok(clerk, "GET", path)
    assert [(each["online"], each["changed"], each["version"]) for each in view["items"]] == [
        (True, True, 2),
        (False, False, None),
    ]
    frozen = await catalog.ok(clerk, "POST", f"{path}/freeze", headers=match(view))
    document = await catalog.ok(clerk, "GET", f"{path}/files/json")
    assert [each["noted_version"] for each in document["solutions"]] == [1, 1]
    assert document["solutions"][0]["listing"]["summary"] == "Neu"
    assert (document["solutions"][1]["listing"], document["solutions"][1]["version"]) == (None, None)
    assert (await catalog(clerk, "GET", f"{path}/files/pdf")).is_success
    assert frozen["items"][1]["online"] is False


async def _new_version(
    catalog: Catalog, person: str, solution: dict[str, Any], listing: dict[str, Any]
) -> dict[str, Any]:
    where = f"/solutions/{solution['id']}"
    held = await catalog(person, "GET", f"{where}/working")
    await catalog.ok(
        person, "PUT", f"{where}/draft", json={"listing": listing}, headers={"If-Match": held.headers["etag"]}
    )
    view = await catalog.ok(person, "POST", f"{where}/submit")
    await catalog.say(catalog.completed(view))
    return await catalog.working(person, solution["id"], state="published")


async def test_only_the_own_municipality_sees_a_survey_and_only_its_editors_write(
    catalog: Catalog, person: str, clerk: str, town: str, found: list[dict[str, Any]]
) -> None:
    view = await catalog.ok(clerk, "POST", "/dossiers", json=request(solutions=[found[0]["id"]]))
    path = f"/dossiers/{view['id']}"
    reader = f"reader-{uuid7()[-8:]}"
    await catalog.ok(clerk, "POST", f"/organisations/{town}/members", json={"user": reader, "role": "member"})
    await catalog.known(reader, town)
    shown = await catalog.ok(reader, "GET", path)
    assert shown["may_edit"] is False
    refused = await catalog(reader, "POST", f"{path}/freeze", headers=match(view))
    assert (refused.status_code, refused.json()["slug"]) == (403, "missing-role")
    assert (await catalog(reader, "POST", "/dossiers", json=request())).json()["slug"] == "missing-role"
    for outsider in (person, "curator"):
        assert (await catalog(outsider, "GET", path)).json()["slug"] == "dossier-not-found"
        assert (await catalog(outsider, "POST", f"{path}/freeze", headers=match(view))).status_code == 404
        assert (await catalog.ok(outsider, "GET", "/dossiers"))["items"] == []
    assert (await catalog(person, "POST", "/dossiers", json=request())).json()["slug"] == "not-a-municipality"
    assert (await catalog(None, "GET", path)).status_code == 401
    assert [each["id"] for each in (await catalog.ok(reader, "GET", "/dossiers"))["items"]] == [view["id"]]


async def test_two_editors_at_once_and_what_is_refused(
    catalog: Catalog, clerk: str, town: str, found: list[dict[str, Any]]
) -> None:
    view = await catalog.ok(clerk, "POST", "/dossiers", json=request())
    path = f"/dossiers/{view['id']}"
    assert (await catalog(clerk, "POST", f"{path}/freeze", headers=match(view))).json()["slug"] == "empty-dossier"
    await catalog.ok(clerk, "PUT", path, json=request("Zuerst"), headers=match(view))
    late = await catalog(clerk, "PUT", path, json=request("Zu spät"), headers=match(view))
    assert (late.status_code, late.json()["slug"]) == (412, "stale-version")
    missing = await catalog(clerk, "POST", f"{path}/solutions", json={"solutions": ["gibt-es-nicht"]})
    assert missing.json()["slug"] == "solution-not-found"
    for requirement, fault in (
        ({"question": "colour", "need": "must"}, "invalid-requirements"),
        ({"question": "kind", "need": "must", "any_of": ["boat"]}, "invalid-requirements"),
        ({"question": "kind", "need": "must", "at_least": 3}, "invalid-requirements"),
        ({"question": "kind", "need": "must", "at_least": 3, "contains": "x"}, "invalid-request"),
    ):
        body = request(criteria={"requirements": [requirement]})
        refused = await catalog(clerk, "POST", "/dossiers", json=body)
        assert (refused.status_code, refused.json()["slug"]) == (422, fault), requirement
    added = await catalog.ok(clerk, "POST", f"{path}/solutions", json={"solutions": [found[0]["id"]] * 3})
    assert len(added["items"]) == 1
    gone = await catalog.ok(clerk, "DELETE", f"{path}/solutions/{found[0]['id']}", headers=match(added))
    assert gone["items"] == []
    assert (await catalog(clerk, "DELETE", path, headers=match(added))).status_code == 412
    assert (await catalog(clerk, "DELETE", path, headers=match(gone))).status_code == 204
    assert (await catalog(clerk, "GET", path)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"format": "marktplatz-dossier", "format": "x"}',
        b'{"format": "marktplatz-dossier", "value": NaN}',
        b'{"format": "marktplatz-dossier", "value": 12345678901234567890}',
        b'{"format": "marktplatz-dossier", "value": "\\ud800"}',
        b'{"format": "marktplatz-dossier", "value": ' + b"[" * 100_000,
    ],
)
async def test_what_is_no_dossier_is_called_that(catalog: Catalog, body: bytes) -> None:
    refused = await catalog(None, "POST", "/dossiers/verify", content=body)
    assert (refused.status_code, refused.json()["slug"]) == (422, "not-a-dossier")
