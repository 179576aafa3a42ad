"""Events of the catalog's lifecycle guard: terms of a listing that run out, and what its users find changed."""

from datetime import date
from typing import Literal

from contracts.envelope import Event, EventData


class _AboutListing(EventData):
    """Which public listing it is about; `organisation_id` is its provider."""

    solution_id: str
    slug: str
    solution_name: str
    version: int
    organisation_id: str
    organisation_name: str


class SolutionTermDueData(_AboutListing):
    """Data of `SolutionTermDue`."""

    term: Literal["confirmation", "maintenance", "certificate"]
    certificate: str | None = None
    """Kind of the certificate, a choice of the question `certificates` in the standard profile."""
    number: str | None = None
    """Number of the certificate."""
    until: date
    """The last day on which it holds, in Germany."""
    days_left: Literal[60, 30, 7, 0]
    """Which reminder this is; 0: the day has passed."""
    relied_on: bool = False
    """True when what has passed held while the listing was online: its users lose something."""
    back_until: date | None = None
    """Of a confirmation that has passed: until when confirming brings the listing back without a review."""


class SolutionTermDue(Event):
    """The confirmation, the maintenance or a certificate of a listing runs out soon, or has run out."""

    owner = "catalog"
    name = "solution_term_due"

    type: Literal["digital.marktplatz.catalog.solution_term_due.v1"] = "digital.marktplatz.catalog.solution_term_due.v1"
    data: SolutionTermDueData


class StandingChange(EventData):
    """One thing that changed; None: there was nothing, or is nothing any more."""

    kind: Literal["provider", "operator", "discontinued", "maintenance", "certificate"]
    before: str | None = None
    """Names of organisations as they are; of maintenance and certificates the choice of the standard profile."""
    after: str | None = None


class SolutionStandingChangedData(_AboutListing):
    """Data of `SolutionStandingChanged`."""

    changes: list[StandingChange]


class SolutionStandingChanged(Event):
    """A published listing says otherwise than before in what its users rely on."""

    owner = "catalog"
    name = "solution_standing_changed"

    type: Literal["digital.marktplatz.catalog.solution_standing_changed.v1"] = (
        "digital.marktplatz.catalog.solution_standing_changed.v1"
    )
    data: SolutionStandingChangedData
