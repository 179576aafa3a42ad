"""A small service of two collections to try the kit with, on the real servers."""

from collections.abc import AsyncIterator

import pytest
from servicekit.mongo import AggregateCollection
from servicekit.platform import Platform, open_platform
from servicekit.settings import ServiceSettings
from servicekit.testing.servers import MongoServer, NatsServer, OidcServer


class KitSettings(ServiceSettings):
    service_name = "catalog"


@pytest.fixture
def settings(
    nats_server: NatsServer, mongo_server: MongoServer, oidc_server: OidcServer, mongo_database: str
) -> KitSettings:
    return KitSettings(
        nats_url=nats_server.url,
        mongodb_url=mongo_server.url,
        mongodb_database=mongo_database,
        oidc_issuer=oidc_server.issuer,
        shutdown_seconds=5,
        outbox_sweep_seconds=0.2,
    )


@pytest.fixture
async def platform(settings: KitSettings, clean_streams: None) -> AsyncIterator[Platform]:
    async with open_platform(settings) as opened:
        yield opened


@pytest.fixture
async def things(platform: Platform) -> AggregateCollection:
    collection = platform.aggregates("things")
    await collection.prepare()
    return collection
