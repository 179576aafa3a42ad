"""Real git servers on loopback, the real service on the real servers, and the catalogue's voice on the bus."""

import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest
from checkup.application.mapping import run_id
from checkup.main import service
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker
from contracts import catalog, topology
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.listing import Listing
from contracts.registry import parse
from contracts.subjects import subject_of
from local_stack.demo.gitserver import GitRequest
from nats.js import JetStreamContext
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.testing import wait
from servicekit.testing.http import client
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer

AT = datetime(2026, 8, 1, tzinfo=UTC)


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class GitServer:
    """Repositories below `root` over smart HTTP; `says` makes it answer a name with a status, `gates` makes it wait."""

    root: Path
    url: str = ""
    says: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, name: str, maker: RepositoryMaker, **options: Any) -> str:
        maker.make(self.root / f"{name}.git", **options)
        return f"{self.url}/{name}.git"

    def replace(self, name: str, maker: RepositoryMaker) -> None:
        """Serve something else under the same address."""
        shutil.rmtree(self.root / f"{name}.git")
        self.add(name, maker)

    def gate(self, name: str) -> threading.Event:
        self.gates[name] = threading.Event()
        return self.gates[name]


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    held = GitServer(tmp_path / "served")
    held.root.mkdir()

    class Handler(GitRequest):
        root = held.root

        def do_GET(self) -> None:
            name = self.path.removeprefix("/").partition("/")[0].removesuffix(".git")
            held.asked.append(self.path)
            if name in held.gates:
                held.gates[name].wait(30)
            if name in held.says:
                status, headers = held.says[name]
                self.send_response(status)
                for key, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(key, value)
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        held.url = url
        yield held
        for gate in held.gates.values():
            gate.set()


@pytest.fixture
def dumb_server(tmp_path: Path) -> Iterator[GitServer]:
    """The same as plain files, as any static web server has them."""
    held = GitServer(tmp_path / "static")
    held.root.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append(self.path)
            super().do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(held.root)))) as url:
        held.url = url
        yield held


def port_of(server: GitServer) -> str:
    return server.url.removeprefix("http://")


@pytest.fixture
def small_app() -> RepositoryMaker:
    """An honest small application with a year of history by three people and two releases."""
    maker = RepositoryMaker()
    now = datetime.now(UTC) - timedelta(days=1)
    functions = "".join(f"def step_{n}(value: int) -> int:\n    return value + {n}\n\n\n" for n in range(40))
    words = "Diese Anwendung hilft kleinen Gemeinden, ihre Angebote zu pflegen und mit anderen zu teilen. " * 3
    for week in range(50, -1, -1):
        person = week % 3
        maker.commit(
            {
                "README.md": f"# Dorfportal\n\n{words}\n\n## Installation\n\n{words}\n\nStand {week}\n",
                "LICENSE": "Permission is hereby granted, free of charge, to any person … without restriction …",
                "src/portal/steps.py": functions,
                "tests/test_steps.py": f"def test_step() -> None:\n    assert {week} + 1\n" * 30,
                ".gitlab-ci.yml": "test:\n  script: pytest\n",
            },
            now - timedelta(weeks=week),
            who=f"Person {person}",
            address=f"person{person}@example.org",
        )
        if week in (30, 2):
            maker.tag(f"v1.{30 - week}.0", now - timedelta(weeks=week))
    return maker


@pytest.fixture
async def quick_redelivery(js: JetStreamContext) -> AsyncIterator[None]:
    """The job of a lost worker comes again after a second instead of half a minute."""
    jobs = (await js.consumer_info("JOBS", "checkup-runs")).config
    await js.add_consumer("JOBS", replace(jobs, ack_wait=1.0))
    yield
    await js.add_consumer("JOBS", jobs)


@pytest.fixture
def settings(
    nats_server: NatsServer,
    mongo_server: MongoServer,
    oidc_server: OidcServer,
    mongo_database: str,
    clean_streams: None,
    quick_redelivery: None,
    git_server: GitServer,
    tmp_path: Path,
) -> CheckupSettings:
    return CheckupSettings(
        env="test",
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=mongo_database,
        oidc_issuer=oidc_server.issuer,
        shutdown_seconds=5,
        checkup_work_dir=tmp_path / "work",
        checkup_allow_local=port_of(git_server),
        checkup_fetch_attempts=3,
    )


@asynccontextmanager
async def running(settings: CheckupSettings) -> AsyncIterator[httpx.AsyncClient]:
    """API and worker in one process, as in local use."""
    async with client(service.app(settings)) as http:
        yield http


@pytest.fixture
async def api(settings: CheckupSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as http:
        yield http


POLICIES = "checkup-policies"


@dataclass
class Bus:
    """What the catalogue says, and what the checkup answers."""

    js: JetStreamContext
    solution_id: str = field(default_factory=uuid7)
    organisation_id: str = field(default_factory=uuid7)
    _said: int = 0

    async def publish(self, event: Event) -> None:
        subject = subject_of(event)
        stored = await self.js.publish(subject, event.to_bytes(), headers={"Nats-Msg-Id": event.id})
        if subject.rpartition(".")[0] + ".*" in topology.consumer(POLICIES).filter_subjects:
            self._said = stored.seq

    def listing(self, repository_url: str | None, demo_url: str | None = None) -> Listing:
        return Listing.model_validate(
            {
                "name": "Dorfportal",
                "summary": "Nachrichten aus dem Dorf",
                "kind": "software",
                "fields_of_action": ["local_supply"],
                "repository_url": repository_url,
                "demo_url": demo_url,
            }
        )

    def submission(
        self, repository_url: str | None, *, version: int = 1, round_: int = 1, demo_url: str | None = None
    ) -> catalog.SolutionSubmitted:
        now = datetime.now(UTC)
        data = catalog.SolutionSubmittedData(
            solution_id=self.solution_id,
            slug="dorfportal",
            version=version,
            round=round_,
            organisation_id=self.organisation_id,
            organisation_name="Musterlösungen GmbH",
            listing=self.listing(repository_url, demo_url),
            submitted_by="demo-provider",
            submitted_at=now,
        )
        return catalog.SolutionSubmitted.new(
            data, aggregate_id=self.solution_id, time=now, actor="demo-provider", correlationid="corr-submit"
        )

    async def submit(self, repository_url: str | None, *, version: int = 1, round_: int = 1) -> str:
        await self.publish(self.submission(repository_url, version=version, round_=round_))
        return run_id(self.solution_id, version, round_)

    async def go_online(self, *, version: int = 1) -> None:
        now = datetime.now(UTC)
        data = catalog.SolutionPublishedData(
            solution_id=self.solution_id,
            slug="dorfportal",
            version=version,
            organisation_id=self.organisation_id,
            organisation_name="Musterlösungen GmbH",
            listing=self.listing(None),
            published_at=now,
            first_published_at=now,
        )
        await self.publish(catalog.SolutionPublished.new(data, aggregate_id=self.solution_id, time=now))

    async def go_offline(self, reason: str = "withdrawn") -> None:
        now = datetime.now(UTC)
        data = catalog.SolutionDelistedData.model_validate(
            {
                "solution_id": self.solution_id,
                "slug": "dorfportal",
                "organisation_id": self.organisation_id,
                "reason": reason,
                "delisted_at": now,
            }
        )
        await self.publish(catalog.SolutionDelisted.new(data, aggregate_id=self.solution_id, time=now))

    async def join(self, user: str) -> None:
        entry = Membership(
            user=user,
            organisation_id=self.organisation_id,
            organisation_name="Musterlösungen GmbH",
            role="editor",
        )
        bucket = await self.js.key_value(BUCKET)
        await bucket.put(membership_key(user, self.organisation_id), entry.model_dump_json().encode())

    async def settled(self) -> bool:
        """True when everything said was handled; a consumer learns of a message a little after it was stored."""
        info = await self.js.consumer_info("EVENTS", POLICIES)
        delivered = info.delivered.stream_seq if info.delivered else 0
        return delivered >= self._said and info.num_pending == 0 and info.num_ack_pending == 0

    async def queue_empty(self) -> bool:
        info = await self.js.stream_info("JOBS")
        return info.state.messages == 0

    async def stored(self, owner: str = "checkup") -> list[Event]:
        """Return every event that an owner has published, in order."""
        last = (await self.js.stream_info("EVENTS")).state.last_seq
        events = []
        for sequence in range(1, last + 1):
            try:
                message = await self.js.get_msg("EVENTS", sequence)
            except nats.js.errors.NotFoundError:
                continue
            if (message.subject or "").startswith(f"events.{owner}."):
                events.append(parse(message.data or b""))
        return events

    async def heard(self, *names: str, seconds: float = 20) -> list[Any]:
        """Wait until the checkup has published exactly these events, in this order, and return them."""

        async def complete() -> list[Event]:
            events = await self.stored()
            assert [event.name for event in events] == list(names)
            return events

        return await wait.until(complete, timeout=seconds, message=f"checkup publishes {names}")


@pytest.fixture
def bus(js: JetStreamContext) -> Bus:
    return Bus(js)


Headers = dict[str, str]


@pytest.fixture
def login(oidc_server: OidcServer) -> Callable[..., Headers]:
    def headers(sub: str, *roles: str) -> Headers:
        return {"Authorization": f"Bearer {oidc_server.token_for(sub, roles=roles)}"}

    return headers


@pytest.fixture
def team(login: Callable[..., Headers]) -> Headers:
    return login("demo-operator", "operator")


@pytest.fixture
async def provider(bus: Bus, login: Callable[..., Headers]) -> Headers:
    """Whoever edits for the organisation whose solution it is."""
    await bus.join("demo-provider")
    return login("demo-provider")
