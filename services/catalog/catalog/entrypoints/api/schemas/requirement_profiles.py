"""Requirement profiles, and solutions judged by requirements, over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from contracts.profile.questionnaire import Questionnaire
from pydantic import BaseModel, Field

from catalog.application.dossier_record import RecordedRequirement
from catalog.application.ports import LiveSolution, Loaded
from catalog.application.requirements import fulfilment, recorded_requirements
from catalog.domain.requirement import MAX_REQUIREMENTS, Fulfilment, Requirement
from catalog.domain.requirement_profile import RequirementProfile
from catalog.entrypoints.api.schemas.dossiers import Reference, RequirementIn
from catalog.entrypoints.api.schemas.texts import Name, Request

Requirements = Annotated[list[RequirementIn], Field(max_length=MAX_REQUIREMENTS)]


def to_requirements(given: Sequence[RequirementIn]) -> tuple[Requirement, ...]:
    """Return requirements as the domain knows them."""
    return tuple(each.to_requirement() for each in given)


class ProfileRequest(Request):
    """Name and requirements of a profile."""

    name: Name
    requirements: Requirements


class NewProfileRequest(ProfileRequest):
    """A new profile; `organisation_id` only where the user belongs to more than one municipality."""

    organisation_id: Reference | None = None


class ProfileView(BaseModel):
    """A requirement profile; `version` goes back as If-Match, `may_edit` tells whether it may be changed."""

    id: str
    version: int
    organisation_id: str
    organisation_name: str
    name: str
    requirements: list[RecordedRequirement]
    created_at: datetime
    updated_at: datetime
    may_edit: bool

    @classmethod
    def of(
        cls, loaded: Loaded[RequirementProfile], profile: Questionnaire, organisation_name: str, *, may_edit: bool
    ) -> Self:
        """Return the view."""
        held = loaded.state
        return cls(
            id=held.id,
            version=loaded.version,
            organisation_id=held.organisation_id,
            organisation_name=organisation_name,
            name=held.name,
            requirements=recorded_requirements(profile, held.requirements),
            created_at=held.created_at,
            updated_at=held.updated_at,
            may_edit=may_edit,
        )


class Profiles(BaseModel):
    """The profiles of your organisations, by name."""

    items: list[ProfileView]


class JudgementRequest(Request):
    """Published solutions (ids or slugs) and what is demanded of them: requirements, or the id of a profile."""

    solutions: Annotated[list[Reference], Field(min_length=1, max_length=5)]
    requirements: Requirements = []
    profile: Reference | None = None


class JudgedSolution(BaseModel):
    """How a solution stands to the requirements, in their order.

    `knocked_out`: a must is not met. `score`: the weight of the shoulds that are met as percent of all, null without
    any. A must that is not stated knocks nothing out: it is a question to the provider.
    """

    id: str
    slug: str
    fulfilment: list[Fulfilment]
    musts: int
    musts_met: int
    score: int | None
    knocked_out: bool


class JudgementView(BaseModel):
    """Solutions judged by requirements; both in the order they were given."""

    requirements: list[RecordedRequirement]
    solutions: list[JudgedSolution]

    @classmethod
    def of(
        cls,
        profile: Questionnaire,
        requirements: Sequence[Requirement],
        found: Sequence[LiveSolution],
        *,
        now: datetime,
    ) -> Self:
        """Return the view."""

        def judged(live: LiveSolution) -> JudgedSolution:
            fulfilled = fulfilment(profile, requirements, live.listing, now)
            return JudgedSolution(
                id=live.id,
                slug=live.slug,
                fulfilment=list(fulfilled.each),
                musts=fulfilled.musts,
                musts_met=fulfilled.musts_met,
                score=fulfilled.score,
                knocked_out=fulfilled.knocked_out(requirements),
            )

        return cls(
            requirements=recorded_requirements(profile, requirements), solutions=[judged(each) for each in found]
        )
