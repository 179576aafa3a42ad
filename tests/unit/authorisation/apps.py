"""The five services' applications in this process: their rules are real, what lies behind them is not."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import httpx
from catalog.entrypoints.api.app import create_app as create_catalog
from catalog.settings import CatalogSettings
from checkup.entrypoints.api.app import create_app as create_checkup
from checkup.settings import CheckupSettings
from fastapi import FastAPI
from notify.entrypoints.api.app import create_app as create_notify
from notify.settings import NotifySettings
from review.entrypoints.api.app import create_app as create_review
from review.settings import ReviewSettings
from search.entrypoints.api.app import create_app as create_search
from search.settings import SearchSettings

from tests.unit.authorisation.asking import Requests, needs_login
from tests.unit.authorisation.held_catalog import PUBLISHED, held_catalog
from tests.unit.authorisation.held_checkup import held_checkup
from tests.unit.authorisation.held_review import held_review
from tests.unit.authorisation.persons import platform

ABOUT_PUBLISHED = re.compile(r"}/(deployments|ratings|corrections)\b")
"""Routes about what only a published solution has."""


class Nothing:
    """Ports behind which there is nothing: every lookup answers None."""

    def __getattr__(self, name: str) -> "Nothing":
        return Nothing()

    async def __call__(self, *_: Any, **__: Any) -> None:
        return None


def _nothing(_: dict[str, Any]) -> Any:
    return SimpleNamespace(ports=Nothing(), settings=MagicMock())


CREATORS: dict[str, tuple[Callable[..., FastAPI], type, Callable[[dict[str, Any]], Any]]] = {
    "catalog": (create_catalog, CatalogSettings, held_catalog),
    "review": (create_review, ReviewSettings, held_review),
    "checkup": (create_checkup, CheckupSettings, held_checkup),
    "search": (create_search, SearchSettings, _nothing),
    "notify": (create_notify, NotifySettings, _nothing),
}
APPS = tuple(CREATORS)


@dataclass(frozen=True)
class Site:
    """One service: its routes, and a way to ask as anybody, or as nobody."""

    needs_login: dict[str, bool]
    app: FastAPI
    known: dict[str, Any]
    make: Callable[[dict[str, Any]], Any]
    http: httpx.AsyncClient

    def renew(self) -> None:
        """Put everything back to where it was."""
        self.app.state.container = self.make(self.known)
        self.app.state.container.platform = platform()

    async def send(self, name: str, person: str | None, **given: Any) -> httpx.Response:
        """Send a valid request to `METHOD /path`; `given` takes the place of what is known."""
        known = self.known | (self.known.get(PUBLISHED, {}) if ABOUT_PUBLISHED.search(name) else {})
        request = Requests(self.app, known | given).of(name)
        if person is not None:
            request["headers"]["Authorization"] = f"Bearer {person}"
        try:
            return await self.http.request(**request)
        except TypeError:  # an answer made of stand-ins: whoever asked was let through
            return httpx.Response(200)


@cache
def _application(service: str) -> FastAPI:
    """Build one of the services once: with its first request it looks at all its routes, which takes a while."""
    create, settings, _ = CREATORS[service]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    return create(settings(env="test"), lifespan)


@asynccontextmanager
async def opened(service: str) -> AsyncIterator[Site]:
    """Open one of the services; a bearer token is the subject itself."""
    app, (_, _, make) = _application(service), CREATORS[service]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            site = Site(needs_login(app), app, {}, make, http)
            site.renew()
            yield site
