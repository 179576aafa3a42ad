"""Vectors are computed once per content and follow what can be found, whatever fails meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.adapters.vectors import MemoryVectors
from search.application import meaning as module
from search.application.mapping import apply
from search.application.meaning import AT_ONCE, Backlog, Meaning, VectorLoader, VectorMaker
from search.application.meaning_ports import Vector
from search.domain.document import SolutionDocument
from search.domain.entry import Entry, Listed, Revision
from search.domain.fusion import NOTHING_NEAR, Nearness
from search.domain.texts import content_hash, embedded_text
from search.testing import Events
from servicekit import errors
from servicekit.testing import wait

AWAY = errors.unavailable("embeddings-unavailable", "the vectors cannot be reached")
DIMENSIONS = 4


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.005)


def vector_of(text: str) -> Vector:
    """Return a vector that only this text has."""
    drawn = np.random.default_rng(int(content_hash(text)[:8], 16)).standard_normal(DIMENSIONS)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def entry(solution_id: str, hashed: str) -> Entry:
    return Entry(solution_id, solution_id, "Name", (), "P", (), hashed, 1)


class FakeEmbedder:
    """Computes at once what is not to wait or to fail; `meanwhile` happens before every answer."""

    model = "fake"

    def __init__(self) -> None:
        self.computed: list[str] = []
        self.fails: Collection[str] = ()
        self.gate = asyncio.Event()
        self.gate.set()
        self.meanwhile: Callable[[], None] = lambda: None

    async def query(self, text: str) -> Vector:
        await self.gate.wait()
        return vector_of(text)

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        await self.gate.wait()
        self.meanwhile()
        for text in texts:
            if any(part in text for part in self.fails):
                raise RuntimeError(f"cannot be computed: {text}")
        self.computed += texts
        return [vector_of(text) for text in texts]


class FakeStore:
    """Keeps vectors in memory; away when told so."""

    def __init__(self) -> None:
        self.vectors: dict[str, Vector] = {}
        self.away = False
        self.calls = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def _answer(self) -> None:
        self.calls += 1
        self.meanwhile()
        if self.away:
            raise AWAY

    async def known(self, hashes: Collection[str]) -> set[str]:
        self._answer()
        return {each for each in hashes if each in self.vectors}

    async def get(self, hashes: Collection[str]) -> Mapping[str, Vector]:
        found = {each: self.vectors[each] for each in hashes if each in self.vectors}
        await asyncio.sleep(0)
        self._answer()
        return found

    async def put(self, content_hash: str, vector: Vector) -> None:
        self._answer()
        self.vectors[content_hash] = vector


@dataclass
class FakeIndex:
    """`ListingFeed` and `SolutionReader` on documents in memory; `seen` are those that the feed tells of so far."""

    documents: dict[str, SolutionDocument] = field(default_factory=dict)
    seen: dict[str, Listed] = field(default_factory=dict)
    away: bool = False
    position: int = 0

    def write(self, number: int, *, tell: bool = True, **listing: object) -> str:
        """Publish a solution; unless told at once, the feed goes on telling what it was before."""
        events = Events(f"solution-{number}")
        self.position += 1
        document = apply(None, events.published(**{"name": f"Name {number}", **listing}), self.position)
        assert document is not None
        self.documents[document.id] = document
        if tell:
            self.tell()
        return document.id

    def withdraw(self, solution_id: str) -> None:
        self.position += 1
        del self.documents[solution_id]
        self.seen[solution_id] = Listed(Revision(solution_id, self.position, self.position), None)

    def tell(self) -> None:
        for key, document in self.documents.items():
            at = document.seq["listing"]
            self.seen[key] = Listed(Revision(key, at, at), replace(entry(key, self.hash_of(key)), words=("x",)))

    def hash_of(self, solution_id: str) -> str:
        listing = self.documents[solution_id].listing
        assert listing is not None
        return content_hash(embedded_text(listing.listing))

    async def live(self) -> str:
        if self.away:
            raise errors.unavailable("search-unavailable", "the engine does not answer")
        return "index"

    async def lineage(self, index: str) -> str:
        return "1"

    async def revisions(self, index: str, *, after: int) -> AsyncIterator[list[Revision]]:
        found = sorted((each.revision for each in self.seen.values()), key=lambda each: each.position)
        if batch := [each for each in found if each.position > after]:
            yield batch

    async def read(self, index: str, ids: Sequence[str]) -> list[Listed]:
        return [self.seen[each] for each in ids if each in self.seen]


class Documents:
    """The same index, read as documents."""

    def __init__(self, index: FakeIndex) -> None:
        self._index = index

    async def read(self, index: str, ids: list[str]) -> Mapping[str, SolutionDocument]:
        await self._index.live()
        return {each: self._index.documents[each] for each in ids if each in self._index.documents}


def maker(index: FakeIndex, embedder: FakeEmbedder, store: FakeStore) -> VectorMaker:
    return VectorMaker(index, Documents(index), embedder, store, seconds=0.001)


def wanted(index: FakeIndex) -> set[str]:
    return {index.hash_of(key) for key in index.documents}


async def test_each_content_is_computed_once_and_kept() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    for number in range(5):
        index.write(number, name=f"Name {number % 3}")
    async with maker(index, embedder, store).making():
        await wait.until(lambda: {*store.vectors} == wanted(index))
    first = [*embedder.computed]
    async with maker(index, embedder, store).making():
        index.write(9)
        await wait.until(lambda: {*store.vectors} == wanted(index))
    assert embedder.computed[len(first) :] == [text for text in embedder.computed if "Name 9" in text], "only the new"
    for text in embedder.computed:
        assert np.array_equal(store.vectors[content_hash(text)], vector_of(text))


async def test_computing_goes_on_where_it_was_when_store_or_engine_come_back() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    store.away = True
    ids = [index.write(number) for number in range(3)]
    async with maker(index, embedder, store).making():
        await wait.until(lambda: store.calls >= 3, message="it tries again")
        assert embedder.computed == []
        index.away, store.away = True, False
        await wait.until(lambda: store.calls >= 6)
        index.away = False
        await wait.until(lambda: {*store.vectors} == wanted(index))
    assert len(embedder.computed) == len(ids)


async def test_what_cannot_be_computed_keeps_nothing_else_from_it() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    embedder.fails = ("Name 0", "Name 2")
    for number in range(5):
        index.write(number)
    async with maker(index, embedder, store).making():
        await wait.until(lambda: len(store.vectors) == 3)
        embedder.fails = ()
        await wait.until(lambda: {*store.vectors} == wanted(index))


async def test_a_content_that_changes_while_it_waits_is_computed_as_it_is_once_that_is_told() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    key = index.write(1, name="Alt")
    index.write(1, tell=False, name="Neu")
    async with maker(index, embedder, store).making():
        await wait.until(lambda: store.calls >= 5, message="the old content is asked for again and again")
        assert embedder.computed == [], "neither the old content, which is gone, nor the new one over and over"
        index.tell()
        await wait.until(lambda: {*store.vectors} == {index.hash_of(key)})
    assert len(embedder.computed) == 1


async def test_a_content_that_changes_while_it_is_computed_is_computed_anew() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    key = index.write(1, name="Alt")
    old = index.hash_of(key)

    def change() -> None:
        if not embedder.computed:
            index.write(1, name="Neu")

    embedder.meanwhile = change
    async with maker(index, embedder, store).making():
        await wait.until(lambda: {*store.vectors} == {old, index.hash_of(key)})


async def test_what_was_withdrawn_is_not_waited_for() -> None:
    index, embedder, store = FakeIndex(), FakeEmbedder(), FakeStore()
    embedder.gate.clear()
    gone = index.write(1)
    async with maker(index, embedder, store).making():
        await wait.until(lambda: store.calls)
        index.withdraw(gone)
        embedder.gate.set()
        stays = index.write(2)
        await wait.until(lambda: index.hash_of(stays) in store.vectors)


class Following:
    """`VectorLoader` and `Meaning` with everything around them."""

    def __init__(self) -> None:
        self.embedder, self.store = FakeEmbedder(), FakeStore()
        self.vectors = MemoryVectors(DIMENSIONS)
        self.loader = VectorLoader(self.store, self.vectors)
        self.meaning = Meaning(self.embedder, self.vectors)

    async def holds(self, **contents: str) -> bool:
        """True when exactly these solutions have the vectors of these texts."""
        found = {key: await self.vectors.vector(key) for key in contents}
        return len(self.meaning) == len(contents) and all(
            vector is not None and np.array_equal(vector, vector_of(contents[key])) for key, vector in found.items()
        )

    def compute(self, *texts: str) -> None:
        self.store.vectors |= {text: vector_of(text) for text in texts}


@pytest.fixture
async def following() -> AsyncIterator[Following]:
    made = Following()
    async with made.loader.following():
        yield made


async def test_vectors_are_fetched_as_they_are_computed(following: Following) -> None:
    following.compute("A")
    following.loader.changed([entry("a", "A"), entry("b", "B")], [])
    await wait.until(lambda: following.holds(a="A"))
    following.compute("B")
    await wait.until(lambda: following.holds(a="A", b="B"))


async def test_a_changed_solution_keeps_its_old_vector_until_the_new_one_is_there(following: Following) -> None:
    following.compute("A")
    following.loader.changed([entry("a", "A")], [])
    await wait.until(lambda: following.holds(a="A"))
    following.loader.changed([entry("a", "A2")], [])
    asked = following.store.calls
    await wait.until(lambda: following.store.calls > asked + 1)
    assert await following.holds(a="A")
    following.compute("A2")
    await wait.until(lambda: following.holds(a="A2"))


async def test_what_was_removed_is_forgotten_even_in_the_middle_of_fetching(following: Following) -> None:
    following.compute("A", "B")
    following.store.meanwhile = lambda: following.loader.changed([], ["a"])
    following.loader.changed([entry("a", "A"), entry("b", "B")], [])
    await wait.until(lambda: following.holds(b="B"))
    following.loader.changed([], ["b", "unknown"])
    assert await following.holds()


async def test_fetching_goes_on_when_the_store_comes_back(following: Following) -> None:
    following.store.away = True
    following.compute("A")
    following.loader.changed([entry("a", "A")], [])
    await wait.until(lambda: following.store.calls >= 3)
    assert len(following.meaning) == 0
    following.store.away = False
    await wait.until(lambda: following.holds(a="A"))


async def test_what_waits_for_long_keeps_nothing_else_from_being_fetched(following: Following) -> None:
    """More than is asked for at once has no vector yet."""
    following.loader.changed([entry(f"waiting-{number}", f"W{number}") for number in range(AT_ONCE + 20)], [])
    following.compute("A")
    following.loader.changed([entry("a", "A")], [])
    await wait.until(lambda: following.holds(a="A"))


async def test_a_query_is_compared_with_all_solutions(following: Following) -> None:
    following.compute("A", "B")
    following.loader.changed([entry("a", "A"), entry("b", "B")], [])
    await wait.until(lambda: following.holds(a="A", b="B"))
    near = await following.meaning.near_query("A", most=1, least=-1.0)
    assert near.cosines == {"a": pytest.approx(1.0, abs=1e-5)}


async def test_without_vectors_nothing_is_asked_of_the_model(following: Following) -> None:
    following.embedder.gate.clear()
    assert await following.meaning.near_query("A", most=1, least=-1.0) == NOTHING_NEAR


async def test_a_query_that_takes_too_long_is_not_compared(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.01)
    following.vectors.put("a", vector_of("A"))
    following.embedder.gate.clear()
    assert await following.meaning.near_query("A", most=1, least=-1.0) == NOTHING_NEAR


class AwayVectors:
    """A `VectorIndex` that held vectors when it was last seen."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __len__(self) -> int:
        return 3

    async def vector(self, solution_id: str) -> Vector | None:
        raise self.error

    async def nearest(self, vector: Vector, *, most: int, least: float) -> Nearness:
        raise self.error


async def test_while_whatever_ranks_vectors_is_away_nothing_is_near() -> None:
    meaning = Meaning(FakeEmbedder(), AwayVectors(errors.unavailable("search-unavailable", "no answer")))
    assert await meaning.near_query("A", most=1, least=-1.0) == NOTHING_NEAR
    assert await meaning.near_solution("a", most=1) == NOTHING_NEAR


async def test_what_is_wrong_with_ranking_vectors_is_not_hidden() -> None:
    meaning = Meaning(FakeEmbedder(), AwayVectors(KeyError("a fault of ours")))
    with pytest.raises(KeyError):
        await meaning.near_query("A", most=1, least=-1.0)


async def test_a_solution_is_not_similar_to_itself(following: Following) -> None:
    for key in "abcd":
        following.vectors.put(key, vector_of(key.upper()))
    near = await following.meaning.near_solution("a", most=2)
    assert len(near.cosines) == 2
    assert "a" not in near.cosines
    expected = sorted((float(vector_of(each) @ vector_of("A")) for each in "BCD"), reverse=True)[:2]
    assert sorted(near.cosines.values(), reverse=True) == pytest.approx(expected, abs=1e-5)
    others = [float(vector_of(each) @ vector_of("A")) for each in "BCD"]
    assert near.mean == pytest.approx(sum(others) / len(others), abs=1e-5)
    assert await following.meaning.near_solution("unknown", most=2) == NOTHING_NEAR


async def test_nothing_is_similar_to_the_only_solution(following: Following) -> None:
    following.vectors.put("a", vector_of("A"))
    assert await following.meaning.near_solution("a", most=2) == NOTHING_NEAR


changes = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2", None])), max_size=30)


@settings(deadline=None)
@given(history=changes)
async def test_the_backlog_holds_what_was_told_last(history: list[tuple[str, str | None]]) -> None:
    backlog, expected = Backlog(), dict[str, str]()
    for key, hashed in history:
        if hashed is None:
            backlog.changed([], [key])
            expected.pop(key, None)
        else:
            backlog.changed([entry(key, hashed)], [])
            expected[key] = hashed
    if expected:
        assert await backlog.some() == expected
        key, hashed = next(iter(expected.items()))
        assert not backlog.settle(key, "other")
        assert backlog.settle(key, hashed)
        assert not backlog.settle(key, hashed)
        assert not expected.keys() - {key} or key not in await backlog.some()
    else:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await backlog.some()


async def test_what_is_postponed_comes_after_all_others() -> None:
    backlog = Backlog()
    backlog.changed([entry(key, key) for key in "abc"], [])
    backlog.postpone(["a", "unknown"])
    assert [*await backlog.some()] == ["b", "c", "a"]


async def test_whoever_waits_is_woken() -> None:
    backlog = Backlog()
    waiting = asyncio.create_task(backlog.some())
    await asyncio.sleep(0)
    backlog.changed([], ["a"])
    await asyncio.sleep(0)
    backlog.changed([entry("a", "A")], [])
    assert await waiting == {"a": "A"}
