"""The five services' applications in this process: their rules are real, what lies behind them is not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import httpx
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.loading import Loaded
from catalog.application.publiccode.ports import PubliccodePorts
from catalog.application.watch_ports import WatchPorts
from catalog.domain.mandate import Proof, ProofFile
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
from tests.unit.catalog import given
from tests.unit.catalog.fakes import InMemoryWatchlists, World, new_world

STRANGER = "stranger"
CREATORS: dict[str, tuple[Callable[..., FastAPI], type]] = {
    "catalog": (create_catalog, CatalogSettings),
    "review": (create_review, ReviewSettings),
    "checkup": (create_checkup, CheckupSettings),
    "search": (create_search, SearchSettings),
    "notify": (create_notify, NotifySettings),
}
APPS = tuple(CREATORS)


@dataclass(frozen=True)
class Site:
    """One service: its routes, and a way to ask as somebody who belongs nowhere, or as nobody."""

    needs_login: dict[str, bool]
    requests: Requests
    http: httpx.AsyncClient

    async def send(self, name: str, token: str | None) -> httpx.Response:
        """Send a valid request to `METHOD /path`."""
        request = self.requests.of(name)
        if token is not None:
            request["headers"]["Authorization"] = f"Bearer {token}"
        try:
            return await self.http.request(**request)
        except TypeError:  # an answer made of stand-ins: whoever asked was let through
            return httpx.Response(200)


@asynccontextmanager
async def opened(service: str) -> AsyncIterator[Site]:
    """Open one of the services; a bearer token is the subject itself."""
    create, settings = CREATORS[service]
    known: dict[str, Any] = {}
    container = _catalog(known) if service == "catalog" else _others(service)
    container.platform = _platform()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.container = container
        yield

    app = create(settings(env="test"), lifespan)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            yield Site(needs_login(app), Requests(app, known), http)


class Nothing:
    """Ports behind which there is nothing: every lookup answers None."""

    def __getattr__(self, name: str) -> "Nothing":
        return Nothing()

    async def __call__(self, *_: Any, **__: Any) -> None:
        return None


def _others(service: str) -> Any:
    """The review finds cases that belong to others; the checkup, the search and notify find nothing."""
    if service != "review":
        return SimpleNamespace(ports=Nothing(), people=Nothing(), settings=MagicMock())
    container = SimpleNamespace(ports=AsyncMock(), settings=MagicMock())
    container.ports.cases.of_solution.return_value = [MagicMock()]
    return container


def _platform() -> Any:
    async def claims(token: str) -> dict[str, Any]:
        return {"sub": token}

    return SimpleNamespace(verifier=SimpleNamespace(claims=claims), members=SimpleNamespace(of=lambda user: {}))


def _catalog(known: dict[str, Any]) -> Any:
    """A catalog where everything that a route can name exists, and belongs to others."""
    world = new_world()
    provider = replace(
        given.a_provider(),
        proof=Proof(given_by="x", statement="x", file=ProofFile("file", "document", "application/pdf", 1)),
    )
    town = given.a_municipality()
    draft = given.in_review(provider=provider)
    thread, inquiry = given.a_thread(), given.an_inquiry()
    world.has(provider, town, draft)
    world.threads.held[thread.id] = Loaded(thread, 1)
    world.ports.people.inquiries.held[inquiry.id] = Loaded(inquiry, 1)  # type: ignore[attr-defined]
    known |= {
        "organisation_id": provider.id,
        "solution_id": draft.id,
        "id_or_slug": draft.id,
        "user": given.READER.user,
    }
    known |= {"thread_id": thread.id, "inquiry_id": inquiry.id, "message_id": "message", "overall": 4}
    return _container(world)


def _container(world: World) -> Any:
    mocked = MagicMock()
    surveys = SurveyPorts(world.ports, AsyncMock(), AsyncMock(), AsyncMock())
    return SimpleNamespace(
        ports=world.ports,
        surveys=surveys,
        watching=WatchPorts(world.ports, InMemoryWatchlists(world.outbox), mocked),
        recent=mocked,
        publiccode=PubliccodePorts(world.ports, AsyncMock(), AsyncMock(), "https://www.example.org"),
        files=mocked,
        media=mocked,
        open_data=mocked,
        settings=CatalogSettings(env="test"),
    )
