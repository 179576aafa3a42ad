"""Events of the review."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.envelope import Event, EventData
from contracts.listing import Finding, ReviewSeal
from contracts.vocabulary import ReviewDecision


class ReviewOpenedData(EventData):
    """Data of `ReviewOpened`."""

    case_id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    round: int = 1
    organisation_id: str
    opened_at: AwareDatetime


class ReviewOpened(Event):
    """The team has a case for a submitted version."""

    owner = "review"
    name = "review_opened"

    type: Literal["digital.marktplatz.review.review_opened.v1"] = "digital.marktplatz.review.review_opened.v1"
    data: ReviewOpenedData


class ChangesRequestedData(EventData):
    """Data of `ChangesRequested`."""

    case_id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    round: int = 1
    organisation_id: str
    findings: list[Finding] = []
    message: str
    requested_at: AwareDatetime


class ChangesRequested(Event):
    """The reviewers ask the provider for changes."""

    owner = "review"
    name = "changes_requested"

    type: Literal["digital.marktplatz.review.changes_requested.v1"] = "digital.marktplatz.review.changes_requested.v1"
    data: ChangesRequestedData


class ReviewCompletedData(EventData):
    """Data of `ReviewCompleted`."""

    case_id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    organisation_id: str
    decision: ReviewDecision
    findings: list[Finding] = []
    message: str | None = None
    criteria_version: str
    decided_at: AwareDatetime
    seal: ReviewSeal | None = None


class ReviewCompleted(Event):
    """A review ended; carries the solution's current seal, also after a rejection."""

    owner = "review"
    name = "review_completed"

    type: Literal["digital.marktplatz.review.review_completed.v1"] = "digital.marktplatz.review.review_completed.v1"
    data: ReviewCompletedData
