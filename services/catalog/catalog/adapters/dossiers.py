"""Market surveys in MongoDB; the record is kept compressed, as it was sealed."""

import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection

from catalog.adapters.aggregates import NEWEST_FIRST, Document, MongoAggregates, ignore
from catalog.application.ports import Loaded, Position, Selection
from catalog.domain.dossier import (
    Candidate,
    Conclusion,
    Criteria,
    Dossier,
    DossierState,
    LogEntry,
    Outcome,
    Person,
    ProviderAnswer,
    Seal,
    Step,
)
from catalog.domain.requirement import Need, Requirement

_LISTED = (
    "organisation_id",
    "organisation_name",
    "title",
    "need",
    "criteria",
    "candidates",
    "state",
    "created_at",
    "updated_at",
    "log",
    "seals",
    "conclusion",
)


def from_dossier(dossier: Dossier) -> Document:
    """Return the body of a survey's document."""
    criteria = dossier.criteria
    return {
        "organisation_id": dossier.organisation_id,
        "organisation_name": dossier.organisation_name,
        "title": dossier.title,
        "need": dossier.need,
        "criteria": {
            "query": criteria.query,
            "filters": [{"facet": facet, "values": list(values)} for facet, values in criteria.filters.items()],
            "requirements": [from_requirement(each) for each in criteria.requirements],
        },
        "candidates": [_from_candidate(each) for each in dossier.candidates],
        "state": dossier.state.value,
        "created_at": dossier.created_at,
        "updated_at": dossier.updated_at,
        "log": [{**asdict(entry), "step": entry.step.value} for entry in dossier.log],
        "seals": [{**asdict(seal), "step": seal.step.value} for seal in dossier.seals],
        "conclusion": _from_conclusion(dossier.conclusion),
        "record": zlib.compress(dossier.record) if dossier.record is not None else None,
    }


def to_dossier(dossier_id: str, body: Mapping[str, Any]) -> Dossier:
    """Read a survey back; lists leave its record out."""
    criteria, record = body["criteria"], body.get("record")
    return Dossier(
        id=dossier_id,
        organisation_id=body["organisation_id"],
        organisation_name=body["organisation_name"],
        title=body["title"],
        need=body["need"],
        criteria=Criteria(
            criteria["query"],
            {each["facet"]: tuple(each["values"]) for each in criteria["filters"]},
            tuple(to_requirement(each) for each in criteria["requirements"]),
        ),
        candidates=tuple(_to_candidate(each) for each in body["candidates"]),
        state=DossierState(body["state"]),
        created_at=body["created_at"],
        updated_at=body["updated_at"],
        log=tuple(
            LogEntry(each["at"], Person(**each["by"]), Step(each["step"]), each["about"]) for each in body["log"]
        ),
        seals=tuple(Seal(each["sha256"], each["at"], Step(each["step"])) for each in body["seals"]),
        conclusion=_to_conclusion(body["conclusion"]),
        record=zlib.decompress(record) if record is not None else None,
    )


def from_requirement(requirement: Requirement) -> Document:
    """Return a requirement as it is kept."""
    return {**asdict(requirement), "need": requirement.need.value, "any_of": list(requirement.any_of)}


def to_requirement(body: Mapping[str, Any]) -> Requirement:
    """Read a requirement back."""
    return Requirement(**{**body, "need": Need(body["need"]), "any_of": tuple(body["any_of"])})


def _from_candidate(candidate: Candidate) -> Document:
    answers = [{**asdict(each), "answered_on": each.answered_on.isoformat()} for each in candidate.answers]
    return {**asdict(candidate), "answers": answers}


def _to_candidate(body: Mapping[str, Any]) -> Candidate:
    answers = tuple(
        ProviderAnswer(**{**each, "answered_on": date.fromisoformat(each["answered_on"])}) for each in body["answers"]
    )
    return Candidate(**{**body, "answers": answers})


def _from_conclusion(conclusion: Conclusion | None) -> Document | None:
    return {**asdict(conclusion), "outcome": conclusion.outcome.value} if conclusion else None


def _to_conclusion(body: Mapping[str, Any] | None) -> Conclusion | None:
    return Conclusion(Outcome(body["outcome"]), body["note"], body["at"], Person(**body["by"])) if body else None


class MongoDossiers(MongoAggregates[Dossier]):
    """Surveys in the collection `dossiers`."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(collection, from_dossier, to_dossier, ignore)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        indexed = self._collection.collection
        await indexed.create_index([("organisation_id", ASCENDING), *NEWEST_FIRST], name="organisation")
        await indexed.create_index([("seals.sha256", ASCENDING)], name="seal")
        await indexed.create_index([("log.by.user", ASCENDING)], name="person")

    async def page(
        self, organisation_ids: Collection[str], *, after: Position | None, limit: int
    ) -> Selection[Dossier]:
        """Return the surveys of these organisations, newest first."""
        query = {"organisation_id": {"$in": sorted(organisation_ids)}}
        page, more, total = await self.newest(query, after=after, limit=limit, fields=_LISTED)
        return Selection([self.loaded(stored) for stored in page], more, total)

    async def with_person(self, user: str) -> list[Dossier]:
        """Return the surveys that a person worked on, without the records."""
        fields = dict.fromkeys((*_LISTED, "version"), 1)
        found = await self._collection.find({"log.by.user": user}, sort=NEWEST_FIRST, projection=fields)
        return [self.loaded(stored).state for stored in found]

    async def by_seal(self, sha256: str) -> Dossier | None:
        """Return the survey that was sealed with this hash, without its record, or None."""
        found = await self._collection.find(
            {"seals.sha256": sha256}, limit=1, projection=dict.fromkeys((*_LISTED, "version"), 1)
        )
        return self.loaded(found[0]).state if found else None

    async def remove(self, dossier: Loaded[Dossier]) -> bool:
        """Delete the survey in this version; False when somebody else saved first."""
        query = {"_id": dossier.state.id, "version": dossier.version}
        return (await self._collection.collection.delete_one(query)).deleted_count == 1
