"""The catalog's aggregates in MongoDB."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.listing import RatingSummary
from contracts.vocabulary import OrganisationKind
from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError, PyMongoError
from servicekit import keyset, logging
from servicekit.mongo import AggregateCollection, Stored
from servicekit.outbox import OutboxMessage

from catalog.adapters import documents, rating_documents
from catalog.adapters.aggregates import NEWEST_FIRST, Document, MongoAggregates, MongoBooks, Saved, ignore
from catalog.adapters.open_data import register
from catalog.application.ports import Guarded, LiveSolution, Loaded, Position, Selection, SlugTaken, SolutionFilter
from catalog.domain import guarding
from catalog.domain.deployment import name_key
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.rating import RatingBook, people
from catalog.domain.score import METHOD
from catalog.domain.slug import looks_like_id, numbered
from catalog.domain.solution import Solution, SolutionState

log = logging.get(__name__)
LONGEST_WAITING = (("unapproved_at", ASCENDING), ("_id", ASCENDING))
WAITING: Document = {"unapproved_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}}
"""The same words in the index and in the questions: neither engine takes a partial index otherwise."""
NEXT_DUE = (("guard_at", ASCENDING),)
LIVE_PROJECTION = dict.fromkeys((*documents.LIVE_FIELDS, "version"), 1)


class MongoOrganisations(MongoAggregates[Organisation]):
    """Organisations in the collection `organisations`."""

    def __init__(self, collection: AggregateCollection, saved: Saved = ignore) -> None:
        super().__init__(collection, documents.from_organisation, documents.to_organisation, saved)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("state", ASCENDING), *NEWEST_FIRST], name="state")
        await indexed.create_index([("members.user", ASCENDING)], name="member")
        await indexed.create_index([("name_key", ASCENDING)], name="name_key")
        await indexed.create_index(
            [("ars", ASCENDING)], name="ars", partialFilterExpression={"ars": {"$type": "string"}}
        )
        await indexed.create_index(
            [("proof.erase_at", ASCENDING)],
            name="proof",
            partialFilterExpression={"proof.erase_at": {"$type": "date"}},
        )

    async def municipalities_named(self, name: str) -> list[Organisation]:
        """Return the onboarded municipalities of this name; case and blanks make no difference."""
        query = {
            "name_key": name_key(name),
            "state": OrganisationState.ONBOARDED.value,
            "kinds": OrganisationKind.MUNICIPALITY.value,
        }
        return [self.loaded(stored).state for stored in await self._collection.find(query)]

    async def with_ars(self, keys: Collection[str]) -> list[Organisation]:
        """Return the organisations with one of these regional keys, those that were refused left out."""
        query = {"ars": {"$in": sorted(keys), "$type": "string"}, "state": {"$ne": OrganisationState.REFUSED.value}}
        return [self.loaded(stored).state for stored in await self._collection.find(query, sort=NEWEST_FIRST)]

    async def proofs_due(self, moment: datetime, limit: int) -> list[str]:
        """Return the organisations whose proof is to be erased."""
        query: Document = {"proof.erase_at": {"$type": "date", "$lte": moment}}
        return [stored.id for stored in await self._collection.find(query, limit=limit, projection={"version": 1})]

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        """Return the organisations that the person belongs to, in any state, newest first."""
        return [
            self.loaded(stored) for stored in await self._collection.find({"members.user": user}, sort=NEWEST_FIRST)
        ]

    async def page(
        self, *, state: OrganisationState | None, after: Position | None, limit: int
    ) -> Selection[Organisation]:
        """Return organisations, newest first."""
        query = {"state": state.value} if state else {}
        page, more, total = await self.newest(query, after=after, limit=limit)
        return Selection([self.loaded(stored) for stored in page], more, total)


class MongoSolutions(MongoAggregates[Solution]):
    """Solutions in the collection `solutions`, and what is public of them in the register."""

    def __init__(
        self, collection: AggregateCollection, saved: Saved = ignore, listed: register.Register | None = None
    ) -> None:
        super().__init__(collection, documents.from_solution, documents.to_solution, saved)
        self._listed = listed
        audited = self._entries
        self._entries = lambda *change: (*audited(*change), *register.entries(*change))

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("slug", ASCENDING)], name="slug", unique=True)
        await indexed.create_index([("organisation_id", ASCENDING), *NEWEST_FIRST], name="organisation")
        await indexed.create_index([("state", ASCENDING), *NEWEST_FIRST], name="state")
        await indexed.create_index(LONGEST_WAITING, name="waiting", partialFilterExpression=WAITING)
        await indexed.create_index([("guard_at", ASCENDING)], name="guard_at")
        if self._listed is None or not await self._listed.filled():  # there is no older document beside a register
            await self._guard_earlier_ones()

    async def _committed(self, entries: Sequence[OutboxMessage]) -> None:
        told = [message for message in entries if message.subject == register.SUBJECT]
        if told and self._listed is not None:
            try:
                await self._listed.store(told)
            except PyMongoError as error:  # the relay stores it
                log.warning("register waits", error=repr(error))

    async def _guard_earlier_ones(self) -> None:
        """Note for documents from before the guard when it has something to do; a no-op once they have it."""
        for stored in await self._collection.find({"guard_at": {"$exists": False}}):
            due = guarding.next_at(self.loaded(stored).state)
            untouched = {"_id": stored.id, "version": stored.version}
            await self._collection.collection.update_one(untouched, {"$set": {"guard_at": due}})

    async def add(self, aggregate_id: str, state: Solution, /, messages: Sequence[OutboxMessage] = ()) -> bool:
        """Save a new solution; False when one with this id is there already. Raises SlugTaken."""
        try:
            return await super().add(aggregate_id, state, messages)
        except DuplicateKeyError as error:
            raise SlugTaken(state.slug) from error

    async def by_slug(self, slug: str) -> Loaded[Solution] | None:
        """Return the solution with this slug, or None."""
        return self.maybe(await self._collection.find_one({"slug": slug}))

    async def free_slug(self, wanted: str) -> str:
        """Return the wanted slug or, when it is taken, the first free one with a number behind it."""
        number, candidate = 1, wanted
        while await self._collection.collection.find_one({"slug": candidate}, {"_id": 1}) is not None:
            number += 1
            candidate = numbered(wanted, number)
        return candidate

    async def ids_of(self, organisation_id: str) -> list[str]:
        """Return the ids of all solutions of an organisation."""
        found = await self._collection.find({"organisation_id": organisation_id}, projection={"version": 1})
        return [stored.id for stored in found]

    async def page(self, chosen: SolutionFilter, *, after: Position | None, limit: int) -> Selection[Solution]:
        """Return solutions, newest first."""
        query: Document = {}
        if chosen.organisation_ids is not None:
            query["organisation_id"] = {"$in": sorted(chosen.organisation_ids)}
        if chosen.state is not None:
            query["state"] = chosen.state.value
        page, more, total = await self.newest(query, after=after, limit=limit)
        return Selection([self.loaded(stored) for stored in page], more, total)

    async def unapproved(self, *, after: Position | None, limit: int) -> Selection[Solution]:
        """Return the solutions with corrections that the team has not looked at, the longest waiting first."""

        async def find(chosen: Document, most: int) -> list[Stored]:
            return await self._collection.find(chosen, sort=LONGEST_WAITING, limit=most)

        place = None if after is None else (after.created_at, after.id)
        found = await keyset.following(find, WAITING, "unapproved_at", place, limit + 1, descending=False)
        page = found[:limit]
        more = Position(page[-1].body["unapproved_at"], page[-1].id) if len(found) > limit else None
        total = None if after else await self._collection.count(WAITING)
        return Selection([self.loaded(stored) for stored in page], more, total)

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the solutions for which the lifecycle guard has something to do by now, the longest waiting first."""
        query = {"guard_at": {"$lte": now}}
        found = await self._collection.find(query, sort=NEXT_DUE, limit=limit, projection={"version": 1})
        return [stored.id for stored in found]

    async def guarded(self) -> Guarded:
        """Return what the lifecycle guard has before it."""
        expired = await self._collection.count({"state": SolutionState.EXPIRED.value})
        query = {"guard_at": {"$type": "date"}}
        found = await self._collection.collection.find_one(query, {"guard_at": 1}, sort=NEXT_DUE)
        return Guarded(expired, found["guard_at"] if found else None)

    async def live(self, id_or_slug: str) -> Loaded[LiveSolution] | None:
        """Return what the public sees of the solution, or None while it is not online."""
        key = "_id" if looks_like_id(id_or_slug) else "slug"
        document = await self._collection.collection.find_one({key: id_or_slug}, LIVE_PROJECTION)
        if document is None or document["live"] is None:
            return None
        return _live(document["_id"], document["version"], document)

    async def live_of(self, solution_ids: Collection[str]) -> Mapping[str, LiveSolution]:
        """Return what the public sees of these solutions, by id, without those that are not online."""
        query = {"_id": {"$in": sorted(set(solution_ids))}, "live": {"$ne": None}}
        cursor = self._collection.collection.find(query, LIVE_PROJECTION)
        return {each["_id"]: _live(each["_id"], each["version"], each).state async for each in cursor}

    async def live_page(
        self, organisation_id: str | None, *, after: Position | None, limit: int
    ) -> Selection[LiveSolution]:
        """Return what the public sees, newest solutions first."""
        query: Document = {} if organisation_id is None else {"organisation_id": organisation_id}
        query["state"] = SolutionState.PUBLISHED.value
        counted = self._listed.count if self._listed and organisation_id is None else None
        page, more, total = await self.newest(
            query, after=after, limit=limit, fields=documents.LIVE_FIELDS, counted=counted
        )
        return Selection([_live(stored.id, stored.version, stored.body) for stored in page], more, total)


class MongoRatingBooks(MongoBooks[RatingBook]):
    """The ratings of each solution in the collection `ratings`, under the solution's id."""

    def __init__(self, collection: AggregateCollection, saved: Saved = ignore) -> None:
        super().__init__(
            collection,
            empty=RatingBook,
            to_fields=rating_documents.from_book,
            to_body=rating_documents.new_book,
            to_state=rating_documents.to_book,
            saved=saved,
        )

    async def prepare(self) -> None:
        """Create the indexes, and tell of ratings of an earlier release whose they are (idempotent)."""
        await self.collection.prepare()
        indexed = self.collection.collection
        await indexed.create_index([("reported", ASCENDING)], name="reported", sparse=True)
        await indexed.create_index([("people", ASCENDING)], name="people")
        async for document in indexed.find({"people": {"$exists": False}}, {"ratings": 1, "version": 1}):
            unchanged = {"_id": document["_id"], "version": document["version"]}
            book = rating_documents.to_book(document["_id"], document)
            await indexed.update_one(unchanged, {"$set": {"people": sorted(people(book))}})

    async def summary(self, solution_id: str) -> Loaded[RatingSummary]:
        """Return the summary of the ratings without reading them, unless it was made by an earlier method."""
        fields = {"version": 1, "summary": 1, "method": 1}
        document = await self.collection.collection.find_one({"_id": solution_id}, fields)
        if document is None:
            return Loaded(RatingBook(solution_id).summary, 0)
        if document.get("method") != METHOD.version:
            held = await self.get(solution_id)
            return Loaded(held.state.summary, held.version)
        return Loaded(RatingSummary.model_validate(document["summary"]), document["version"])

    async def summaries(self, solution_ids: Collection[str]) -> Mapping[str, RatingSummary]:
        """Return the summaries of these solutions, by id, without those that nobody has rated."""
        fields = {"summary": 1, "method": 1}
        cursor = self.collection.collection.find({"_id": {"$in": sorted(set(solution_ids))}}, fields)
        found = [document async for document in cursor]
        return {
            each["_id"]: RatingSummary.model_validate(each["summary"])
            if each.get("method") == METHOD.version
            else (await self.get(each["_id"])).state.summary
            for each in found
        }

    async def with_person(self, user: str) -> list[Loaded[RatingBook]]:
        """Return the books in which a person rated, replied or reported."""
        return [self.books.loaded(stored) for stored in await self.collection.find({"people": user})]

    async def reported(self, *, after: str | None, limit: int) -> list[Loaded[RatingBook]]:
        """Return the books with ratings that somebody reported, in the order of their ids, from behind `after`."""
        query: Document = {"reported": {"$gt": 0}}
        if after is not None:
            query["_id"] = {"$gt": after}
        return [self.books.loaded(stored) for stored in await self.collection.find(query, limit=limit)]


def _live(solution_id: str, version: int, body: Mapping[str, Any]) -> Loaded[LiveSolution]:
    return Loaded(documents.to_live(solution_id, body), version)
