"""Deployments over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from contracts.vocabulary import Bundesland, DeploymentVisibility, SizeClass
from pydantic import BaseModel, Field, StringConstraints, model_validator

from catalog.application.use_queries import OwnUses, Used
from catalog.domain.deployment import DEFAULT_CONTACTS, Claim, ClaimSource, Ended, Terms, Use
from catalog.domain.solution import Solution
from catalog.entrypoints.api.schemas.texts import Line, Name, Note, Request

Month = Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$")]
"""Year, or year and month: `2024` or `2024-05`."""
OrganisationKey = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class UseRequest(Request):
    """How a municipality uses a solution; `organisation_id` only where the user belongs to more than one."""

    organisation_id: OrganisationKey | None = None
    since: Month | None = None
    version: Line | None = None
    module: Line | None = None
    visibility: DeploymentVisibility = DeploymentVisibility.REGISTERED
    contact: bool = False
    contacts_per_month: Annotated[int, Field(ge=1, le=50)] = DEFAULT_CONTACTS

    def to_terms(self) -> Terms:
        """Return what is said as the domain knows it."""
        return Terms(**self.model_dump(exclude={"organisation_id"}))


class EndRequest(Request):
    """The use has ended, in `month` where that is known."""

    month: Month | None = None


class ClaimRequest(Request):
    """Who uses the solution, as its provider says: an onboarded municipality, or a name."""

    name: Name | None = None
    organisation_id: OrganisationKey | None = None
    since: Month | None = None
    version: Line | None = None
    module: Line | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.organisation_id is None):
            raise ValueError("must have either name or organisation_id")
        return self


class RefusalRequest(Request):
    """The municipality does not use the solution; the provider reads the reason."""

    organisation_id: OrganisationKey | None = None
    reason: Note


class EndedView(BaseModel):
    """Since when a municipality no longer uses the solution."""

    at: datetime
    month: str | None

    @classmethod
    def of(cls, ended: Ended | None) -> Self | None:
        """Return the view, or None."""
        return None if ended is None else cls(at=ended.at, month=ended.month)


class UseView(BaseModel):
    """A municipality that uses the solution, by name. `contact`: the reader may write to it."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None
    bundesland: Bundesland | None
    since: str | None
    version: str | None
    module: str | None
    visibility: DeploymentVisibility
    confirmed_at: datetime
    outdated: bool
    by_provider: bool
    contact: bool

    @classmethod
    def of(cls, use: Use, *, now: datetime, contact: bool) -> Self:
        """Return the view as of now."""
        return cls(
            organisation_id=use.organisation_id,
            organisation_name=use.organisation_name,
            size_class=use.size_class,
            bundesland=use.bundesland,
            since=use.terms.since,
            version=use.terms.version,
            module=use.terms.module,
            visibility=use.terms.visibility,
            confirmed_at=use.confirmed_at,
            outdated=use.outdated(now),
            by_provider=use.by_provider,
            contact=contact,
        )


class OwnUseView(UseView):
    """How an own municipality uses the solution. `contact` is its consent, `version` of the ETag is `revision`."""

    contacts_per_month: int
    contacts_left: int
    declared_at: datetime
    due_at: datetime
    """When it has to be confirmed again."""
    revision: int
    suspended: bool
    ended: EndedView | None

    @classmethod
    def own(cls, use: Use, *, now: datetime) -> Self:
        """Return the view as of now."""
        seen = UseView.of(use, now=now, contact=use.terms.contact)
        return cls(
            **seen.model_dump(),
            contacts_per_month=use.terms.contacts_per_month,
            contacts_left=max(use.terms.contacts_per_month - len(use.recent_contacts(now)), 0),
            declared_at=use.declared_at,
            due_at=use.due_at,
            revision=use.revision,
            suspended=use.suspended,
            ended=EndedView.of(use.ended),
        )


class ClaimView(BaseModel):
    """Somebody uses the solution, as its provider says. `state` is open, confirmed or refused."""

    id: str
    name: str
    organisation_id: str | None
    source: ClaimSource
    since: str | None
    version: str | None
    module: str | None
    at: datetime
    state: str
    reason: str | None

    @classmethod
    def of(cls, claim: Claim, *, is_open: bool | None = None) -> Self:
        """Return the view; `is_open` where the answer is not to be seen."""
        answer = None if (claim.open if is_open is None else is_open) else claim.answer
        return cls(
            id=claim.id,
            name=claim.name,
            organisation_id=claim.organisation_id,
            source=claim.source,
            since=claim.since,
            version=claim.version,
            module=claim.module,
            at=claim.at,
            state="open" if answer is None else "confirmed" if answer.confirmed else "refused",
            reason=answer.reason if answer else None,
        )


class UsedView(BaseModel):
    """Who uses a solution. `items` are those whose names the reader sees, `unnamed` counts the others.

    `confirmed`, `outdated` and `claimed` count all; `sizes` counts the confirmed ones by size.
    """

    confirmed: int
    outdated: int
    claimed: int
    unnamed: int
    sizes: dict[SizeClass, int]
    items: list[UseView]
    claims: list[ClaimView]
    next_cursor: str | None

    @classmethod
    def of(cls, used: Used, *, now: datetime, start: int, limit: int, next_cursor: str | None) -> Self:
        """Return one page as of now."""
        return cls(
            confirmed=used.confirmed,
            outdated=used.outdated,
            claimed=used.claimed,
            unnamed=used.unnamed,
            sizes=used.sizes,
            items=[
                UseView.of(use, now=now, contact=use.organisation_id in used.contactable)
                for use in used.named[start : start + limit]
            ],
            claims=[ClaimView.of(claim) for claim in used.claims] if start == 0 else [],
            next_cursor=next_cursor,
        )


class ClaimsView(BaseModel):
    """What the provider says, claims that wait first."""

    items: list[ClaimView]


class SolutionBrief(BaseModel):
    """Which solution it is about; `slug` leads to its page while it is published."""

    solution_id: str
    slug: str
    name: str
    provider_name: str
    published: bool

    @classmethod
    def of(cls, solution: Solution) -> Self:
        """Return the view."""
        return cls(
            solution_id=solution.id,
            slug=solution.slug,
            name=(solution.live or solution.newest).listing.name,
            provider_name=solution.organisation_name,
            published=solution.live is not None,
        )


class UseOfSolutionView(BaseModel):
    """A use with its solution."""

    solution: SolutionBrief
    use: OwnUseView


class ClaimOfSolutionView(BaseModel):
    """A claim with its solution."""

    solution: SolutionBrief
    claim: ClaimView


class OwnUsesView(BaseModel):
    """What a municipality uses, and what providers claim that it uses."""

    uses: list[UseOfSolutionView]
    claims: list[ClaimOfSolutionView]

    @classmethod
    def of(cls, held: OwnUses, *, now: datetime) -> Self:
        """Return the view as of now."""
        return cls(
            uses=[
                UseOfSolutionView(solution=SolutionBrief.of(solution), use=OwnUseView.own(use, now=now))
                for solution, use in held.uses
            ],
            claims=[
                ClaimOfSolutionView(solution=SolutionBrief.of(solution), claim=ClaimView.of(claim))
                for solution, claim in held.claims
            ],
        )
