"""From what happened to inquiries and invitations to the messages that tell the others; none has an inquiry's words."""

from datetime import datetime

from contracts import catalog as contract
from contracts import people as people_contract
from servicekit.outbox import OutboxMessage

from catalog.application.mapping import message
from catalog.domain import inquiry as inquiries
from catalog.domain.inquiry import Inquiry, InquiryChange, InquiryEvent
from catalog.domain.invitation import InvitationChange
from catalog.domain.peer import Side


def of_inquiry(change: InquiryChange, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened to an inquiry."""
    return tuple(_of_event(change.state, event, now) for event in change.events)


def of_invitation(change: InvitationChange, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages that mail a link; only they hold the token."""
    held = change.state
    return tuple(
        message(
            contract.MemberInvited,
            contract.MemberInvitedData(
                organisation_id=held.organisation_id,
                organisation_name=held.organisation_name,
                email=held.email or "",
                role=held.role.value,
                invited_by=held.invited_by or "",
                invitation_id=held.id,
                token=f"{held.id}.{event.token}",
                expires_at=held.expires_at,
            ),
            held.organisation_id,
            now,
        )
        for event in change.events
    )


def _of_event(inquiry: Inquiry, event: InquiryEvent, now: datetime) -> OutboxMessage:
    about = {
        "inquiry_id": inquiry.id,
        "solution_id": inquiry.solution_id,
        "slug": inquiry.slug,
        "solution_name": inquiry.solution_name,
    }
    match event:
        case inquiries.Asked():
            sent = contract.InquirySentData(
                **about,
                from_organisation_id=inquiry.asking.organisation_id,
                from_organisation_name=inquiry.asking.organisation_name,
                to_organisation_id=inquiry.provider.organisation_id,
                message="",
            )
            return message(contract.InquirySent, sent, inquiry.id, now)
        case inquiries.Written():
            side = next(held.side for held in inquiry.messages if held.id == event.message_id)
            sender = inquiry.party(side)
            answered = people_contract.InquiryAnsweredData(
                **about,
                message_id=event.message_id,
                from_organisation_id=sender.organisation_id,
                from_organisation_name=sender.organisation_name,
                to_organisation_id=inquiry.party(side.other).organisation_id,
                answer=side is Side.ANSWERING,
            )
            return message(people_contract.InquiryAnswered, answered, inquiry.id, now)
        case inquiries.Reminded():
            due = people_contract.InquiryDueData(
                **about,
                from_organisation_name=inquiry.asking.organisation_name,
                to_organisation_id=inquiry.provider.organisation_id,
                waiting_days=event.waiting_days,
            )
            return message(people_contract.InquiryDue, due, inquiry.id, now)
        case inquiries.Reported():
            reported = people_contract.InquiryReportedData(
                **about,
                message_id=event.message_id,
                reported_by_organisation_id=inquiry.party(event.side).organisation_id,
                reason=event.reason,
            )
            return message(people_contract.InquiryReported, reported, inquiry.id, now)
