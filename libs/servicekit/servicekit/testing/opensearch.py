"""A real OpenSearch that all tests of a session share, as if each had one of its own: empty, and able to fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from servicekit.testing import embedded
from servicekit.testing.process import RunningServer, free_ports

PATTERN = "solutions*"
OURS = "marktplatz-test"
"""Name of a cluster that was started for tests: whatever lies in it may be deleted."""
CADDYFILE = """\
{
	admin off
	persist_config off
}

http://{$GATEWAY_HOST}:{$GATEWAY_PORT} {
	reverse_proxy {$ENGINE}
}
"""


class Engine(Protocol):
    """What tests do with an engine, be it a process of their own or a shared server."""

    @property
    def url(self) -> str: ...

    def start(self) -> Any: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class SharedEngine:
    """The shared server behind a gateway of the test's own: while that is stopped, nothing answers at `url`."""

    def __init__(self, server_url: str, gateway: RunningServer) -> None:
        self._server_url = server_url
        self._gateway = gateway

    @property
    def url(self) -> str:
        return self._gateway.url

    def start(self) -> None:
        self._gateway.start()

    def stop(self) -> None:
        """Be away, and come back with everything."""
        self._gateway.kill()

    def kill(self) -> None:
        """Be away, and come back empty, as an engine does that keeps everything in memory."""
        self.stop()
        empty(self._server_url)


@contextmanager
def shared(server_url: str, directory: Path) -> Iterator[SharedEngine]:
    """The shared server for one test, empty."""
    refuse_foreign(server_url)
    empty(server_url)
    caddyfile = directory / "engine.Caddyfile"
    caddyfile.write_text(CADDYFILE)
    spec = embedded.caddy(
        directory / "engine-gateway",
        port=free_ports(1)[0],
        caddyfile=caddyfile,
        env={"ENGINE": server_url.removeprefix("http://")},
        ready_path="/",
    )
    engine = SharedEngine(server_url, RunningServer(spec, directory / "logs" / "engine-gateway.log"))
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()


def refuse_foreign(server_url: str) -> None:
    """Raise RuntimeError when the tests would delete what somebody may want to keep."""
    with httpx.Client(base_url=server_url, timeout=30) as client:
        cluster = client.get("/").raise_for_status().json()["cluster_name"]
        if cluster != OURS and (names := _names(client)):
            raise RuntimeError(
                f"{server_url} (cluster {cluster!r}) holds {', '.join(names)}, which the tests would delete: "
                "delete them yourself, or use `make test-opensearch` without OPENSEARCH_URL"
            )


def empty(server_url: str) -> None:
    """Delete all our indices."""
    with httpx.Client(base_url=server_url, timeout=60) as client:
        for name in _names(client):
            deleted = client.delete(f"/{name}")
            if deleted.status_code != httpx.codes.NOT_FOUND:  # a service that was still stopping was quicker
                deleted.raise_for_status()


def _names(client: httpx.Client) -> list[str]:
    return sorted(client.get(f"/{PATTERN}/_settings").raise_for_status().json())
