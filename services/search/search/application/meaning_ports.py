"""What comparing by meaning needs from the outside: a model, a store of its vectors, and something that ranks them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.domain.document import SolutionDocument
from search.domain.fusion import Nearness

Vector = NDArray[np.float32]
"""Of length 1, so that the cosine of two is their product."""


class Embedder(Protocol):
    """Turns texts into vectors. `model` names the model: vectors of different models cannot be compared."""

    @property
    def model(self) -> str:
        """The name of the model."""
        ...

    async def query(self, text: str) -> Vector:
        """Return the vector of a query."""
        ...

    async def passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors of texts to be found."""
        ...


class EmbeddingStore(Protocol):
    """Keeps the vectors of one model by content hash. All raise ProblemError `embeddings-unavailable`."""

    async def known(self, hashes: Collection[str]) -> set[str]:
        """Return those whose vector is there."""
        ...

    async def get(self, hashes: Collection[str]) -> Mapping[str, Vector]:
        """Return the vectors that are there."""
        ...

    async def put(self, content_hash: str, vector: Vector) -> None:
        """Store a vector."""
        ...


class VectorIndex(Protocol):
    """Ranks the vectors of what can be found. All raise ProblemError `search-unavailable` while they cannot."""

    def __len__(self) -> int:
        """Return how many vectors there are, as far as known; answers from memory."""
        ...

    async def vector(self, solution_id: str) -> Vector | None:
        """Return the vector of a solution, or None."""
        ...

    async def nearest(self, vector: Vector, *, most: int, least: float) -> Nearness:
        """Return the nearest solutions with a cosine of at least `least`, at most `most` of them."""
        ...


class HeldVectors(Protocol):
    """Vectors in the memory of this process."""

    def put(self, solution_id: str, vector: Vector) -> None:
        """Add or replace the vector of a solution."""
        ...

    def remove(self, solution_id: str) -> None:
        """Forget a solution; unknown ones are fine."""
        ...


@dataclass(frozen=True, slots=True)
class Lacking:
    """A solution whose vector is not in an index; `version` is the engine's, of the document as it was read."""

    solution_id: str
    content_hash: str
    version: tuple[int, int]


class VectorTargets(Protocol):
    """The indices in which vectors are to be. All raise ProblemError `search-unavailable`."""

    async def indices(self) -> Sequence[str]:
        """Return those that live writes go to and that take vectors of our model."""
        ...

    async def lacking(self, index: str, *, after: str, most: int) -> list[Lacking]:
        """Return solutions that can be found and lack their vector, by id, those after an id."""
        ...

    async def place(self, index: str, vectors: Sequence[tuple[Lacking, Vector]]) -> None:
        """Add vectors and change nothing else; documents that have changed since they were read are left alone."""
        ...


class SolutionReader(Protocol):
    """Reads documents as they lie in an index."""

    async def read(self, index: str, ids: list[str]) -> Mapping[str, SolutionDocument]:
        """Return those that are there; raises ProblemError `search-unavailable`."""
        ...
