"""What the proxy of the browser lets through."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from checkup.adapters.filtering_proxy import FilteringProxy
from servicekit.addresses import Origin


class Upstream:
    """A server on loopback that keeps what it was sent and answers the same each time."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.port, self.heads = answer, 0, list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def upstream(
    answer: bytes = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nhallo",
) -> AsyncIterator[Upstream]:
    held = Upstream(answer)
    async with await asyncio.start_server(held.serve, "127.0.0.1", 0) as server:
        held.port = server.sockets[0].getsockname()[1]
        yield held


async def said(proxy: FilteringProxy, folder: Path, *requests: bytes) -> bytes:
    """What a browser that sends these requests, each once the one before was answered, gets back in all."""
    async with proxy.listening(folder / "proxy"):
        reader, writer = await asyncio.open_unix_connection(str(folder / "proxy"))
        answer = b""
        for request in requests:
            writer.write(request)
            await writer.drain()
            answer += await asyncio.wait_for(reader.read(200), 10)
        answer += await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path()


def allowing(port: int, most_bytes: int = 1_000_000) -> FilteringProxy:
    return FilteringProxy(frozenset((Origin("127.0.0.1", port),)), most_bytes)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254:443", "127.0.0.1:443", "localhost:443", "[::1]:443", "2130706433:443", "0x7f.1:443",
     "demo.example.org:22", "demo.example.org:80", "metadata:443", "user@demo.example.org:443", "", "a b:443"],
)  # fmt: skip
async def test_tunnels_to_anything_but_public_https_are_refused(folder: Path, address: str) -> None:
    proxy = FilteringProxy(frozenset(), 1_000_000)
    answer = await said(proxy, folder, f"CONNECT {address} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403")
    assert len(proxy.refused) == 1


async def test_a_name_that_leads_inside_is_refused_and_stays_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [["93.184.215.14", "10.0.0.1"], ["93.184.215.14"]]

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
    proxy = FilteringProxy(frozenset(), 1_000_000)
    request = b"CONNECT rebinding.example.org:443 HTTP/1.1\r\n\r\n"
    assert (await said(proxy, folder, request)).startswith(b"HTTP/1.1 403")
    (folder / "proxy").unlink()
    assert (await said(proxy, folder, request)).startswith(b"HTTP/1.1 403")
    assert len(answers) == 1, "the second time the name was not resolved again"


@pytest.mark.parametrize(
    "address", ["http://demo.example.org/", "http://169.254.169.254/latest/", "ftp://x.example.org/"]
)
async def test_plain_http_is_refused(folder: Path, address: str) -> None:
    proxy = allowing(9)
    answer = await said(proxy, folder, f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403")


async def test_plain_http_to_allowed_loopback_passes_for_one_exchange(folder: Path) -> None:
    async with upstream() as server:
        asked = f"GET http://127.0.0.1:{server.port}/a?b=1 HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n"
        answer = await said(allowing(server.port), folder, asked.encode())
    assert answer == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhallo"
    assert server.heads == [b"GET /a?b=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]


async def test_a_tunnel_carries_bytes_both_ways_and_they_count(folder: Path) -> None:
    async with upstream(b"antwort") as server:
        proxy = allowing(server.port)
        connect = f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n\r\n".encode()
        answer = await said(proxy, folder, connect, b"frage\r\n\r\n")
    assert answer == b"HTTP/1.1 200 Connection established\r\n\r\nantwort"
    assert proxy.passed == len(b"frage\r\n\r\nantwort")


async def test_the_limit_ends_a_download_and_whatever_comes_after(folder: Path) -> None:
    async with upstream(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000) as server:
        proxy = allowing(server.port, most_bytes=100_000)
        request = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n\r\n".encode()
        answer = await said(proxy, folder, request)
        assert proxy.full
        assert len(answer) < 300_000
        (folder / "proxy").unlink()
        assert (await said(proxy, folder, request)).startswith(b"HTTP/1.1 403")


async def test_what_the_browser_asks_of_its_maker_is_refused(folder: Path) -> None:
    answer = await said(FilteringProxy(frozenset(), 1), folder, b"CONNECT update.googleapis.com:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")


async def test_an_address_that_does_not_answer_is_a_bad_gateway(folder: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    answer = await said(allowing(port), folder, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 502")
