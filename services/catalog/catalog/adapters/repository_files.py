"""Fetches the publiccode.yml of a repository as one raw file, through the guard of addresses."""

import asyncio
import ssl
from collections.abc import Iterator
from urllib.parse import quote, urljoin, urlsplit

import httpcore
from servicekit.addresses import AddressRefused, Origin, checked_page
from servicekit.guarded_network import guarded_pool

from catalog.application.publiccode.ports import NO_FILE, Fetched, NotFetched
from catalog.domain.publiccode.reading import MAX_BYTES

NAMES = ("publiccode.yml", "publiccode.yaml")
MOST_HOPS = 3
MOVED = (301, 302, 303, 307, 308)
ASK = ((b"User-Agent", b"marktplatz-catalog"), (b"Accept", b"text/plain,*/*;q=0.5"), (b"Accept-Encoding", b"identity"))
GITHUB = "https://raw.githubusercontent.com/{path}/HEAD/{name}"
GITLAB = "{origin}/{path}/-/raw/HEAD/{name}"
FORGEJO = "{origin}/api/v1/repos/{path}/raw/{name}"
BITBUCKET = "{origin}/{path}/raw/HEAD/{name}"
KNOWN = {
    "github.com": (GITHUB,),
    "gitlab.com": (GITLAB,),
    "gitlab.opencode.de": (GITLAB,),
    "codeberg.org": (FORGEJO,),
    "bitbucket.org": (BITBUCKET,),
}
UNKNOWN_HOST = (GITLAB, FORGEJO)
"""What forges that run elsewhere most likely are."""


class WebRepositoryFiles:
    """Asks the forges for raw files; needs no token, runs no git. `allowed` are loopback addresses in development."""

    def __init__(self, *, seconds: float, allowed: frozenset[Origin] = frozenset()) -> None:
        self._seconds, self._allowed = seconds, allowed

    async def publiccode(self, address: str) -> Fetched:
        """Return the publiccode.yml of a repository, or the one at this very address. Raises NotFetched."""
        try:
            async with asyncio.timeout(self._seconds), guarded_pool(self._allowed) as pool:
                for url in candidates(address):
                    found = await self._get(pool, url)
                    if found is not None:
                        return found
        except AddressRefused as refused:
            raise NotFetched(refused.kind, refused.reason, refused.detail, transient=refused.transient) from refused
        except (TimeoutError, httpcore.TimeoutException):
            raise NotFetched(
                "timeout", "Das Repository antwortet nicht rechtzeitig.", "no answer in time", transient=True
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise NotFetched(
                "unreachable", "Das Repository ist gerade nicht zu erreichen.", type(error).__name__, transient=True
            ) from error
        raise NotFetched(
            NO_FILE,
            "Im Wurzelverzeichnis des Repositorys liegt keine öffentlich lesbare publiccode.yml.",
            "no publiccode.yml that everybody may read",
        )

    async def _get(self, pool: httpcore.AsyncConnectionPool, url: str) -> Fetched | None:
        """None where there is no such file: also where a forge leads to its login or to a page about an error."""
        for _ in range(MOST_HOPS + 1):
            target = await checked_page(url, self._allowed)
            async with pool.stream("GET", target.url, headers=list(ASK)) as response:
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in MOVED and "location" in headers:
                    url = urljoin(target.url, headers["location"])
                    continue
                if response.status == 429 or response.status >= 500:
                    said = f"HTTP {response.status}"
                    raise NotFetched(
                        "unreachable", f"Die Plattform antwortet gerade nicht ({said}).", said, transient=True
                    )
                if response.status != 200 or "html" in headers.get("content-type", ""):
                    return None
                return Fetched(target.url, await _bounded(response))
        return None


def candidates(address: str) -> Iterator[str]:
    """Yield where the file of a repository may be. Raises AddressRefused for what names no repository."""
    try:
        split = urlsplit(address.strip())
        host = (split.hostname or "").lower()
    except ValueError:
        host = ""
    path = quote(split.path.strip("/").removesuffix(".git").strip("/"), safe="/-._~+%") if host else ""
    if not path:
        raise AddressRefused("invalid_address", "Das ist keine Adresse eines Repositorys.", "no host or no path")
    if path.endswith(NAMES):
        yield address.strip().replace("/blob/", "/raw/", 1)
        return
    for name in NAMES:
        for pattern in KNOWN.get(host, UNKNOWN_HOST):
            yield pattern.format(origin=f"{split.scheme}://{split.netloc}", path=path, name=name)


async def _bounded(response: httpcore.Response) -> bytes:
    """The body, cut off behind what is read of a file: the reader says that it is too large."""
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > MAX_BYTES:
            break
    return bytes(body[: MAX_BYTES + 1])
