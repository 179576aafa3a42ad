"""What the catalog does about inquiries by itself: when people leave, and when time has passed."""

from functools import partial

from contracts.catalog import MemberLeft
from servicekit import logging
from servicekit.settling import is_transient

from catalog.application import people_mapping as mapping
from catalog.application.loading import decision
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import inquiry as rules
from catalog.domain import invitation as invitations
from catalog.domain.inquiry import Inquiry
from catalog.domain.invitation import Invitation

log = logging.get(__name__)
AT_ONCE = 100


async def on_member_left(ports: Ports, event: MemberLeft) -> None:
    """Forget who wrote in inquiries, once the person belongs to no organisation any more."""
    if not await ports.organisations.of_member(event.data.user):
        await forget_person(ports, event.data.user)


async def forget_person(ports: Ports, user: str) -> None:
    """Forget who wrote in inquiries, who invited and who came; the words stay those of the organisation."""

    async def decide(loaded: Loaded[Inquiry]) -> Write[Inquiry]:
        return Write(rules.forget_person(loaded.state, user).state)

    for inquiry_id in await ports.people.inquiries.written_by(user):
        await ports.people.inquiries.change(inquiry_id, decide)

    async def decide_invitation(loaded: Loaded[Invitation]) -> Write[Invitation]:
        return Write(invitations.forget_person(loaded.state, user).state)

    for invitation_id in await ports.people.invitations.of_person(user):
        await ports.people.invitations.change(invitation_id, decide_invitation)


async def pass_time(ports: Ports) -> int:
    """Remind providers, close what fell silent, erase what was closed long ago; return how many inquiries changed.

    What was done is saved together with its message: any number of workers may do this beside each other.
    """
    now, schedule = ports.clock.now(), ports.people.limits.schedule

    how = decision(partial(rules.pass_time, schedule=schedule, now=now), mapping.of_inquiry, ports.clock)
    done = 0
    for inquiry_id in await ports.people.inquiries.due(now, AT_ONCE):
        try:
            await ports.people.inquiries.change(inquiry_id, how)
            done += 1
        except Exception as error:  # whatever is wrong with this one must not hold up the others
            if is_transient(error):
                raise
            log.error("inquiry could not be dealt with", inquiry=inquiry_id, exc_info=error)
    return done
