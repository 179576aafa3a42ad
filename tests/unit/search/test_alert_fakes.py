"""The fakes do what the ports promise."""

import pytest
from search.application.alert_ports import Marks, SavedSearches

from .alert_fakes import FakeMarks, FakeSavedSearches
from .saved_search_suite import MarksSuite, SavedSearchSuite


@pytest.fixture
def saved() -> SavedSearches:
    return FakeSavedSearches()


@pytest.fixture
def marks() -> Marks:
    return FakeMarks()


class TestSavedSearches(SavedSearchSuite):
    pass


class TestMarks(MarksSuite):
    pass
