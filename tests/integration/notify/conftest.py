"""The real notify service on the real servers, a mail server that can be told what to say, and the others' voices."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from contracts import catalog, review
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.subjects import subject_of
from nats.js import JetStreamContext
from notify.application.ports import Ports
from notify.main import service
from notify.settings import NotifySettings
from notify.wiring import build
from pymongo import AsyncMongoClient
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.testing import wait
from servicekit.testing.http import client
from servicekit.testing.process import free_ports
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer, SmtpServer

TEAM = "team@example.org"


@pytest.fixture
def mails(smtp_server: SmtpServer) -> Iterator[SmtpServer]:
    smtp_server.clear()
    yield smtp_server
    smtp_server.clear()


@pytest.fixture
def settings(
    nats_server: NatsServer,
    mongo_server: MongoServer,
    oidc_server: OidcServer,
    mongo_database: str,
    mails: SmtpServer,
    clean_streams: None,
) -> NotifySettings:
    return NotifySettings(
        env="test",
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=mongo_database,
        oidc_issuer=oidc_server.issuer,
        smtp_url=mails.url,
        public_url="https://marktplatz.example.org",
        notify_team_address=TEAM,
        notify_retry_seconds=0.05,
        notify_mail_attempts=3,
        notify_poll_seconds=0.05,
        notify_lease_seconds=3,
        shutdown_seconds=5,
    )


@asynccontextmanager
async def running(settings: NotifySettings) -> AsyncIterator[httpx.AsyncClient]:
    """API and worker in one process, as in local use."""
    async with client(service.app(settings)) as http:
        yield http


@pytest.fixture
async def api(settings: NotifySettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as http:
        yield http


@pytest.fixture
async def ports(api: httpx.AsyncClient, settings: NotifySettings) -> AsyncIterator[Ports]:
    """What another process of the service would work with."""
    async with build(settings) as container:
        yield container.ports


@pytest.fixture
async def stored(settings: NotifySettings) -> AsyncIterator[Any]:
    """What notify keeps, as an operator sees it in the database."""
    connection: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(settings.mongodb_url)
    yield connection[settings.mongodb_database]
    await connection.close()


@dataclass
class Provider:
    """An organisation with members of its own for one test, and what is reported about it."""

    js: JetStreamContext
    id: str = field(default_factory=uuid7)
    name: str = "Musterlösungen GmbH"
    solution_id: str = field(default_factory=uuid7)

    async def publish(self, event: Event) -> None:
        await self.js.publish(subject_of(event), event.to_bytes(), headers={"Nats-Msg-Id": event.id})

    async def join(self, user: str, email: str | None = None, name: str | None = None) -> None:
        entry = Membership(user=user, organisation_id=self.id, organisation_name=self.name)
        bucket = await self.js.key_value(BUCKET)
        await bucket.put(membership_key(user, self.id), entry.model_dump_json().encode())
        data = catalog.MemberJoinedData(
            organisation_id=self.id,
            organisation_name=self.name,
            user=user,
            email=email,
            display_name=name,
            role="member",
        )
        await self.publish(catalog.MemberJoined.new(data, aggregate_id=self.id, time=datetime.now(UTC)))
        await wait.until(lambda: self.settled("PRIVATE", "notify-contacts"))

    async def leave(self, user: str) -> None:
        bucket = await self.js.key_value(BUCKET)
        await bucket.delete(membership_key(user, self.id))
        data = catalog.MemberLeftData(organisation_id=self.id, user=user)
        await self.publish(catalog.MemberLeft.new(data, aggregate_id=self.id, time=datetime.now(UTC)))

    def changes_requested(self, *, name: str = "DorfFunk", message: str = "Bitte ergänzen") -> Event:
        now = datetime.now(UTC)
        data = review.ChangesRequestedData(
            case_id=uuid7(),
            solution_id=self.solution_id,
            slug="dorffunk",
            solution_name=name,
            version=1,
            organisation_id=self.id,
            message=message,
            requested_at=now,
        )
        return review.ChangesRequested.new(data, aggregate_id=self.solution_id, time=now)

    def submitted(self, *, name: str = "DorfFunk", round_: int = 1) -> Event:
        now = datetime.now(UTC)
        listing = {"name": name, "summary": "Kurz", "kind": "software", "fields_of_action": ["local_supply"]}
        data = catalog.SolutionSubmittedData.model_validate(
            {
                "solution_id": self.solution_id,
                "slug": "dorffunk",
                "version": 1,
                "round": round_,
                "organisation_id": self.id,
                "organisation_name": self.name,
                "listing": listing,
                "submitted_by": "demo-provider",
                "submitted_at": now,
            }
        )
        return catalog.SolutionSubmitted.new(data, aggregate_id=self.solution_id, time=now)

    async def settled(self, stream: str = "EVENTS", durable: str = "notify-events") -> bool:
        """True when notify has handled everything that was said."""
        info = await self.js.consumer_info(stream, durable)
        return info.num_pending == 0 and info.num_ack_pending == 0


@pytest.fixture
def provider(js: JetStreamContext) -> Provider:
    return Provider(js)


Headers = dict[str, str]


@pytest.fixture
def login(oidc_server: OidcServer) -> Callable[..., Headers]:
    def headers(sub: str, *roles: str, email: str | None = None) -> Headers:
        return {"Authorization": f"Bearer {oidc_server.token_for(sub, roles=roles, email=email)}"}

    return headers


@pytest.fixture
def user() -> str:
    """A person that no other test knows."""
    return f"user-{uuid7()}"


class ScriptedMailServer:
    """A mail server in this process: says what it is told to say, and can be away."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.answers: list[str] = []
        self.mails: list[bytes] = []
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.mails.append(bytes(envelope.content or b""))
        return answer

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


@pytest.fixture
async def mail_server() -> AsyncIterator[ScriptedMailServer]:
    server = ScriptedMailServer()
    yield server
    await server.close()
