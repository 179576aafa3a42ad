"""Requirement profiles of municipalities, and solutions judged by requirements."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status
from servicekit import errors, http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.application import queries
from catalog.application.actor import Actor
from catalog.application.commands import requirement_profiles as commands
from catalog.application.ports import Loaded
from catalog.application.requirements import require_sound
from catalog.domain.organisation import MemberRole
from catalog.domain.requirement_profile import RequirementProfile
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, Wired
from catalog.entrypoints.api.schemas.requirement_profiles import (
    JudgementRequest,
    JudgementView,
    NewProfileRequest,
    ProfileRequest,
    Profiles,
    ProfileView,
    to_requirements,
)

router = APIRouter(route_class=IdempotentRoute, tags=["requirement profiles"])
ProfileId = Annotated[str, Path(min_length=1, max_length=100)]


async def _view(wired: Wired, actor: Actor, loaded: Loaded[RequirementProfile]) -> ProfileView:
    owner = await wired.ports.organisations.get(loaded.state.organisation_id)
    member = owner.state.member(actor.user) if owner else None
    may_edit = member is not None and member.role.covers(MemberRole.EDITOR)
    return ProfileView.of(loaded, wired.ports.profile, owner.state.name if owner else "", may_edit=may_edit)


async def _shown(response: Response, wired: Wired, actor: Actor, loaded: Loaded[RequirementProfile]) -> ProfileView:
    response.headers["ETag"] = http.etag(loaded.version)
    return await _view(wired, actor, loaded)


@router.post("/requirement-profiles", status_code=status.HTTP_201_CREATED)
async def create(
    body: NewProfileRequest, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> ProfileView:
    """Keep requirements under a name (editors of an onboarded municipality); at most 50 profiles."""
    loaded = await commands.create_profile(
        wired.surveys,
        actor,
        idempotency.new_id(request),
        body.organisation_id,
        name=body.name,
        requirements=to_requirements(body.requirements),
    )
    return await _shown(response, wired, actor, loaded)


@router.get("/requirement-profiles")
async def profiles(actor: CurrentActor, wired: Wired) -> Profiles:
    """The profiles of your organisations, by name."""
    found = await commands.profiles_of(wired.surveys, actor)
    return Profiles(items=[await _view(wired, actor, each) for each in found])


@router.get("/requirement-profiles/{profile_id}")
async def profile(profile_id: ProfileId, response: Response, actor: CurrentActor, wired: Wired) -> ProfileView:
    """A profile (members of its organisation)."""
    return await _shown(response, wired, actor, await commands.profile_of(wired.surveys, actor, profile_id))


@router.put("/requirement-profiles/{profile_id}")
async def edit(
    profile_id: ProfileId,
    body: ProfileRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> ProfileView:
    """Change name and requirements (editors)."""
    loaded = await commands.edit_profile(
        wired.surveys,
        actor,
        profile_id,
        name=body.name,
        requirements=to_requirements(body.requirements),
        expected=expected,
    )
    return await _shown(response, wired, actor, loaded)


@router.delete("/requirement-profiles/{profile_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(profile_id: ProfileId, expected: http.IfMatch, actor: CurrentActor, wired: Wired) -> None:
    """Delete a profile (editors); market surveys that took its requirements over keep them."""
    await commands.delete_profile(wired.surveys, actor, profile_id, expected=expected)


@router.post("/comparison/judgement")
async def judge(body: JudgementRequest, actor: OptionalActor, wired: Wired) -> JudgementView:
    """How up to five published solutions meet requirements; with a `profile` for members of its organisation."""
    if len(set(body.solutions)) != len(body.solutions):
        raise errors.invalid("compared-twice", "a solution was asked for twice")
    requirements = to_requirements(body.requirements)
    require_sound(wired.ports.profile, requirements, "requirements")
    if body.profile is not None:
        if actor is None:
            raise errors.not_found("profile-not-found", f"there is no requirement profile {body.profile}")
        kept = (await commands.profile_of(wired.surveys, actor, body.profile)).state.requirements
        requirements = (*kept, *requirements)
    found = [(await queries.public_solution(wired.ports, each)).solution.state for each in body.solutions]
    return JudgementView.of(wired.ports.profile, requirements, found, now=wired.ports.clock.now())
