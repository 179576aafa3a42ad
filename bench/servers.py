"""Real servers for a measurement, with data in a temporary directory."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
from servicekit import provision
from servicekit.platform import Platform, open_platform
from servicekit.settings import ServiceSettings
from servicekit.testing import embedded
from servicekit.testing.process import RunningServer, free_ports


class BenchSettings(ServiceSettings):
    """A service of its own for measuring the kit."""

    service_name = "catalog"


@dataclass
class Servers:
    """Addresses of what runs."""

    nats_url: str
    mongo_url: str

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[Platform]:
        """Open the platform of a service on these servers."""
        settings = BenchSettings(nats_url=self.nats_url, mongodb_url=self.mongo_url, mongodb_database="bench")
        async with open_platform(settings) as opened:
            yield opened


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """Start NATS and the document database, provision the streams, stop both at the end."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marktplatz-bench-")))
        port, monitor, mongo_port = free_ports(3)
        bus = stack.enter_context(
            RunningServer(embedded.nats(directory / "nats", port=port, monitor_port=monitor), directory / "nats.log")
        )
        documents = stack.enter_context(
            RunningServer(embedded.mongo(directory / "mongo", port=mongo_port), directory / "mongo.log")
        )
        client = await nats.connect(bus.url)
        await provision.provision(client.jetstream(timeout=10))
        await client.close()
        yield Servers(bus.url, documents.url)
