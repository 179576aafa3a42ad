"""The HTTP conventions: problem+json, entity tags, cursors, body limit, request ids, health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from servicekit import errors, http
from servicekit.settings import ServiceSettings
from servicekit.testing.http import client


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=5)]


def application() -> FastAPI:
    router = APIRouter()

    @router.post("/things")
    async def create(thing: Thing) -> Thing:
        return thing

    @router.put("/things")
    async def change(version: http.IfMatch) -> int:
        return version

    @router.get("/list")
    async def listing(page: http.Page) -> dict[str, Any]:
        return {"limit": page.limit, "position": page.position}

    @router.get("/refused")
    async def refused() -> None:
        raise errors.conflict("already-in-review", "cannot submit: version 3 is already in review")

    @router.get("/away")
    async def away() -> None:
        raise errors.unavailable("search-unavailable", "the search engine does not answer")

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret inside")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield

    return http.create_app(ServiceSettings(max_body_bytes=1024), title="test", lifespan=lifespan, routers=[router])


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application()) as http_client:
        yield http_client


def problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    assert document["request_id"] == response.headers["x-request-id"]
    return document


async def test_a_refusal_is_a_problem_document(api: httpx.AsyncClient) -> None:
    response = await api.get("/refused", headers={"X-Request-Id": "abc-1"})
    assert problem(response) == {
        "type": "/problems/already-in-review",
        "title": "Conflict",
        "status": 409,
        "detail": "cannot submit: version 3 is already in review",
        "slug": "already-in-review",
        "instance": "/api/service/refused",
        "request_id": "abc-1",
        "errors": [],
    }


async def test_unavailable_says_when_to_come_back(api: httpx.AsyncClient) -> None:
    response = await api.get("/away")
    assert problem(response)["slug"] == "search-unavailable"
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


async def test_an_unexpected_error_tells_nothing_about_the_inside(api: httpx.AsyncClient) -> None:
    response = await api.get("/broken")
    assert problem(response)["slug"] == "internal-error"
    assert "secret" not in response.text


async def test_unknown_and_wrong_fields_are_named(api: httpx.AsyncClient) -> None:
    response = await api.post("/things", json={"name": "far too long", "colour": "red"})
    document = problem(response)
    assert (response.status_code, document["slug"]) == (422, "invalid-request")
    assert {error["field"] for error in document["errors"]} == {"name", "colour"}


async def test_a_body_that_is_no_json(api: httpx.AsyncClient) -> None:
    response = await api.post("/things", content=b"{nope", headers={"Content-Type": "application/json"})
    assert (response.status_code, problem(response)["slug"]) == (400, "malformed-json")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_too_large(api: httpx.AsyncClient, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100

    content: Any = chunks() if chunked else b" " * 2000
    response = await api.post("/things", content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, problem(response)["slug"]) == (413, "body-too-large")
    assert problem(response)["detail"] == "the body exceeds 1024 bytes"


async def test_unknown_paths_and_methods(api: httpx.AsyncClient) -> None:
    assert problem(await api.get("/nowhere"))["slug"] == "not-found"
    response = await api.delete("/things")
    assert (response.status_code, problem(response)["slug"]) == (405, "method-not-allowed")


async def test_if_match_is_required_and_read(api: httpx.AsyncClient) -> None:
    missing = await api.put("/things")
    assert (missing.status_code, problem(missing)["slug"]) == (428, "if-match-required")
    malformed = await api.put("/things", headers={"If-Match": "three"})
    assert (malformed.status_code, problem(malformed)["slug"]) == (400, "malformed-if-match")
    assert (await api.put("/things", headers={"If-Match": http.etag(3)})).json() == 3
    for encoded in ('"3-gzip"', 'W/"3-zstd"'):
        assert (await api.put("/things", headers={"If-Match": encoded})).json() == 3, "the gateway compressed it"


async def test_cursors_are_read_back_and_foreign_ones_refused(api: httpx.AsyncClient) -> None:
    cursor = http.encode_cursor({"after": "x", "n": 3})
    assert (await api.get("/list", params={"cursor": cursor, "limit": 5})).json() == {
        "limit": 5,
        "position": {"after": "x", "n": 3},
    }
    for foreign in ("%%%", "abc", "WzFd"):
        response = await api.get("/list", params={"cursor": foreign})
        assert (response.status_code, problem(response)["slug"]) == (400, "bad-cursor")
    assert (await api.get("/list", params={"limit": 101})).status_code == 422


async def test_readiness_names_the_failing_check() -> None:
    app = application()

    async def fine() -> None:
        return None

    async def down() -> None:
        raise ConnectionError("no route")

    async with client(app) as api:
        app.state.checks.add("nats", fine)
        assert (await api.get("/health/ready")).json() == {"status": "ok", "checks": {"nats": "ok"}}
        app.state.checks.add("mongodb", down)
        response = await api.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["checks"] == {"nats": "ok", "mongodb": "ConnectionError: no route"}
        assert (await api.get("/health/live")).status_code == 200


async def test_metrics_count_requests_by_route(api: httpx.AsyncClient) -> None:
    await api.get("/refused")
    text = (await api.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/refused",status="409"}' in text


def test_an_answer_that_somebody_has_is_told_by_any_form_of_its_tag() -> None:
    def has(held: str) -> bool:
        return http.not_modified(Request({"type": "http", "headers": [(b"if-none-match", held.encode())]}), '"a1"')

    assert all(map(has, ('"a1"', 'W/"a1"', '"a1-gzip"', 'W/"a1-zstd"', '"b2", W/"a1-br"')))
    assert not any(map(has, ("", '"a1-"', '"a1-gzip-gzip"', '"b2"', "a1")))
