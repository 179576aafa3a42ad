"""Private events of the catalog about organisations and the people who act for them: inquiries to providers."""

from typing import Literal

from contracts.envelope import Event, EventData
from contracts.vocabulary import ReportReason


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
