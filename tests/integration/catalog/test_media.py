"""Pictures and documents from the upload to the published page, and out again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from catalog.application.commands.media import sweep
from catalog.domain.media import MOST
from servicekit.clock import FixedClock

from tests.unit.catalog import media_files as files

from .conftest import LISTING, Catalog

PNG = files.picture(1200, 800)


async def upload(catalog: Catalog, user: str | None, solution_id: str, content: bytes, **text: str) -> httpx.Response:
    given = {"alt": "Die Startseite mit dem Kalender", **text}
    return await catalog(
        user, "POST", f"/solutions/{solution_id}/media", files={"file": ("x.svg", content, "text/html")}, data=given
    )


async def uploaded(catalog: Catalog, user: str, solution_id: str, content: bytes = PNG, **text: str) -> dict[str, Any]:
    response = await upload(catalog, user, solution_id, content, **text)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_a_picture_becomes_public_with_its_version_and_no_sooner(
    catalog: Catalog, person: str, provider: str, clerk: str
) -> None:
    draft = await catalog.draft(person, provider)
    view = await uploaded(catalog, person, draft["id"], caption="  ")
    [item] = view["working"]["listing"]["media"]
    assert (item["kind"], item["media_type"], item["width"], item["height"]) == ("image", "image/webp", 1200, 800)
    assert (item["alt"], item["caption"]) == ("Die Startseite mit dem Kalender", None)
    path = f"/media/{item['id']}"

    for stranger in (None, clerk):
        hidden = await catalog(stranger, "GET", path)
        assert (hidden.status_code, hidden.json()["slug"]) == (404, "media-not-found")
    for reader in (person, "reviewer"):
        seen = await catalog(reader, "GET", path)
        assert (seen.status_code, seen.headers["cache-control"]) == (200, "private, max-age=3600")

    await catalog.ok(person, "POST", f"/solutions/{draft['id']}/submit")
    await catalog.say(catalog.completed(draft))
    await catalog.working(person, draft["id"], state="published")
    public = await catalog(None, "GET", path)
    assert public.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert public.headers["content-type"] == "image/webp"
    assert public.headers["x-content-type-options"] == "nosniff"
    assert public.headers["content-security-policy"].startswith("sandbox;")
    assert len(public.content) == item["size"] == int(public.headers["content-length"])
    again = await catalog(None, "GET", path, headers={"If-None-Match": public.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = await catalog(None, "GET", path, params={"width": 300})
    assert len(small.content) < len(public.content)
    assert small.headers["etag"] != public.headers["etag"]

    await catalog.ok(person, "DELETE", f"/solutions/{draft['id']}{path}")
    assert (await catalog(None, "GET", path)).status_code == 200, "the published version keeps it"
    assert (await catalog.ok(person, "GET", f"/solutions/{draft['id']}/working"))["working"]["listing"]["media"] == []
    assert (await catalog.ok(None, "GET", f"/solutions/{draft['id']}"))["listing"]["media"] == [item]


async def test_a_document_is_handed_out_as_a_file(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    view = await uploaded(catalog, person, draft["id"], files.document(3), alt="Handbuch")
    [item] = view["working"]["listing"]["media"]
    assert (item["kind"], item["pages"], item["width"]) == ("document", 3, None)
    response = await catalog(person, "GET", f"/media/{item['id']}")
    assert response.headers["content-disposition"] == f'attachment; filename="{item["id"]}.pdf"'
    assert response.headers["content-type"] == "application/pdf"


async def test_order_and_words_can_be_changed_and_saving_the_text_keeps_them(
    catalog: Catalog, person: str, provider: str
) -> None:
    draft = await catalog.draft(person, provider)
    path = f"/solutions/{draft['id']}"
    await uploaded(catalog, person, draft["id"], alt="Eins")
    view = await uploaded(catalog, person, draft["id"], files.picture(500, 500), alt="Zwei")
    one, two = view["working"]["listing"]["media"]
    moved = {"alt": "Zwei, neu", "caption": "Im Einsatz", "position": 0}
    view = await catalog.ok(person, "PUT", f"{path}/media/{two['id']}", json=moved)
    assert [(each["alt"], each["caption"]) for each in view["working"]["listing"]["media"]] == [
        ("Zwei, neu", "Im Einsatz"),
        ("Eins", None),
    ]
    headers = {"If-Match": f'"{view["version"]}"'}
    kept = await catalog.ok(person, "PUT", f"{path}/draft", json={"listing": LISTING}, headers=headers)
    assert len(kept["working"]["listing"]["media"]) == 2
    lied = {**one, "size": 5, "media_type": "text/html", "kind": "document"}
    headers = {"If-Match": f'"{kept["version"]}"'}
    given = {"listing": {**LISTING, "media": [lied]}}
    fewer = await catalog.ok(person, "PUT", f"{path}/draft", json=given, headers=headers)
    assert fewer["working"]["listing"]["media"] == [one], "what a file is is not up to the caller"
    headers = {"If-Match": f'"{fewer["version"]}"'}
    given = {"listing": {**LISTING, "media": [{**one, "id": "stolen"}, one, one]}}
    refused = await catalog(person, "PUT", f"{path}/draft", json=given, headers=headers)
    assert (refused.status_code, refused.json()["slug"]) == (422, "unknown-media")
    assert [each["field"] for each in refused.json()["errors"]] == ["listing.media.0.id", "listing.media.2.id"]


async def test_the_same_file_is_there_once(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    await uploaded(catalog, person, draft["id"])
    twice = await upload(catalog, person, draft["id"], PNG)
    assert (twice.status_code, twice.json()["slug"]) == (409, "media-already-there")


@pytest.mark.parametrize(
    ("content", "text", "status", "slug"),
    [
        (b"", {}, 422, "media-empty"),
        (files.SVG, {}, 422, "media-type-refused"),
        (PNG[:-300], {}, 422, "media-broken"),
        (PNG, {"alt": " "}, 422, "invalid-request"),
        (PNG, {"alt": "x" * 301}, 422, "invalid-request"),
        (PNG, {"alt": "a\nb"}, 422, "invalid-request"),
        (PNG, {"colour": "red"}, 422, "invalid-request"),
        (PNG, {"alt": "x" * 9000}, 400, "malformed-upload"),
        (b"x" * (20 * 1024 * 1024 + 1), {}, 413, "media-too-large"),
        (b"x" * (100 * 1024 * 1024), {}, 413, "body-too-large"),
    ],
)
async def test_a_bad_upload_has_its_answer(
    catalog: Catalog, person: str, provider: str, content: bytes, text: dict[str, str], status: int, slug: str
) -> None:
    draft = await catalog.draft(person, provider)
    response = await upload(catalog, person, draft["id"], content, **text)
    assert (response.status_code, response.json()["slug"]) == (status, slug)
    assert (await catalog.ok(person, "GET", f"/solutions/{draft['id']}/working"))["version"] == 1


async def test_who_may_not_upload_is_told_before_anything_is_read(
    catalog: Catalog, person: str, provider: str, clerk: str
) -> None:
    draft = await catalog.draft(person, provider)
    assert (await upload(catalog, None, draft["id"], PNG)).status_code == 401
    assert (await upload(catalog, clerk, draft["id"], PNG)).json()["slug"] == "foreign-organisation"
    assert (await upload(catalog, person, "nothing", PNG)).json()["slug"] == "solution-not-found"
    no_form = await catalog(person, "POST", f"/solutions/{draft['id']}/media", json={"alt": "x"})
    assert (no_form.status_code, no_form.json()["slug"]) == (400, "malformed-upload")
    cut_off = await catalog(
        person,
        "POST",
        f"/solutions/{draft['id']}/media",
        content=b"--x\r\nnonsense",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert (cut_off.status_code, cut_off.json()["slug"]) == (400, "malformed-upload")


async def test_a_listing_shows_so_many_and_no_more(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    [item] = (await uploaded(catalog, person, draft["id"]))["working"]["listing"]["media"]
    many = [{**item, "id": f"m{number}"} for number in range(MOST + 1)]
    refused = await catalog(
        person,
        "PUT",
        f"/solutions/{draft['id']}/draft",
        json={"listing": {**LISTING, "media": many}},
        headers={"If-Match": '"2"'},
    )
    assert refused.json()["errors"][0]["field"] == "listing.media"


async def test_uploads_that_no_version_shows_are_forgotten(catalog: Catalog, person: str, provider: str) -> None:
    draft = await catalog.draft(person, provider)
    path = f"/solutions/{draft['id']}/media"
    [kept] = (await uploaded(catalog, person, draft["id"]))["working"]["listing"]["media"]
    view = await uploaded(catalog, person, draft["id"], files.picture(500, 300))
    gone = next(each for each in view["working"]["listing"]["media"] if each["id"] != kept["id"])
    await catalog.ok(person, "DELETE", f"{path}/{gone['id']}")
    container = catalog.container
    await sweep(container.ports, container.media)
    assert (await catalog(person, "GET", f"/media/{gone['id']}")).status_code == 200, "not at once: it may be undone"
    media = container.media
    tomorrow = FixedClock(container.ports.clock.now() + timedelta(hours=25))
    assert await sweep(replace(container.ports, clock=tomorrow), media) >= 1
    assert await sweep(replace(container.ports, clock=tomorrow), media) == 0
    assert (await catalog(person, "GET", f"/media/{gone['id']}")).status_code == 404
    assert await media.store.open(f"{gone['id']}/original") is None
    assert (await catalog(person, "GET", f"/media/{kept['id']}")).status_code == 200
