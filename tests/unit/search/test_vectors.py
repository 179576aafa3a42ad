"""Vectors in memory are those that were put last, and the nearest of them are really the nearest."""

import asyncio
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.adapters import vectors
from search.adapters.vectors import SMALLEST, MemoryVectors
from search.application.meaning_ports import Vector
from search.domain.fusion import NOTHING_NEAR
from servicekit.testing import wait

from .vector_suite import DIMENSIONS as AS_IN_USE
from .vector_suite import Ranked, VectorSuite

DIMENSIONS = 8
NEARLY = 1e-5


def unit(seed: int) -> Vector:
    """Return a vector of length 1, the same for the same seed."""
    drawn = np.random.default_rng(seed).standard_normal(DIMENSIONS)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


ids = st.integers(0, 12).map("id-{}".format)
changes = st.lists(st.tuples(ids, st.one_of(st.none(), st.integers(0, 40))), max_size=80)
"""An id with the seed of its new vector, or None when it is removed."""


@settings(deadline=None)
@given(history=changes, question=st.integers(0, 99), most=st.integers(1, 15), least=st.sampled_from([-1.0, 0.0, 0.5]))
async def test_whatever_was_added_replaced_and_removed_the_nearest_are_those_of_a_plain_comparison(
    history: list[tuple[str, int | None]], question: int, most: int, least: float
) -> None:
    held, expected = MemoryVectors(DIMENSIONS), dict[str, Vector]()
    for key, seed in history:
        if seed is None:
            held.remove(key)
            expected.pop(key, None)
        else:
            held.put(key, unit(seed))
            expected[key] = unit(seed)
    assert len(held) == len(expected)
    for key in {key for key, _ in history}:
        found, wanted = await held.vector(key), expected.get(key)
        assert (found is None) == (wanted is None)
        assert found is None or np.array_equal(found, wanted)
    asked = unit(question)
    near = await held.nearest(asked, most=most, least=least)
    cosines = {key: float(vector @ asked) for key, vector in expected.items()}
    best = sorted((cosine for cosine in cosines.values() if cosine >= least), reverse=True)[:most]
    assert sorted(near.cosines.values(), reverse=True) == pytest.approx(best, abs=NEARLY), "as near as any others"
    assert near.cosines == pytest.approx({key: cosines[key] for key in near.cosines}, abs=NEARLY)
    assert near.mean == pytest.approx(sum(cosines.values()) / len(cosines) if cosines else 0.0, abs=NEARLY)


async def test_it_grows_and_shrinks() -> None:
    held = MemoryVectors(DIMENSIONS)
    for number in range(3 * SMALLEST):
        held.put(f"id-{number}", unit(number))
    for number in range(0, 3 * SMALLEST, 2):
        held.remove(f"id-{number}")
    assert len(held) == 3 * SMALLEST / 2
    near = await held.nearest(unit(SMALLEST + 1), most=1, least=0.9)
    assert near.cosines == {f"id-{SMALLEST + 1}": pytest.approx(1.0, abs=NEARLY)}
    assert near.compared("id-1")
    assert not near.compared("id-0")
    for number in range(3 * SMALLEST):
        held.remove(f"id-{number}")
    assert await held.nearest(unit(1), most=1, least=-1.0) == NOTHING_NEAR


async def test_a_vector_that_is_given_out_or_was_put_in_is_not_the_one_that_is_held() -> None:
    held, put = MemoryVectors(DIMENSIONS), unit(1)
    held.put("a", put)
    put[:] = 0
    taken = await held.vector("a")
    assert taken is not None
    taken[:] = 0
    kept = await held.vector("a")
    assert kept is not None
    assert np.array_equal(kept, unit(1))


async def test_many_vectors_are_compared_aside_while_others_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing many takes a thread; what is put and removed meanwhile neither waits nor breaks anything."""
    monkeypatch.setattr(vectors, "INLINE", 10)
    held = MemoryVectors(DIMENSIONS)
    for number in range(SMALLEST - 1):
        held.put(f"id-{number}", unit(number))
    comparing = asyncio.create_task(held.nearest(unit(5), most=3, least=-1.0))
    await asyncio.sleep(0)
    for number in range(SMALLEST, SMALLEST + 50):
        held.put(f"id-{number}", unit(number))
    held.remove("id-7")
    near = await comparing
    assert max(near.cosines, key=lambda key: near.cosines[key]) == "id-5"
    assert len(near.cosines) == 3
    after = await held.nearest(unit(SMALLEST + 49), most=1, least=0.9)
    assert [*after.cosines] == [f"id-{SMALLEST + 49}"]


async def test_many_questions_at_once_are_answered_together_each_by_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "INLINE", 10)
    monkeypatch.setattr(vectors, "TOGETHER", 8)
    compare, sizes, hold = vectors._compare, list[int](), threading.Event()

    def watched(rows: Any, batch: Any) -> Any:
        sizes.append(len(batch))
        if len(sizes) == 2:
            hold.wait(10)
        return compare(rows, batch)

    monkeypatch.setattr(vectors, "_compare", watched)
    held = MemoryVectors(DIMENSIONS)
    for number in range(50):
        held.put(f"id-{number}", unit(number))
    asking = [asyncio.create_task(held.nearest(unit(n), most=1 + n % 3, least=0.9 if n % 2 else -1)) for n in range(30)]
    await wait.until(lambda: len(sizes) == 2)
    gone = (1, 3, 29)
    for number in gone:  # one that asks for others too, one it asks for, and one that waits
        asking[number].cancel()
    await wait.until(asking[1].done)
    hold.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert len(sizes) < len(asking)
    assert max(sizes) == vectors.TOGETHER
    for number, near in enumerate(answers):
        if number in gone:
            assert isinstance(near, asyncio.CancelledError)
            continue
        cosines = sorted((float(unit(other) @ unit(number)) for other in range(50)), reverse=True)[: 1 + number % 3]
        expected = [cosine for cosine in cosines if number % 2 == 0 or cosine >= 0.9]
        assert sorted(near.cosines.values(), reverse=True) == pytest.approx(expected, abs=NEARLY)


class InMemory:
    def __init__(self) -> None:
        self.index = MemoryVectors(AS_IN_USE)
        self._held: dict[str, Vector] = {}

    async def hold(self, vectors: dict[str, Vector]) -> None:
        for key in self._held.keys() - vectors.keys():
            self.index.remove(key)
        for key, vector in vectors.items():
            self.index.put(key, vector)
        self._held = vectors


class TestMemoryVectors(VectorSuite):
    @pytest.fixture
    def ranked(self) -> Ranked:
        return InMemory()
