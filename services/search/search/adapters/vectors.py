"""Ranks vectors in memory: one matrix, compared as a whole. Exact, and fast enough up to about 100,000 solutions."""

import asyncio

import numpy as np
from numpy.typing import NDArray

from search.application.meaning_ports import Vector
from search.domain.fusion import NOTHING_NEAR, Nearness

SMALLEST = 256
INLINE = 5_000
"""Up to so many vectors are compared faster than a thread is asked to."""


class MemoryVectors:
    """`VectorIndex` and `HeldVectors` in the memory of this process."""

    def __init__(self, dimensions: int) -> None:
        self._rows: NDArray[np.float32] = np.zeros((SMALLEST, dimensions), dtype=np.float32)
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._sum = np.zeros(dimensions, dtype=np.float64)

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
        count = len(self._ids)
        if count == 0:
            return NOTHING_NEAR
        ids, rows = self._ids, self._rows
        if count > INLINE:
            ids = list(ids)  # others may change meanwhile; a row that moves gives one stale cosine at worst
            found = await asyncio.to_thread(_compare, rows, count, vector, most, least)
        else:
            found = _compare(rows, count, vector, most, least)
        mean = float(self._sum @ vector) / count
        return Nearness({ids[row]: cosine for row, cosine in found}, mean)


def _compare(rows: NDArray[np.float32], count: int, vector: Vector, most: int, least: float) -> list[tuple[int, float]]:
    cosines = rows[:count] @ vector
    near = np.argpartition(-cosines, most)[:most] if count > most else np.arange(count)
    return [(int(row), float(cosines[row])) for row in near if cosines[row] >= least]
