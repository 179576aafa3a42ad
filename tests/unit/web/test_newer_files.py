"""A newer version is unpacked over a running one: what is served stays that of the start, unless told otherwise."""

import shutil
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from web.app import create_app
from web.rendering import static_files, templates
from web.settings import WebSettings

from .conftest import BASE, Site
from .fakes import FakeGateway, FakeIdentity

NEWER = "{{ only_the_next_version_knows_this() }}"
CSS = "body { color: red }"


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of what is served, for one test."""
    for module, name in ((templates, "TEMPLATES"), (static_files, "STATIC")):
        copy = tmp_path / name.lower()
        shutil.copytree(getattr(module, name), copy)
        monkeypatch.setattr(module, name, copy)
    templates.environment.cache_clear()
    static_files.own.cache_clear()
    yield tmp_path
    templates.environment.cache_clear()
    static_files.own.cache_clear()


@asynccontextmanager
async def running(settings: WebSettings, gateway: FakeGateway) -> Any:
    app: Any = create_app(settings, gateway=httpx.MockTransport(gateway))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.app.router.lifespan_context(app.app), httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Site(http, gateway, FakeIdentity())


def unpack_newer(unpacked: Path) -> None:
    for file in (unpacked / "templates").rglob("*.html"):
        file.write_text(NEWER)
    (unpacked / "static/css/app.css").write_text(CSS)


async def test_pages_and_files_stay_those_of_the_start(
    settings: WebSettings, gateway: FakeGateway, unpacked: Path
) -> None:
    async with running(settings, gateway) as site:
        before = (await site.get("/")).text
        unpack_newer(unpacked)
        for path in ("/", "/ueber", "/suche", "/gibtsnicht"):
            answer = await site.get(path)
            assert answer.status_code == (404 if path == "/gibtsnicht" else 200), path
            assert "</html>" in answer.text
        assert (await site.get("/")).text == before
        address = "/static/css/app.css" + before.split('href="/static/css/app.css')[1].split('"')[0]
        kept = await site.get(address)
        assert (kept.status_code, kept.text == CSS) == (200, False)


async def test_whoever_works_on_them_sees_the_newer_ones(
    settings: WebSettings, gateway: FakeGateway, unpacked: Path
) -> None:
    settings.web_reload = True
    async with running(settings, gateway) as site:
        before = await site.get("/")
        assert before.status_code == 200
        (unpacked / "static/css/app.css").write_text(CSS)
        address = (await site.get("/")).text.split('href="/static/css/app.css')[1].split('"')[0]
        assert address not in before.text
        assert (await site.get(f"/static/css/app.css{address}")).text == CSS
        unpack_newer(unpacked)
        assert (await site.get("/")).status_code == 500
