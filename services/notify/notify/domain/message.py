"""A message to one recipient: what it says, why it was sent, and what became of its e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from contracts.ids import derived_id

from notify.domain.mailing import Mailing


class Kind(StrEnum):
    """What a message is about; each kind has templates of its own."""

    SOLUTION_SUBMITTED = "solution_submitted"
    CHANGES_REQUESTED = "changes_requested"
    SOLUTION_APPROVED = "solution_approved"
    SOLUTION_REJECTED = "solution_rejected"
    SOLUTION_PUBLISHED = "solution_published"
    CORRECTION_OPENED = "correction_opened"
    CORRECTION_DECIDED = "correction_decided"
    CHECKUP_SCORED = "checkup_scored"
    CHECKUP_NOT_MEASURABLE = "checkup_not_measurable"
    CHECKUP_FAILED = "checkup_failed"
    DISCLOSURE_PUBLISHED = "disclosure_published"
    MANUAL_CHECK_COMPLETED = "manual_check_completed"
    CONTRADICTIONS_FOUND = "contradictions_found"
    CONTEST_OPENED = "contest_opened"
    CONTEST_ANSWERED = "contest_answered"
    RATING_ADDED = "rating_added"
    ORGANISATION_ONBOARDED = "organisation_onboarded"
    ONBOARDING_REQUESTED = "onboarding_requested"
    ONBOARDING_REFUSED = "onboarding_refused"
    PUBLICCODE_DRIFTED = "publiccode_drifted"
    SAVED_SEARCH_ALERTED = "saved_search_alerted"
    DEPLOYMENT_CLAIMED = "deployment_claimed"
    DEPLOYMENT_CLAIM_REFUSED = "deployment_claim_refused"
    DEPLOYMENT_CONFIRMED = "deployment_confirmed"
    DEPLOYMENT_DUE = "deployment_due"
    RATING_REPLIED = "rating_replied"
    RATING_REPORTED = "rating_reported"
    RATING_HIDDEN = "rating_hidden"
    RATING_RESTORED = "rating_restored"
    PEER_MESSAGE = "peer_message"
    PEER_REPORTED = "peer_reported"
    MEMBER_INVITED = "member_invited"
    INQUIRY_SENT = "inquiry_sent"
    INQUIRY_ANSWERED = "inquiry_answered"
    INQUIRY_DUE = "inquiry_due"
    INQUIRY_REPORTED = "inquiry_reported"
    WATCHED_NEWS = "watched_news"
    TERM_DUE = "term_due"
    STANDING_CHANGED = "standing_changed"
    SOLUTION_DELISTED = "solution_delisted"


MAILED = frozenset(Kind) - {
    Kind.SOLUTION_PUBLISHED,
    Kind.CHECKUP_NOT_MEASURABLE,
    Kind.DISCLOSURE_PUBLISHED,
    Kind.DEPLOYMENT_CONFIRMED,
}
"""Kinds that are worth an e-mail: publication follows an approval at once, "not measurable" and a confirmed use ask for
nothing, and a self-disclosure waits for nobody.
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One user, everybody with a role of the team (they share one message and one mailbox), or a guest's address."""

    kind: Literal["user", "role", "address"]
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `facts` fill the templates of the kind; `mail` is None when no e-mail belongs to it."""

    id: str
    event_id: str
    kind: Kind
    recipient: Recipient
    organisation_id: str | None
    title: str
    text: str
    link: str
    action: str
    reason: str
    facts: Mapping[str, Any]
    created_at: datetime
    mail: Mailing | None
    keep_until: datetime | None = None
    """When the message is deleted, if before the others."""


def message_id(event_id: str, recipient: Recipient) -> str:
    """Return the id of the one message that an event leads to for a recipient, however often it is delivered."""
    return derived_id("message", event_id, str(recipient))
