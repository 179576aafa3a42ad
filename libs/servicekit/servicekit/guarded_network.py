"""Connections for HTTP clients: only to addresses that the guard has checked, name by name."""

import ssl
from collections.abc import Iterable

import httpcore

from servicekit.addresses import AddressRefused, Origin, checked_page


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name once, refuses it unless every address is public, and connects to one of those addresses.

    Certificates are still checked for the name. Raises AddressRefused, httpcore.ConnectError.
    """

    def __init__(self, allowed: frozenset[Origin]) -> None:
        self._allowed = allowed
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        name = f"[{host}]" if ":" in host else host
        target = await checked_page(f"https://{name}:{port}/", self._allowed)
        failure: Exception | None = None
        for address in target.addresses:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("forbidden_address", "Lokale Sockets werden nicht geöffnet.", "unix socket")

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)


def guarded_pool(allowed: frozenset[Origin], context: ssl.SSLContext | None = None) -> httpcore.AsyncConnectionPool:
    """A pool of connections through the guard; it follows no redirects and uses no proxy."""
    return httpcore.AsyncConnectionPool(
        ssl_context=context or ssl.create_default_context(), network_backend=GuardedNetwork(allowed), max_connections=4
    )
