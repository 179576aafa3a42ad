"""A forward proxy for one browser: every connection passes the address guard and leads to the address it checked.

It listens on a Unix socket, so that a browser without any other network can use it and nobody else can. `CONNECT` for
https; plain http only to loopback addresses that a developer allows.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from servicekit.addresses import Origin, Target

from checkup.adapters.address_guard import checked_page
from checkup.domain.failure import CheckupFailure

HEAD_BYTES = 32_768
HEAD_SECONDS = 10
CONNECT_SECONDS = 10
IDLE_SECONDS = 60
MOST_AT_ONCE = 64
MOST_IN_ALL = 1_000

OF_THE_BROWSER = frozenset(
    f"{name}.googleapis.com" for name in ("update", "content-autofill", "optimizationguide-pa", "safebrowsing")
)
"""What Chromium asks of its maker whatever it is told; no page needs these."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class FilteringProxy:
    """`refused` are the hosts that were not reached; `full` once `most_bytes` have passed."""

    allowed: frozenset[Origin]
    most_bytes: int
    passed: int = 0
    connections: int = 0
    refused: set[str] = field(default_factory=set)
    _targets: dict[str, Target | CheckupFailure] = field(default_factory=dict)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def full(self) -> bool:
        return self.passed > self.most_bytes or self.connections > MOST_IN_ALL

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[None]:
        """Serve at the socket `path` inside the block; afterwards every connection is closed."""
        gate = asyncio.Semaphore(MOST_AT_ONCE)
        tasks: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101
            tasks.add(task)
            try:
                async with gate:
                    await self._serve(reader, writer)
            except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                pass  # one end went away, or spoke no HTTP
            finally:
                tasks.discard(task)
                writer.close()

        folder = os.open(path.parent, os.O_PATH)  # the address of a socket is short, names of folders need not be
        server = await asyncio.start_unix_server(serve, f"/proc/self/fd/{folder}/{path.name}", limit=HEAD_BYTES)
        try:
            yield
        finally:
            server.close()
            os.close(folder)
            for task in tuple(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        self.connections += 1
        method, url = _request(head)
        tunnel = method == "CONNECT"
        origin = f"https://{url}" if tunnel else "://".join(urlsplit(url)[:2])
        try:
            if urlsplit(origin).hostname in OF_THE_BROWSER:
                raise CheckupFailure("forbidden_address", "Das fragt nicht die Seite.", "the browser asks its maker")
            if self.full:
                raise CheckupFailure("too_large", "Die Demo lädt zu viel.", "the proxy's limit is reached")
            target = await self._target(origin)
        except CheckupFailure as failure:
            self.refused.add(urlsplit(origin).netloc[:253])
            await _answer(writer, "403 Forbidden", failure.kind)
            return
        try:
            upstream = await connected(target)
        except (OSError, TimeoutError):
            await _answer(writer, "502 Bad Gateway", "no connection")
            return
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            upstream[1].write(_as_origin(head))
        try:
            await self._exchange((reader, writer), upstream, from_head=not tunnel)
        finally:
            upstream[1].close()

    async def _target(self, origin: str) -> Target:
        """What the guard said of scheme, host and port; once said it holds as long as the browser lives."""
        if origin not in self._targets:
            try:
                self._targets[origin] = await checked_page(f"{origin}/", self.allowed)
            except CheckupFailure as failure:
                self._targets[origin] = failure
        known = self._targets[origin]
        if isinstance(known, CheckupFailure):
            raise known
        return known

    async def _exchange(self, browser: Streams, upstream: Streams, *, from_head: bool) -> None:
        if from_head:
            head = await upstream[0].readuntil(b"\r\n\r\n")
            browser[1].write(_last_answer(head))
        await asyncio.gather(self._pipe(browser[0], upstream[1]), self._pipe(upstream[0], browser[1]))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self.full:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await reader.read(65_536)
            if not chunk:
                break
            self.passed += len(chunk)
            writer.write(chunk)
            await writer.drain()
        writer.close()


async def connected(target: Target) -> Streams:
    """A connection to the first of the checked addresses that answers. Raises OSError, TimeoutError."""
    failure: OSError | None = None
    async with asyncio.timeout(CONNECT_SECONDS):
        for address in target.addresses:
            try:
                return await asyncio.open_connection(address, target.port, limit=HEAD_BYTES)
            except OSError as error:
                failure = error
    raise failure or OSError("no address")


def _request(head: bytes) -> tuple[str, str]:
    method, _, rest = head.partition(b"\r\n")[0].decode("ascii", "replace").partition(" ")
    return method, rest.partition(" ")[0]


def _as_origin(head: bytes) -> bytes:
    """The request as a server expects it, with the path alone, and for one exchange."""
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    method, address, version = first.split(b" ", 2)
    path = b"/" + address.split(b"://", 1)[-1].partition(b"/")[2]
    return _joined(b" ".join((method, path, version)), lines)


def _last_answer(head: bytes) -> bytes:
    """An answer after which the browser opens a new connection: the next request may be for another host."""
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    return _joined(first, lines)


def _joined(first: bytes, lines: list[bytes]) -> bytes:
    """A head without what held for the connection it came by."""
    hop = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:")
    kept = [line for line in lines if not line.lower().startswith(hop)]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


async def _answer(writer: asyncio.StreamWriter, status: str, text: str) -> None:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
