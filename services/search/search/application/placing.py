"""Brings vectors that were computed into the indices in which the engine ranks them."""

from contextlib import AbstractAsyncContextManager

from search.application.looking import looking
from search.application.meaning_ports import EmbeddingStore, VectorTargets

AT_ONCE = 500


class VectorPlacer:
    """Gives a vector to every solution that lacks one, in every index that live writes go to.

    What lacks a vector is asked of the indices themselves. So it does not matter how it came to that: the listing is
    new or has changed, the vector was computed after the index was filled, or the store was away meanwhile.
    """

    def __init__(self, targets: VectorTargets, store: EmbeddingStore, *, seconds: float) -> None:
        self._targets = targets
        self._store = store
        self._seconds = seconds
        self._seen: dict[str, str] = {}

    def placing(self) -> AbstractAsyncContextManager[None]:
        """Go on placing inside the block."""
        return looking(self.look, seconds=self._seconds, name="vector-placer")

    async def look(self) -> bool:
        """Place the vectors that are there, some per index; True when there may be more at once.

        Raises ProblemError `search-unavailable` or `embeddings-unavailable`.
        """
        indices = await self._targets.indices()
        self._seen = {index: self._seen.get(index, "") for index in indices}
        further = [await self._fill(index) for index in indices]
        return any(further)

    async def _fill(self, index: str) -> bool:
        """Go on behind those looked at before, and from the beginning after the last: some wait for long."""
        lacking = await self._targets.lacking(index, after=self._seen[index], most=AT_ONCE)
        full = len(lacking) == AT_ONCE
        self._seen[index] = lacking[-1].solution_id if full else ""
        if not lacking:
            return False
        vectors = await self._store.get({each.content_hash for each in lacking})
        placed = [(each, vectors[each.content_hash]) for each in lacking if each.content_hash in vectors]
        if placed:
            await self._targets.place(index, placed)
        return full and bool(placed)
