"""Saved searches and marks do on the real database what the ports promise."""

from collections.abc import AsyncIterator

import pytest
from search.adapters.mongo.alert_marks import MongoAlertMarks
from search.adapters.mongo.saved_searches import MongoSavedSearches
from search.application.alert_ports import Marks, SavedSearches
from search.settings import SearchSettings
from servicekit import mongo
from servicekit.mongo import AggregateCollection, Mongo
from servicekit.testing.servers import MongoServer

from tests.unit.search.saved_search_suite import MarksSuite, SavedSearchSuite


@pytest.fixture
async def database(mongo_server: MongoServer, mongo_database: str) -> AsyncIterator[Mongo]:
    settings = SearchSettings(mongodb_url=mongo_server.url, mongodb_database=mongo_database)
    async with mongo.connect(settings) as connection:
        yield connection


@pytest.fixture
async def saved(database: Mongo) -> SavedSearches:
    store = MongoSavedSearches(AggregateCollection(database.db, "saved_searches"))
    await store.prepare()
    return store


@pytest.fixture
def marks(database: Mongo) -> Marks:
    return MongoAlertMarks(database.db)


class TestSavedSearches(SavedSearchSuite):
    pass


class TestMarks(MarksSuite):
    pass
