"""Sends what is due, one mail at a time, so that none is lost and none is sent twice without need."""

from dataclasses import dataclass
from datetime import timedelta

from servicekit import logging

from notify.application.ports import Claim, Envelope, MailPostponed, MailRefused, MailServerAway, Ports
from notify.domain import mailing
from notify.domain.mailing import Mailing, RetryRules

log = logging.get(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """`lease` is how long a claimed mail is left to its process; after a crash it is sent again when it has passed."""

    retry: RetryRules
    lease: timedelta
    team_address: str | None


async def deliver_next(ports: Ports, rules: DeliveryRules) -> Mailing | None:
    """Send the mail that has been due longest; return what became of it, None when none is due.

    Raises MailServerAway when no mail can be sent now; the claimed one is due again at once.
    """
    now = ports.clock.now()
    claim = await ports.messages.claim(now=now, until=now + rules.lease)
    if claim is None:
        return None
    try:
        outcome = await _attempt(ports, rules, claim)
    except MailServerAway as away:
        await ports.messages.settle(claim, mailing.untried(claim.mail, str(away), now))
        raise
    except Exception as error:  # whatever is wrong with this one mail must not stop the others
        log.error("mail could not be made", message=claim.message.id, exc_info=error)
        outcome = mailing.postponed(claim.mail, repr(error), ports.clock.now(), rules.retry)
    await ports.messages.settle(claim, outcome)
    return outcome


async def _attempt(ports: Ports, rules: DeliveryRules, claim: Claim) -> Mailing:
    now = ports.clock.now()
    recipient = claim.message.recipient
    if recipient.kind == "role":
        if rules.team_address is None:
            return mailing.skipped(claim.mail, "no mailbox of the team is configured (NOTIFY_TEAM_ADDRESS)", now)
        return await _send(ports, rules, claim, email=rules.team_address, name=None, unsubscribe_url=None)
    if recipient.kind == "address":
        return await _send(ports, rules, claim, email=recipient.key, name=None, unsubscribe_url=None)
    if not await ports.contacts.wants_email(recipient.key):
        return mailing.skipped(claim.mail, "the recipient does not want e-mails", now)
    contact = await ports.contacts.get(recipient.key)
    if contact is None or contact.email is None:
        # the address comes by another stream, which may lag behind: try like any other mail before giving up
        return mailing.postponed(claim.mail, "no e-mail address of the recipient is known", now, rules.retry)
    link = ports.links.url(recipient.key)
    return await _send(ports, rules, claim, email=contact.email, name=contact.display_name, unsubscribe_url=link)


async def _send(
    ports: Ports, rules: DeliveryRules, claim: Claim, *, email: str, name: str | None, unsubscribe_url: str | None
) -> Mailing:
    letter = ports.templates.letter(claim.message, name=name, unsubscribe_url=unsubscribe_url)
    envelope = Envelope(claim.message.id, email, name, claim.message.created_at)
    try:
        await ports.post.send(letter, envelope)
    except MailRefused as refusal:
        return mailing.refused(claim.mail, str(refusal), ports.clock.now())
    except MailPostponed as reason:
        return mailing.postponed(claim.mail, str(reason), ports.clock.now(), rules.retry)
    return mailing.sent(claim.mail, ports.clock.now())
