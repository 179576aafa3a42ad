"""What everything that ranks vectors must do: run on the vectors in memory and on those in a real engine."""

from typing import Protocol

import numpy as np
import pytest
from search.application.meaning_ports import Vector, VectorIndex
from search.domain.fusion import NOTHING_NEAR

DIMENSIONS = 384
NEARLY = 1e-3
"""Vectors are stored as 16-bit floats."""


def unit(seed: int) -> Vector:
    """Return a vector of length 1, the same for the same seed; all of them lie in a cone, as those of texts do."""
    drawn = np.random.default_rng(seed).standard_normal(DIMENSIONS) + 1.0
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


class Ranked(Protocol):
    """An index, and the way that vectors take into it."""

    index: VectorIndex

    async def hold(self, vectors: dict[str, Vector]) -> None:
        """Make these all that can be found, and wait until it is so."""
        ...


class VectorSuite:
    async def test_the_nearest_are_those_of_a_plain_comparison(self, ranked: Ranked) -> None:
        held = {f"id-{number}": unit(number) for number in range(60)}
        await ranked.hold(held)
        for asked in (unit(3), unit(1000), -unit(1001)):
            cosines = {key: float(vector @ asked) for key, vector in held.items()}
            best = sorted(cosines, key=lambda key: -cosines[key])
            for most in (1, 7, 60, 100):
                near = await ranked.index.nearest(asked, most=most, least=-1.0)
                assert near.cosines == pytest.approx({key: cosines[key] for key in best[:most]}, abs=NEARLY)
            near = await ranked.index.nearest(asked, most=60, least=cosines[best[9]] - 1e-7)
            assert near.cosines.keys() == {*best[:10]}, "what is further away than that is left out"
            assert near.mean == pytest.approx(sum(cosines.values()) / len(cosines), abs=NEARLY)

    async def test_a_vector_comes_back_as_it_was_put(self, ranked: Ranked) -> None:
        await ranked.hold({"a": unit(1), "b": unit(2)})
        found = await ranked.index.vector("b")
        assert found is not None
        assert np.allclose(found, unit(2), atol=NEARLY)
        assert await ranked.index.vector("unknown") is None

    async def test_changed_and_withdrawn_solutions_are_ranked_by_what_is_now(self, ranked: Ranked) -> None:
        await ranked.hold({"a": unit(1), "b": unit(2), "c": unit(3)})
        await ranked.hold({"a": unit(1), "b": unit(4)})
        assert await ranked.index.vector("c") is None
        near = await ranked.index.nearest(unit(2), most=5, least=-1.0)
        expected = {"a": float(unit(1) @ unit(2)), "b": float(unit(4) @ unit(2))}
        assert near.cosines == pytest.approx(expected, abs=NEARLY)
        assert near.mean == pytest.approx(sum(expected.values()) / 2, abs=NEARLY)

    async def test_where_there_is_nothing_nothing_is_near(self, ranked: Ranked) -> None:
        await ranked.hold({})
        assert len(ranked.index) == 0
        assert await ranked.index.nearest(unit(1), most=5, least=-1.0) == NOTHING_NEAR
        await ranked.hold({"a": unit(1)})
        assert len(ranked.index) == 1
        await ranked.hold({})
        assert await ranked.index.nearest(unit(1), most=5, least=-1.0) == NOTHING_NEAR
