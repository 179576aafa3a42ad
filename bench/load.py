"""A small HTTP/1.1 load generator: keep-alive connections that send prepared requests without a pause."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """Answers per second, each answer's milliseconds, and how many requests were answered with anything but 200."""

    per_second: float
    milliseconds: list[float]
    refused: int


def request(url: str, body: bytes = b"") -> bytes:
    """Return the bytes of a GET, or of a POST with a JSON body."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {parts.netloc}", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
        return status
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return status


async def run(url: str, requests: Iterator[bytes], *, connections: int, seconds: float) -> Load:
    """Send requests over so many connections, each request once; RuntimeError when they run out before the time."""
    parts = urlsplit(url)
    times: list[float] = []
    refused = 0

    async def connection() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
        try:
            while (began := time.perf_counter()) < until:
                if (prepared := next(requests, None)) is None:
                    raise RuntimeError("more requests are needed")
                writer.write(prepared)
                status = await _answer(reader)
                if status == 200:
                    times.append((time.perf_counter() - began) * 1000)
                else:
                    refused += 1
        finally:
            writer.close()

    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(connection() for _ in range(connections)))
    return Load(len(times) / (time.perf_counter() - started), times, refused)
