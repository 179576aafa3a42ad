"""An engine that is slower than any search may be: a rebuild waits for it all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opensearchpy import AsyncOpenSearch
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.client import connect
from search.adapters.opensearch.content import OpenSearchContent
from search.application.rebuild_ports import Counts, Stored
from servicekit.errors import ProblemError

INDEX = "solutions-slow"
ANSWERS: dict[str, dict[str, Any]] = {
    "_settings": {"acknowledged": True},
    "_refresh": {},
    "_count": {"count": 3},
    "_search": {"hits": {"hits": []}},
    "_mget": {"docs": []},
    "_bulk": {"errors": False, "items": []},
}


class SlowEngine:
    """Answers a step of a rebuild when it is told to, and anything else never."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.held: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def answer(self, request: web.Request) -> web.Response:
        """Hold the request back."""
        kind, released = request.path.rpartition("/")[2], asyncio.Event()
        if kind in ANSWERS:
            self.asked.append(kind)
            self.held.put_nowait(released)
        await released.wait()
        return web.json_response(ANSWERS[kind])


@pytest.fixture
def engine() -> SlowEngine:
    return SlowEngine()


@pytest.fixture
async def client(engine: SlowEngine) -> AsyncIterator[AsyncOpenSearch]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", engine.answer)
    async with TestServer(app) as server, connect(str(server.make_url("")), timeout_seconds=0.05) as opened:
        yield opened


def administration(client: AsyncOpenSearch) -> OpenSearchAdministration:
    return OpenSearchAdministration(client, refresh_interval="1s")


def content(client: AsyncOpenSearch) -> OpenSearchContent:
    return OpenSearchContent(client)


async def fill(client: AsyncOpenSearch) -> list[str]:
    async with content(client).filling(INDEX) as filling:
        await filling.put(Stored("comby", "x", "", b"{}"))
    return list(filling.refused)


async def checksums(client: AsyncOpenSearch) -> list[Any]:
    return [page async for page in content(client).checksums(INDEX)]


Step = Callable[[AsyncOpenSearch], Awaitable[Any]]


@pytest.mark.parametrize(
    ("step", "calls", "result"),
    [
        (lambda client: administration(client).make_searchable(INDEX), ["_settings", "_refresh"], None),
        (lambda client: administration(client).count(INDEX), ["_count", "_count"], Counts(documents=3, visible=3)),
        (lambda client: content(client).positions(INDEX, ["comby"]), ["_mget"], {}),
        (checksums, ["_search"], []),
        (fill, ["_bulk"], []),
    ],
    ids=["make searchable", "count", "positions", "checksums", "fill"],
)
async def test_a_step_of_a_rebuild_outlasts_what_any_other_call_may_take(
    engine: SlowEngine, client: AsyncOpenSearch, step: Step, calls: list[str], result: Any
) -> None:
    async with asyncio.timeout(60):
        under_way = asyncio.ensure_future(step(client))
        for _ in calls:
            released = await engine.held.get()
            with pytest.raises(ProblemError, match="does not answer"):  # asked later, and given up already
                await administration(client).reachable()
            assert not under_way.done()
            released.set()
        assert await under_way == result
    assert engine.asked == calls, "nothing was asked twice"
