"""Solutions over HTTP: the public view, and the one for their providers and the team."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from contracts.listing import Finding, Listing, RatingSummary
from pydantic import BaseModel, StringConstraints

from catalog.application.ports import LiveSolution, Loaded, Ports
from catalog.application.queries import PublicView
from catalog.domain import lifecycle, term
from catalog.domain.solution import Mark, Solution, SolutionState, Version, VersionState
from catalog.domain.term import Term, TermKind
from catalog.entrypoints.api.schemas.listing import ListingIn
from catalog.entrypoints.api.schemas.profile import CompletenessView
from catalog.entrypoints.api.schemas.texts import Request


class SolutionRequest(Request):
    """Start a solution; without `slug` it is derived from the name."""

    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    slug: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    listing: ListingIn


class DraftRequest(Request):
    """The text to keep."""

    listing: ListingIn


class VersionView(BaseModel):
    """One version of the listing; `message` and `findings` are what the last review of it said.

    `listing` has its small corrections, `revision` counts them. People are opaque ids.
    """

    number: int
    state: VersionState
    round: int
    listing: Listing
    message: str | None
    findings: list[Finding]
    created_by: str | None
    created_at: datetime | None
    edited_by: str | None
    edited_at: datetime | None
    submitted_by: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    revision: int
    corrected_at: datetime | None

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the view."""
        return cls(
            number=version.number,
            state=version.state,
            round=version.round,
            listing=version.shown,
            message=version.message,
            findings=list(version.findings),
            created_by=version.created_by,
            created_at=version.created_at,
            edited_by=version.edited_by,
            edited_at=version.edited_at,
            submitted_by=version.submitted_by,
            submitted_at=version.submitted_at,
            decided_at=version.decided_at,
            revision=version.revision,
            corrected_at=version.corrected_at,
        )


class MarkView(BaseModel):
    """When and why a solution was taken offline."""

    at: datetime
    note: str | None

    @classmethod
    def of(cls, mark: Mark | None) -> Self | None:
        """Return the view, or None."""
        return None if mark is None else cls(at=mark.at, note=mark.note)


class TermView(BaseModel):
    """What the newest version states to hold through the day `until`; `soon`: in the last 60 days."""

    kind: TermKind
    certificate: str | None
    number: str | None
    until: date
    state: Literal["valid", "soon", "passed"]

    @classmethod
    def of(cls, term: Term, today: date) -> Self:
        """Return the view."""
        step = term.step(today)
        state: Literal["valid", "soon", "passed"] = "valid" if step is None else "soon" if step else "passed"
        return cls(kind=term.kind, certificate=term.certificate, number=term.number, until=term.until, state=state)


class SolutionView(BaseModel):
    """A solution for its provider and the team.

    `working` is the newest version, `completeness` and `terms` are that version's, `version` is the ETag's. The
    provider's confirmation holds through `confirmed_until`; what expired comes back by confirming through `back_until`.
    """

    id: str
    slug: str
    name: str
    organisation_id: str
    organisation_name: str
    state: SolutionState
    live_version: int | None
    working: VersionView
    completeness: CompletenessView
    withdrawn: MarkView | None
    suspended: MarkView | None
    expired: MarkView | None
    confirmed_at: datetime | None
    confirmed_until: date | None
    back_until: date | None
    terms: list[TermView]
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    first_published_at: datetime | None

    @classmethod
    def of(cls, loaded: Loaded[Solution], ports: Ports) -> Self:
        """Return the view."""
        held = loaded.state
        today = term.day_of(ports.clock.now())
        return cls(
            id=held.id,
            slug=held.slug,
            name=held.newest.listing.name,
            organisation_id=held.organisation_id,
            organisation_name=held.organisation_name,
            state=held.state,
            live_version=held.live.number if held.live else None,
            working=VersionView.of(held.newest),
            completeness=CompletenessView.of(ports.profile, held.newest.listing),
            withdrawn=MarkView.of(held.withdrawn),
            suspended=MarkView.of(held.suspended),
            expired=MarkView.of(held.expired),
            confirmed_at=held.confirmed_at,
            confirmed_until=lifecycle.confirmed_until(held),
            back_until=lifecycle.back_until(held),
            terms=[TermView.of(each, today) for each in term.stated(held.newest.shown)],
            version=loaded.version,
            created_at=held.created_at,
            updated_at=held.updated_at,
            published_at=held.published_at,
            first_published_at=held.first_published_at,
        )


class PublicSolutionView(BaseModel):
    """A solution that is online, as everybody may see it."""

    id: str
    slug: str
    name: str
    organisation_id: str
    organisation_name: str
    state: Literal[SolutionState.PUBLISHED] = SolutionState.PUBLISHED
    live_version: int
    listing: Listing
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    first_published_at: datetime

    @classmethod
    def of(cls, loaded: Loaded[LiveSolution]) -> Self:
        """Return the view."""
        return cls.model_validate(_public(loaded))


class PublicSolutionPage(PublicSolutionView):
    """The same with the summary of its ratings."""

    ratings: RatingSummary

    @classmethod
    def with_ratings(cls, view: PublicView) -> Self:
        """Return the view."""
        return cls.model_validate({**_public(view.solution), "ratings": view.ratings.state})


def _public(loaded: Loaded[LiveSolution]) -> dict[str, object]:
    held = loaded.state
    return {
        "id": held.id,
        "slug": held.slug,
        "name": held.listing.name,
        "organisation_id": held.organisation_id,
        "organisation_name": held.organisation_name,
        "live_version": held.number,
        "listing": held.listing,
        "version": loaded.version,
        "created_at": held.created_at,
        "updated_at": held.updated_at,
        "published_at": held.published_at,
        "first_published_at": held.first_published_at,
    }
