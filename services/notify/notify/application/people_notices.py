"""What is worth telling about onboarding, invitations and inquiries; the words of the last are only on the page."""

from contracts.catalog import InquirySent, MemberInvited
from contracts.people import InquiryAnswered, InquiryDue, InquiryReported, OnboardingRefused, OnboardingRequested
from contracts.vocabulary import label

from notify.application.notices import Notice, german_day, to_moderators
from notify.domain.contact import address
from notify.domain.message import Kind

INQUIRIES = "/anfragen"
REPORTED = "/pruefung/anfragen"
INVITATION = "/einladung"
REQUESTS = "/pruefung/organisationen"
OWN_ORGANISATIONS = "/organisation"
_ROLES = {"member": "Mitglied", "editor": "Redaktion", "admin": "Verwaltung"}


def of_invitation(event: MemberInvited) -> Notice | None:
    """A guest gets the link; None for an event without one, and for what is no address."""
    data = event.data
    email = address(data.email)
    if not data.token or data.expires_at is None or email is None:
        return None
    return Notice(
        event_id=event.id,
        kind=Kind.MEMBER_INVITED,
        organisation_id=data.organisation_id,
        address=email,
        reason=f"Jemand aus der Verwaltung von „{data.organisation_name}“ hat diese Adresse eingeladen.",
        link=f"{INVITATION}/{data.token}",
        action="Einladung ansehen",
        keep_until=data.expires_at,
        facts={
            "organisation_name": data.organisation_name,
            "role_name": _ROLES[data.role],
            "due": german_day(data.expires_at),
        },
    )


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
    facts = {"solution_name": event.data.solution_name, "why": label(event.data.reason)}
    return to_moderators(event.id, Kind.INQUIRY_REPORTED, facts, link=REPORTED, action="Meldung ansehen")


def of_request(event: OnboardingRequested) -> Notice:
    """The team has a request for onboarding to decide."""
    data = event.data
    facts = {
        "organisation_name": data.organisation_name,
        "kinds": [label(kind) for kind in data.kinds],
        "bundesland": label(data.bundesland) if data.bundesland else "",
        "again": data.again,
    }
    return to_moderators(event.id, Kind.ONBOARDING_REQUESTED, facts, link=REQUESTS, action="Antrag ansehen")


def of_refusal(event: OnboardingRefused) -> Notice:
    """The requester learns why the organisation is not onboarded, and that the request may be made again."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.ONBOARDING_REFUSED,
        organisation_id=data.organisation_id,
        user=data.user,
        reason=f"Sie haben die Organisation „{data.organisation_name}“ auf dem Marktplatz angemeldet.",
        link=OWN_ORGANISATIONS,
        action="Antrag überarbeiten",
        facts={"organisation_name": data.organisation_name, "message": data.reason},
    )
