"""Deployments, conversations and blocklists in MongoDB."""

from collections.abc import Collection
from datetime import datetime

from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection

from catalog.adapters import use_documents as documents
from catalog.adapters.aggregates import NEWEST_FIRST, Document, MongoAggregates, MongoBooks
from catalog.application.loading import Loaded, Position, Selection
from catalog.domain.blocklist import Blocklist
from catalog.domain.deployment import DeploymentBook, name_key
from catalog.domain.peer import Thread


class MongoDeploymentBooks(MongoBooks[DeploymentBook]):
    """The deployments of each solution in the collection `deployments`, under the solution's id."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(
            collection,
            empty=DeploymentBook,
            to_fields=documents.from_book,
            to_body=documents.new_book,
            to_state=documents.to_book,
        )

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self.collection.prepare()
        for name in ("users", "about", "next_at"):
            await self.collection.collection.create_index([(name, ASCENDING)], name=name)

    async def used_by(self, organisation_id: str) -> list[Loaded[DeploymentBook]]:
        """Return the books in which a municipality has a use, in force or ended."""
        return [self.books.loaded(stored) for stored in await self.collection.find({"users": organisation_id})]

    async def claimed_of(self, organisation_id: str, name: str) -> list[Loaded[DeploymentBook]]:
        """Return the books with claims about a municipality, by its id or its name."""
        query = {"about": {"$in": [f"id:{organisation_id}", f"name:{name_key(name)}"]}}
        return [self.books.loaded(stored) for stored in await self.collection.find(query)]

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the solutions in which somebody has to be told something by now."""
        found = await self.collection.find(
            {"next_at": {"$lte": now}}, sort=[("next_at", ASCENDING)], limit=limit, projection={"version": 1}
        )
        return [stored.id for stored in found]


class MongoThreads(MongoAggregates[Thread]):
    """Conversations in the collection `threads`."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(collection, documents.from_thread, documents.to_thread, lambda _: None)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("organisations", ASCENDING), *NEWEST_FIRST], name="organisations")
        await indexed.create_index([("reported", ASCENDING), *NEWEST_FIRST], name="reported")
        for name in ("people", "updated_at"):
            await indexed.create_index([(name, ASCENDING)], name=name)

    async def of_organisations(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Thread]:
        """Return the conversations of organisations, those begun last first."""
        return await self._selected({"organisations": {"$in": sorted(organisation_ids)}}, after, limit)

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Thread]:
        """Return the conversations with open complaints, those begun last first."""
        return await self._selected({"reported": True}, after, limit)

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many conversations an organisation has begun since."""
        return await self._collection.count(
            {
                "organisations": organisation_id,
                "asking.organisation_id": organisation_id,
                "created_at": {"$gt": since},
            }
        )

    async def written_by(self, user: str) -> list[str]:
        """Return the conversations in which a person wrote or complained."""
        return [stored.id for stored in await self._collection.find({"people": user}, projection={"version": 1})]

    async def remove_before(self, moment: datetime, limit: int) -> int:
        """Delete conversations without a message since `moment`; return how many. What waits to be published stays."""
        old: Document = {"updated_at": {"$lte": moment}, "outbox.id": {"$exists": False}, "reported": False}
        found = await self._collection.find(old, limit=limit, projection={"version": 1})
        if not found:
            return 0
        ids = {"$in": [stored.id for stored in found]}
        return int((await self._collection.collection.delete_many({**old, "_id": ids})).deleted_count)

    async def _selected(self, query: Document, after: Position | None, limit: int) -> Selection[Thread]:
        page, more, total = await self.newest(query, after=after, limit=limit)
        return Selection([self.loaded(stored) for stored in page], more, total)


class MongoBlocklists(MongoBooks[Blocklist]):
    """Whom each municipality has blocked, in the collection `blocklists`."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(
            collection,
            empty=Blocklist,
            to_fields=documents.from_blocklist,
            to_body=documents.from_blocklist,
            to_state=documents.to_blocklist,
        )

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self.collection.prepare()

    async def blocking(self, organisation_id: str) -> list[str]:
        """Return the municipalities that have blocked an organisation; reads all lists, of which there are few."""
        query = {f"blocked.{organisation_id}": {"$exists": True}}
        return [stored.id for stored in await self.collection.find(query, projection={"version": 1})]
