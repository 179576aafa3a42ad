"""Which parts of a service run in which process, and in which order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from servicekit import http
from servicekit.health import Checks
from servicekit.process import Mode, Service
from servicekit.settings import ServiceSettings
from servicekit.testing.http import client


def service(happened: list[str], **more: Any) -> Service[ServiceSettings, Any]:
    @asynccontextmanager
    async def part(name: str) -> AsyncIterator[None]:
        happened.append(f"{name} starts")
        yield
        happened.append(f"{name} stops")

    @asynccontextmanager
    async def build(settings: ServiceSettings) -> AsyncIterator[Any]:
        async with part("container"):
            yield SimpleNamespace(platform=SimpleNamespace(checks=Checks()))

    parts = {name: lambda container, name=name: part(name) for name in ("worker", "beside_api")}
    return Service(
        name="test",
        settings_class=ServiceSettings,
        build=build,
        api=lambda settings, lifespan: http.create_app(settings, title="test", lifespan=lifespan),
        **{**parts, **more},
    )


@pytest.mark.parametrize(
    ("mode", "parts"), [("api", ["beside_api"]), ("worker", ["worker"]), ("all", ["worker", "beside_api"])]
)
async def test_each_process_runs_its_parts(mode: Mode, parts: list[str]) -> None:
    happened: list[str] = []
    async with client(service(happened).app(ServiceSettings(env="test"), mode)) as http_client:
        assert (await http_client.get("/health/live")).status_code == 200
        assert happened == ["container starts", *(f"{part} starts" for part in parts)]
        happened.clear()
    assert happened == [*(f"{part} stops" for part in reversed(parts)), "container stops"]


async def test_a_service_may_keep_nothing_beside_its_api() -> None:
    happened: list[str] = []
    async with client(service(happened, beside_api=None).app(ServiceSettings(env="test"), "all")):
        pass
    assert happened == ["container starts", "worker starts", "worker stops", "container stops"]
