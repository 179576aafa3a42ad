"""commands and cached reads of the catalog per second, against bare motor with the same documents.

A command is the use case of saving a draft: who may, the rules, the audit trail and the outbox, until everything in it
is published and taken out; bare motor reads the same document and replaces the same field. Cached reads go over HTTP to
a process of the service.
"""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from catalog.adapters.repositories import LIVE_PROJECTION
from catalog.application.actor import Actor
from catalog.application.commands import solutions as commands
from catalog.domain import lifecycle, review
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.settings import CatalogSettings
from catalog.wiring import Container, build
from contracts import samples
from contracts.catalog import SolutionPublished
from contracts.ids import uuid7
from contracts.listing import Listing
from contracts.registry import parse
from contracts.vocabulary import OrganisationKind
from servicekit.testing.process import free_ports

from bench import figures, load
from bench.servers import Servers, servers

SECONDS = float(os.environ.get("BENCH_CATALOG_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_CATALOG_ROUNDS", "3"))
CONNECTIONS = (1, 16, 64)
EDITOR = Actor("bench-editor")
Attempt = Callable[[int, int], Awaitable[object]]


def listing() -> Listing:
    """Return a listing of a realistic size."""
    event = parse(samples.of(SolutionPublished).encode())
    assert isinstance(event, SolutionPublished)
    return event.data.listing


async def seed(container: Container) -> list[str]:
    """Make a provider with one published solution per connection, each with a draft; return their ids."""
    ports, now = container.ports, container.platform.clock.now()
    provider = Organisation(
        id=uuid7(),
        name="Musterlösungen GmbH",
        kinds=(OrganisationKind.PROVIDER,),
        state=OrganisationState.ONBOARDED,
        members=(EDITOR.as_member(MemberRole.EDITOR),),
        created_at=now,
    )
    await ports.organisations.add(provider.id, provider)
    ids = [uuid7() for _ in range(max(CONNECTIONS))]
    for number, solution_id in enumerate(ids):
        made = lifecycle.create(
            solution_id=solution_id,
            slug=f"bench-{number}",
            organisation_id=provider.id,
            organisation_name=provider.name,
            listing=listing(),
            at=now,
        )
        submitted = lifecycle.submit(made, by=EDITOR.user, at=now).state
        online = review.approved(submitted, 1, findings=(), message=None, provider_onboarded=True, at=now).state
        await ports.solutions.add(solution_id, lifecycle.save_draft(online, listing(), at=now).state)
    return ids


async def per_second(
    attempt: Attempt, connections: int, *, after: Callable[[], Awaitable[object]] | None = None
) -> float:
    """Repeat an attempt in so many tasks at once; return how many were done per second, with what they left to do."""
    done = 0
    started = time.perf_counter()
    until = started + SECONDS

    async def repeat(connection: int) -> None:
        nonlocal done
        for number in itertools.count():
            if time.perf_counter() >= until:
                return
            await attempt(connection, number)
            done += 1

    await asyncio.gather(*(repeat(connection) for connection in range(connections)))
    if after is not None:
        await after()
    return done / (time.perf_counter() - started)


@dataclass(frozen=True)
class Running:
    """Address and process of the service's API."""

    address: str
    pid: int


@asynccontextmanager
async def api(started: Servers) -> AsyncIterator[Running]:
    """Run the service's API as a process of its own."""
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "NATS_URL": started.nats_url,
        "MONGODB_URL": started.mongo_url,
        "MONGODB_DATABASE": "bench",
        "LOG_LEVEL": "warning",
    }
    code = f"from catalog.main import service; service.run('api', '127.0.0.1', {port})"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=address, trust_env=False) as client:
            while True:
                try:
                    if (await client.get("/health/live")).is_success:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        yield Running(address, process.pid)
    finally:
        process.terminate()
        await process.wait()


async def writes(container: Container, ids: list[str]) -> None:
    """Save drafts through the use case, and the same field through bare motor."""
    bare = container.platform.db["bare"]
    source = container.platform.db["solutions"]
    await bare.insert_many([document async for document in source.find({"_id": {"$in": ids}}, {"outbox": 0})])
    text = listing()

    async def command(connection: int, number: int) -> None:
        changed = replace_summary(text, connection, number)
        await commands.save_draft(container.ports, EDITOR, ids[connection], changed, expected=None)

    async def motor(connection: int, number: int) -> None:
        document = await bare.find_one({"_id": ids[connection]})
        assert document is not None
        document["versions"][-1]["listing"] = replace_summary(text, connection, number).model_dump(mode="json")
        await bare.find_one_and_update(
            {"_id": ids[connection], "version": document["version"]},
            {"$set": {"versions": document["versions"]}, "$inc": {"version": 1}},
        )

    async def relayed() -> None:
        await container.platform.relay.drain()
        await container.platform.relay.clean()

    await relayed()
    for connections in CONNECTIONS:
        ours, other = [], []
        for _ in range(ROUNDS):
            other.append(await per_second(motor, connections))
            ours.append(await per_second(command, connections, after=relayed))
        figures.paired(f"drafts saved, {connections} at once", ours, other, "/s", 0.5)


async def reads(container: Container, address: str, ids: list[str]) -> None:
    """Read a public solution over HTTP, and its document through bare motor."""
    collection = container.platform.db["solutions"]

    async def motor(connection: int, _: int) -> None:
        await collection.find_one({"_id": ids[connection]}, LIVE_PROJECTION)

    prepared = load.request(f"{address}/solutions/{ids[0]}")
    for connections in CONNECTIONS:
        ours, other = [], []
        for _ in range(ROUNDS):
            other.append(await per_second(motor, connections))
            found = await load.run(address, itertools.repeat(prepared), connections=connections, seconds=SECONDS)
            if found.refused:
                raise RuntimeError(f"{found.refused} reads were refused")
            ours.append(found.per_second)
        figures.paired(f"public solutions read, {connections} at once", ours, other, "/s", 0.7)


def replace_summary(text: Listing, connection: int, number: int) -> Listing:
    """Return the listing with a summary that was not there before."""
    return text.model_copy(update={"summary": f"Termine online buchen, Stand {connection}.{number}.{time.time_ns()}"})


async def run() -> None:
    """Measure in turn and print."""
    figures.row("per second", "catalog", "bare motor", "ratio")
    async with servers() as started:
        settings = CatalogSettings(
            nats_url=started.nats_url, mongodb_url=started.mongo_url, mongodb_database="bench", log_level="warning"
        )
        async with build(settings) as container:
            ids = await seed(container)
            await writes(container, ids)
            async with api(started) as running:
                await reads(container, running.address, ids)
