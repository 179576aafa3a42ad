"""Server-sent events: a stream that says it is alive, ends when the process stops, and passes proxies unbuffered."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from servicekit import background

PING_SECONDS = 15.0
LONGEST_SECONDS = 900.0
"""How long one connection is kept; the browser opens another one by itself, and its token is checked again."""

HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
DESCRIPTION: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events"}
}


def event(name: str, data: str, *, id_: str | None = None, retry_ms: int | None = None) -> bytes:
    """Return one event as it goes over the wire."""
    return format_sse_event(event=name, data_str=data, id=id_, retry=retry_ms)


def response(request: Request, events: AsyncGenerator[bytes, None]) -> StreamingResponse:
    """Answer with these events until they end, the reader goes away, or `app.state.stopping` is set."""
    stopping: asyncio.Event = request.app.state.stopping
    return StreamingResponse(_alive(events, stopping), media_type="text/event-stream", headers=HEADERS)


async def _alive(events: AsyncGenerator[bytes, None], stopping: asyncio.Event) -> AsyncIterator[bytes]:
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def reading() -> None:
        try:
            async for each in events:
                waiting.put_nowait(each)
        finally:
            await events.aclose()
            waiting.put_nowait(None)

    async def over() -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await stopping.wait()
        except TimeoutError:
            pass
        reader.cancel()

    reader = asyncio.create_task(reading())
    end = asyncio.create_task(over())
    try:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    each = await waiting.get()
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            if each is None:
                return
            yield each
    finally:
        await background.end(reader, end)
