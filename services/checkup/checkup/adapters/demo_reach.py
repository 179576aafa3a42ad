"""Asks a demo address whether it answers: redirects checked hop by hop, bounded in bytes and time."""

import asyncio
import ssl
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpcore
from servicekit.addresses import AddressRefused, Origin, checked_page
from servicekit.guarded_network import guarded_pool

from checkup.analysis.repository import printable
from checkup.domain.demo import Answer, Link

MOST_HOPS = 5
MOST_BYTES = 1_000_000
SECONDS = 25
MOST_LINKS = 500
ASK = (
    (b"User-Agent", b"Mozilla/5.0 (compatible; marktplatz-checkup)"),
    (b"Accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
    (b"Accept-Language", b"de,en;q=0.5"),
    (b"Accept-Encoding", b"identity"),
)
MOVED = (301, 302, 303, 307, 308)


async def ask(url: str, allowed: frozenset[Origin], *, seconds: float = SECONDS) -> Answer:
    """What a visitor's first request gets; never raises for anything that the other side does."""
    try:
        async with asyncio.timeout(seconds), guarded_pool(allowed) as pool:
            return await _follow(pool, url, allowed)
    except AddressRefused as failure:
        return Answer(up=False, reason=failure.reason)
    except (TimeoutError, httpcore.TimeoutException):
        return Answer(up=False, reason="Die Adresse antwortet nicht rechtzeitig.")
    except httpcore.ConnectError as error:
        certificate = isinstance(error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error).upper()
        return Answer(up=False, reason="Das Zertifikat der Adresse ist ungültig." if certificate
                      else "Die Adresse nimmt keine Verbindung an.")  # fmt: skip
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Answer(up=False, reason="Die Verbindung brach ab, oder die Antwort war kein HTTP.")


async def _follow(pool: httpcore.AsyncConnectionPool, url: str, allowed: frozenset[Origin]) -> Answer:
    for _ in range(MOST_HOPS + 1):
        target = await checked_page(url, allowed)
        async with pool.stream("GET", target.url, headers=list(ASK)) as response:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in MOVED and "location" in headers:
                url = urljoin(target.url, headers["location"])
                continue
            if response.status >= 400:
                return Answer(up=False, reason=_refusal(response.status), url=target.url)
            kind = headers.get("content-type", "text/html")
            body = await _bounded(response) if "html" in kind else b""
            return Answer(up=True, url=target.url, headers=_shown(headers), links=_links(body, target.url))
    return Answer(up=False, reason=f"Die Adresse leitet mehr als {MOST_HOPS}-mal weiter.")


async def _bounded(response: httpcore.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) >= MOST_BYTES:
            break
    return bytes(body[:MOST_BYTES])


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"Die Adresse verlangt eine Anmeldung oder weist ab (HTTP {status})."
    return f"Die Adresse antwortet mit HTTP {status}."


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: printable(value) for name, value in sorted(headers.items())[:100]}


class _LinkReader(HTMLParser):
    """Collects links with their text or label."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.found: list[Link] = []
        self._href: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            return
        given = dict(attrs)
        self._href, self._words = given.get("href"), [given.get("aria-label") or ""]

    def handle_data(self, data: str) -> None:
        if self._href:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href and len(self.found) < MOST_LINKS:
            self.found.append(link(" ".join(self._words), self.base, self._href))
            self._href = None


def link(text: str, base: str, href: str) -> Link:
    """A link whose text is fit to be shown; an address that cannot be joined becomes empty."""
    try:
        whole = urljoin(base, href[:500])
    except ValueError:
        whole = ""
    return Link(printable(" ".join(text.split()), longest=120), printable(whole, longest=500))


def _links(body: bytes, base: str) -> tuple[Link, ...]:
    reader = _LinkReader(base)
    reader.feed(body.decode("utf-8", "replace"))
    return tuple(reader.found)
