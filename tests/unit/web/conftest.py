"""The front end in this process, with stand-ins for the services and the identity provider."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
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


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings(env="test", public_url=BASE, oidc_issuer=ISSUER, oidc_bearer="id_token")


@pytest.fixture
async def site(settings: WebSettings, gateway: FakeGateway, identity: FakeIdentity) -> AsyncIterator[Site]:
    app = create_app(settings, gateway=httpx.MockTransport(gateway), identity=httpx.MockTransport(identity))
    async with AsyncExitStack() as stack:
        inner = app.app
        await stack.enter_async_context(inner.router.lifespan_context(inner))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=BASE))
        yield Site(http, gateway, identity)
