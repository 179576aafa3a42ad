"""Deployments: who uses a solution. Providers claim it, municipalities confirm it.

All of one solution are one aggregate, so that an event that tells of one carries all that were saved before it.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.ids import derived_id
from contracts.vocabulary import Bundesland, DeploymentVisibility, SizeClass
from servicekit import errors
from servicekit.clock import BERLIN

from catalog.domain.calendar import months_later
from catalog.domain.change import Change

MAX_USES = 2000
MAX_CLAIMS = 300
"""Per solution; with the longest texts they still fit one document and one event."""
VALID_MONTHS = 12
REMINDER = timedelta(days=30)
CONTACT_WINDOW = timedelta(days=30)
DEFAULT_CONTACTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a municipality says about its use, and what it consents to.

    `contact` allows other municipalities to write through the marketplace, so many of them in 30 days.
    """

    since: str | None = None
    version: str | None = None
    module: str | None = None
    visibility: DeploymentVisibility = DeploymentVisibility.REGISTERED
    contact: bool = False
    contacts_per_month: int = DEFAULT_CONTACTS


@dataclass(frozen=True, slots=True)
class Ended:
    """Since when a municipality no longer uses the solution, as it says itself."""

    at: datetime
    by: str
    month: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A conversation that somebody began with the municipality."""

    thread_id: str
    at: datetime


class Told(StrEnum):
    """How far a municipality was told that its confirmation runs out."""

    NOTHING = "nothing"
    REMINDED = "reminded"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A municipality's confirmed use. Name, size and federal state are those of the day of its confirmation."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None
    bundesland: Bundesland | None
    ars: str | None
    terms: Terms
    by_provider: bool = False
    declared_at: datetime
    confirmed_at: datetime
    confirmed_by: str
    revision: int = 1
    told: Told = Told.NOTHING
    suspended: bool = False
    ended: Ended | None = None
    contacts: tuple[Contact, ...] = ()

    @property
    def counts(self) -> bool:
        """True while the municipality uses the solution and may act."""
        return self.ended is None and not self.suspended

    @property
    def due_at(self) -> datetime:
        """When the confirmation runs out."""
        return months_later(self.confirmed_at, VALID_MONTHS, BERLIN)

    @property
    def next_at(self) -> datetime | None:
        """When the municipality has to be told something next."""
        if not self.counts or self.told is Told.OUTDATED:
            return None
        return self.due_at - REMINDER if self.told is Told.NOTHING else self.due_at

    def outdated(self, now: datetime) -> bool:
        """True when the municipality did not confirm within twelve months."""
        return now >= self.due_at

    def recent_contacts(self, now: datetime) -> tuple[Contact, ...]:
        """Return the conversations that were begun in the last 30 days."""
        return tuple(contact for contact in self.contacts if contact.at > now - CONTACT_WINDOW)


class ClaimSource(StrEnum):
    """Where a claim comes from."""

    PROVIDER = "provider"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a municipality said to a claim; `reason` when it refused."""

    organisation_id: str
    confirmed: bool
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A provider says that somebody uses the solution: an onboarded municipality, or one it can only name."""

    id: str
    name: str
    organisation_id: str | None = None
    source: ClaimSource
    since: str | None = None
    version: str | None = None
    module: str | None = None
    by: str
    at: datetime
    answer: Answer | None = None

    @property
    def open(self) -> bool:
        """True while no municipality has answered."""
        return self.answer is None

    def concerns(self, organisation_id: str, name: str) -> bool:
        """True when it is about this municipality, by its id or, where the provider knew none, by its name."""
        if self.organisation_id is not None:
            return self.organisation_id == organisation_id
        return name_key(self.name) == name_key(name)


@dataclass(frozen=True, slots=True)
class DeploymentBook:
    """All claims by id and all uses by municipality of one solution."""

    solution_id: str
    claims: Mapping[str, Claim] = field(default_factory=dict)
    uses: Mapping[str, Use] = field(default_factory=dict)

    @property
    def counting(self) -> list[Use]:
        """The uses that are in force, in the order of their names."""
        return sorted((use for use in self.uses.values() if use.counts), key=lambda use: use.organisation_name)

    @property
    def open_claims(self) -> list[Claim]:
        """The claims that nobody has answered, in the order of their names."""
        return sorted((claim for claim in self.claims.values() if claim.open), key=lambda claim: claim.name)

    @property
    def denied(self) -> frozenset[str]:
        """The name keys of those who say that they do not use it, and have not declared since that they do."""
        using = {name_key(use.organisation_name) for use in self.counting}
        refused = (claim for claim in self.claims.values() if claim.answer is not None and not claim.answer.confirmed)
        return frozenset(name_key(claim.name) for claim in refused) - using

    @property
    def next_at(self) -> datetime | None:
        """When somebody has to be told something next."""
        return min((at for use in self.uses.values() if (at := use.next_at) is not None), default=None)

    def use(self, organisation_id: str) -> Use:
        """Return the municipality's use, in force or ended; raises ProblemError `deployment-not-found` (404)."""
        found = self.uses.get(organisation_id)
        if found is None:
            raise errors.not_found("deployment-not-found", "this municipality has not declared that it uses it")
        return found

    def claim(self, claim_id: str) -> Claim:
        """Return a claim; raises ProblemError `claim-not-found` (404)."""
        found = self.claims.get(claim_id)
        if found is None:
            raise errors.not_found("claim-not-found", f"there is no claim {claim_id}")
        return found

    def with_use(self, use: Use) -> "DeploymentBook":
        """Return the book with this use in place of the municipality's former one."""
        return replace(self, uses={**self.uses, use.organisation_id: use})

    def with_claims(self, claims: Iterable[Claim]) -> "DeploymentBook":
        """Return the book with these claims in place of those with the same ids."""
        return replace(self, claims={**self.claims, **{claim.id: claim for claim in claims}})

    def without_claims(self, ids: Iterable[str]) -> "DeploymentBook":
        """Return the book without these claims."""
        gone = set(ids)
        return replace(self, claims={key: claim for key, claim in self.claims.items() if key not in gone})


def name_key(name: str) -> str:
    """Return the name as it is compared: case, blanks and the way an accent is written make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def claim_id(solution_id: str, name: str, organisation_id: str | None) -> str:
    """Return the id of a claim: the same for the same municipality, however often it is named."""
    who = f"organisation:{organisation_id}" if organisation_id else f"name:{name_key(name)}"
    return derived_id("claim", solution_id, who)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The provider named an onboarded municipality, which is asked to confirm."""

    claim_id: str


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """The municipality does not use the solution."""

    claim_id: str


class Confirmation(StrEnum):
    """What is new about a use."""

    CONFIRMED = "confirmed"
    RECONFIRMED = "reconfirmed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class UseConfirmed:
    """A municipality said, or said again, how it uses the solution."""

    organisation_id: str
    change: Confirmation


@dataclass(frozen=True, slots=True)
class UseEnded:
    """A municipality no longer uses the solution, or no longer counts."""

    organisation_id: str


@dataclass(frozen=True, slots=True)
class UseDue:
    """A municipality has to confirm again, soon or because its confirmation has run out."""

    organisation_id: str


DeploymentEvent = Claimed | ClaimRefused | UseConfirmed | UseEnded | UseDue
DeploymentChange = Change[DeploymentBook, DeploymentEvent]
