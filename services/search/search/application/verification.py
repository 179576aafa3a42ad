"""Checks that a new index holds what it should before anybody searches in it."""

from collections.abc import Collection

from servicekit import errors

from search.application.rebuild_ports import IndexAdministration, IndexContent, IndexState
from search.application.tracking import Tracker
from search.domain.checksum import Checksum
from search.domain.document import SolutionDocument

LARGEST_REFUSAL = 0.01
LARGEST_DROP = 0.3
SMALLEST_COMPARED = 10
"""With fewer visible solutions than this, a drop in percent says nothing."""


class Verification:
    """Refuses an index by a ProblemError of the conflict kind."""

    def __init__(self, administration: IndexAdministration, content: IndexContent) -> None:
        self._administration = administration
        self._content = content

    async def complete(self, index: str, written: Checksum, tracker: Tracker) -> None:
        """Compare everything that lies in an index that nobody else writes to with what was written.

        Raises `rebuild-incomplete` when a document is missing, there twice, or in another state.
        """
        await tracker.enter("verifying", written.documents)
        found = Checksum()
        async for batch in self._content.checksums(index):
            for solution_id, fingerprint in batch:
                found.add(solution_id, fingerprint)
            await tracker.step(len(batch))
        if found != written:
            raise errors.conflict("rebuild-incomplete", f"{index} has {found}; written were {written}")

    async def knows(self, index: str, documents: Collection[SolutionDocument]) -> None:
        """Check that an index that others write to as well knows what the documents know, or newer.

        Raises `rebuild-incomplete`.
        """
        known = await self._content.positions(index, [document.id for document in documents])
        for document in documents:
            positions = known.get(document.id, {})
            behind = [facet for facet, at in document.seq.items() if positions.get(facet, 0) < at]
            if behind:
                raise errors.conflict("rebuild-incomplete", f"{index} lacks {', '.join(behind)} of {document.id}")

    async def plausible(self, index: str, before: IndexState, tracker: Tracker) -> int:
        """Compare with the live index and return the number of documents.

        Raises `rebuild-incomplete` when documents are gone since they were written; `rebuild-implausible` when the
        engine refused many, or when far fewer solutions would be found, unless the run is forced, or there is no live
        index to keep.
        """
        run, written, refused = tracker.run, tracker.progress.written, tracker.progress.refused
        new = await self._administration.count(index)
        if new.documents < written:
            raise errors.conflict("rebuild-incomplete", f"{index} has {new.documents} of {written} documents left")
        if before.live is None or run.force:
            return new.documents
        if refused > LARGEST_REFUSAL * (new.documents + refused):
            raise errors.conflict(
                "rebuild-implausible",
                f"the engine refuses {refused} of {new.documents + refused} documents (the log says why); "
                f"{before.live} is kept",
            )
        old = await self._administration.count(before.live)
        if old.visible >= SMALLEST_COMPARED and new.visible < old.visible * (1 - LARGEST_DROP):
            raise errors.conflict(
                "rebuild-implausible",
                f"{index} would show {new.visible} solutions, {before.live} shows {old.visible}: "
                f"{'roll back' if run.mode == 'rollback' else 'rebuild'} with force if that is right",
            )
        return new.documents
