"""The log of searches loses nothing in a short outage, and neither memory nor a search to a long one."""

from collections.abc import Collection
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY
from search.application import search_log
from search.application.search_log import SearchLog
from search.domain.query_log import SearchEntry
from servicekit import errors
from servicekit.clock import FixedClock
from servicekit.testing import wait

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AWAY = errors.unavailable("temporarily-unavailable", "the database does not answer")


class Store:
    """Keeps what is written in lists; fails while `failure` is set."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.attempts = 0
        self.prepared = 0
        self.searches: list[SearchEntry] = []
        self.opened: list[str] = []

    async def prepare(self) -> None:
        self.prepared += 1

    async def write(self, searches: Collection[SearchEntry], opened: Collection[str]) -> None:
        self.attempts += 1
        if self.failure is not None:
            raise self.failure
        self.searches += searches
        self.opened += opened


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def log(store) -> SearchLog:
    return SearchLog(store, FixedClock(NOON), write_seconds=0.005)


def record(log: SearchLog, text: str = "Termin", *, hits: int = 3, earlier: str | None = None) -> str:
    return log.record(text, hits=hits, filtered=False, mode="hybrid", earlier=earlier)


def dropped(what: str) -> float:
    return REGISTRY.get_sample_value("search_log_dropped_total", {"what": what}) or 0.0


async def test_the_end_writes_what_waits(store) -> None:
    log = SearchLog(store, FixedClock(NOON), write_seconds=3600)
    async with log.keeping():
        await wait.until(lambda: store.prepared)
        first, second = record(log, "Termin"), record(log, "Mitfahrbank")
        log.opened(second)
    assert [(entry.id, entry.query) for entry in store.searches] == [(first, "Termin"), (second, "Mitfahrbank")]
    assert store.opened == [second]


async def test_every_search_has_an_id_of_its_own_and_keeps_the_one_it_continues(log) -> None:
    first, second = record(log), record(log)
    assert first != second
    assert record(log, "TERMIN", earlier=first) == first
    assert record(log, "Mitfahrbank", earlier=first) not in (first, second)


async def test_a_search_continued_before_it_is_written_is_written_once(store, log) -> None:
    first = record(log, hits=4)
    record(log, hits=9, earlier=first)
    async with log.keeping():
        pass
    assert [(entry.id, entry.hits, entry.continued) for entry in store.searches] == [(first, 9, False)]


async def test_an_outage_delays_and_loses_nothing(store, log) -> None:
    store.failure = AWAY
    before = dropped("search"), dropped("opening")
    async with log.keeping():
        ids = [record(log, f"Termin {number}") for number in range(20)]
        log.opened(ids[7])
        await wait.until(lambda: store.attempts > 4)
        ids.append(record(log, "später"))
        store.failure = None
        await wait.until(lambda: len(store.searches) == 21 and store.opened)
    assert [entry.id for entry in store.searches] == ids
    assert store.opened == [ids[7]]
    assert (dropped("search"), dropped("opening")) == before


async def test_what_was_tried_before_is_not_new_to_the_database_any_more(store, log) -> None:
    store.failure = AWAY
    async with log.keeping():
        record(log)
        await wait.until(lambda: store.attempts > 1)
        store.failure = None
    assert [entry.continued for entry in store.searches] == [True]


async def test_a_long_outage_costs_bounded_memory_and_is_counted(store, log, monkeypatch) -> None:
    monkeypatch.setattr(search_log, "MOST_WAITING", 5)
    store.failure = AWAY
    before = dropped("search"), dropped("opening")
    async with log.keeping():
        ids = [record(log, f"Termin {number}") for number in range(4)]
        attempts = store.attempts
        await wait.until(lambda: store.attempts > attempts + 1)
        ids += [record(log, f"Bus {number}") for number in range(4)]
        for search_id in (*ids, *ids[:5]):
            log.opened(search_id)
        store.failure = None
    assert [entry.id for entry in store.searches] == ids[:5]
    assert sorted(store.opened) == sorted(ids[:5])
    assert (dropped("search") - before[0], dropped("opening") - before[1]) == (3, 3)


async def test_what_the_database_refuses_for_good_is_dropped_and_the_next_is_written(store, log) -> None:
    store.failure = ValueError("cannot be encoded")
    before = dropped("search")
    async with log.keeping():
        record(log, "Gift")
        await wait.until(lambda: dropped("search") == before + 1)
        store.failure = None
        record(log, "Termin")
        await wait.until(lambda: store.searches)
    assert [entry.query for entry in store.searches] == ["Termin"]


async def test_an_outage_is_warned_of_once_a_minute(store, log, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(search_log.log, "warning", lambda sentence, **_: said.append(sentence))
    now = 100.0
    monkeypatch.setattr(search_log, "monotonic", lambda: now)
    store.failure = AWAY
    async with log.keeping():
        record(log)
        await wait.until(lambda: store.attempts > 3)
        assert len(said) == 1
        now += search_log.WARN_EVERY_SECONDS
        await wait.until(lambda: len(said) == 2)
        attempts = store.attempts
        await wait.until(lambda: store.attempts > attempts + 2)
        assert len(said) == 2
        store.failure = None
