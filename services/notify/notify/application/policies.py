"""Turns what is to be told into one message per recipient."""

from collections.abc import Sequence
from dataclasses import replace

from servicekit import errors

from notify.application.notices import Notice
from notify.application.ports import Ports
from notify.domain import mailing
from notify.domain.message import MAILED, Message, Recipient, message_id

PATIENCE = 2
"""Deliveries of an event that wait for a membership which may still be on its way through the members bucket."""


async def tell(ports: Ports, notice: Notice, *, attempt: int) -> int:
    """Save the messages of a notice; return how many are new. The same event twice gives nothing new.

    Raises ProblemError `members-unknown` (unavailable) on the first deliveries when nobody is known to belong to the
    organisation; after that the event is taken to concern nobody (a late event of an organisation that is gone).
    """
    recipients = _recipients(ports, notice)
    if not recipients and attempt <= PATIENCE:
        raise errors.unavailable("members-unknown", f"no member of organisation {notice.organisation_id} is known yet")
    texts = ports.templates.inbox(notice.kind, notice.facts)
    now = ports.clock.now()
    added = 0
    for recipient, reason in recipients:
        message = Message(
            id=message_id(notice.event_id, recipient),
            event_id=notice.event_id,
            kind=notice.kind,
            recipient=recipient,
            organisation_id=notice.organisation_id,
            title=texts.title,
            text=texts.text,
            link=notice.link,
            action=notice.action,
            reason=reason,
            facts=notice.facts,
            created_at=now,
            mail=mailing.due(now) if notice.kind in MAILED else None,
            keep_until=notice.keep_until,
        )
        added += await ports.messages.add(message)
    return added


async def tell_users(ports: Ports, notice: Notice, solution_id: str) -> int:
    """Tell the members of every municipality that uses a solution; return how many messages are new.

    Somebody who was told of the same event before, in another role, is not told again. A municipality without known
    members keeps nobody waiting.
    """
    told = 0
    for organisation_id in await ports.users.of(solution_id):
        told += await tell(ports, replace(notice, organisation_id=organisation_id), attempt=PATIENCE + 1)
    return told


def _recipients(ports: Ports, notice: Notice) -> Sequence[tuple[Recipient, str]]:
    if notice.role is not None:
        return [(Recipient("role", notice.role), "Sie gehören zum Prüfteam des Marktplatzes.")]
    if notice.user is not None:
        return [(Recipient("user", notice.user), notice.reason)]
    if notice.address is not None:
        return [(Recipient("address", notice.address), notice.reason)]
    if notice.organisation_id is None:
        return []
    return [
        (
            Recipient("user", member.user),
            f"Sie sind Mitglied der Organisation „{member.organisation_name}“{notice.relation}.",
        )
        for member in ports.membership.members_of(notice.organisation_id)
    ]
