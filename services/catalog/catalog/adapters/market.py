"""What review and checkup last said about each solution, in the collection `market`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from contracts.listing import ReviewSeal
from pymongo.errors import DuplicateKeyError
from servicekit.mongo import Database

from catalog.application.dossier_ports import CheckupState, MarketState


class MongoMarket:
    """One document for each solution; a moment beside each part keeps older events out."""

    def __init__(self, db: Database) -> None:
        self._collection = db["market"]

    async def note_seal(self, solution_id: str, seal: ReviewSeal | None, decided_at: datetime) -> None:
        """Keep the seal of a review that was decided at that moment."""
        await self._put(solution_id, "seal", seal.model_dump(mode="json") if seal else None, decided_at)

    async def note_checkup(self, solution_id: str, checkup: CheckupState) -> None:
        """Keep the scores of a run."""
        await self._put(solution_id, "checkup", checkup.model_dump(mode="json"), checkup.finished_at)

    async def states(self, solution_ids: Collection[str]) -> Mapping[str, MarketState]:
        """Return what is known, by solution; nothing for those that nobody judged."""
        cursor = self._collection.find({"_id": {"$in": sorted(set(solution_ids))}})
        return {each["_id"]: _state(each) async for each in cursor}

    async def _put(self, solution_id: str, part: str, value: Any, at: datetime) -> None:
        moment = f"{part}_at"
        newer = {"_id": solution_id, moment: {"$not": {"$gt": at}}}
        try:
            await self._collection.update_one(newer, {"$set": {part: value, moment: at}}, upsert=True)
        except DuplicateKeyError:
            return  # there is one, and what it holds is newer


def _state(document: Mapping[str, Any]) -> MarketState:
    seal, checkup = document.get("seal"), document.get("checkup")
    return MarketState(
        ReviewSeal.model_validate(seal) if seal else None,
        CheckupState.model_validate(checkup) if checkup else None,
    )
