"""A small HTTP/1.1 load generator: keep-alive connections that repeat prepared requests without a pause."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """Requests per second and each answer's milliseconds."""

    per_second: float
    milliseconds: list[float]


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


async def _connection(url: str, requests: Sequence[bytes], until: float, times: list[float]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
    number = len(times)
    try:
        while time.perf_counter() < until:
            started = time.perf_counter()
            writer.write(requests[number % len(requests)])
            number += 1
            status = await _answer(reader)
            if status != 200:
                raise RuntimeError(f"{url} answered {status}")
            times.append((time.perf_counter() - started) * 1000)
    finally:
        writer.close()


async def run(url: str, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Send the requests in turn over so many connections; RuntimeError for any answer but 200."""
    times: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_connection(url, requests, started + seconds, times) for _ in range(connections)))
    return Load(len(times) / (time.perf_counter() - started), times)
