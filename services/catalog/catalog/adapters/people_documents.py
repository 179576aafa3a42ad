"""Inquiries and invitations as documents and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contracts.vocabulary import ReportReason, SizeClass

from catalog.adapters.aggregates import Document
from catalog.adapters.use_documents import plain
from catalog.domain.inquiry import Inquiry, Schedule, Wish
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import MemberRole
from catalog.domain.peer import Complaint, Party, PeerMessage, Ruling, Side


def from_inquiry(inquiry: Inquiry, schedule: Schedule) -> Document:
    """Return the body of an inquiry's document; `state`, `people`, `reported` and `next_at` are for queries."""
    body: Document = plain(asdict(inquiry))
    del body["id"]
    people = {message.by for message in inquiry.messages} | {complaint.by for complaint in inquiry.complaints}
    return {
        **body,
        "state": inquiry.state.value,
        "people": sorted(person for person in people if person),
        "reported": bool(inquiry.complaints),
        "next_at": inquiry.next_at(schedule),
    }


def to_inquiry(inquiry_id: str, body: Mapping[str, Any]) -> Inquiry:
    """Read an inquiry back."""
    return Inquiry(
        id=inquiry_id,
        solution_id=body["solution_id"],
        slug=body["slug"],
        solution_name=body["solution_name"],
        asking=Party(**body["asking"]),
        provider=Party(**body["provider"]),
        wish=_to_wish(body["wish"]) if body["wish"] else None,
        messages=tuple(PeerMessage(**{**each, "side": Side(each["side"])}) for each in body["messages"]),
        dossier_id=body.get("dossier_id"),
        seen_at=body["seen_at"],
        reminded=body["reminded"],
        closed_at=body["closed_at"],
        closed_by=Side(body["closed_by"]) if body["closed_by"] else None,
        stopped=body["stopped"],
        complaints=tuple(
            Complaint(**{**each, "side": Side(each["side"]), "reason": ReportReason(each["reason"])})
            for each in body["complaints"]
        ),
        rulings=tuple(Ruling(**each) for each in body["rulings"]),
        erased_at=body["erased_at"],
        created_at=body["created_at"],
        updated_at=body["updated_at"],
    )


def _to_wish(body: Mapping[str, Any]) -> Wish:
    size = SizeClass(body["size_class"]) if body["size_class"] else None
    return Wish(**{**body, "size_class": size, "questions": tuple(body["questions"])})


def from_invitation(invitation: Invitation) -> Document:
    """Return the body of an invitation's document; `address`, without case, is for queries and goes with the e-mail."""
    body: Document = plain(asdict(invitation))
    del body["id"]
    return {**body, "address": invitation.email.casefold() if invitation.email else None}


def to_invitation(invitation_id: str, body: Mapping[str, Any]) -> Invitation:
    """Read an invitation back."""
    state, role = InvitationState(body["state"]), MemberRole(body["role"])
    known = {name: value for name, value in body.items() if name != "address"}
    return Invitation(**{**known, "id": invitation_id, "state": state, "role": role})
