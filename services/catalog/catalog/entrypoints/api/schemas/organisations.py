"""Organisations and persons over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from pydantic import BaseModel, Field, StringConstraints, field_validator
from servicekit.auth import Principal

from catalog.application.actor import Actor
from catalog.application.commands.onboarding import RequestOrganisation, may_see_proof
from catalog.application.commands.organisations import OrganisationFacts
from catalog.application.commands.regional_keys import Alike, RegionalKey
from catalog.application.ports import Loaded
from catalog.domain.mandate import Proof
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.entrypoints.api.schemas.texts import EMail, Name, Note, Request, UserId, WebAddress

Key = Annotated[str, StringConstraints(pattern=r"^\d{2,12}$")]
OrganisationKey = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class OrganisationRequest(Request):
    """Ask for onboarding."""

    name: Name
    kinds: Annotated[list[OrganisationKind], Field(min_length=1, max_length=2)]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    ars: Key | None = None
    website_url: WebAddress | None = None
    description: Note | None = None
    note: Note | None = None
    mandate: Note | None = None
    """Why the requester may act for the organisation; needs its official `website_url`. A file may be sent instead."""

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
            website_url=self.website_url,
            description=self.description,
            note=self.note,
            mandate=self.mandate,
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


class OnboardingTerms(BaseModel):
    """How many days after the decision a proof is erased, and the largest file in bytes."""

    proof_days: float
    proof_max_bytes: int


class ApprovalRequest(Request):
    """An approval; `shares_ars_with` names the organisations with the same regional key that were looked at."""

    shares_ars_with: Annotated[list[OrganisationKey], Field(max_length=100)] = []


class KeyRequest(ApprovalRequest):
    """Another regional key, null for none, and why; the reason stays in the audit trail."""

    ars: Key | None
    reason: Note


class OrganisationEdit(Request):
    """What an organisation says about itself."""

    name: Name
    website_url: WebAddress | None = None
    description: Note | None = None
    size_class: SizeClass | None = None

    def to_command(self) -> OrganisationFacts:
        """Return the facts as the use case knows them."""
        return OrganisationFacts(**self.model_dump())


class ProofFileView(BaseModel):
    """The uploaded proof, to be read at `/organisations/{id}/proof`."""

    kind: Literal["image", "document"]
    media_type: str
    size: int


class ProofView(BaseModel):
    """A proof of mandate, for curators and who gave it; all but `erased_at` is null once it is erased."""

    statement: str | None
    file: ProofFileView | None
    given_at: datetime | None
    erase_at: datetime | None
    erased_at: datetime | None

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """Return the view."""
        file = proof.file
        return cls(
            statement=proof.statement,
            file=ProofFileView(kind=file.kind, media_type=file.media_type, size=file.size) if file else None,
            given_at=proof.given_at,
            erase_at=proof.erase_at,
            erased_at=proof.erased_at,
        )


class AlikeView(BaseModel):
    """Another organisation with the same regional key."""

    id: str
    name: str
    state: OrganisationState

    @classmethod
    def of(cls, other: Alike) -> Self:
        """Return the view."""
        return cls(id=other.id, name=other.name, state=other.state)


class RegionalKeyView(BaseModel):
    """A regional key in 12 digits, the federal state that it names, and who else has it."""

    ars: str
    bundesland: Bundesland
    held_by: list[AlikeView]

    @classmethod
    def of(cls, found: RegionalKey) -> Self:
        """Return the view."""
        return cls(ars=found.ars, bundesland=found.bundesland, held_by=[AlikeView.of(each) for each in found.held_by])


class OrganisationView(BaseModel):
    """An organisation; `members`, `note`, `reason` and `ars_reason` only for its members and the team.

    `proof` is for curators and who gave it, `same_ars` for curators. All of these are null for others.
    """

    id: str
    name: str
    kinds: list[OrganisationKind]
    state: OrganisationState
    bundesland: Bundesland | None
    size_class: SizeClass | None
    ars: str | None
    website_url: str | None
    description: str | None
    members: list[MemberView] | None
    note: str | None
    reason: str | None
    proof: ProofView | None
    same_ars: list[AlikeView] | None
    ars_reason: str | None
    """Why the team corrected the regional key."""
    created_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(
        cls,
        loaded: Loaded[Organisation],
        *,
        inside: bool,
        reader: Actor | None = None,
        alike: Sequence[Alike] | None = None,
    ) -> Self:
        """Return the view; `inside` for members and the team."""
        held = loaded.state
        proof = held.proof if held.proof and inside and may_see_proof(reader, held.proof) else None
        return cls(
            id=held.id,
            name=held.name,
            kinds=list(held.kinds),
            state=held.state,
            bundesland=held.bundesland,
            size_class=held.size_class,
            ars=held.ars,
            website_url=held.website_url,
            description=held.description,
            members=[MemberView(user=member.user, role=member.role) for member in held.members] if inside else None,
            note=held.note if inside else None,
            reason=held.reason if inside else None,
            proof=ProofView.of(proof) if proof else None,
            same_ars=None if alike is None else [AlikeView.of(each) for each in alike],
            ars_reason=held.ars_reason if inside else None,
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
