"""Providers are asked out of a market survey; what they answer before it is frozen is sealed with it."""

import csv
import io
import json
import zipfile
from typing import Any

from .conftest import Catalog

ASKED = {"subject": "Barrierefreiheit", "questions": ["BITV 2.0?", "Seit wann?"], "text": "Wir erkunden den Markt."}


def match(view: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{view["version"]}"'}


async def test_answers_before_freezing_are_sealed_and_later_ones_are_told_apart(
    catalog: Catalog, clerk: str, town: str, person: str, provider: str
) -> None:
    first = await catalog.published(person, provider, name="Räume Plus")
    second = await catalog.published(person, provider, name="Hallen")
    wanted = {"title": "Räume", "need": "Säle", "solutions": [first["id"], second["id"]]}
    view = await catalog.ok(clerk, "POST", "/dossiers", json=wanted)
    path = f"/dossiers/{view['id']}"
    await catalog.ok(person, "POST", f"/solutions/{second['id']}/withdraw")

    key = {"Idempotency-Key": "round-one"}
    outcome = (await catalog.ok(clerk, "POST", f"{path}/inquiries", json=ASKED, headers=key))["items"]
    again = (await catalog.ok(clerk, "POST", f"{path}/inquiries", json=ASKED, headers=key))["items"]
    assert again == outcome
    assert [(each["name"], bool(each["inquiry_id"]), each["refused"]) for each in outcome] == [
        ("Räume Plus", True, None),
        ("Hallen", False, "not-published"),
    ]
    (inquiry,) = (await catalog.ok(person, "GET", "/inquiries", params={"side": "answering"}))["items"]
    assert inquiry["id"] == outcome[0]["inquiry_id"]
    assert view["id"] not in json.dumps(await catalog.ok(person, "GET", f"/inquiries/{inquiry['id']}"))
    stranger = await catalog(person, "POST", f"{path}/inquiries", json=ASKED)
    assert (stranger.status_code, stranger.json()["slug"]) == (404, "dossier-not-found")

    said = f"/inquiries/{inquiry['id']}/messages"
    await catalog.ok(person, "POST", said, json={"text": "=ja() <b>seit 2024</b>"})
    view = await catalog.ok(clerk, "GET", path)
    assert [(each["solution_id"], each["state"]) for each in view["inquiries"]] == [(first["id"], "answered")]
    (answer,) = view["items"][0]["answers"]
    assert answer["question"] == "Barrierefreiheit\nBITV 2.0?\nSeit wann?"
    assert answer["source"] == "Anfrage über den Marktplatz, beantwortet von Musterlösungen GmbH"
    assert view["log"][-1]["step"] == "asked"

    frozen = await catalog.ok(clerk, "POST", f"{path}/freeze", headers=match(view))
    await catalog.ok(person, "POST", said, json={"text": "Nachtrag: seit 2023"})
    late = await catalog.ok(clerk, "GET", path)
    assert [each["answer"] for each in late["items"][0]["answers"]] == ["=ja() <b>seit 2024</b>"]
    assert [(each["solution_id"], each["answers"][0]["answer"]) for each in late["later_answers"]] == [
        (first["id"], "Nachtrag: seit 2023")
    ]
    assert late["seals"] == frozen["seals"]
    closed = await catalog(clerk, "POST", f"{path}/inquiries", json=ASKED)
    assert (closed.status_code, closed.json()["slug"]) == (409, "dossier-frozen")

    content = (await catalog(clerk, "GET", f"{path}/files/json")).content
    document = json.loads(content)
    (sealed,) = document["solutions"][0]["answers"]
    assert sealed["answer"] == "=ja() <b>seit 2024</b>"
    assert person not in json.dumps(document["solutions"])
    proof = await catalog(None, "POST", "/dossiers/verify", content=content)
    assert proof.json()["result"] == "genuine"
    cells = [
        cell
        for row in csv.reader(
            io.StringIO((await catalog(clerk, "GET", f"{path}/files/csv")).text.lstrip("\ufeff")), delimiter=";"
        )
        for cell in row
    ]
    assert "'=ja() <b>seit 2024</b>" in cells
    ods = (await catalog(clerk, "GET", f"{path}/files/ods")).content
    assert "seit 2024" in zipfile.ZipFile(io.BytesIO(ods)).read("content.xml").decode()
    assert (await catalog(clerk, "GET", f"{path}/files/pdf")).content.startswith(b"%PDF")
