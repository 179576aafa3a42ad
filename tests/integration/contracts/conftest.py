"""A NATS server with the generated permissions, provisioned by the operator, and connections of each user."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import pytest
from contracts import registry, samples, subjects, topology
from contracts.envelope import Event
from contracts.ids import uuid7
from nats.aio.client import Client
from nats.js import JetStreamContext
from servicekit.testing import embedded
from servicekit.testing.plugin import provision, running
from servicekit.testing.process import RunningServer, ServerSpec, free_ports

PASSWORDS = {user.name: f'{user.name} "secret"' for user in topology.PERMISSIONS}
INBOXES = {user.name: user.inbox_prefix for user in topology.PERMISSIONS}


@dataclass
class Connection:
    """A client of one NATS user that remembers what the server refused."""

    client: Client
    refusals: list[str] = field(default_factory=list)

    @property
    def js(self) -> JetStreamContext:
        return self.client.jetstream(timeout=5)

    @property
    def public(self) -> JetStreamContext:
        """JetStream as partners reach it."""
        return self.client.jetstream(timeout=5, prefix=topology.PUBLIC_API)

    async def refusal(self, subject: str, payload: bytes = b"{}", reply: str = "") -> str:
        """Publish to a subject; return the server's refusal (in lower case, as the client reports it) or ""."""
        return await self._outcome(lambda: self.client.publish(subject, payload, reply))

    async def subscription_refusal(self, subject: str) -> str:
        """Subscribe to a subject; return the server's refusal or ""."""
        return await self._outcome(lambda: self.client.subscribe(subject))

    async def settle(self) -> None:
        """Return when the server has dealt with everything sent so far; what it refused is known then.

        The server answers in order, but the first ping of the client may overtake what is still in its buffer.
        """
        for _ in range(2):
            await self.client.flush(timeout=5)

    async def _outcome(self, attempt: Callable[[], Awaitable[Any]]) -> str:
        before = len(self.refusals)
        await attempt()
        await self.settle()
        return self.refusals[before] if len(self.refusals) > before else ""


Connect = Callable[[str], Awaitable[Connection]]
ConnectTo = Callable[[str, str], Awaitable[Connection]]


@contextmanager
def guarded(directory: Path, authorization: str) -> Iterator[str]:
    """Address of a server with these accounts, provisioned."""
    with guarded_server(directory, authorization) as server:
        yield server.url


@contextmanager
def guarded_server(directory: Path, authorization: str) -> Iterator[RunningServer]:
    def build() -> ServerSpec:
        port, monitor_port = free_ports(2)
        return embedded.nats(
            directory / f"nats-{port}", port=port, monitor_port=monitor_port, authorization=authorization
        )

    with running(directory, build) as server:
        provision(server.url, NATS_USER="operator", NATS_PASSWORD=PASSWORDS["operator"])
        yield server


@pytest.fixture(scope="module")
def guarded_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with guarded(tmp_path_factory.mktemp("guarded"), topology.nats_authorization(PASSWORDS)) as url:
        yield url


@pytest.fixture
async def connect_to() -> AsyncIterator[ConnectTo]:
    opened: list[Client] = []

    async def as_user(url: str, name: str) -> Connection:
        refusals: list[str] = []

        async def failed(error: Exception) -> None:
            refusals.append(str(error).lower())

        client = await nats.connect(
            url,
            user=name,
            password=PASSWORDS[name],
            inbox_prefix=INBOXES[name].encode(),
            error_cb=failed,
        )
        opened.append(client)
        return Connection(client, refusals)

    yield as_user
    for client in opened:
        await client.close()


@pytest.fixture
def connect(guarded_nats: str, connect_to: ConnectTo) -> Connect:
    async def as_user(name: str) -> Connection:
        return await connect_to(guarded_nats, name)

    return as_user


@pytest.fixture
async def operator(connect: Connect) -> Connection:
    return await connect("operator")


def fresh(event_class: type[Event]) -> Event:
    """Return the sample of a class as a new event: with an id and about an aggregate of its own."""
    event = registry.parse(samples.of(event_class).encode())
    return event.model_copy(update={"id": uuid7(), "subject": uuid7()})


async def published(connection: Connection, event: Event) -> int:
    """Publish an event and return its sequence in its stream."""
    ack = await connection.js.publish(subjects.subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})
    return ack.seq
