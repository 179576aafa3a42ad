"""Cases in MongoDB, with the events of their steps in the same write."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING
from servicekit import errors, keyset
from servicekit.mongo import AggregateCollection, Document, Stored, retrying
from servicekit.outbox import OutboxMessage

from review.adapters.case_documents import QUEUE_FIELDS, body_of, loaded_of, queue_item_of
from review.application.mapping import messages_since
from review.application.ports import Criteria, Loaded, Position, QueueItem
from review.domain.case import UNDECIDED, Case, CaseState
from review.domain.seal import Seal


class MongoCases:
    """The one writer of the collection `cases`."""

    def __init__(self, collection: AggregateCollection, criteria: Criteria) -> None:
        self._cases = collection
        self._criteria = criteria

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._cases.prepare()
        collection = self._cases.collection
        await collection.create_index([("state", ASCENDING), ("waiting_since", ASCENDING), ("_id", ASCENDING)])
        await collection.create_index([("waiting_since", ASCENDING), ("_id", ASCENDING)])
        await collection.create_index([("solution_id", ASCENDING), ("solution_version", DESCENDING)])
        await collection.create_index([("organisation_id", ASCENDING), ("state", ASCENDING)])

    async def get(self, case_id: str) -> Loaded | None:
        """Return the case, or None."""
        stored = await self._cases.get(case_id)
        return None if stored is None else loaded_of(stored)

    async def of_solution(self, solution_id: str) -> Sequence[Case]:
        """Return the cases of a solution, newest version first."""
        found = await self._cases.find({"solution_id": solution_id}, sort=[("solution_version", DESCENDING)])
        return [loaded_of(stored).case for stored in found]

    async def undecided_of(self, organisation_id: str) -> Sequence[Case]:
        """Return the cases of an organisation's solutions that wait for the team or for the provider."""
        query = {"organisation_id": organisation_id, "state": {"$in": [state.value for state in UNDECIDED]}}
        return [loaded_of(stored).case for stored in await self._cases.find(query)]

    async def newest_seal(self, solution_id: str) -> Seal | None:
        """Return the seal of the newest approved version, or None."""
        approved = {"solution_id": solution_id, "state": CaseState.APPROVED.value}
        found = await self._cases.find(approved, sort=[("solution_version", DESCENDING)], limit=1)
        return loaded_of(found[0]).case.seal if found else None

    async def queue(self, state: CaseState | None, *, limit: int, after: Position | None = None) -> Sequence[QueueItem]:
        """Return one page: what waits (open, changes requested) longest first, everything else newest first."""
        direction = ASCENDING if state in UNDECIDED else DESCENDING
        sort = [("waiting_since", direction), ("_id", direction)]

        async def find(chosen: Document, most: int) -> list[Stored]:
            return await self._cases.find(chosen, sort=sort, limit=most, projection=QUEUE_FIELDS)

        place = None if after is None else (after.waiting_since, after.id)
        found = await keyset.following(
            find, self._in_state(state), "waiting_since", place, limit, descending=direction == DESCENDING
        )
        return [queue_item_of(stored) for stored in found]

    async def count(self, state: CaseState | None) -> int:
        """Return how many cases are in the state, or how many there are."""
        return await self._cases.count(self._in_state(state))

    async def add(self, case: Case, *, event_id: str) -> bool:
        """Save a new case; False when it is there already."""
        return await self._cases.insert(case.id, body_of(case), self._messages(case, 0), event_id=event_id)

    async def change(
        self,
        case_id: str,
        decide: Callable[[Case], Case | None],
        *,
        expected: int | None = None,
        event_id: str | None = None,
    ) -> Loaded:
        """Load, decide, save; anew when somebody else saved first. None decided saves nothing."""

        async def attempt() -> Loaded:
            held = await self.get(case_id)
            if held is None:
                raise errors.not_found("case-not-found", f"there is no case {case_id}")
            if expected is not None:
                errors.require_version("the case", expected, held.revision)
            changed = decide(held.case)
            if changed is None:
                return held
            messages = self._messages(changed, len(held.case.audit))
            difference = _difference(body_of(held.case), body_of(changed))
            revision = await self._cases.update(case_id, held.revision, difference, messages, event_id=event_id)
            return Loaded(changed, revision)

        return await retrying(attempt)

    def _messages(self, case: Case, known_steps: int) -> list[OutboxMessage]:
        return messages_since(case, known_steps, self._criteria.get(case.criteria_version))

    @staticmethod
    def _in_state(state: CaseState | None) -> dict[str, Any]:
        return {} if state is None else {"state": state.value}


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in after.items() if before.get(field) != value}
