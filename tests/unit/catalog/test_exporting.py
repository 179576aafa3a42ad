"""Room for files with everything: taken while one is sent, given back however that ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from catalog.application.exports import RETRY_SECONDS, Exports
from catalog.entrypoints.api.exporting import ExportResponse
from servicekit.errors import ProblemError

SCOPE = {"type": "http", "path": "/opendata/solutions.csv", "asgi": {"spec_version": "2.4"}}


async def send(exports: Exports, content: AsyncIterator[bytes]) -> bytes:
    sent = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def take(message: Any) -> None:
        sent.extend(message.get("body", b""))

    await ExportResponse(exports, content, {})(SCOPE, receive, take)
    return bytes(sent)


async def lines(until: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    yield b"a"
    if until is not None:
        await until.wait()
    yield b"b"


async def broken() -> AsyncIterator[bytes]:
    yield b"a"
    raise LookupError


async def test_one_more_than_there_is_room_for_is_refused_until_one_is_done() -> None:
    exports, done = Exports(1, 60), asyncio.Event()
    first = asyncio.create_task(send(exports, lines(done)))
    await asyncio.sleep(0)
    with pytest.raises(ProblemError) as refusal:
        await send(exports, lines())
    assert (refusal.value.slug, refusal.value.kind) == ("exports-busy", "unavailable")
    assert refusal.value.retry_after == RETRY_SECONDS
    done.set()
    assert await first == b"ab"
    assert await send(exports, lines()) == b"ab"


async def test_what_breaks_off_or_takes_too_long_gives_its_room_back() -> None:
    exports = Exports(1, 0.01)
    with pytest.raises(LookupError):
        await send(exports, broken())
    with pytest.raises(TimeoutError):
        await send(exports, lines(asyncio.Event()))
    exports.seconds = 60
    hurried = asyncio.create_task(send(exports, lines(asyncio.Event())))
    await asyncio.sleep(0)
    hurried.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hurried
    assert await send(exports, lines()) == b"ab"
