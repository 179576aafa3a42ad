"""Organisations and persons over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from pydantic import BaseModel, Field, StringConstraints, field_validator
from servicekit.auth import Principal

from catalog.application.commands.organisations import RequestOrganisation
from catalog.application.ports import Loaded
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.entrypoints.api.schemas.texts import EMail, Name, Note, Request, UserId


class OrganisationRequest(Request):
    """Ask for onboarding."""

    name: Name
    kinds: Annotated[list[OrganisationKind], Field(min_length=1, max_length=2)]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    ars: Annotated[str, StringConstraints(pattern=r"^\d{2,12}$")] | None = None
    note: Note | None = None

    @field_validator("kinds")
    @classmethod
    def _each_once(cls, value: list[OrganisationKind]) -> list[OrganisationKind]:
        if len(set(value)) < len(value):
            raise ValueError("must name each kind once")
        return value

    def to_command(self) -> RequestOrganisation:
        """Return the request as the use case knows it."""
        return RequestOrganisation(
            name=self.name,
            kinds=tuple(self.kinds),
            bundesland=self.bundesland,
            size_class=self.size_class,
            ars=self.ars,
            note=self.note,
        )


class MemberRequest(Request):
    """Let a person act for the organisation; `user` is the subject of the person's tokens."""

    user: UserId
    email: EMail | None = None
    role: MemberRole = MemberRole.MEMBER


class MemberView(BaseModel):
    """A person who acts for an organisation."""

    user: str
    role: MemberRole


class OrganisationView(BaseModel):
    """An organisation; `members`, `note` and `reason` only for its members and the team, null for others."""

    id: str
    name: str
    kinds: list[OrganisationKind]
    state: OrganisationState
    bundesland: Bundesland | None
    size_class: SizeClass | None
    ars: str | None
    members: list[MemberView] | None
    note: str | None
    reason: str | None
    created_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(cls, loaded: Loaded[Organisation], *, inside: bool) -> Self:
        """Return the view; `inside` for members and the team."""
        held = loaded.state
        return cls(
            id=held.id,
            name=held.name,
            kinds=list(held.kinds),
            state=held.state,
            bundesland=held.bundesland,
            size_class=held.size_class,
            ars=held.ars,
            members=[MemberView(user=member.user, role=member.role) for member in held.members] if inside else None,
            note=held.note if inside else None,
            reason=held.reason if inside else None,
            created_at=held.created_at,
            decided_at=held.decided_at,
            version=loaded.version,
        )


class MembershipView(BaseModel):
    """An organisation that a person acts for."""

    organisation_id: str
    organisation_name: str
    kinds: list[OrganisationKind]
    role: MemberRole


class MeView(BaseModel):
    """Who the token says you are, and the organisations that all services know you in."""

    sub: str
    name: str | None
    email: str | None
    roles: list[str]
    memberships: list[MembershipView]

    @classmethod
    def of(cls, user: Principal) -> Self:
        """Return the view."""
        return cls(
            sub=user.sub,
            name=user.name,
            email=user.email,
            roles=sorted(user.roles),
            memberships=[
                MembershipView(
                    organisation_id=held.organisation_id,
                    organisation_name=held.organisation_name,
                    kinds=[OrganisationKind(kind) for kind in held.kinds],
                    role=MemberRole(held.role),
                )
                for held in sorted(user.memberships.values(), key=lambda held: held.organisation_name)
            ],
        )
