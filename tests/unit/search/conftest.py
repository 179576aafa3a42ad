"""What the unit tests of the search share; no server is needed."""

from collections.abc import Callable

import pytest
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.domain.compounds import Splitter
from search.domain.entry import Entry
from search.domain.query_text import QueryReader
from search.domain.thesaurus import Thesaurus
from search.domain.vocabulary import Vocabulary
from search.testing import Events


@pytest.fixture(scope="session")
def splitter() -> Splitter:
    return load_splitter()


@pytest.fixture(scope="session")
def thesaurus() -> Thesaurus:
    return load_thesaurus()


@pytest.fixture(scope="session")
def reading(splitter: Splitter, thesaurus: Thesaurus) -> Callable[..., QueryReader]:
    """Return a reader of queries for listings that consist of these words."""

    def made(words: str = "") -> QueryReader:
        vocabulary = Vocabulary(splitter)
        entry = Entry("id", "slug", "name", (), "provider", (), "hash", 1, words=tuple(words.split()))
        vocabulary.changed([entry], [])
        return QueryReader(splitter, thesaurus, vocabulary)

    return made


@pytest.fixture(scope="session")
def events() -> Callable[..., Events]:
    return Events
