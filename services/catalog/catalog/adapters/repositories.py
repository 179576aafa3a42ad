"""The catalog's aggregates in MongoDB."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from contracts.listing import RatingSummary
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError
from servicekit.mongo import AggregateCollection, AlreadyHandled, Stored, VersionConflict, retrying

from catalog.adapters import documents
from catalog.adapters.documents import Document
from catalog.application.ports import (
    Decide,
    LiveSolution,
    Loaded,
    Position,
    Selection,
    SlugTaken,
    SolutionFilter,
    Write,
)
from catalog.domain.organisation import Organisation, OrganisationState
from catalog.domain.rating import RatingBook
from catalog.domain.slug import looks_like_id, numbered
from catalog.domain.solution import Solution, SolutionState

T = TypeVar("T")
Saved = Callable[[str], None]
"""Told the id of every aggregate that this process changed."""
NEWEST_FIRST = (("created_at", DESCENDING), ("_id", DESCENDING))
LIVE_PROJECTION = dict.fromkeys((*documents.LIVE_FIELDS, "version"), 1)


def ignore(aggregate_id: str) -> None:
    """Do nothing after a save."""


class _Aggregates(Generic[T]):
    """Loading, deciding and saving, the same for every kind of aggregate."""

    def __init__(
        self,
        collection: AggregateCollection,
        to_body: Callable[[T], Document],
        to_state: Callable[[str, Mapping[str, Any]], T],
        saved: Saved,
    ) -> None:
        self._collection = collection
        self._to_body = to_body
        self._to_state = to_state
        self._saved = saved

    async def get(self, aggregate_id: str, /) -> Loaded[T] | None:
        """Return the aggregate, or None."""
        return self._maybe(await self._collection.get(aggregate_id))

    async def add(self, aggregate_id: str, state: T, /) -> bool:
        """Save a new aggregate as version 1; False when one with this id is there already."""
        return await self._collection.insert(aggregate_id, self._to_body(state))

    async def change(self, aggregate_id: str, decide: Decide[T], /, *, event_id: str | None = None) -> Loaded[T] | None:
        """Load, decide, save what changed; again from the start when somebody else saved in between."""

        async def attempt() -> Loaded[T] | None:
            found = await self.get(aggregate_id)
            if found is None:
                return None
            return await self.save(aggregate_id, found, await decide(found), event_id=event_id)

        try:
            return await retrying(attempt)
        except AlreadyHandled:
            return await self.get(aggregate_id)

    async def save(
        self, aggregate_id: str, found: Loaded[T], write: Write[T], *, event_id: str | None = None
    ) -> Loaded[T]:
        """Save the fields that changed, with the messages; nothing when there is neither."""
        before, after = self._to_body(found.state), self._to_body(write.state)
        changes = {field: value for field, value in after.items() if field not in before or before[field] != value}
        if not changes and not write.messages:
            return found
        version = await self._collection.update(aggregate_id, found.version, changes, write.messages, event_id=event_id)
        self._saved(aggregate_id)
        return Loaded(write.state, version)

    async def _page(
        self,
        query: Document,
        *,
        after: Position | None,
        limit: int,
        fields: Sequence[str] = (),
    ) -> tuple[list[Stored], Position | None, int | None]:
        """Return one page, newest first, where the next one starts, and on the first page the number of all."""
        older: Document = {}
        if after is not None:
            older = {
                "$or": [
                    {"created_at": {"$lt": after.created_at}},
                    {"created_at": after.created_at, "_id": {"$lt": after.id}},
                ]
            }
        projection = dict.fromkeys((*fields, "version"), 1) if fields else None
        found = await self._collection.find(
            {"$and": [query, older]} if older else query, sort=NEWEST_FIRST, limit=limit + 1, projection=projection
        )
        page = found[:limit]
        more = Position(page[-1].body["created_at"], page[-1].id) if len(found) > limit else None
        return page, more, None if after else await self._collection.count(query)

    def _maybe(self, stored: Stored | None) -> Loaded[T] | None:
        return None if stored is None else self._loaded(stored)

    def _loaded(self, stored: Stored) -> Loaded[T]:
        return Loaded(self._to_state(stored.id, stored.body), stored.version)


class MongoOrganisations(_Aggregates[Organisation]):
    """Organisations in the collection `organisations`."""

    def __init__(self, collection: AggregateCollection, saved: Saved = ignore) -> None:
        super().__init__(collection, documents.from_organisation, documents.to_organisation, saved)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("state", ASCENDING), *NEWEST_FIRST], name="state")
        await indexed.create_index([("members.user", ASCENDING)], name="member")

    async def of_member(self, user: str) -> list[Loaded[Organisation]]:
        """Return the organisations that the person belongs to, in any state, newest first."""
        return [
            self._loaded(stored) for stored in await self._collection.find({"members.user": user}, sort=NEWEST_FIRST)
        ]

    async def page(
        self, *, state: OrganisationState | None, after: Position | None, limit: int
    ) -> Selection[Organisation]:
        """Return organisations, newest first."""
        query = {"state": state.value} if state else {}
        page, more, total = await self._page(query, after=after, limit=limit)
        return Selection([self._loaded(stored) for stored in page], more, total)


class MongoSolutions(_Aggregates[Solution]):
    """Solutions in the collection `solutions`."""

    def __init__(self, collection: AggregateCollection, saved: Saved = ignore) -> None:
        super().__init__(collection, documents.from_solution, documents.to_solution, saved)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("slug", ASCENDING)], name="slug", unique=True)
        await indexed.create_index([("organisation_id", ASCENDING), *NEWEST_FIRST], name="organisation")
        await indexed.create_index([("state", ASCENDING), *NEWEST_FIRST], name="state")

    async def add(self, aggregate_id: str, state: Solution, /) -> bool:
        """Save a new solution; False when one with this id is there already. Raises SlugTaken."""
        try:
            return await super().add(aggregate_id, state)
        except DuplicateKeyError as error:
            raise SlugTaken(state.slug) from error

    async def by_slug(self, slug: str) -> Loaded[Solution] | None:
        """Return the solution with this slug, or None."""
        return self._maybe(await self._collection.find_one({"slug": slug}))

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
        page, more, total = await self._page(query, after=after, limit=limit)
        return Selection([self._loaded(stored) for stored in page], more, total)

    async def live(self, id_or_slug: str) -> Loaded[LiveSolution] | None:
        """Return what the public sees of the solution, or None while it is not online."""
        key = "_id" if looks_like_id(id_or_slug) else "slug"
        document = await self._collection.collection.find_one({key: id_or_slug}, LIVE_PROJECTION)
        if document is None or document["live"] is None:
            return None
        return _live(document["_id"], document["version"], document)

    async def live_page(
        self, organisation_id: str | None, *, after: Position | None, limit: int
    ) -> Selection[LiveSolution]:
        """Return what the public sees, newest solutions first."""
        query: Document = {"state": SolutionState.PUBLISHED.value}
        if organisation_id is not None:
            query["organisation_id"] = organisation_id
        page, more, total = await self._page(query, after=after, limit=limit, fields=documents.LIVE_FIELDS)
        return Selection([_live(stored.id, stored.version, stored.body) for stored in page], more, total)


class MongoRatingBooks:
    """The ratings of each solution in the collection `ratings`, under the solution's id."""

    def __init__(self, collection: AggregateCollection, saved: Saved = ignore) -> None:
        self._collection = collection
        self._saved = saved
        self._books = _Aggregates(collection, documents.from_book, documents.to_book, saved)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()

    async def get(self, solution_id: str, /) -> Loaded[RatingBook]:
        """Return the ratings; an empty book in version 0 as long as nobody has rated."""
        return await self._books.get(solution_id) or Loaded(RatingBook(solution_id), 0)

    async def summary(self, solution_id: str) -> Loaded[RatingSummary]:
        """Return the summary of the ratings without reading them."""
        document = await self._collection.collection.find_one({"_id": solution_id}, {"version": 1, "summary": 1})
        if document is None:
            return Loaded(RatingBook(solution_id).summary, 0)
        return Loaded(RatingSummary.model_validate(document["summary"]), document["version"])

    async def change(self, solution_id: str, decide: Decide[RatingBook], /) -> Loaded[RatingBook]:
        """Load, decide, save what changed; the first rating makes the document."""

        async def attempt() -> Loaded[RatingBook]:
            found = await self.get(solution_id)
            write = await decide(found)
            if found.version:
                return await self._books.save(solution_id, found, write)
            if not await self._collection.insert(solution_id, documents.new_book(write.state), write.messages):
                raise VersionConflict(solution_id)
            self._saved(solution_id)
            return Loaded(write.state, 1)

        return await retrying(attempt)


def _live(solution_id: str, version: int, body: Mapping[str, Any]) -> Loaded[LiveSolution]:
    return Loaded(documents.to_live(solution_id, body), version)
