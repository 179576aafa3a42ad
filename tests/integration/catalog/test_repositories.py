"""The repositories do on the real database what the ports promise."""

from collections.abc import AsyncIterator

import pytest
from catalog.adapters.repositories import MongoOrganisations, MongoRatingBooks, MongoSolutions
from catalog.application.ports import Ports
from catalog.settings import CatalogSettings
from servicekit import mongo
from servicekit.clock import SystemClock
from servicekit.mongo import AggregateCollection
from servicekit.testing.servers import MongoServer

from tests.unit.catalog.repository_suite import AggregateSuite, OrganisationSuite, RatingSuite, SolutionSuite


@pytest.fixture
async def ports(mongo_server: MongoServer, mongo_database: str) -> AsyncIterator[Ports]:
    settings = CatalogSettings(mongodb_url=mongo_server.url, mongodb_database=mongo_database)
    async with mongo.connect(settings) as connection:
        organisations = MongoOrganisations(AggregateCollection(connection.db, "organisations"))
        solutions = MongoSolutions(AggregateCollection(connection.db, "solutions"))
        ratings = MongoRatingBooks(AggregateCollection(connection.db, "ratings"))
        for repository in (organisations, solutions, ratings):
            await repository.prepare()
        yield Ports(organisations, solutions, ratings, SystemClock())


class TestAggregates(AggregateSuite):
    pass


class TestOrganisations(OrganisationSuite):
    pass


class TestSolutions(SolutionSuite):
    pass


class TestRatings(RatingSuite):
    pass
