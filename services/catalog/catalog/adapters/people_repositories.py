"""Inquiries and invitations in MongoDB."""

from datetime import datetime
from functools import partial

from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection

from catalog.adapters import people_documents as documents
from catalog.adapters.aggregates import NEWEST_FIRST, Document, MongoAggregates, ignore
from catalog.application.loading import Loaded, Position, Selection
from catalog.application.people_ports import InquiryFilter
from catalog.domain.inquiry import Inquiry, Schedule
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.peer import Side

_PARTY = {Side.ASKING: "asking.organisation_id", Side.ANSWERING: "provider.organisation_id"}


class MongoInquiries(MongoAggregates[Inquiry]):
    """Inquiries in the collection `inquiries`, the only place with their words."""

    def __init__(self, collection: AggregateCollection, schedule: Schedule) -> None:
        super().__init__(collection, partial(documents.from_inquiry, schedule=schedule), documents.to_inquiry, ignore)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        for side, field in _PARTY.items():
            await indexed.create_index([(field, ASCENDING), *NEWEST_FIRST], name=side.value)
        await indexed.create_index([("reported", ASCENDING), *NEWEST_FIRST], name="reported")
        for name in ("people", "next_at", "dossier_id"):
            await indexed.create_index([(name, ASCENDING)], name=name)

    async def page(self, chosen: InquiryFilter, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        """Return inquiries, newest first."""
        sides = list(Side) if chosen.side is None else [chosen.side]
        ids = {"$in": sorted(chosen.organisation_ids)}
        query: Document = {"$or": [{_PARTY[side]: ids} for side in sides]}
        if chosen.state is not None:
            query["state"] = chosen.state.value
        if chosen.solution_id is not None:
            query["solution_id"] = chosen.solution_id
        return await self._selected(query, after, limit)

    async def reported(self, *, after: Position | None, limit: int) -> Selection[Inquiry]:
        """Return the inquiries with open complaints, newest first."""
        return await self._selected({"reported": True}, after, limit)

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many inquiries a municipality has sent since."""
        return await self._collection.count({_PARTY[Side.ASKING]: organisation_id, "created_at": {"$gt": since}})

    async def of_dossier(self, dossier_id: str) -> list[Inquiry]:
        """Return the inquiries that a market survey led to, oldest first."""
        found = await self._collection.find(
            {"dossier_id": dossier_id}, sort=(("created_at", ASCENDING), ("_id", ASCENDING))
        )
        return [self.loaded(stored).state for stored in found]

    async def written_by(self, user: str) -> list[str]:
        """Return the inquiries in which a person wrote or complained."""
        return [stored.id for stored in await self._collection.find({"people": user}, projection={"version": 1})]

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the inquiries for which it is time to do something; those with open complaints wait."""
        found = await self._collection.find(
            {"next_at": {"$ne": None, "$lte": now}, "$or": [{"reported": False}, {"closed_at": None}]},
            sort=[("next_at", ASCENDING)],
            limit=limit,
            projection={"version": 1},
        )
        return [stored.id for stored in found]

    async def _selected(self, query: Document, after: Position | None, limit: int) -> Selection[Inquiry]:
        page, more, total = await self.newest(query, after=after, limit=limit)
        return Selection([self.loaded(stored) for stored in page], more, total)


class MongoInvitations(MongoAggregates[Invitation]):
    """Invitations in the collection `invitations`, addresses only of those that nobody has used."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(collection, documents.from_invitation, documents.to_invitation, ignore)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("organisation_id", ASCENDING), *NEWEST_FIRST], name="organisation")
        await indexed.create_index([("state", ASCENDING), ("expires_at", ASCENDING)], name="state")
        for name in ("invited_by", "taken_by", "address"):
            await indexed.create_index([(name, ASCENDING)], name=name)

    async def pending_of(self, organisation_id: str) -> list[Loaded[Invitation]]:
        """Return the invitations into an organisation that nobody has used, newest first."""
        query: Document = {"organisation_id": organisation_id, "state": InvitationState.PENDING.value}
        return [self.loaded(stored) for stored in await self._collection.find(query, sort=NEWEST_FIRST)]

    async def begun(self, organisation_id: str, since: datetime) -> int:
        """Return how many people an organisation has invited since."""
        return await self._collection.count({"organisation_id": organisation_id, "created_at": {"$gt": since}})

    async def of_person(self, user: str) -> list[str]:
        """Return the invitations that a person sent or used."""
        query: Document = {"$or": [{"invited_by": user}, {"taken_by": user}]}
        return [stored.id for stored in await self._collection.find(query, projection={"version": 1})]

    async def sent_to(self, email: str) -> list[str]:
        """Return the pending invitations to an address; case makes no difference."""
        query: Document = {"address": email.casefold(), "state": InvitationState.PENDING.value}
        return [stored.id for stored in await self._collection.find(query, projection={"version": 1})]

    async def expired(self, now: datetime, limit: int) -> list[str]:
        """Return the pending invitations whose time is over."""
        query: Document = {"state": InvitationState.PENDING.value, "expires_at": {"$lte": now}}
        return [stored.id for stored in await self._collection.find(query, limit=limit, projection={"version": 1})]
