"""Requirement profiles in MongoDB."""

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import ASCENDING
from servicekit.mongo import AggregateCollection

from catalog.adapters.aggregates import Document, MongoAggregates, ignore
from catalog.adapters.dossiers import from_requirement, to_requirement
from catalog.application.ports import Loaded
from catalog.domain.requirement_profile import RequirementProfile


def from_profile(held: RequirementProfile) -> Document:
    """Return the body of a profile's document."""
    return {
        "organisation_id": held.organisation_id,
        "name": held.name,
        "requirements": [from_requirement(each) for each in held.requirements],
        "created_at": held.created_at,
        "updated_at": held.updated_at,
    }


def to_profile(profile_id: str, body: Mapping[str, Any]) -> RequirementProfile:
    """Read a profile back."""
    return RequirementProfile(
        id=profile_id,
        organisation_id=body["organisation_id"],
        name=body["name"],
        requirements=tuple(to_requirement(each) for each in body["requirements"]),
        created_at=body["created_at"],
        updated_at=body["updated_at"],
    )


class MongoRequirementProfiles(MongoAggregates[RequirementProfile]):
    """Profiles in the collection `requirement_profiles`."""

    def __init__(self, collection: AggregateCollection) -> None:
        super().__init__(collection, from_profile, to_profile, ignore)

    async def prepare(self) -> None:
        """Create the indexes (idempotent)."""
        await self._collection.prepare()
        await self._collection.collection.create_index([("organisation_id", ASCENDING)], name="organisation")

    async def of_organisations(self, organisation_ids: Collection[str]) -> list[Loaded[RequirementProfile]]:
        """Return all profiles of these organisations."""
        query = {"organisation_id": {"$in": sorted(organisation_ids)}}
        return [self.loaded(stored) for stored in await self._collection.find(query)]

    async def remove(self, profile: Loaded[RequirementProfile]) -> bool:
        """Delete the profile in this version; False when somebody else saved first."""
        query = {"_id": profile.state.id, "version": profile.version}
        return (await self._collection.collection.delete_one(query)).deleted_count == 1
