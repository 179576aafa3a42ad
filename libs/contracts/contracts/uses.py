"""Events of the catalog about the use of solutions: what municipalities are asked, moderation, peers who write."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.catalog import Deployment
from contracts.envelope import Event, EventData
from contracts.listing import RatingSummary
from contracts.vocabulary import ReportReason


class _AboutSolution(EventData):
    """Which solution it is about; its provider decides who is told."""

    solution_id: str
    slug: str
    solution_name: str
    provider_organisation_id: str


class DeploymentClaimedData(_AboutSolution):
    """Data of `DeploymentClaimed`."""

    provider_organisation_name: str
    claim_id: str
    municipality_organisation_id: str
    municipality_name: str
    claimed: int
    """Claims of the provider that no municipality has answered, this one included."""


class DeploymentClaimed(Event):
    """A provider says that an onboarded municipality uses its solution; the municipality is asked to confirm."""

    owner = "catalog"
    name = "deployment_claimed"

    type: Literal["digital.marktplatz.catalog.deployment_claimed.v1"] = (
        "digital.marktplatz.catalog.deployment_claimed.v1"
    )
    data: DeploymentClaimedData


class DeploymentClaimRefusedData(_AboutSolution):
    """Data of `DeploymentClaimRefused`."""

    claim_id: str
    municipality_name: str
    reason: str
    claimed: int


class DeploymentClaimRefused(Event):
    """A municipality does not use a solution although its provider says so."""

    owner = "catalog"
    name = "deployment_claim_refused"

    type: Literal["digital.marktplatz.catalog.deployment_claim_refused.v1"] = (
        "digital.marktplatz.catalog.deployment_claim_refused.v1"
    )
    data: DeploymentClaimRefusedData


class DeploymentDueData(_AboutSolution):
    """Data of `DeploymentDue`."""

    organisation_id: str
    organisation_name: str
    due_at: AwareDatetime
    outdated: bool
    """False for the reminder before `due_at`, True once the deployment counts as outdated."""
    deployments: list[Deployment]
    claimed: int


class DeploymentDue(Event):
    """A municipality is asked to confirm its use again, or has let it become outdated; carries all deployments."""

    owner = "catalog"
    name = "deployment_due"

    type: Literal["digital.marktplatz.catalog.deployment_due.v1"] = "digital.marktplatz.catalog.deployment_due.v1"
    data: DeploymentDueData


class RatingRepliedData(_AboutSolution):
    """Data of `RatingReplied`; `organisation_id` is the municipality that rated."""

    organisation_id: str
    provider_organisation_name: str


class RatingReplied(Event):
    """The provider answered a rating."""

    owner = "catalog"
    name = "rating_replied"

    type: Literal["digital.marktplatz.catalog.rating_replied.v1"] = "digital.marktplatz.catalog.rating_replied.v1"
    data: RatingRepliedData


class RatingReportedData(_AboutSolution):
    """Data of `RatingReported`; who reported it stays in the catalog."""

    organisation_id: str
    organisation_name: str
    reason: ReportReason
    reports: int
    """Reports of this rating that wait for the team."""


class RatingReported(Event):
    """Somebody asked the team to look at a rating."""

    owner = "catalog"
    name = "rating_reported"

    type: Literal["digital.marktplatz.catalog.rating_reported.v1"] = "digital.marktplatz.catalog.rating_reported.v1"
    data: RatingReportedData


class RatingRestoredData(_AboutSolution):
    """Data of `RatingRestored`."""

    organisation_id: str
    reason: str
    summary: RatingSummary


class RatingRestored(Event):
    """The team shows a rating again that it had hidden; carries the whole summary."""

    owner = "catalog"
    name = "rating_restored"

    type: Literal["digital.marktplatz.catalog.rating_restored.v1"] = "digital.marktplatz.catalog.rating_restored.v1"
    data: RatingRestoredData


class PeerMessageSentData(_AboutSolution):
    """Data of `PeerMessageSent`. The words stay in the catalog, where they can be erased."""

    thread_id: str
    message_id: str
    from_organisation_id: str
    from_organisation_name: str
    to_organisation_id: str
    answer: bool


class PeerMessageSent(Event):
    """A municipality wrote to another one that uses a solution, or answered."""

    owner = "catalog"
    name = "peer_message_sent"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.peer_message_sent.v1"] = "digital.marktplatz.catalog.peer_message_sent.v1"
    data: PeerMessageSentData


class PeerMessageReportedData(_AboutSolution):
    """Data of `PeerMessageReported`."""

    thread_id: str
    message_id: str
    reported_by_organisation_id: str
    reason: ReportReason


class PeerMessageReported(Event):
    """A municipality asked the team to look at a message that it got."""

    owner = "catalog"
    name = "peer_message_reported"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.peer_message_reported.v1"] = (
        "digital.marktplatz.catalog.peer_message_reported.v1"
    )
    data: PeerMessageReportedData
