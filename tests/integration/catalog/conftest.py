"""The real catalog on the real servers, with the people who use it and the review's voice on the bus."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import nats
import pytest
from catalog.main import service
from catalog.settings import CatalogSettings
from catalog.wiring import Container
from contracts import registry
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.review import (
    ChangesRequested,
    ChangesRequestedData,
    ReviewCompleted,
    ReviewCompletedData,
    ReviewOpened,
    ReviewOpenedData,
)
from contracts.subjects import subject_of
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from servicekit.testing import wait
from servicekit.testing.http import client
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer

MODULE = "module"
LISTING: dict[str, Any] = {
    "name": "Kommunale Räume",
    "summary": "Räume finden und buchen",
    "description": "Vereine finden freie Räume der Kommune.",
    "kind": "software",
    "fields_of_action": ["networking"],
}
ROLES = {"curator": ["curator"], "reviewer": ["reviewer"]}


def a_town() -> dict[str, str]:
    """What only municipalities have to say, with a regional key that no other test has."""
    return {
        "ars": f"129{secrets.randbelow(10**9):09}",
        "website_url": "https://www.example.org/",
        "mandate": "Leitung des Hauptamts, siehe Impressum",
    }


@pytest.fixture(scope=MODULE)
async def settings(
    nats_server: NatsServer, mongo_server: MongoServer, oidc_server: OidcServer
) -> AsyncIterator[CatalogSettings]:
    """Settings with a database of their own; the streams are emptied before and the database dropped afterwards."""
    from pymongo import AsyncMongoClient  # noqa: PLC0415

    connection = await nats.connect(nats_server.url)
    for stream in await connection.jetstream().streams_info():
        await connection.jetstream().purge_stream(stream.config.name or "")
    await connection.close()
    name = f"test_catalog_{uuid4().hex[:8]}"
    yield CatalogSettings(
        env="test",
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=name,
        oidc_issuer=oidc_server.issuer,
        shutdown_seconds=5,
    )
    mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongo_server.url)
    await mongo.drop_database(name)
    await mongo.close()


@dataclass
class Catalog:
    """The running service: requests by person, events of the review, and what it publishes."""

    http: httpx.AsyncClient
    container: Container
    oidc: OidcServer
    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def js(self) -> JetStreamContext:
        """The stream side of the service's own connection."""
        return self.container.platform.js

    def token(self, user: str) -> str:
        """The bearer token of a person; `curator` and `reviewer` have these roles."""
        return self.oidc.token_for(user, name=f"{user} Name", roles=ROLES.get(user, []))

    async def __call__(self, user: str | None, method: str, path: str, **given: Any) -> httpx.Response:
        """Send a request as a person, or as nobody; `json`, `headers` and `params` as in httpx."""
        headers = dict(given.pop("headers", {}))
        if user is not None:
            headers["Authorization"] = f"Bearer {self.token(user)}"
        return await self.http.request(method, path, headers=headers, **given)

    async def ok(self, user: str | None, method: str, path: str, **given: Any) -> Any:
        """Send a request that must succeed; return its JSON."""
        response = await self(user, method, path, **given)
        assert response.is_success, response.text
        return response.json()

    async def organisation(self, admin: str, *kinds: str, name: str = "Musterlösungen GmbH", **given: Any) -> str:
        """Onboard an organisation and wait until every service knows its admin; return its id."""
        wanted = {"name": name, "kinds": list(kinds), **(a_town() if "municipality" in kinds else {}), **given}
        organisation_id = str((await self.ok(admin, "POST", "/organisations", json=wanted))["id"])
        await self.ok("curator", "POST", f"/organisations/{organisation_id}/approve")
        await self.known(admin, organisation_id)
        return organisation_id

    async def known(self, user: str, organisation_id: str, *, gone: bool = False) -> None:
        """Wait until the members bucket says so."""

        async def told() -> bool:
            me = await self.ok(user, "GET", "/me")
            return (organisation_id in {held["organisation_id"] for held in me["memberships"]}) is not gone

        await wait.until(told, message=f"membership of {user}")

    async def draft(self, editor: str, organisation_id: str, **listing: Any) -> dict[str, Any]:
        """Start a solution; return its view."""
        wanted = {"organisation_id": organisation_id, "listing": {**LISTING, **listing}}
        return dict(await self.ok(editor, "POST", "/solutions", json=wanted))

    async def submitted(self, editor: str, organisation_id: str, **listing: Any) -> dict[str, Any]:
        """Start a solution and hand it in; return its view."""
        solution = await self.draft(editor, organisation_id, **listing)
        return dict(await self.ok(editor, "POST", f"/solutions/{solution['id']}/submit"))

    async def published(self, editor: str, organisation_id: str, **listing: Any) -> dict[str, Any]:
        """Start a solution, hand it in, approve it, and wait until it is online; return its view."""
        solution = await self.submitted(editor, organisation_id, **listing)
        await self.say(self.completed(solution))
        return await self.working(editor, solution["id"], state="published")

    async def working(self, user: str, solution_id: str, *, state: str) -> dict[str, Any]:
        """Wait until the newest version is in this state; return the solution's view."""

        async def there() -> dict[str, Any]:
            view = await self.ok(user, "GET", f"/solutions/{solution_id}/working")
            assert view["working"]["state"] == state
            return dict(view)

        return await wait.until(there, message=f"{solution_id} {state}")

    async def say(self, event: Event) -> None:
        """Publish an event as another service would."""
        await self.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})

    @staticmethod
    def _about(solution: dict[str, Any]) -> dict[str, Any]:
        return {
            "case_id": uuid7(),
            "solution_id": solution["id"],
            "slug": solution["slug"],
            "solution_name": solution["name"],
            "version": solution["working"]["number"],
            "organisation_id": solution["organisation_id"],
        }

    def opened(self, solution: dict[str, Any], *, round_: int = 1) -> ReviewOpened:
        """The team has the solution in its queue."""
        now = datetime.now(UTC)
        data = ReviewOpenedData(**self._about(solution), round=round_, opened_at=now)
        return ReviewOpened.new(data, aggregate_id=solution["id"], time=now)

    def changes_requested(self, solution: dict[str, Any], *, round_: int = 1, message: str = "…") -> ChangesRequested:
        """The team wants changes."""
        now = datetime.now(UTC)
        findings = [{"criterion": "transferable", "result": "needs_work", "finding": "Bitte belegen"}]
        data = ChangesRequestedData.model_validate(
            {
                **self._about(solution),
                "round": round_,
                "findings": findings,
                "message": message,
                "requested_at": now,
            }
        )
        return ChangesRequested.new(data, aggregate_id=solution["id"], time=now)

    def completed(self, solution: dict[str, Any], decision: str = "approved") -> ReviewCompleted:
        """The team decided."""
        now = datetime.now(UTC)
        data = ReviewCompletedData.model_validate(
            {**self._about(solution), "decision": decision, "criteria_version": "2026.1", "decided_at": now}
        )
        return ReviewCompleted.new(data, aggregate_id=solution["id"], time=now)

    async def heard(self, event_class: type[Event], aggregate_id: str, count: int = 1) -> list[Any]:
        """Wait for so many events of a class about an aggregate; return all of them, in order."""

        async def enough() -> list[Event]:
            found = await self._stored(event_class, aggregate_id)
            assert len(found) >= count, f"{len(found)} of {count}"
            return found

        return await wait.until(enough, message=f"{event_class.__name__} {aggregate_id}")

    async def _stored(self, event_class: type[Event], aggregate_id: str) -> list[Event]:
        stream = "PRIVATE" if event_class.visibility == "private" else "EVENTS"
        root = "private" if event_class.visibility == "private" else "events"
        subject = f"{root}.{event_class.owner}.{event_class.name}.v{event_class.version}.{aggregate_id}"
        found: list[Event] = []
        sequence = 1
        while True:
            try:
                message = await self.js.get_msg(stream, sequence, subject=subject, next=True)
            except NotFoundError:
                return found
            found.append(registry.parse(message.data or b""))
            sequence = (message.seq or 0) + 1


@pytest.fixture(scope=MODULE)
async def catalog(settings: CatalogSettings, oidc_server: OidcServer) -> AsyncIterator[Catalog]:
    """The service with API and worker in one process, as in local use."""
    app = service.app(settings)
    async with client(app) as http:
        yield Catalog(http, app.state.container, oidc_server)


@pytest.fixture
def person() -> str:
    """Somebody whom the catalog does not know yet."""
    return f"person-{uuid4().hex[:8]}"


@pytest.fixture
async def provider(catalog: Catalog, person: str) -> str:
    """An onboarded provider whose admin is `person`."""
    return await catalog.organisation(person, "provider")


@pytest.fixture
def clerk() -> str:
    """Somebody who works for a municipality."""
    return f"clerk-{uuid4().hex[:8]}"


@pytest.fixture
async def town(catalog: Catalog, clerk: str) -> str:
    """An onboarded municipality whose admin is `clerk`."""
    return await catalog.organisation(clerk, "municipality", name="Landkreis Musterland", size_class="20k_to_100k")
