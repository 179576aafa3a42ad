"""Runs the search service over a catalogue of any size: bus, database, engine, worker, API and gateway as processes."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import nats
from bson import Binary
from contracts import topology
from contracts.subjects import subject_of
from motor.motor_asyncio import AsyncIOMotorClient
from nats.js.api import DeliverPolicy
from search.adapters.embedder import MODEL
from search.adapters.mongo.embeddings import COLLECTION
from servicekit.provision import consumer_config
from servicekit.testing import embedded
from servicekit.testing.opensearch import empty, refuse_foreign
from servicekit.testing.process import Probe, RunningServer, ServerSpec, free_ports, installed

from bench import catalogue
from bench.servers import Servers, servers

CADDYFILE = Path(__file__).parents[1] / "deploy" / "gateway" / "Caddyfile"
DATABASE = "search"
AT_ONCE = 500
PATIENCE_SECONDS = 1800.0


@dataclass(frozen=True)
class Listed:
    """Addresses and process ids of what runs; every listing can be found, also by meaning."""

    engine: str
    service: str
    gateway: str
    pids: dict[str, int]

    def peak_megabytes(self, name: str) -> float:
        """Return the most memory a process had so far."""
        status = Path(f"/proc/{self.pids[name]}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


@asynccontextmanager
async def listed(size: int) -> AsyncIterator[Listed]:
    """Start everything with so many listings, stop it at the end.

    The engine is the one at OPENSEARCH_URL, which must be empty or one for tests, else the embedded one.
    """
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="marktplatz-bench-")))
        backing = await stack.enter_async_context(servers())
        if engine := os.environ.get("OPENSEARCH_URL", ""):
            refuse_foreign(engine)
            empty(engine)
            stack.callback(empty, engine)
        else:
            own = embedded.search(port=free_ports(1)[0])
            engine = stack.enter_context(RunningServer(own, directory / "engine.log")).url
        last = await _fill(backing, size)
        running = {}
        for mode in ("worker", "api"):
            running[mode] = stack.enter_context(
                RunningServer(_service(mode, backing, engine), directory / f"{mode}.log")
            )
            await _until(lambda: _found(running["worker"].url, engine, size), running["worker"])
        gateway = stack.enter_context(
            RunningServer(
                embedded.caddy(
                    directory / "gateway",
                    port=free_ports(1)[0],
                    caddyfile=CADDYFILE,
                    env={"SEARCH_UPSTREAM": running["api"].url.removeprefix("http://")},
                ),
                directory / "gateway.log",
            )
        )
        await _until(lambda: _compared(running["api"].url, last), running["api"])
        yield Listed(engine, running["api"].url, gateway.url, {name: server.pid for name, server in running.items()})


async def _fill(backing: Servers, size: int) -> str:
    """Put events and vectors where the service reads them; return the id of the last solution.

    The durables start behind what is there, since the index is built from the whole stream anyway.
    """
    demo = await catalogue.demo_vectors()
    client = await nats.connect(backing.nats_url)
    js = client.jetstream(publish_async_max_pending=256)
    database: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(backing.mongo_url)
    vectors = {}
    last = ""
    for number, entry in enumerate(catalogue.catalogue(size)):
        acknowledged = [
            await js.publish_async(subject_of(event), event.to_bytes()) for event in catalogue.events(entry, number)
        ]
        hashed, vector = catalogue.vector(entry, demo)
        vectors[hashed] = vector
        if len(vectors) == AT_ONCE or number == size - 1:
            documents = [
                {"_id": f"{MODEL}:{hashed}", "vector": Binary(vector.astype("float16").tobytes())}
                for hashed, vector in vectors.items()
            ]
            await database[DATABASE][COLLECTION].insert_many(documents)
            await asyncio.gather(*acknowledged)
            vectors.clear()
        last = entry.solution_id
    database.close()
    await js.publish_async_completed()
    for durable in ("search-projection", "search-alerts"):
        spec = topology.consumer(durable)
        config = consumer_config(spec)
        config.deliver_policy = DeliverPolicy.NEW
        await js.delete_consumer(spec.stream, durable)
        await js.add_consumer(spec.stream, config)
    await client.close()
    return last


def _service(mode: str, backing: Servers, engine: str) -> ServerSpec:
    url = f"http://{embedded.LOOPBACK}:{(port := free_ports(1)[0])}"
    environment = {
        "ENV": "test",
        "HOST": embedded.LOOPBACK,
        "PORT": str(port),
        "LOG_LEVEL": "warning",
        "NATS_URL": backing.nats_url,
        "MONGODB_URL": backing.mongo_url,
        "MONGODB_DATABASE": DATABASE,
        "OPENSEARCH_URL": engine,
    }
    ready = Probe(f"{url}/health/live")
    return ServerSpec(mode, (installed("marktplatz-search"), mode), url, ready, environment)


async def _until(true: Callable[[], Awaitable[bool]], server: RunningServer) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{server.spec.name} did not get that far:\n{server.tail()}")
        await asyncio.sleep(0.5)


async def _found(worker: str, engine: str, size: int) -> bool:
    async with httpx.AsyncClient(timeout=60) as http:
        ready = await http.get(f"{worker}/health/ready")
        counted = await http.get(f"{engine}/solutions/_count")
    return ready.is_success and counted.is_success and counted.json()["count"] >= size


async def _compared(service: str, solution_id: str) -> bool:
    """True when the vector of a solution is in the memory of the service."""
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.get(f"{service}/similar/{solution_id}")
    return answer.is_success and bool(answer.json()["results"])
