"""What the unit tests of the search share; no server is needed."""

from collections.abc import Callable

import pytest
from search.adapters.lexicon import load_splitter
from search.domain.compounds import Splitter
from search.testing import Events


@pytest.fixture(scope="session")
def splitter() -> Splitter:
    return load_splitter()


@pytest.fixture(scope="session")
def events() -> Callable[..., Events]:
    return Events
