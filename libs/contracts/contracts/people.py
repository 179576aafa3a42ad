"""Private events of the catalog about organisations and the people who act for them: onboarding, inquiries."""

from typing import Literal

from contracts.envelope import Event, EventData
from contracts.vocabulary import Bundesland, OrganisationKind, ReportReason


class _AboutInquiry(EventData):
    """Which inquiry it is about. The words stay in the catalog, where they can be erased."""

    inquiry_id: str
    solution_id: str
    slug: str
    solution_name: str


class InquiryAnsweredData(_AboutInquiry):
    """Data of `InquiryAnswered`."""

    message_id: str
    from_organisation_id: str
    from_organisation_name: str
    to_organisation_id: str
    answer: bool
    """True for the provider's words, false when the municipality wrote again."""


class InquiryAnswered(Event):
    """A provider answered an inquiry, or the municipality that asked wrote again."""

    owner = "catalog"
    name = "inquiry_answered"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.inquiry_answered.v1"] = "digital.marktplatz.catalog.inquiry_answered.v1"
    data: InquiryAnsweredData


class InquiryDueData(_AboutInquiry):
    """Data of `InquiryDue`."""

    from_organisation_name: str
    to_organisation_id: str
    waiting_days: int
    """Since when the municipality waits, in days."""


class InquiryDue(Event):
    """A provider is reminded of an inquiry that waits for an answer."""

    owner = "catalog"
    name = "inquiry_due"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.inquiry_due.v1"] = "digital.marktplatz.catalog.inquiry_due.v1"
    data: InquiryDueData


class InquiryReportedData(_AboutInquiry):
    """Data of `InquiryReported`."""

    message_id: str
    reported_by_organisation_id: str
    reason: ReportReason


class InquiryReported(Event):
    """One side of an inquiry asked the team to look at what the other one wrote."""

    owner = "catalog"
    name = "inquiry_reported"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.inquiry_reported.v1"] = "digital.marktplatz.catalog.inquiry_reported.v1"
    data: InquiryReportedData


class OnboardingRequestedData(EventData):
    """Data of `OnboardingRequested`."""

    organisation_id: str
    organisation_name: str
    kinds: list[OrganisationKind]
    bundesland: Bundesland | None = None
    again: bool = False
    """True when it was refused before."""


class OnboardingRequested(Event):
    """Somebody asks the team to onboard an organisation."""

    owner = "catalog"
    name = "onboarding_requested"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.onboarding_requested.v1"] = (
        "digital.marktplatz.catalog.onboarding_requested.v1"
    )
    data: OnboardingRequestedData


class OnboardingRefusedData(EventData):
    """Data of `OnboardingRefused`."""

    organisation_id: str
    organisation_name: str
    user: str
    email: str | None = None
    reason: str


class OnboardingRefused(Event):
    """The team turned a request for onboarding down; the requester, who is no member anywhere yet, is told why."""

    owner = "catalog"
    name = "onboarding_refused"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.onboarding_refused.v1"] = (
        "digital.marktplatz.catalog.onboarding_refused.v1"
    )
    data: OnboardingRefusedData


class PersonErasedData(EventData):
    """Data of `PersonErased`."""

    user: str


class PersonErased(Event):
    """A person wants to be forgotten: everything that is kept of this user is to be erased, pseudonyms aside."""

    owner = "catalog"
    name = "person_erased"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.person_erased.v1"] = "digital.marktplatz.catalog.person_erased.v1"
    data: PersonErasedData
