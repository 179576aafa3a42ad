"""The mirror ends up with what the index shows, whatever happens to index and engine meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.application import mirror as module
from search.application.mapping import apply
from search.application.mirror import Mirror
from search.domain.compounds import Splitter
from search.domain.entry import Entry, Listed, Revision, entry_from, kept_of, revision_of
from search.domain.texts import texts_of
from search.testing import NOON, Events
from servicekit import errors
from servicekit.testing import wait

BATCH = 3
AWAY = errors.unavailable("search-unavailable", "the engine does not answer")


def listed(number: int, position: int, version: int | None = None, *, shown: bool = True, name: str = "") -> Listed:
    key = f"id-{number}"
    entry = Entry(
        id=key,
        slug=key,
        name=name or f"Name {position}",
        aliases=(),
        provider="P",
        fields_of_action=(),
        content_hash=str(position),
        sequence=position,
        words=("Wort", str(position)),
        parts=("teil",),
    )
    return Listed(Revision(key, position, version or position), entry if shown else None)


@dataclass
class FakeFeed:
    """Indices in memory; `meanwhile` happens before every answer."""

    indices: dict[str, dict[str, Listed]] = field(default_factory=lambda: {"one": {}})
    alias: str = "one"
    lineages: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], None] = lambda: None
    read_ids: list[str] = field(default_factory=list)

    def put(self, *items: Listed, index: str | None = None) -> None:
        self.indices[index or self.alias].update({item.revision.id: item for item in items})

    def shown(self) -> dict[str, Entry]:
        documents = self.indices[self.alias].values()
        return {each.revision.id: replace(each.entry, words=(), parts=()) for each in documents if each.entry}

    def _index(self, name: str) -> dict[str, Listed]:
        self.meanwhile()
        if name not in self.indices:
            raise AWAY
        return self.indices[name]

    async def live(self) -> str:
        self._index(self.alias)
        return self.alias

    async def lineage(self, index: str) -> str:
        self._index(index)
        return self.lineages.get(index, "1")

    async def revisions(self, index: str, *, after: int) -> AsyncIterator[list[Revision]]:
        while True:
            found = [each.revision for each in self._index(index).values() if each.revision.position > after]
            batch = sorted(found, key=lambda revision: revision.position)[:BATCH]
            if not batch:
                return
            yield batch
            after = batch[-1].position

    async def read(self, index: str, ids: Sequence[str]) -> list[Listed]:
        documents = self._index(index)
        self.read_ids += ids
        return [documents[each] for each in ids if each in documents]


class Copy:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        assert all(entry.words and entry.parts for entry in added)
        self.entries.update({entry.id: replace(entry, words=(), parts=()) for entry in added})
        for each in removed:
            del self.entries[each]


def following(feed: FakeFeed) -> tuple[Mirror, Copy]:
    mirror, copy = Mirror(feed, seconds=0.001), Copy()
    mirror.subscribe(copy)
    return mirror, copy


def compare_everything_next(mirror: Mirror) -> None:
    mirror._whole_due = 0


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 9), st.booleans(), st.integers(0, 3)),
        st.tuples(st.just("look")),
        st.tuples(st.just("rebuild"), st.booleans()),
        st.tuples(st.just("back")),
        st.tuples(st.just("lose")),
        st.tuples(st.just("fail"), st.integers(1, 6)),
    ),
    min_size=10,
    max_size=40,
)


@settings(max_examples=300)
@given(actions=ACTIONS, late=st.integers(0, 3))
def test_the_mirror_ends_with_what_the_index_shows(actions: list[tuple], late: int) -> None:
    """Writes come late and while a look is under way; indices are replaced, lost and made anew; the engine fails.

    Very late writes are only found by comparing everything, all others without.
    """
    asyncio.run(_story(actions, late))


async def _story(actions: list[tuple], late: int) -> None:
    feed, position, made = FakeFeed(), 5000, 1
    mirror, copy = following(feed)
    earlier: list[str] = []
    waiting: list[tuple[int, Listed]] = []
    failures: list[int] = []

    def meanwhile() -> None:
        nonlocal waiting
        due = [item for delay, item in waiting if delay <= 0]
        waiting = [(delay - 1, item) for delay, item in waiting if delay > 0]
        for item in due:
            known = feed.indices[feed.alias].get(item.revision.id)
            if known is None or known.revision.version < item.revision.version:
                feed.put(item)
        if failures:
            failures[0] -= 1
            if failures[0] == 0:
                failures.clear()
                raise AWAY

    async def look() -> None:
        try:
            await mirror.look()
        except errors.ProblemError:
            feed.meanwhile = meanwhile

    feed.meanwhile = meanwhile
    for action in actions:
        match action:
            case ("write", number, shown, delay):
                position += 400
                waiting.append((delay * late, listed(number, position, shown=shown)))
            case ("look",):
                await look()
            case ("rebuild", same):
                made += 1
                feed.indices[f"index-{made}"] = dict(feed.indices[feed.alias])
                feed.lineages[f"index-{made}"] = feed.lineages.get(feed.alias, "1") if same else str(made)
                earlier.append(feed.alias)
                feed.alias = f"index-{made}"
            case ("back",) if earlier:
                feed.alias = earlier.pop()
            case ("lose",):
                made, position, waiting = made + 1, 0, []
                feed.alias = f"index-{made}"
                earlier.clear()
                feed.indices, feed.lineages = {feed.alias: {}}, {feed.alias: str(made)}
            case ("fail", calls):
                failures[:] = [calls]
    while waiting:
        failures.clear()
        await look()
    feed.meanwhile = lambda: None
    if late:
        compare_everything_next(mirror)
    await mirror.look()
    assert dict(mirror.entries) == feed.shown() == copy.entries
    assert mirror.loaded


async def test_a_look_reads_only_what_is_new() -> None:
    feed = FakeFeed()
    mirror, copy = following(feed)
    feed.put(*(listed(number, number + 1) for number in range(10)))
    await mirror.look()
    assert len(mirror.entries) == 10
    version = mirror.version

    feed.read_ids.clear()
    await mirror.look()
    assert (feed.read_ids, mirror.version) == ([], version)

    feed.put(listed(4, 11, name="Neu"), listed(5, 12, shown=False), listed(99, 13, shown=False))
    await mirror.look()
    assert feed.read_ids == ["id-4", "id-5", "id-99"]
    assert mirror.version > version
    assert mirror.entries["id-4"].name == "Neu"
    assert "id-5" not in mirror.entries
    assert dict(mirror.entries) == feed.shown() == copy.entries


async def test_what_workers_write_out_of_order_is_found_without_comparing_everything() -> None:
    feed = FakeFeed()
    mirror, _ = following(feed)
    feed.put(listed(1, 5000))
    await mirror.look()
    feed.put(listed(2, 5000 - module.OVERLAP + 1), listed(3, 5001))
    feed.put(listed(1, 5000, version=5100, name="Eine ältere Nutzung kam später"))
    await mirror.look()
    assert dict(mirror.entries) == feed.shown()


async def test_what_comes_later_than_that_is_found_by_comparing_everything() -> None:
    feed = FakeFeed()
    mirror, _ = following(feed)
    feed.put(listed(1, 5000))
    await mirror.look()
    feed.put(listed(2, 10))
    await mirror.look()
    assert "id-2" not in mirror.entries
    compare_everything_next(mirror)
    await mirror.look()
    assert "id-2" in mirror.entries


async def test_a_rebuilt_index_of_the_same_stream_and_schema_is_not_read_again() -> None:
    feed = FakeFeed()
    mirror, _ = following(feed)
    feed.put(*(listed(number, number + 1) for number in range(10)))
    await mirror.look()

    feed.read_ids.clear()
    feed.indices["two"], feed.alias = dict(feed.indices["one"]), "two"
    feed.put(listed(7, 20))
    del feed.indices["two"]["id-3"]
    await mirror.look()
    assert feed.read_ids == ["id-7"]
    assert dict(mirror.entries) == feed.shown()

    feed.read_ids.clear()
    feed.indices["three"], feed.alias, feed.lineages = dict(feed.indices["two"]), "three", {"three": "2"}
    await mirror.look()
    assert len(feed.read_ids) == 9


async def test_going_back_to_the_index_before_shows_what_that_one_shows() -> None:
    feed = FakeFeed()
    mirror, _ = following(feed)
    feed.put(listed(1, 1), listed(2, 3000))
    await mirror.look()
    feed.indices["two"], feed.alias = {}, "two"
    feed.put(listed(1, 5000, name="Neu"), listed(3, 5001))
    await mirror.look()
    feed.alias = "one"
    await mirror.look()
    assert dict(mirror.entries) == feed.shown()

    def removed_in_the_middle() -> None:
        if feed.read_ids:
            del feed.indices["two"]

    feed.put(*(listed(number, 6000 + number) for number in range(4, 9)), index="two")
    feed.lineages["two"], feed.alias, feed.meanwhile = "2", "two", removed_in_the_middle
    feed.read_ids.clear()
    with pytest.raises(errors.ProblemError):
        await mirror.look()
    assert "id-4" in mirror.entries
    feed.alias, feed.meanwhile = "one", lambda: None
    await mirror.look()
    assert dict(mirror.entries) == feed.shown()


async def test_the_mirror_keeps_what_it_has_while_there_is_no_index() -> None:
    feed = FakeFeed()
    mirror, _ = following(feed)
    feed.put(listed(1, 1))
    async with mirror.following():
        assert len(mirror.entries) == 1, "the first look is over when the block begins"
        index = feed.indices.pop("one")
        looks: list[int] = []
        feed.meanwhile = lambda: looks.append(1)
        await wait.until(lambda: len(looks) >= 3)
        assert len(mirror.entries) == 1
        index["id-2"] = listed(2, 2)
        feed.indices["one"] = index
        await wait.until(lambda: len(mirror.entries) == 2)


async def test_a_fault_of_a_listener_is_survived_and_told_again() -> None:
    feed, fails = FakeFeed(), [True]
    mirror, copy = following(feed)

    class Faulty:
        def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
            if fails and fails.pop():
                raise ValueError("once")

    mirror.subscribe(Faulty())
    feed.put(listed(1, 1))
    async with mirror.following():
        await wait.until(lambda: mirror.loaded)
        assert dict(mirror.entries) == copy.entries == feed.shown()


async def test_a_slow_engine_does_not_keep_the_process_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_LOOK_SECONDS", 0.01)

    class Slow(FakeFeed):
        async def live(self) -> str:
            await asyncio.Event().wait()
            return ""

    async with Mirror(Slow(), seconds=0.001).following():
        pass


def test_the_entry_says_what_the_index_keeps(splitter: Splitter) -> None:
    events = Events()
    published = events.published(aliases=["Mitfahrbänkle"], features=["Anzeige der Fahrt", "Anzeige 24"])
    document = apply(None, published, 7)
    assert document is not None
    kept = kept_of(document, texts_of(document, splitter), splitter)
    assert kept is not None
    entry = entry_from(document.id, kept)
    assert (entry.name, entry.aliases, entry.sequence) == ("Comby – die digitale Mitfahrbank", ("Mitfahrbänkle",), 7)
    assert {"Mitfahrbank", "Mitfahrbänke", "Mitfahrbänkle", "Musterlösungen", "Mobilität", "Anzeige"} <= {*entry.words}
    assert not {"24", "–"} & {*entry.words}
    assert len(entry.words) == len({*entry.words})
    assert {"mitfahr", "bank"} <= {*entry.parts}

    again = apply(None, events.published(2, at=NOON + timedelta(days=9), aliases=["Mitfahrbänkle"]), 9)
    other = apply(None, events.published(3, aliases=["Bänkle"]), 9)
    hashes = [kept_of(each, texts_of(each, splitter), splitter)["content_hash"] for each in (document, again, other)]
    assert len({*hashes}) == 3, "features and aliases belong to the text"


def test_every_event_an_entry_is_made_of_raises_the_version() -> None:
    events, versions = Events(), []
    document = None
    for event, sequence in ((events.published(), 4), (events.deployed(), 3), (events.published(2), 9)):
        document = apply(document, event, sequence)
        assert document is not None
        revision = revision_of(document)
        assert revision is not None
        versions.append(revision.version)
    assert versions == [4, 7, 12]
    assert revision.position == 9
    assert revision_of(apply(None, events.rated(), 3)) is None
