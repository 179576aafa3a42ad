"""Keeps the live index up to date: concurrent handlers share rounds of one read and one bulk write."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from servicekit import errors
from servicekit.errors import ProblemError

from search.application.ports import SolutionStore
from search.domain.document import SolutionDocument, join

LARGEST_ROUND = 1000
MOST_MOVES = 5


@dataclass
class _Waiting:
    document: SolutionDocument
    done: bool = False
    error: Exception | None = None


class Projection:
    """Brings facts into all indices that live writes go to.

    Whoever comes first writes for everybody who waits by then. After each round the targets are read again: an index
    that joined meanwhile (a rebuild about to finish) gets the same facts before anybody is told that they are stored,
    so a swap of the alias loses nothing, whichever process carries it out. And nothing that was found is missing for a
    moment after it: the live index is written last, and the others show at once what they are told.
    """

    def __init__(self, store: SolutionStore) -> None:
        self._store = store
        self._lock = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._targets: tuple[str, ...] = ()

    async def apply(self, document: SolutionDocument) -> None:
        """Store what a document knows.

        Raises ProblemError `search-unavailable` (try again) or `document-refused` (the engine never takes it).
        """
        mine = _Waiting(document)
        self._waiting.append(mine)
        async with self._lock:
            if not mine.done:
                batch, self._waiting = self._waiting[:LARGEST_ROUND], self._waiting[LARGEST_ROUND:]
                await self._settle(batch)
        if mine.error is not None:
            raise mine.error

    async def _settle(self, batch: list[_Waiting]) -> None:
        faults: dict[str, str] = {}
        failure: Exception | None = None
        try:
            faults = await self._write(merged(waiting.document for waiting in batch))
        except Exception as error:
            failure = error
            self._targets = ()
        except asyncio.CancelledError:
            failure = errors.unavailable("search-unavailable", "the writer was stopped")
            raise
        finally:
            for waiting in batch:
                waiting.done = True
                waiting.error = failure or self._refusal(faults.get(waiting.document.id))

    @staticmethod
    def _refusal(fault: str | None) -> ProblemError | None:
        return errors.invalid("document-refused", f"the engine refuses the document: {fault}") if fault else None

    async def _write(self, documents: list[SolutionDocument]) -> dict[str, str]:
        written: set[str] = set()
        faults: dict[str, str] = {}
        targets = self._targets or await self._store.targets()
        for _ in range(MOST_MOVES):
            for target in targets:
                if target not in written:
                    at_once = target != targets[-1]
                    faults.update(await self._store.join(target, documents, found_at_once=at_once))
                    written.add(target)
            self._targets = targets = await self._store.targets()
            if written.issuperset(targets):
                return faults
        raise errors.unavailable("search-unavailable", "the index was replaced several times during one write")


def merged(documents: Iterable[SolutionDocument]) -> list[SolutionDocument]:
    """Return one document per solution that knows what all of its documents know."""
    by_id: dict[str, SolutionDocument] = {}
    for document in documents:
        by_id[document.id] = join(by_id.get(document.id), document)
    return list(by_id.values())
