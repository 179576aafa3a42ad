"""With the permissions of the topology the service can do all it must: read, replay, announce, alert, forget."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import pytest
from contracts import topology
from contracts.catalog import MemberLeft, MemberLeftData
from contracts.ids import uuid7
from contracts.search import IndexRebuilt
from contracts.subjects import wildcard
from nats.aio.client import Client
from search.settings import SearchSettings
from servicekit import provision
from servicekit.testing import embedded, wait
from servicekit.testing.plugin import running
from servicekit.testing.process import RunningServer, free_ports
from servicekit.testing.servers import MongoServer, OidcServer

from .alerting import PATH, Owner, at


@pytest.fixture
def guarded(servers_directory: Path) -> Iterator[RunningServer]:
    """A NATS server that knows its users; each one's password is the name."""
    authorization = topology.nats_authorization({user.name: user.name for user in topology.PERMISSIONS})
    port, monitor_port = free_ports(2)

    def build() -> embedded.ServerSpec:
        directory = servers_directory / f"nats-guarded-{port}"
        return embedded.nats(directory, port=port, monitor_port=monitor_port, authorization=authorization)

    with running(servers_directory, build) as server:
        yield server


@pytest.fixture
async def connection(guarded: RunningServer) -> AsyncIterator[Client]:
    """The operator, who has provisioned, instead of the open server's anybody."""
    client = await nats.connect(guarded.url, user="operator", password="operator")
    await provision.provision(client.jetstream())
    yield client
    await client.close()


@pytest.fixture
def settings(
    guarded: RunningServer,
    oidc_server: OidcServer,
    engine: RunningServer,
    mongo_server: MongoServer,
    mongo_database: str,
) -> SearchSettings:
    return SearchSettings(
        env="test",
        nats_url=guarded.url,
        nats_user="search",
        nats_password="search",
        mongodb_url=mongo_server.url,
        mongodb_database=mongo_database,
        opensearch_url=engine.url,
        oidc_issuer=oidc_server.issuer,
        supervise_seconds=0.05,
    )


async def test_projection_replay_and_announcement_are_permitted(search, connection) -> None:
    await search.publish(search.solution("comby").published())
    await search.until_total(1)
    container = search.container
    await container.administration.discard((await container.administration.state()).all)
    await search.publish(search.solution("dorffunk").published())
    await search.until_total(2)
    announced = await connection.jetstream().pull_subscribe(wildcard(IndexRebuilt), stream="EVENTS")
    for _ in range(2):  # the second follows its swap
        await announced.fetch(1, timeout=5)


async def test_alerts_and_forgetting_are_permitted(search, connection, oidc_server) -> None:
    user = f"user-{uuid7()}"
    owner = Owner(connection.jetstream(), user, {"Authorization": f"Bearer {oidc_server.token_for(user)}"})
    await owner.save(search.http)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await search.publish(at(search.solution("comby").published(), soon))
    await owner.until_reasons("new_listing")
    await search.publish(
        MemberLeft.new(MemberLeftData(organisation_id="town", user=user), aggregate_id="town", time=soon)
    )

    async def forgotten() -> bool:
        return (await search.http.get(PATH, headers=owner.headers)).json()["items"] == []

    await wait.until(forgotten)
