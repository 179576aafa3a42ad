"""The engine silent or slower than its deadline, the document database away."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from servicekit.testing import embedded
from servicekit.testing.plugin import running
from servicekit.testing.process import RunningServer, free_ports

DEADLINE = 0.3
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take everything and answer nothing."""
    while await reader.read(1000):
        pass


async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin to answer at once, and never come to an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1\r\n \r\n")
        await asyncio.sleep(DEADLINE / 10)


async def hanging_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection in the middle of the answer."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")


@asynccontextmanager
async def engine_that(behaves: Behaviour) -> AsyncIterator[str]:
    """Give the address of a server that behaves like this."""
    serving: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await behaves(reader, writer)
        except OSError:
            pass
        finally:
            writer.close()
            serving.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        for task in {*serving}:
            task.cancel()
        server.close()


@pytest.mark.parametrize("behaves", [silent, dripping, hanging_up])
async def test_an_engine_that_does_not_come_to_an_answer(start, settings, behaves) -> None:
    settings.search_timeout_seconds = settings.engine_timeout_seconds = DEADLINE
    async with engine_that(behaves) as url:
        settings.opensearch_url = url
        async with start("api") as search:
            for path in ("/solutions?q=Bus", "/solutions", "/solutions?q=Bus&mode=lexical", "/facets", "/similar/x"):
                started = time.perf_counter()
                answer = await search.http.get(path)
                assert time.perf_counter() - started < 20 * DEADLINE, path
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["slug"] == "search-unavailable"
            assert (await search.http.get("/solutions?size=0")).status_code == 422, "what is wrong is said all the same"
            assert (await search.http.get("/health/live")).status_code == 200
            assert (await search.http.get("/health/ready")).status_code == 503


@pytest.fixture
def database(servers_directory: Path) -> Iterator[RunningServer]:
    """A document database for one test, to be killed."""

    def build() -> embedded.ServerSpec:
        (port,) = free_ports(1)
        return embedded.mongo(servers_directory / f"mongo-vectors-{port}", port=port)

    with running(servers_directory, build) as server:
        yield server


async def test_without_the_database_words_are_found_and_meanings_once_it_is_back(start, settings, database) -> None:
    settings.mongodb_url = database.url
    english = "video consultation with a physician"
    async with start() as search:
        comby, praxis = search.solution("comby"), search.solution("praxis")
        database.kill()
        await search.publish(
            comby.published(),
            praxis.published(name="Docline", summary="Videosprechstunde zwischen Hausarztpraxis und Patienten."),
        )
        await search.until_total(2)
        assert (await search.slugs(q="Mitfarbank"))[0] == "comby", "corrected, although nothing can be compared"
        assert (await search.slugs(q="Onlinesprechstunde"))[0] == "praxis"
        assert await search.slugs(q="old people") == []
        similar = await search.http.get(f"/similar/{comby.solution_id}")
        assert (similar.status_code, similar.json()) == (200, {"results": []})
        assert (await search.http.get("/health/ready")).status_code == 200

        database.start()
        await search.until_compared(2)
        assert (await search.slugs(q=english))[0] == "praxis"

        database.kill()
        assert (await search.slugs(q=english))[0] == "praxis", "what is in memory stays"
        database.start()

    async with start("api") as search:
        await search.until_compared(2)
        assert await search.slugs(q=english), "another process finds what was computed"
