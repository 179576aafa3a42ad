"""The front end in this process, with stand-ins for the services and the identity provider."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from web.app import create_app
from web.settings import WebSettings

from . import answers
from .fakes import ISSUER, FakeGateway, FakeIdentity

BASE = "http://127.0.0.1:8080"


class Site:
    """A browser without JavaScript: cookies, pages, forms."""

    def __init__(self, http: httpx.AsyncClient, gateway: FakeGateway, identity: FakeIdentity) -> None:
        self.http = http
        self.gateway = gateway
        self.identity = identity

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def log_in(self, *roles: str, memberships: Any = (), back: str = "/") -> httpx.Response:
        """Go through the whole log-in; the answer is the redirect that ends it."""
        self.identity.claims.setdefault("roles", list(roles))
        self.gateway.on(
            "GET /api/catalog/me",
            {"sub": "ada", "name": "Ada Muster", "email": None, "roles": list(roles), "memberships": list(memberships)},
        )
        self.gateway.on("GET /api/notify/inbox", {"items": [], "unread": 0, "next_cursor": None})
        start = await self.http.get("/anmelden", params={"weiter": back, "neu": "1"})
        handed = self.identity.authorize(start.headers["location"])
        return await self.http.get("/auth/callback", params=handed)

    async def csrf(self) -> str:
        """A CSRF token out of a page of this session."""
        page = await self.http.get("/abmelden")
        return field_of(page.text, "csrf")

    async def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Send a form as one of our pages would."""
        form = {"csrf": await self.csrf(), "key": "a-key", **(data or {})}
        return await self.http.post(path, data=form, headers={"origin": BASE, **headers})


def field_of(html: str, name: str) -> str:
    """The value of a hidden field."""
    match = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert match, f"no field {name}"
    return match.group(1)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(html: str) -> str:
    """The text of a page with blanks folded."""
    parser = _Text()
    parser.feed(html)
    return " ".join(" ".join(parser.parts).split())


@pytest.fixture
def gateway() -> FakeGateway:
    gateway = FakeGateway()
    gateway.on("GET /api/search/solutions", answers.found(answers.hit()))
    gateway.on("GET /api/catalog/solutions/terminlotse", answers.solution())
    gateway.on("GET /api/review/criteria", answers.criteria())
    seal, report = answers.seal(), answers.report()
    gateway.on(f"GET /api/review/solutions/{answers.SOLUTION}/seal", seal)
    gateway.on(f"GET /api/checkup/solutions/{answers.SOLUTION}", report)
    ratings = {"summary": answers.summary(), "items": [], "next_cursor": None, "total": 0}
    gateway.on(f"GET /api/catalog/solutions/{answers.SOLUTION}/ratings", ratings)
    gateway.on(f"GET /api/catalog/solutions/{answers.SOLUTION}/deployments", answers.used())
    return gateway


@pytest.fixture
def identity() -> FakeIdentity:
    return FakeIdentity()


@pytest.fixture(scope="session")
def settings() -> WebSettings:
    return WebSettings(env="test", public_url=BASE, oidc_issuer=ISSUER, oidc_bearer="id_token")


@dataclass
class Network:
    """What is across the network for the test that runs."""

    gateway: FakeGateway
    identity: FakeIdentity

    async def through_gateway(self, request: httpx.Request) -> httpx.Response:
        return await self.gateway(request)

    async def to_identity(self, request: httpx.Request) -> httpx.Response:
        return await self.identity(request)


@pytest.fixture(scope="session")
def network() -> Network:
    return Network(FakeGateway(), FakeIdentity())


@pytest.fixture(scope="session")
def application(settings: WebSettings, network: Network) -> Any:
    """The front end, built once: at its first request it looks at all its routes, which takes longer than a page."""
    return create_app(
        settings,
        gateway=httpx.MockTransport(network.through_gateway),
        identity=httpx.MockTransport(network.to_identity),
    )


@asynccontextmanager
async def visited(app: Any, gateway: FakeGateway, identity: FakeIdentity) -> AsyncIterator[Site]:
    """Start an application for one visitor."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.app.router.lifespan_context(app.app), httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Site(http, gateway, identity)


@pytest.fixture
async def site(application: Any, network: Network, gateway: FakeGateway, identity: FakeIdentity) -> AsyncIterator[Site]:
    network.gateway, network.identity = gateway, identity
    async with visited(application, gateway, identity) as opened:
        yield opened
