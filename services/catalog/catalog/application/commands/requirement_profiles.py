"""Requirement profiles of organisations: members read, editors write; for everybody else they are not there."""

from collections.abc import Sequence

from servicekit import errors

from catalog.application.actor import Actor
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.municipalities import acting_for, own
from catalog.application.ports import Loaded, Write
from catalog.application.requirements import require_sound
from catalog.domain import requirement_profile as rules
from catalog.domain.organisation import MemberRole
from catalog.domain.requirement import Requirement
from catalog.domain.requirement_profile import MAX_PROFILES, RequirementProfile

DOING = "keep requirement profiles"
WHAT = "the profile"


async def create_profile(
    ports: SurveyPorts,
    actor: Actor,
    profile_id: str,
    organisation_id: str | None,
    *,
    name: str,
    requirements: tuple[Requirement, ...],
) -> Loaded[RequirementProfile]:
    """Keep a profile for the actor's municipality (its editors); the same id again returns what is there."""
    owner = await acting_for(ports.catalog, actor, organisation_id, MemberRole.EDITOR, DOING)
    require_sound(ports.catalog.profile, requirements, "requirements")
    rules.require_any(requirements)
    if len(await ports.profiles.of_organisations([owner.id])) >= MAX_PROFILES:
        raise errors.conflict("too-many-profiles", f"an organisation keeps at most {MAX_PROFILES} requirement profiles")
    now = ports.catalog.clock.now()
    made = RequirementProfile(
        id=profile_id, organisation_id=owner.id, name=name, requirements=requirements, created_at=now, updated_at=now
    )
    if await ports.profiles.add(profile_id, made):
        return Loaded(made, 1)
    return await profile_of(ports, actor, profile_id)


async def profile_of(
    ports: SurveyPorts, actor: Actor, profile_id: str, at_least: MemberRole = MemberRole.MEMBER
) -> Loaded[RequirementProfile]:
    """Return a profile of the actor's own organisation.

    Raises ProblemError `profile-not-found` (404), also for those of others, and `missing-role` (403).
    """
    return await own(ports.catalog, actor, await ports.profiles.get(profile_id), at_least, "profile-not-found")


async def profiles_of(ports: SurveyPorts, actor: Actor) -> Sequence[Loaded[RequirementProfile]]:
    """Return the profiles of all organisations that the actor belongs to, by name."""
    own = [each.state.id for each in await ports.catalog.organisations.of_member(actor.user)]
    found = await ports.profiles.of_organisations(own) if own else []
    return sorted(found, key=lambda each: (each.state.name.casefold(), each.state.id))


async def edit_profile(
    ports: SurveyPorts,
    actor: Actor,
    profile_id: str,
    *,
    name: str,
    requirements: tuple[Requirement, ...],
    expected: int,
) -> Loaded[RequirementProfile]:
    """Change name and requirements."""
    await profile_of(ports, actor, profile_id, MemberRole.EDITOR)
    require_sound(ports.catalog.profile, requirements, "requirements")
    now = ports.catalog.clock.now()

    async def decide(loaded: Loaded[RequirementProfile]) -> Write[RequirementProfile]:
        errors.require_version(WHAT, expected, loaded.version)
        return Write(rules.edit(loaded.state, name=name, requirements=requirements, at=now))

    saved = await ports.profiles.change(profile_id, decide)
    if saved is None:
        raise errors.not_found("profile-not-found", f"there is no requirement profile {profile_id}")
    return saved


async def delete_profile(ports: SurveyPorts, actor: Actor, profile_id: str, *, expected: int) -> None:
    """Delete a profile; dossiers that took its requirements over keep them."""
    found = await profile_of(ports, actor, profile_id, MemberRole.EDITOR)
    errors.require_version(WHAT, expected, found.version)
    if not await ports.profiles.remove(found):
        raise errors.stale_version(WHAT, expected, found.version + 1)
