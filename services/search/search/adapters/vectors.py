"""Ranks vectors in memory: one matrix, compared as a whole. Exact, and fast enough up to about 100,000 solutions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.application.meaning_ports import Vector
from search.domain.fusion import NOTHING_NEAR, Nearness

SMALLEST = 256
INLINE = 5_000
"""Up to so many vectors are compared faster than a thread is asked to."""
TOGETHER = 32
"""Questions that are compared at once, at most."""


class MemoryVectors:
    """`VectorIndex` and `HeldVectors` in the memory of this process."""

    def __init__(self, dimensions: int) -> None:
        self._rows: NDArray[np.float32] = np.zeros((SMALLEST, dimensions), dtype=np.float32)
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._sum = np.zeros(dimensions, dtype=np.float64)
        self._waiting: list[_Asked] = []
        self._comparing = asyncio.Lock()

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return len(self._ids)

    def put(self, solution_id: str, vector: Vector) -> None:
        """Add or replace the vector of a solution."""
        row = self._row_of.get(solution_id)
        if row is None:
            row = len(self._ids)
            if row == len(self._rows):
                rows = np.zeros((2 * row, self._rows.shape[1]), dtype=np.float32)  # memory is taken when it is used
                rows[:row] = self._rows
                self._rows = rows
            self._ids.append(solution_id)
            self._row_of[solution_id] = row
        else:
            self._sum -= self._rows[row]
        self._rows[row] = vector
        self._sum += self._rows[row]

    def remove(self, solution_id: str) -> None:
        """Forget a solution; unknown ones are fine."""
        row = self._row_of.pop(solution_id, None)
        if row is None:
            return
        self._sum -= self._rows[row]
        last = self._ids.pop()
        if last != solution_id:
            self._rows[row] = self._rows[len(self._ids)]
            self._ids[row] = last
            self._row_of[last] = row

    async def vector(self, solution_id: str) -> Vector | None:
        """Return the vector of a solution, or None."""
        row = self._row_of.get(solution_id)
        return None if row is None else self._rows[row].copy()

    async def nearest(self, vector: Vector, *, most: int, least: float) -> Nearness:
        """Return the nearest solutions with a cosine of at least `least`, at most `most` of them."""
        count, asked = len(self._ids), _Asked(vector, most, least)
        if count == 0:
            return NOTHING_NEAR
        if count <= INLINE:
            self._answer([asked], _compare(self._rows[:count], [asked]), self._ids)
        else:
            self._waiting.append(asked)
            async with self._comparing:
                if not asked.answered:
                    await self._compare_all(asked)
        return asked.near

    async def _compare_all(self, first: "_Asked") -> None:
        """Compare for everybody who waits by then: reading the rows takes most of the time, whoever they are for."""
        batch = [first, *(each for each in self._waiting if each is not first)]
        batch, self._waiting = batch[:TOGETHER], batch[TOGETHER:]
        ids = list(self._ids)  # others may change meanwhile; a row that moves gives one stale cosine at worst
        found = await asyncio.to_thread(_compare, self._rows[: len(ids)], batch)
        self._answer(batch, found, ids)

    def _answer(self, batch: "Sequence[_Asked]", found: "Sequence[_Found]", ids: Sequence[str]) -> None:
        for asked, near in zip(batch, found, strict=True):
            mean = float(self._sum @ asked.vector) / max(len(ids), 1)
            cosines = {ids[row]: cosine for row, cosine in near}
            asked.near, asked.answered = Nearness(cosines, mean, self._row_of.__contains__), True


@dataclass(slots=True, eq=False)
class _Asked:
    """A question, and the answer once it is there; whoever asked may have stopped waiting for it."""

    vector: Vector
    most: int
    least: float
    near: Nearness = NOTHING_NEAR
    answered: bool = False


_Found = list[tuple[int, float]]
"""Rows with their cosines."""


def _compare(rows: NDArray[np.float32], batch: Sequence[_Asked]) -> list[_Found]:
    products = np.stack([asked.vector for asked in batch]) @ rows.T
    return [_nearest(cosines, asked) for cosines, asked in zip(products, batch, strict=True)]


def _nearest(cosines: NDArray[np.float32], asked: _Asked) -> _Found:
    count, most = len(cosines), asked.most
    near = np.argpartition(cosines, count - most)[count - most :] if count > most else np.arange(count)
    return [(int(row), float(cosines[row])) for row in near if cosines[row] >= asked.least]
