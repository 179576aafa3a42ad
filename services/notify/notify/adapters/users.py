"""Which municipalities use which solution, in MongoDB."""

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError
from servicekit.mongo import Database


class MongoUsers:
    """The one writer of the collection `solution_users`; each document knows from which stream sequence it is."""

    def __init__(self, db: Database) -> None:
        self._users = db["solution_users"]
        self._models = db["read_models"]

    async def learn(self, solution_id: str, organisation_ids: Sequence[str], *, sequence: int) -> None:
        """Remember them; nothing happens when something newer is known than stream sequence `sequence`."""
        change = {"$set": {"organisations": sorted(set(organisation_ids)), "sequence": sequence}}
        older = {"_id": solution_id, "sequence": {"$lt": sequence}}
        try:
            await self._users.update_one(older, change, upsert=True)
        except DuplicateKeyError:  # there is a newer one, or somebody else was the first a moment ago
            await self._users.update_one(older, change)

    async def of(self, solution_id: str) -> Sequence[str]:
        """Return the organisations, none when nothing is known of the solution."""
        found = await self._users.find_one({"_id": solution_id})
        return [] if found is None else [str(each) for each in found["organisations"]]

    async def complete(self) -> bool:
        """True once everything of before was learnt."""
        return await self._models.find_one({"_id": self._users.name}) is not None

    async def completed(self) -> None:
        """Note that."""
        await self._models.update_one({"_id": self._users.name}, {"$set": {"complete": True}}, upsert=True)
