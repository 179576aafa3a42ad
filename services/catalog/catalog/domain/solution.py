"""A solution: its versions, which of them the public sees, and what can happen to it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from contracts.listing import Finding, Listing
from contracts.vocabulary import DelistingReason

from catalog.domain.change import Change
from catalog.domain.correction import Correction, CorrectionState
from catalog.domain.term import Shift, Term, Told


class VersionState(StrEnum):
    """Where one version of a listing stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


UNDER_REVIEW = frozenset({VersionState.SUBMITTED, VersionState.IN_REVIEW})
PENDING = UNDER_REVIEW | {VersionState.CHANGES_REQUESTED}
EDITABLE = frozenset({VersionState.DRAFT, VersionState.CHANGES_REQUESTED})


class SolutionState(StrEnum):
    """Where a solution as a whole stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the listing.

    `round` counts how often it was submitted. `reviewed` is the listing as last submitted, kept beside `listing` once
    the provider has edited that after changes were requested; None while both are the same. `corrected` is what the
    public sees instead of `listing` since small corrections went online without a review, `revision` counts those.
    """

    number: int
    state: VersionState
    listing: Listing
    round: int = 0
    reviewed: Listing | None = None
    message: str | None = None
    findings: tuple[Finding, ...] = ()
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    edited_by: str | None = None
    edited_at: datetime | None = None
    corrected: Listing | None = None
    corrected_at: datetime | None = None
    revision: int = 0

    @property
    def shown(self) -> Listing:
        """The listing with its corrections."""
        return self.corrected or self.listing


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took a solution offline, when, and why."""

    at: datetime
    by: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A solution with all its versions, numbered from 1 without gaps.

    `published_version` is the version that is, or was until a mark took it offline, the public one. At most one version
    is pending; only a draft can be newer than it, and none is when changes are requested. `confirmed_at`: when the
    provider last stood by what is public; `told` is what was said about terms that run out.
    """

    id: str
    slug: str
    organisation_id: str
    organisation_name: str
    versions: tuple[Version, ...]
    published_version: int | None = None
    withdrawn: Mark | None = None
    suspended: Mark | None = None
    expired: Mark | None = None
    confirmed_at: datetime | None = None
    told: tuple[Told, ...] = ()
    corrections: tuple[Correction, ...] = ()
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    first_published_at: datetime | None = None
    renamed_at: datetime | None = None
    """When the provider's name was last changed here."""

    @property
    def newest(self) -> Version:
        """The version the provider works on, or worked on last."""
        return self.versions[-1]

    @property
    def pending(self) -> Version | None:
        """The version that waits for the review, or for the provider's answer to it."""
        return next((version for version in reversed(self.versions) if version.state in PENDING), None)

    @property
    def open_correction(self) -> Correction | None:
        """The corrections that are online and that the team has not looked at yet."""
        return next((each for each in self.corrections if each.state is CorrectionState.OPEN), None)

    @property
    def live(self) -> Version | None:
        """The version that the public sees."""
        marks = (self.withdrawn, self.suspended, self.expired)
        online = self.published_version is not None and all(mark is None for mark in marks)
        return self.version(self.published_version) if online and self.published_version is not None else None

    @property
    def state(self) -> SolutionState:
        """What matters most: a mark, else being published, else where the submission or the newest version stands."""
        if self.suspended is not None:
            return SolutionState.SUSPENDED
        if self.withdrawn is not None:
            return SolutionState.WITHDRAWN
        if self.expired is not None:
            return SolutionState.EXPIRED
        if self.published_version is not None:
            return SolutionState.PUBLISHED
        return SolutionState((self.pending or self.newest).state.value)

    def version(self, number: int) -> Version:
        """Return the version with this number; raises LookupError when there is none."""
        if not 1 <= number <= len(self.versions):
            raise LookupError(f"solution {self.id} has no version {number}")
        return self.versions[number - 1]

    def with_version(self, version: Version) -> "Solution":
        """Return the solution with this version in place of the one with the same number."""
        self.version(version.number)
        return replace(self, versions=(*self.versions[: version.number - 1], version, *self.versions[version.number :]))


@dataclass(frozen=True, slots=True)
class Submitted:
    """A version waits for its review."""

    version: int


@dataclass(frozen=True, slots=True)
class Published:
    """The public sees this version from now on."""

    version: int


@dataclass(frozen=True, slots=True)
class Delisted:
    """The public does not see the solution from now on."""

    reason: DelistingReason
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionOpened:
    """The provider corrected something that the team has not looked at."""

    correction: Correction


@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """The team accepted or reverted a correction."""

    correction: Correction


@dataclass(frozen=True, slots=True)
class ProviderRenamed:
    """The provider of the version that the public sees has another name."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TermDue:
    """A term runs out in `days` days at most; 0: it has run out. `back_until`: until when confirming brings it back."""

    version: int
    term: Term
    days: int
    relied_on: bool = False
    back_until: date | None = None


@dataclass(frozen=True, slots=True)
class Shifted:
    """A version went online that says otherwise than the one before in what its users rely on."""

    version: int
    shifts: tuple[Shift, ...]


SolutionEvent = (
    Submitted | Published | ProviderRenamed | Delisted | CorrectionOpened | CorrectionDecided | TermDue | Shifted
)
SolutionChange = Change[Solution, SolutionEvent]
