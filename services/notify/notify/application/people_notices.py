"""What is worth telling about inquiries; their words are only on the page."""

from contracts.catalog import InquirySent
from contracts.people import InquiryAnswered, InquiryDue, InquiryReported
from contracts.vocabulary import label

from notify.application.notices import Notice
from notify.application.use_notices import MODERATORS
from notify.domain.message import Kind

INQUIRIES = "/anfragen"
REPORTED = "/pruefung/anfragen"


def of_inquiry(event: InquirySent) -> Notice:
    """A provider has a new inquiry."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.INQUIRY_SENT,
        organisation_id=data.to_organisation_id,
        link=f"{INQUIRIES}/{data.inquiry_id}",
        action="Anfrage lesen",
        facts={
            "solution_name": data.solution_name or data.slug or "Ihre Lösung",
            "sender_name": data.from_organisation_name or "Eine Kommune",
        },
    )


def of_answer(event: InquiryAnswered) -> Notice:
    """A side of an inquiry has a new message."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.INQUIRY_ANSWERED,
        organisation_id=data.to_organisation_id,
        link=f"{INQUIRIES}/{data.inquiry_id}",
        action="Nachricht lesen",
        facts={
            "solution_name": data.solution_name,
            "sender_name": data.from_organisation_name,
            "answer": data.answer,
        },
    )


def of_due(event: InquiryDue) -> Notice:
    """A provider is reminded that a municipality waits."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.INQUIRY_DUE,
        organisation_id=data.to_organisation_id,
        link=f"{INQUIRIES}/{data.inquiry_id}",
        action="Anfrage beantworten",
        facts={
            "solution_name": data.solution_name,
            "sender_name": data.from_organisation_name,
            "waiting_days": data.waiting_days,
        },
    )


def of_report(event: InquiryReported) -> Notice:
    """The team is to look at a message of an inquiry."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.INQUIRY_REPORTED,
        organisation_id=None,
        role=MODERATORS,
        link=REPORTED,
        action="Meldung ansehen",
        facts={"solution_name": data.solution_name, "why": label(data.reason)},
    )
