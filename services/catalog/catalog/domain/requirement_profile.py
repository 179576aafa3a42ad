"""Requirement profiles: what an organisation demands of solutions of one kind, kept to be used again."""

from dataclasses import dataclass, replace
from datetime import datetime

from servicekit import errors

from catalog.domain.requirement import Requirement

MAX_PROFILES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementProfile:
    """A named set of requirements of one organisation."""

    id: str
    organisation_id: str
    name: str
    requirements: tuple[Requirement, ...]
    created_at: datetime
    updated_at: datetime


def edit(
    held: RequirementProfile, *, name: str, requirements: tuple[Requirement, ...], at: datetime
) -> RequirementProfile:
    """Change name and requirements; the same again changes nothing."""
    require_any(requirements)
    changed = replace(held, name=name, requirements=requirements)
    return held if changed == held else replace(changed, updated_at=at)


def require_any(requirements: tuple[Requirement, ...]) -> None:
    """Raise ProblemError `empty-profile` (422) for a profile that demands nothing."""
    if not requirements:
        raise errors.invalid("empty-profile", "a requirement profile needs a requirement")
