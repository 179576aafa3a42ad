"""Identity, membership and repeated requests, through a real application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import pytest
from contracts import topology
from contracts.ids import uuid7
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel
from servicekit import auth, ended_sessions, http, idempotency, outbox
from servicekit.auth import Membership, Principal, membership_key
from servicekit.mongo import AggregateCollection
from servicekit.platform import Platform, open_platform
from servicekit.process import Service
from servicekit.testing import wait
from servicekit.testing.http import client
from servicekit.testing.servers import OidcServer, log_in

from .conftest import KitSettings


class Thing(BaseModel):
    name: str


@dataclass
class Container:
    platform: Platform
    things: AggregateCollection


@asynccontextmanager
async def build(settings: KitSettings) -> AsyncIterator[Container]:
    async with open_platform(settings) as platform:
        yield Container(platform, platform.aggregates("things"))


def api(settings: KitSettings, lifespan: http.Lifespan) -> FastAPI:
    router = APIRouter(route_class=idempotency.IdempotentRoute)

    @router.get("/me")
    async def me(user: auth.CurrentUser) -> dict[str, Any]:
        return {"sub": user.sub, "roles": sorted(user.roles), "organisations": sorted(user.memberships)}

    @router.get("/team")
    async def team(user: Annotated[Principal, Depends(auth.require_role("reviewer", "curator"))]) -> str:
        return user.sub

    @router.post("/things", status_code=201)
    async def create(thing: Thing, user: auth.CurrentUser, request: Request) -> dict[str, str]:
        container: Container = http.container(request)
        thing_id = idempotency.new_id(request)
        await container.things.insert(thing_id, {"name": thing.name, "by": user.sub})
        return {"id": thing_id}

    return http.create_app(settings, title="kit", lifespan=lifespan, routers=[router])


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    async with container.platform.consuming():
        yield


SERVICE = Service("kit", KitSettings, build, api, worker)


@pytest.fixture
async def app(settings: KitSettings, clean_streams: None) -> AsyncIterator[FastAPI]:
    return SERVICE.app(settings)


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app) as opened:
        yield opened


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_without_a_token_the_answer_says_so(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/me")
    assert (response.status_code, response.json()["slug"]) == (401, "not-authenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("header", "slug"),
    [
        ("Bearer nonsense", "malformed-token"),
        ("Basic abc", "malformed-token"),
        ("Bearer ", "malformed-token"),
        ("Bearer a.b.c", "invalid-token"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "invalid-token"),
    ],
)
async def test_bad_tokens_are_refused(anonymous: httpx.AsyncClient, header: str, slug: str) -> None:
    response = await anonymous.get("/me", headers={"Authorization": header})
    assert (response.status_code, response.json()["slug"]) == (401, slug)


async def test_a_tampered_token_and_a_foreign_audience_are_refused(
    anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    head, payload, signature = oidc_server.token_for("someone").split(".")
    tampered = f"{head}.{payload}.{signature[:-4]}AAAA"
    foreign = oidc_server.token_for("someone", audience="another-client")
    for token in (tampered, foreign):
        response = await anonymous.get("/me", headers=bearer(token))
        assert (response.status_code, response.json()["slug"]) == (401, "invalid-token")


async def test_roles_come_from_the_token(anonymous: httpx.AsyncClient, oidc_server: OidcServer) -> None:
    plain = await anonymous.get("/team", headers=bearer(oidc_server.token_for("someone")))
    assert (plain.status_code, plain.json()["slug"]) == (403, "missing-role")
    assert plain.json()["detail"] == "this needs the role reviewer or curator"
    reviewer = await anonymous.get("/team", headers=bearer(oidc_server.token_for("rev", roles=["reviewer"])))
    assert reviewer.json() == "rev"


async def test_a_session_that_was_ended_is_over_everywhere_until_the_next_log_in(
    app: FastAPI, anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    platform: Platform = app.state.container.platform
    before = bearer(oidc_server.token_for("gone"))
    assert (await anonymous.get("/me", headers=before)).status_code == 200
    message = ended_sessions.end_of("gone", datetime.now(UTC))
    assert "gone" not in message.subject
    bucket = await platform.js.key_value(topology.ENDED_SESSIONS_BUCKET.name)
    await bucket.put(ended_sessions.key_of("gone"), message.data)

    async def over() -> bool:
        return (await anonymous.get("/me", headers=before)).status_code == 401

    await wait.until(over, message="the old token is refused")
    assert (await anonymous.get("/me", headers=before)).json()["slug"] == "session-ended"
    assert (await anonymous.get("/me", headers=bearer(oidc_server.token_for("somebody")))).status_code == 200

    async def logged_in_anew() -> bool:  # tokens count in whole seconds
        return (await anonymous.get("/me", headers=bearer(log_in(oidc_server.issuer, "gone")))).status_code == 200

    await wait.until(logged_in_anew, message="a new log-in is let in")


async def test_membership_comes_from_the_bucket_and_goes_with_it(
    app: FastAPI, anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    platform: Platform = app.state.container.platform
    user = "someone with spaces & ümlauts"
    headers = bearer(oidc_server.token_for("plain-user"))

    async def organisations() -> list[str]:
        return list((await anonymous.get("/me", headers=headers)).json()["organisations"])

    async def put(sub: str, *, active: bool) -> None:
        membership = Membership(user=sub, organisation_id="org-1", organisation_name="Kreis", active=active)
        message = outbox.of_kv("members", membership_key(sub, "org-1"), membership)
        await platform.js.publish(message.subject, message.data)

    await put("plain-user", active=True)
    await put(user, active=True)

    async def joined() -> bool:
        return await organisations() == ["org-1"]

    await wait.until(joined)
    assert {member.user for member in platform.members.users_of("org-1")} == {"plain-user", user}
    await put("plain-user", active=False)

    async def left() -> bool:
        return await organisations() == []

    await wait.until(left)


async def test_the_same_key_creates_once_and_answers_the_same(
    app: FastAPI, anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    headers = bearer(oidc_server.token_for("someone")) | {"Idempotency-Key": uuid7()}
    first = await anonymous.post("/things", json={"name": "a"}, headers=headers)
    second = await anonymous.post("/things", json={"name": "a"}, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert await app.state.container.things.count({}) == 1
    other = await anonymous.post("/things", json={"name": "b"}, headers=headers)
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")
    another_user = bearer(oidc_server.token_for("another")) | {"Idempotency-Key": headers["Idempotency-Key"]}
    assert (await anonymous.post("/things", json={"name": "b"}, headers=another_user)).status_code == 201


async def test_the_same_key_at_the_same_moment_creates_once(
    app: FastAPI, anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    headers = bearer(oidc_server.token_for("someone")) | {"Idempotency-Key": uuid7()}
    answers = await asyncio.gather(*(anonymous.post("/things", json={"name": "a"}, headers=headers) for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await app.state.container.things.count({}) == 1


async def test_a_crash_between_effect_and_stored_answer_creates_nothing_twice(
    app: FastAPI, anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    headers = bearer(oidc_server.token_for("someone")) | {"Idempotency-Key": uuid7()}
    first = await anonymous.post("/things", json={"name": "a"}, headers=headers)
    await app.state.container.platform.db["idempotency"].delete_many({})
    second = await anonymous.post("/things", json={"name": "a"}, headers=headers)
    assert second.json() == first.json()
    assert await app.state.container.things.count({}) == 1


async def test_a_refused_request_may_be_corrected_under_the_same_key(
    anonymous: httpx.AsyncClient, oidc_server: OidcServer
) -> None:
    headers = bearer(oidc_server.token_for("someone")) | {"Idempotency-Key": uuid7()}
    assert (await anonymous.post("/things", json={"nome": "a"}, headers=headers)).status_code == 422
    assert (await anonymous.post("/things", json={"name": "a"}, headers=headers)).status_code == 201


async def test_ready_names_every_dependency(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/health/ready")
    assert response.json() == {
        "status": "ok",
        "checks": {"mongodb": "ok", "nats": "ok", "members": "ok", "ended-sessions": "ok"},
    }


async def test_the_worker_process_answers_health_and_nothing_else(settings: KitSettings, clean_streams: None) -> None:
    async with client(SERVICE.app(settings, "worker")) as http_client:
        assert (await http_client.get("/health/ready")).status_code == 200
        assert (await http_client.get("/me")).status_code == 404
