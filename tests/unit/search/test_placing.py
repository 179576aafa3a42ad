"""Vectors come into every index that is written to, wherever they are lacking and for whatever reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from search.application import looking
from search.application import placing as module
from search.application.meaning_ports import Lacking, Vector
from search.application.placing import VectorPlacer
from servicekit import errors
from servicekit.testing import wait

from .vector_suite import unit

AWAY = errors.unavailable("embeddings-unavailable", "the vectors cannot be reached")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LONGEST_PAUSE_SECONDS", 0.005)
    monkeypatch.setattr(module, "AT_ONCE", 3)


@dataclass
class Index:
    """Contents and vectors by id."""

    contents: dict[str, str] = field(default_factory=dict)
    vectors: dict[str, Vector] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def write(self, solution_id: str, content: str) -> None:
        self.contents[solution_id] = content
        self.vectors.pop(solution_id, None)
        self.versions[solution_id] = self.versions.get(solution_id, 0) + 1


class Targets:
    """`VectorTargets` on indices in memory; `before_placing` happens between reading and writing."""

    def __init__(self, **indices: Index) -> None:
        self.held = indices
        self.before_placing = lambda: None

    async def indices(self) -> Sequence[str]:
        return [*self.held]

    async def lacking(self, index: str, *, after: str, most: int) -> list[Lacking]:
        held = self.held[index]
        lacking = sorted(key for key in held.contents if key not in held.vectors and key > after)
        return [Lacking(key, held.contents[key], (held.versions[key], 1)) for key in lacking[:most]]

    async def place(self, index: str, vectors: Sequence[tuple[Lacking, Vector]]) -> None:
        self.before_placing()
        held = self.held[index]
        for lacking, vector in vectors:
            if held.versions[lacking.solution_id] == lacking.version[0]:
                held.vectors[lacking.solution_id] = vector


class Store:
    """Vectors by content; away when told so."""

    def __init__(self, **vectors: Vector) -> None:
        self.vectors = vectors
        self.away = False
        self.calls = 0

    async def known(self, hashes: Collection[str]) -> set[str]:
        return {*hashes} & self.vectors.keys()

    async def get(self, hashes: Collection[str]) -> Mapping[str, Vector]:
        self.calls += 1
        if self.away:
            raise AWAY
        return {each: self.vectors[each] for each in hashes if each in self.vectors}

    async def put(self, content_hash: str, vector: Vector) -> None:
        self.vectors[content_hash] = vector


def placer(targets: Targets, store: Store) -> VectorPlacer:
    return VectorPlacer(targets, store, seconds=0.001)


async def test_every_index_gets_the_vectors_as_they_are_computed() -> None:
    one, two, store = Index(), Index(), Store(A=unit(1))
    one.write("a", "A")
    targets = Targets(one=one)
    async with placer(targets, store).placing():
        await wait.until(lambda: one.vectors.keys() == {"a"})
        one.write("b", "B")
        two.write("a", "A")
        targets.held["two"] = two
        await wait.until(lambda: two.vectors.keys() == {"a"})
        await store.put("B", unit(2))
        await wait.until(lambda: one.vectors.keys() == {"a", "b"})
    assert one.vectors["b"] is store.vectors["B"]


async def test_a_listing_that_changes_meanwhile_does_not_get_the_vector_of_the_old_one() -> None:
    one, store = Index(), Store(old=unit(1))
    one.write("a", "old")
    targets = Targets(one=one)

    def change() -> None:
        if one.contents["a"] == "old":
            one.write("a", "new")

    targets.before_placing = change
    async with placer(targets, store).placing():
        await wait.until(lambda: one.contents["a"] == "new")
        calls = store.calls
        await wait.until(lambda: store.calls > calls + 1)
        assert one.vectors == {}
        await store.put("new", unit(2))
        await wait.until(lambda: "a" in one.vectors)
    assert one.vectors["a"] is store.vectors["new"]


async def test_what_waits_for_long_keeps_nothing_else_from_being_placed() -> None:
    """More than is looked at at once is not computed yet, and what is comes after all of it."""
    one, store = Index(), Store(Z=unit(1))
    for number in range(3 * module.AT_ONCE + 1):
        one.write(f"a-{number}", f"not computed {number}")
    one.write("z", "Z")
    async with placer(Targets(one=one), store).placing():
        await wait.until(lambda: "z" in one.vectors)
        await store.put("not computed 0", unit(2))
        await wait.until(lambda: "a-0" in one.vectors)


async def test_many_are_placed_one_after_another_at_once() -> None:
    one = Index()
    contents = {f"c{number}": unit(number) for number in range(4 * module.AT_ONCE)}
    for content in contents:
        one.write(f"id-{content}", content)
    looked = placer(Targets(one=one), Store(**contents))
    for _ in range(4):
        assert await looked.look(), "there may be more"
    assert len(one.vectors) == len(contents)
    assert not await looked.look()


async def test_placing_goes_on_when_the_store_comes_back() -> None:
    one, store = Index(), Store(A=unit(1))
    one.write("a", "A")
    store.away = True
    async with placer(Targets(one=one), store).placing():
        await wait.until(lambda: store.calls >= 3)
        store.away = False
        await wait.until(lambda: "a" in one.vectors)
