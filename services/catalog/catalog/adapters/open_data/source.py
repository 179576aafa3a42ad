"""The published versions out of the collection `solutions`; drafts, findings and people are never read."""

import hashlib
from collections.abc import Sequence

from servicekit.mongo import Database

from catalog.adapters import documents
from catalog.adapters.open_data.register import Register, shelf_of
from catalog.application.open_data import Entry, Standing
from catalog.application.ports import LiveSolution
from catalog.domain.solution import SolutionState

OUTGROWN = {"open_data", "last_published", "unapproved"} | {
    f"last_{mark}" for mark in ("withdrawn", "suspended", "expired", "live", "renamed_at")
}
_PUBLIC = dict.fromkeys(documents.LIVE_FIELDS, 1)


class MongoPublishedSolutions:
    """Finds its way by the register, so that no question looks at all solutions."""

    def __init__(self, db: Database, register: Register) -> None:
        self._collection = db["solutions"]
        self._register = register

    async def prepare(self) -> None:
        """Drop the indexes that earlier releases needed (idempotent)."""
        known = await self._collection.index_information()
        for name in OUTGROWN & known.keys():
            await self._collection.drop_index(name)

    async def standing(self) -> Standing:
        """Return how many there are, when one last came, changed or went, and a mark that any such change changes."""
        heads = await self._register.heads()
        said = repr([(number, head.revision, head.count, head.at.isoformat()) for number, head in heads.items()])
        changed_at = max((head.at for head in heads.values() if head.revision), default=None)
        mark = hashlib.sha256(said.encode()).hexdigest()
        return Standing(sum(head.count for head in heads.values()), changed_at, mark)

    async def ids(self, after: str | None, limit: int) -> Sequence[str]:
        """Return up to so many ids behind that one in order, from the first on without one."""
        first = (-1, "") if after is None else (shelf_of(after), after)
        heads = {
            number: head
            for number, head in (await self._register.heads()).items()
            if number == first[0] or (number > first[0] and head.count)
        }
        found: list[str] = []
        wanted: list[int] = []
        expected = 0
        for number, head in heads.items():
            wanted.append(number)
            expected += head.count if number > first[0] else 0
            if len(found) + expected >= limit or number == max(heads):
                found += [each.id for each in await self._register.read(wanted) if (shelf_of(each.id), each.id) > first]
                wanted, expected = [], 0
            if len(found) >= limit:
                break
        return found[:limit]

    async def those(self, ids: Sequence[str]) -> Sequence[LiveSolution]:
        """Return those of them that are still published, in the order of these ids."""
        query = {"_id": {"$in": list(ids)}, "state": SolutionState.PUBLISHED.value}
        cursor = self._collection.find(query, _PUBLIC)
        found = {each["_id"]: documents.to_live(each["_id"], each) async for each in cursor}
        return [found[each] for each in ids if each in found]

    async def entries(self, start: int, limit: int) -> Sequence[Entry]:
        """Return up to so many entries from that place on, counted from 0."""
        wanted: list[int] = []
        before, reached = 0, 0
        for number, head in (await self._register.heads()).items():
            if not wanted:
                before = reached
            reached += head.count
            if reached > start and head.count:
                wanted.append(number)
            if reached >= start + limit:
                break
        found = await self._register.read(wanted)
        return [Entry(each.slug or "", each.at) for each in found[start - before :][:limit]]
