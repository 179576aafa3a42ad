"""What the catalog tells of solutions: versions and their fate, corrections, ratings, uses, publiccode.yml."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.envelope import Event, EventData
from contracts.listing import Listing, RatingSummary
from contracts.vocabulary import Bundesland, DelistingReason, RatingDimension, SizeClass


class Rating(EventData):
    """One organisation's current rating of a solution."""

    organisation_id: str
    organisation_name: str
    size_class: SizeClass | None = None
    overall: int
    """1 (poor) to 5 (excellent)."""
    dimensions: dict[RatingDimension, int] = {}
    report: str | None = None
    used_since: str | None = None
    """Year and month (`2024-05`) since when the organisation uses the solution."""
    revision: int = 1
    bundesland: Bundesland | None = None
    version: str | None = None
    """The version of the solution that the organisation uses, in its own words."""


class Deployment(EventData):
    """A municipality's confirmed use of a solution."""

    organisation_id: str
    organisation_name: str
    ars: str | None = None
    """Official regional key, 12 digits."""
    since: str | None = None
    size_class: SizeClass | None = None
    visibility: Literal["public", "registered", "hidden"] = "registered"
    bundesland: Bundesland | None = None
    version: str | None = None
    module: str | None = None
    confirmed_at: AwareDatetime | None = None
    """When the municipality said so last."""
    outdated: bool = False
    """True when that was more than twelve months before the event."""
    by_provider: bool = False
    """True when the municipality offers the solution itself."""


class SolutionSubmittedData(EventData):
    """Data of `SolutionSubmitted`."""

    solution_id: str
    slug: str
    version: int
    round: int = 1
    organisation_id: str
    organisation_name: str
    listing: Listing
    submitted_by: str
    submitted_at: AwareDatetime


class SolutionSubmitted(Event):
    """A provider handed in a version of a listing for review."""

    owner = "catalog"
    name = "solution_submitted"

    type: Literal["digital.marktplatz.catalog.solution_submitted.v1"] = (
        "digital.marktplatz.catalog.solution_submitted.v1"
    )
    data: SolutionSubmittedData


class SolutionPublishedData(EventData):
    """Data of `SolutionPublished`."""

    solution_id: str
    slug: str
    version: int
    organisation_id: str
    organisation_name: str
    listing: Listing
    published_at: AwareDatetime
    first_published_at: AwareDatetime
    revision: int = 0
    """How often the reviewed version was corrected in small things, such as links, without a new review."""
    corrected_at: AwareDatetime | None = None
    """When that was last done."""


class SolutionPublished(Event):
    """A reviewed version is online now, or a small correction of it; carries the whole listing."""

    owner = "catalog"
    name = "solution_published"
    visibility = "public"

    type: Literal["digital.marktplatz.catalog.solution_published.v1"] = (
        "digital.marktplatz.catalog.solution_published.v1"
    )
    data: SolutionPublishedData


class SolutionDelistedData(EventData):
    """Data of `SolutionDelisted`."""

    solution_id: str
    slug: str
    organisation_id: str
    reason: DelistingReason
    note: str | None = None
    delisted_at: AwareDatetime


class SolutionDelisted(Event):
    """A solution is no longer online."""

    owner = "catalog"
    name = "solution_delisted"
    visibility = "public"

    type: Literal["digital.marktplatz.catalog.solution_delisted.v1"] = "digital.marktplatz.catalog.solution_delisted.v1"
    data: SolutionDelistedData


class CorrectionOpenedData(EventData):
    """Data of `CorrectionOpened`."""

    solution_id: str
    slug: str
    solution_name: str
    organisation_id: str
    organisation_name: str
    version: int
    correction: int
    questions: list[str]
    """Which questions of the profile were corrected; more may follow until the team decides."""
    corrected_at: AwareDatetime


class CorrectionOpened(Event):
    """A provider corrected small things that are online at once, and the team is to look at them."""

    owner = "catalog"
    name = "correction_opened"

    type: Literal["digital.marktplatz.catalog.correction_opened.v1"] = "digital.marktplatz.catalog.correction_opened.v1"
    data: CorrectionOpenedData


class CorrectionDecidedData(EventData):
    """Data of `CorrectionDecided`."""

    solution_id: str
    slug: str
    solution_name: str
    organisation_id: str
    version: int
    correction: int
    decision: Literal["accepted", "reverted"]
    questions: list[str]
    """Which questions of the profile were corrected."""
    reason: str | None = None
    decided_at: AwareDatetime


class CorrectionDecided(Event):
    """The team accepted a correction that is online already, or took it back."""

    owner = "catalog"
    name = "correction_decided"

    type: Literal["digital.marktplatz.catalog.correction_decided.v1"] = (
        "digital.marktplatz.catalog.correction_decided.v1"
    )
    data: CorrectionDecidedData


class RatingAddedData(EventData):
    """Data of `RatingAdded`."""

    solution_id: str
    slug: str
    solution_name: str
    provider_organisation_id: str
    rating: Rating
    summary: RatingSummary


class RatingAdded(Event):
    """A municipality rated a solution or revised its rating; carries the whole summary."""

    owner = "catalog"
    name = "rating_added"

    type: Literal["digital.marktplatz.catalog.rating_added.v1"] = "digital.marktplatz.catalog.rating_added.v1"
    data: RatingAddedData


class RatingHiddenData(EventData):
    """Data of `RatingHidden`."""

    solution_id: str
    slug: str
    organisation_id: str
    reason: str
    summary: RatingSummary
    solution_name: str = ""


class RatingHidden(Event):
    """The team hid a rating; carries the whole summary without it."""

    owner = "catalog"
    name = "rating_hidden"

    type: Literal["digital.marktplatz.catalog.rating_hidden.v1"] = "digital.marktplatz.catalog.rating_hidden.v1"
    data: RatingHiddenData


class DeploymentConfirmedData(EventData):
    """Data of `DeploymentConfirmed`."""

    solution_id: str
    slug: str
    organisation_id: str
    organisation_name: str
    deployments: list[Deployment]
    solution_name: str = ""
    provider_organisation_id: str = ""
    change: Literal["confirmed", "reconfirmed", "changed"] = "confirmed"
    claimed: int = 0
    """Claims of the provider that no municipality has answered."""


class DeploymentConfirmed(Event):
    """A municipality confirmed, or changed, how it uses a solution; carries all deployments."""

    owner = "catalog"
    name = "deployment_confirmed"

    type: Literal["digital.marktplatz.catalog.deployment_confirmed.v1"] = (
        "digital.marktplatz.catalog.deployment_confirmed.v1"
    )
    data: DeploymentConfirmedData


class DeploymentEndedData(EventData):
    """Data of `DeploymentEnded`."""

    solution_id: str
    slug: str
    organisation_id: str
    organisation_name: str
    deployments: list[Deployment]
    solution_name: str = ""
    provider_organisation_id: str = ""
    claimed: int = 0


class DeploymentEnded(Event):
    """A municipality no longer uses a solution; carries the remaining deployments."""

    owner = "catalog"
    name = "deployment_ended"

    type: Literal["digital.marktplatz.catalog.deployment_ended.v1"] = "digital.marktplatz.catalog.deployment_ended.v1"
    data: DeploymentEndedData


class PubliccodeDifference(EventData):
    """What a listing and the publiccode.yml of its repository say differently."""

    question: str
    label: str
    """German label of the question."""
    path: str
    """Key in the file."""
    listing: str | None = None
    """What the listing says, in words; None when it says nothing."""
    file: str


class PubliccodeDriftedData(EventData):
    """Data of `PubliccodeDrifted`."""

    solution_id: str
    slug: str
    solution_name: str
    organisation_id: str
    source_url: str | None = None
    problem: str | None = None
    """A German sentence when the file, known before, can no longer be used."""
    differences: list[PubliccodeDifference] = []
    checked_at: AwareDatetime


class PubliccodeDrifted(Event):
    """A listing and the publiccode.yml of its repository differ in a new way."""

    owner = "catalog"
    name = "publiccode_drifted"

    type: Literal["digital.marktplatz.catalog.publiccode_drifted.v1"] = (
        "digital.marktplatz.catalog.publiccode_drifted.v1"
    )
    data: PubliccodeDriftedData
