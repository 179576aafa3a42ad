"""Requirement profiles of the catalog, and solutions judged by requirements."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.api.caller import ApiModel, Caller
from web.api.dossiers import Requirement, bodies

BASE = "/api/catalog/requirement-profiles"


class Profile(ApiModel):
    """A named set of requirements of an organisation; `version` goes back as If-Match."""

    id: str
    version: int = 0
    organisation_id: str = ""
    organisation_name: str = ""
    name: str = ""
    requirements: list[Requirement] = []
    may_edit: bool = False


class ProfileList(ApiModel):
    """All profiles of the user's organisations, by name."""

    items: list[Profile] = []


class Judged(ApiModel):
    """How a solution stands to requirements, in their order; `knocked_out`: a must is not met."""

    id: str
    fulfilment: list[str] = []
    musts: int = 0
    musts_met: int = 0
    score: int | None = None
    knocked_out: bool = False


class Judgement(ApiModel):
    """Solutions judged by requirements."""

    requirements: list[Requirement] = []
    solutions: list[Judged] = []


@dataclass(frozen=True)
class RequirementProfiles:
    """Calls about requirement profiles; every one may raise ApiProblem."""

    call: Caller

    async def all(self) -> list[Profile]:
        return (await self.call.get(BASE)).as_model(ProfileList).items

    async def get(self, profile_id: str) -> Profile:
        """404 when there is none such, or when it is another organisation's."""
        return (await self.call.get(f"{BASE}/{profile_id}")).as_model(Profile)

    async def create(
        self, name: str, requirements: Sequence[Requirement], *, organisation_id: str | None, key: str
    ) -> Profile:
        body = {"name": name, "requirements": bodies(requirements), "organisation_id": organisation_id}
        return (await self.call.post(BASE, body, key=key)).as_model(Profile)

    async def edit(self, profile_id: str, name: str, requirements: Sequence[Requirement], *, version: int) -> None:
        """412 when it was changed since `version`."""
        body = {"name": name, "requirements": bodies(requirements)}
        await self.call.put(f"{BASE}/{profile_id}", body, version=version)

    async def delete(self, profile_id: str, *, version: int) -> None:
        await self.call.delete(f"{BASE}/{profile_id}", version=version)

    async def judge(
        self, slugs: Sequence[str], requirements: Sequence[Requirement], profile_id: str | None
    ) -> Judgement:
        body = {"solutions": list(slugs), "requirements": bodies(requirements), "profile": profile_id}
        return (await self.call.post("/api/catalog/comparison/judgement", body)).as_model(Judgement)
