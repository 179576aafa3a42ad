"""The register of what is public: ids, slugs and moments in a few documents, beside the solutions.

A change of what the public sees of a solution puts a message into the outbox of its document, in the same write. Who
made the change stores it at once, and the relay hands it to `Register.store` again: so nothing is missed after a crash.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from contracts.ids import uuid7
from pydantic import AwareDatetime, BaseModel
from pymongo.errors import BulkWriteError
from servicekit.mongo import Database
from servicekit.outbox import OutboxMessage

from catalog.domain.solution import SolutionState

Document = dict[str, Any]
SUBJECT = "local.catalog.register"
"""Of outbox messages that are entries of the register; they do not leave the service."""
SHELVES = 256
"""Documents that the entries are spread over by a checksum of the id: 100,000 entries make 40 KB in each."""
MARKS = ("withdrawn", "suspended", "expired")
HEAD = "head"
DUPLICATE = 11000
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_READ = (*MARKS, "version", "slug", "state", "published_at", "renamed_at", "live.number", "live.corrected_at")
_BACK_FILLED = 2_000


class Listed(BaseModel):
    """What the register says of a solution: `slug` is None when it is not public, `at` is when that last changed."""

    id: str
    version: int
    slug: str | None
    at: AwareDatetime


class Shelf(BaseModel):
    """What the head says of a shelf: how often it changed, how many of its solutions are public, the last change."""

    revision: int = 0
    count: int = 0
    at: AwareDatetime = _EVER


def shelf_of(solution_id: str) -> int:
    """Return the shelf that a solution is on; the order of the open data is that of the shelves, then of the ids."""
    return crc32(solution_id.encode()) % SHELVES


def entries(
    solution_id: str, version: int, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> tuple[OutboxMessage, ...]:
    """Return the message about a change that leads to a version; none while the public sees the same."""
    if _seen(before or {}) == _seen(after):
        return ()
    entry = listed_of(solution_id, version, after)
    return (OutboxMessage(uuid7(), SUBJECT, entry.model_dump_json().encode(), "application/json"),)


class Register:
    """One document for each shelf, and one, the head, with what there is to say about all of them."""

    def __init__(self, db: Database) -> None:
        self._collection = db["register"]
        self._solutions = db["solutions"]

    async def prepare(self) -> None:
        """Make the documents, and fill them from the solutions where they are new (idempotent)."""
        if not await self.filled():
            await self.fill()

    async def filled(self) -> bool:
        """True once the solutions of before were taken over."""
        return await self._collection.find_one({"_id": HEAD}, {"_id": 1}) is not None

    async def fill(self) -> None:
        """Take over every solution that is not noted yet."""
        shelves = [{"_id": number, "revision": 0, "entries": {}} for number in range(SHELVES)]
        await self._insert(shelves)
        public: Document = {"state": SolutionState.PUBLISHED.value}
        held: list[Listed] = []
        async for document in self._solutions.find(public, dict.fromkeys(_READ, 1)):
            held.append(listed_of(document["_id"], document["version"], document))
            if len(held) == _BACK_FILLED:
                await self.note(held, tell=False)
                held.clear()
        await self.note(held, tell=False)
        said = {str(number): _said(await self._shelf(number)).model_dump() for number in range(SHELVES)}
        await self._insert([{"_id": HEAD, "shelves": said}])
        for number in range(SHELVES):  # what came while there was no head
            await self._tell(number, await self._shelf(number))

    async def store(self, messages: Sequence[OutboxMessage]) -> None:
        """Keep entries; an older one than what is there changes nothing."""
        await self.note([Listed.model_validate_json(message.data) for message in messages])

    async def heads(self) -> Mapping[int, Shelf]:
        """Return what is on each shelf, in order."""
        head = await self._collection.find_one({"_id": HEAD}) or {"shelves": {}}
        shelves = {int(number): Shelf.model_validate(said) for number, said in head["shelves"].items()}
        return dict(sorted(shelves.items()))

    async def count(self) -> int:
        """Return how many solutions are public."""
        return sum(shelf.count for shelf in (await self.heads()).values())

    async def read(self, numbers: Iterable[int]) -> list[Listed]:
        """Return what is public on some shelves, in order."""
        cursor = self._collection.find({"_id": {"$in": sorted(numbers)}})
        found = {document["_id"]: document["entries"] async for document in cursor}
        return [
            Listed(id=key, **found[number][key])
            for number in sorted(found)
            for key in sorted(found[number])
            if found[number][key]["slug"] is not None
        ]

    async def note(self, listed: Iterable[Listed], *, tell: bool = True) -> None:
        """Keep entries; `tell`: say so in the head, where all can see it."""
        together: dict[int, dict[str, Listed]] = defaultdict(dict)
        for each in listed:
            held = together[shelf_of(each.id)]
            if each.id not in held or held[each.id].version < each.version:
                held[each.id] = each
        for number, new in together.items():
            shelf = await self._merged(number, new)
            if tell:
                await self._tell(number, shelf)

    async def _merged(self, number: int, new: Mapping[str, Listed]) -> Document:
        """Put what is newer into a shelf, again from the start when somebody else did so in between."""
        while True:
            shelf = await self._shelf(number)
            held = shelf["entries"]
            newer = {
                key: each.model_dump(exclude={"id"})
                for key, each in new.items()
                if key not in held or held[key]["version"] < each.version
            }
            if not newer:
                return shelf
            changes = {f"entries.{key}": entry for key, entry in newer.items()}
            saved = await self._collection.update_one(
                {"_id": number, "revision": shelf["revision"]}, {"$set": changes, "$inc": {"revision": 1}}
            )
            if saved.matched_count:
                return {"revision": shelf["revision"] + 1, "entries": held | newer}

    async def _tell(self, number: int, shelf: Document) -> None:
        """Note in the head what a shelf holds, unless it says something newer."""
        said = _said(shelf)
        older = {"_id": HEAD, f"shelves.{number}.revision": {"$not": {"$gte": said.revision}}}
        await self._collection.update_one(older, {"$set": {f"shelves.{number}": said.model_dump()}})

    async def _shelf(self, number: int) -> Document:
        found = await self._collection.find_one({"_id": number})
        if found is None:
            raise LookupError(f"the register has no shelf {number}: it is made at the start")
        return found

    async def _insert(self, documents: Sequence[Document]) -> None:
        """Insert what is not there yet."""
        try:
            await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise


def _said(shelf: Document) -> Shelf:
    held = shelf["entries"].values()
    return Shelf(
        revision=shelf["revision"],
        count=sum(each["slug"] is not None for each in held),
        at=max((each["at"] for each in held), default=_EVER),
    )


def _seen(body: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Return what tells one public state of a solution from another."""
    live = body.get("live")
    if live is None:
        return None
    return body["slug"], body["published_at"], body.get("renamed_at"), live["number"], live.get("corrected_at")


def listed_of(solution_id: str, version: int, body: Mapping[str, Any]) -> Listed:
    """Return the entry of a solution by its document."""
    live = body.get("live") or {}
    moments = [body["published_at"], body.get("renamed_at"), live.get("corrected_at")]
    moments += [(body.get(mark) or {}).get("at") for mark in MARKS]
    return Listed(
        id=solution_id,
        version=version,
        slug=body["slug"] if live else None,
        at=max((each for each in moments if each is not None), default=_EVER),
    )
