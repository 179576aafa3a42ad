"""Pictures and documents: uploading, describing, ordering and removing them, and showing them on pages."""

from typing import Any

import httpx
import pytest

from . import answers
from .conftest import BASE, Site, text_of
from .fakes import problem

PATH = f"/meine-loesungen/{answers.SOLUTION}/medien"
MEDIA = f"/api/catalog/solutions/{answers.SOLUTION}/media"
WORKING = f"GET /api/catalog/solutions/{answers.SOLUTION}/working"


def item(media_id: str = "m1", **changes: Any) -> dict[str, Any]:
    picture = {"kind": "image", "media_type": "image/webp", "width": 1200, "height": 800, "pages": None}
    return {"id": media_id, "alt": "Die Startseite", "caption": None, "size": 300_000, **picture, **changes}


MANUAL = item("m2", kind="document", media_type="application/pdf", alt="Handbuch", pages=12, width=None, height=None)


@pytest.fixture
async def draft(site: Site) -> Site:
    site.gateway.on(WORKING, answers.own(working={"listing": answers.listing(media=[item(), MANUAL])}))
    await site.log_in(memberships=[answers.membership()])
    return site


async def send(site: Site, content: bytes = b"png", **texts: str) -> httpx.Response:
    data = {"csrf": await site.csrf(), "key": "a-key", "alt": "Ein Kalender", "caption": "", **texts}
    files = {"datei": ("x.png", content, "image/png")} if content else {"datei": ("", b"", "application/octet-stream")}
    return await site.http.post(PATH, data=data, files=files, headers={"origin": BASE})


async def test_a_file_goes_to_the_catalog_with_its_words(draft: Site) -> None:
    draft.gateway.on(f"POST {MEDIA}", answers.own(), status=201)
    answer = await send(draft, b"\x89PNG" + bytes(range(256)) * 8000, alt="Ein „Kalender“", caption="Neu")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    sent = draft.gateway.last(f"POST {MEDIA}")
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert b"\x89PNG" + bytes(range(256)) in sent.content
    assert "Ein „Kalender“".encode() in sent.content


async def test_words_are_asked_for_before_anything_is_sent_on(draft: Site) -> None:
    answer = await send(draft, alt=" ", caption="x" * 301)
    assert answer.status_code == 422
    assert 'id="fehler-alt"' in answer.text
    assert 'id="fehler-caption"' in answer.text
    assert "Bitte wählen Sie eine Datei aus." in (await send(draft, b"")).text
    assert draft.gateway.count(f"POST {MEDIA}") == 0


async def test_the_largest_file_is_the_one_that_the_catalog_takes(draft: Site) -> None:
    draft.gateway.on("GET /api/catalog/onboarding", {"proof_days": 30, "proof_max_bytes": 7 * 1024 * 1024})
    assert "Höchstens 7 MB." in text_of((await draft.get(PATH)).text)
    draft.gateway.on("GET /api/catalog/onboarding", problem(503, "x"))
    assert " MB" not in text_of((await draft.get(PATH)).text), "nothing is said that is not known"


@pytest.mark.parametrize(
    ("status", "slug", "words"),
    [
        (422, "media-type-refused", "SVG-Dateien können Skripte enthalten"),
        (422, "media-active-content", "Drucken Sie das Dokument in eine neue PDF-Datei"),
        (413, "media-too-large", "Wie groß eine Datei sein darf, steht beim Feld."),
        (409, "media-already-there", "steht bereits bei Ihrem Entwurf"),
    ],
)
async def test_a_refused_file_is_explained_at_its_field(draft: Site, status: int, slug: str, words: str) -> None:
    draft.gateway.on(f"POST {MEDIA}", problem(status, slug))
    answer = await send(draft, alt="Meine Worte")
    assert answer.status_code == 422
    assert words in text_of(answer.text.split('id="fehler-datei"')[1][:600])
    assert 'value="Meine Worte"' in answer.text


async def test_a_file_that_is_far_too_large_is_not_read_to_its_end(draft: Site) -> None:
    answer = await send(draft, b"x" * (25 * 1024 * 1024))
    assert answer.status_code == 413
    assert draft.gateway.count(f"POST {MEDIA}") == 0


async def test_an_upload_is_guarded_as_every_form_is(draft: Site) -> None:
    files = {"datei": ("x.png", b"png", "image/png")}
    foreign = await draft.http.post(PATH, data={"csrf": "made.up", "alt": "x"}, files=files)
    assert foreign.status_code == 403
    token = await draft.csrf()
    elsewhere = {"origin": "https://evil.example"}
    assert (await draft.http.post(PATH, data={"csrf": token}, files=files, headers=elsewhere)).status_code == 403
    draft.http.cookies.clear()
    assert (await draft.http.post(PATH, data={"csrf": token}, files=files)).status_code == 401


async def test_what_is_there_can_be_described_moved_and_removed(draft: Site) -> None:
    page = (await draft.get(PATH)).text
    assert '<img src="/medien/m1?width=480" alt="Die Startseite"' in page
    assert "Handbuch" in page
    draft.gateway.on(f"PUT {MEDIA}/m2", answers.own())
    typed = {"alt-m2": "Handbuch, neu", "caption-m2": "Für alle", "aktion": "speichern"}
    assert (await draft.post(f"{PATH}/m2", typed)).status_code == 303
    assert draft.gateway.body(f"PUT {MEDIA}/m2") == {"alt": "Handbuch, neu", "caption": "Für alle", "position": None}
    await draft.post(f"{PATH}/m2", {**typed, "aktion": "hoch"})
    assert draft.gateway.body(f"PUT {MEDIA}/m2")["position"] == 0
    draft.gateway.on(f"DELETE {MEDIA}/m1", answers.own())
    assert (await draft.post(f"{PATH}/m1", {"aktion": "loeschen"})).status_code == 303
    refused = await draft.post(f"{PATH}/m1", {"alt-m1": ""})
    assert 'id="fehler-alt-m1"' in refused.text


async def test_files_of_drafts_are_handed_through_to_who_is_logged_in(draft: Site) -> None:
    headers = {
        "content-type": "application/pdf",
        "etag": '"m2.original"',
        "cache-control": "private, max-age=3600",
        "content-security-policy": "sandbox; default-src 'none'",
        "content-disposition": 'attachment; filename="m2.pdf"',
        "set-cookie": "evil=1",
    }
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        known = request.headers.get("if-none-match") == headers["etag"]
        return httpx.Response(304 if known else 200, content=b"" if known else b"%PDF-", headers=headers)

    draft.gateway.on("GET /api/catalog/media/m2", answer)
    response = await draft.get("/medien/m2?width=480")
    assert response.content == b"%PDF-"
    assert asked[0].headers["authorization"].startswith("Bearer ")
    assert asked[0].url.params["width"] == "480"
    for name in ("content-type", "content-disposition", "content-security-policy", "cache-control"):
        assert response.headers[name] == headers[name]
    assert "evil" not in response.headers.get("set-cookie", "")
    assert (await draft.get("/medien/m2", **{"if-none-match": headers["etag"]})).status_code == 304
    assert (await draft.get("/medien/other")).status_code == 404
    draft.http.cookies.clear()
    assert (await draft.get("/medien/m2")).status_code in (303, 401)


async def test_the_public_page_shows_pictures_and_documents_without_a_script(site: Site) -> None:
    hostile = item("m3", alt='"><script>alert(1)</script>', caption="<b>fett</b>")
    listing = answers.listing(media=[item(caption="So sieht es aus"), MANUAL, hostile])
    site.gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution(listing=listing))
    page = (await site.get("/loesungen/terminlotse")).text
    assert 'src="/api/catalog/media/m1?width=480"' in page
    assert 'alt="Die Startseite"' in page
    assert "So sieht es aus" in text_of(page)
    assert "Handbuch (PDF, 12 Seiten, 0,3 MB)" in text_of(page).replace(" )", ")")
    assert "<script>alert" not in page
    assert "<b>fett" not in page


async def test_a_result_shows_its_picture(site: Site) -> None:
    image = {"id": "m1", "alt": "Karte <b>", "width": 1200, "height": 800}
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(image=image)))
    page = (await site.get("/suche?q=x")).text
    assert 'src="/api/catalog/media/m1?width=480" alt="Karte &lt;b&gt;"' in page


async def test_filters_of_the_profile_have_words(site: Site) -> None:
    facets = {"platform": [{"value": "ios", "label": "iOS", "count": 2, "selected": False}]}
    site.gateway.on("GET /api/search/solutions", answers.found(answers.hit(), facets=facets))
    page = text_of((await site.get("/suche?q=x&platform=ios")).text)
    assert "Plattformen" in page
    assert "iOS" in page
    assert site.gateway.last("GET /api/search/solutions").url.params["platform"] == "ios"
