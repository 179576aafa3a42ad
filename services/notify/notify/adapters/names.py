"""What solutions are called, in MongoDB."""

from servicekit.mongo import Database


class MongoNames:
    """The one writer of the collection `solution_names`."""

    def __init__(self, db: Database) -> None:
        self._names = db["solution_names"]

    async def remember(self, solution_id: str, name: str) -> None:
        """Note the name of a solution."""
        await self._names.update_one({"_id": solution_id}, {"$set": {"name": name}}, upsert=True)

    async def of(self, solution_id: str) -> str | None:
        """Return the name of a solution, or None."""
        found = await self._names.find_one({"_id": solution_id})
        return None if found is None else str(found["name"])
