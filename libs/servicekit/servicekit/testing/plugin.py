"""The pytest plugin with the real servers: URL in the environment, else a container when asked for, else embedded."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import pytest_asyncio

from servicekit.testing import containers, embedded, opensearch
from servicekit.testing.process import RunningServer, ServerSpec, ServerStartError, free_ports
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer, SearchServer, SmtpServer

if TYPE_CHECKING:
    from nats.js import JetStreamContext

_START_ATTEMPTS = 3


@pytest.fixture(scope="session")
def servers_directory() -> Iterator[Path]:
    """Where the embedded servers of this session keep their data; its path is short and it is removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix="marktplatz-test-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def running(directory: Path, build: Callable[[], ServerSpec]) -> Iterator[RunningServer]:
    """Start an embedded server; again with new ports when somebody took one between choosing and listening."""
    for attempt in range(1, _START_ATTEMPTS + 1):
        spec = build()
        server = RunningServer(spec, directory / "logs" / f"{spec.name}.log")
        try:
            server.start()
            break
        except ServerStartError:
            if attempt == _START_ATTEMPTS:
                raise
    try:
        yield server
    finally:
        server.kill()  # nothing of it is needed any more, and it is quicker


def provision(nats_url: str, **env: str) -> None:
    """Apply the topology (streams, consumers, buckets) to a fresh NATS server."""
    if find_spec("servicekit.provision") is None:
        return
    command = [sys.executable, "-m", "servicekit.provision"]
    done = subprocess.run(
        command,
        env={**os.environ, "NATS_URL": nats_url, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise ServerStartError(
            f"provision failed with exit code {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )


@pytest.fixture(scope="session")
def nats_server(servers_directory: Path) -> Iterator[NatsServer]:
    """NATS with JetStream, open to everyone, streams and consumers provisioned."""
    if url := os.environ.get("NATS_URL"):
        provision(url)
        yield NatsServer(url)
    elif containers.wanted():
        with containers.running(containers.NATS) as url:
            provision(url)
            yield NatsServer(url)
    else:

        def build() -> ServerSpec:
            port, monitor_port = free_ports(2)
            return embedded.nats(servers_directory / f"nats-{port}", port=port, monitor_port=monitor_port)

        with running(servers_directory, build) as server:
            provision(server.url)
            yield NatsServer(server.url, server.spec.addresses["monitor"])


@pytest.fixture(scope="session")
def mongo_server(servers_directory: Path) -> Iterator[MongoServer]:
    """The document database."""
    if url := os.environ.get("MONGODB_URL"):
        yield MongoServer(url)
    elif containers.wanted():
        with containers.running(containers.MONGO) as url:
            yield MongoServer(url)
    else:

        def build() -> ServerSpec:
            (port,) = free_ports(1)
            return embedded.mongo(servers_directory / f"mongo-{port}", port=port)

        with running(servers_directory, build) as server:
            yield MongoServer(server.url)


@pytest.fixture(scope="session")
def search_server(servers_directory: Path) -> Iterator[SearchServer]:
    """The search engine, empty at the start of the session."""
    if url := os.environ.get("OPENSEARCH_URL"):
        yield SearchServer(url)
    elif containers.wanted():
        with containers.running(containers.SEARCH) as url:
            yield SearchServer(url)
    else:
        with running(servers_directory, lambda: embedded.search(port=free_ports(1)[0])) as server:
            yield SearchServer(server.url)


@pytest.fixture
def engine(request: pytest.FixtureRequest, servers_directory: Path) -> Iterator[opensearch.Engine]:
    """A search engine for one test, empty and its own to stop: an embedded one, or a view of the shared server."""
    if os.environ.get("OPENSEARCH_URL") or containers.wanted():
        with opensearch.shared(request.getfixturevalue("search_server").url, servers_directory) as view:
            yield view
    elif request.node.get_closest_marker("opensearch"):
        pytest.skip("needs a real OpenSearch: make test-opensearch")
    else:
        with running(servers_directory, lambda: embedded.search(port=free_ports(1)[0])) as server:
            yield server


@pytest.fixture(scope="session")
def oidc_server(servers_directory: Path) -> Iterator[OidcServer]:
    """The OpenID Connect provider for development."""
    if issuer := os.environ.get("OIDC_ISSUER"):
        yield OidcServer(issuer)
    else:
        directory = servers_directory / "oidc"
        with running(servers_directory, lambda: embedded.oidc(directory, port=free_ports(1)[0])) as server:
            yield OidcServer(server.url)


@pytest.fixture(scope="session")
def smtp_server(servers_directory: Path) -> Iterator[SmtpServer]:
    """The mail sink. It is always our own: a test has to read the mails."""

    def build() -> ServerSpec:
        port, http_port = free_ports(2)
        return embedded.smtp(servers_directory / "mail", port=port, http_port=http_port)

    with running(servers_directory, build) as server:
        yield SmtpServer(server.url, server.spec.addresses["page"])


@pytest_asyncio.fixture
async def mongo_database(mongo_server: MongoServer) -> AsyncIterator[str]:
    """Name of a database of its own for one test; dropped afterwards."""
    from pymongo import AsyncMongoClient  # noqa: PLC0415

    name = f"test_{uuid4().hex[:12]}"
    yield name
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(mongo_server.url)
    await client.drop_database(name)
    await client.close()


@pytest_asyncio.fixture
async def clean_streams(nats_server: NatsServer) -> None:
    """Streams and buckets without messages.

    NATS still remembers the ids of purged messages for deduplication: use fresh ids in each test.
    """
    import nats  # noqa: PLC0415

    client = await nats.connect(nats_server.url)
    try:
        js = client.jetstream()
        for stream in await js.streams_info():
            await js.purge_stream(stream.config.name or "")
    finally:
        await client.close()


@pytest_asyncio.fixture
async def js(nats_server: NatsServer) -> AsyncIterator["JetStreamContext"]:
    """JetStream on a connection of the test's own."""
    import nats  # noqa: PLC0415

    client = await nats.connect(nats_server.url)
    yield client.jetstream()
    await client.close()
