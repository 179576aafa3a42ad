"""What is known of people, from the membership stream and from themselves; and what they want."""

from contracts.catalog import MemberJoined, MemberLeft
from contracts.people import PersonErased

from notify.application.ports import Ports
from notify.domain.contact import Contact, address, plain_name


async def on_joined(ports: Ports, event: MemberJoined, *, sequence: int) -> None:
    """Remember how to reach a new member; `sequence` is the event's place in its stream."""
    contact = Contact(event.data.user, address(event.data.email), plain_name(event.data.display_name))
    await ports.contacts.joined(contact, event.data.organisation_id, sequence=sequence)


async def on_left(ports: Ports, event: MemberLeft, *, sequence: int) -> None:
    """Forget a person who left, and what the person got for the organisation; with the last one, everything."""
    user, organisation_id = event.data.user, event.data.organisation_id
    if await ports.contacts.left(user, organisation_id, sequence=sequence):
        gone = await ports.contacts.get(user) is None
        await ports.messages.erase(user, None if gone else organisation_id)
        await ports.digests.erase(user, None if gone else organisation_id)


async def on_erased(ports: Ports, event: PersonErased, *, sequence: int) -> None:
    """Forget a person who asked for it, unless the person has come back since: contact, wishes, inbox, what waits."""
    user = event.data.user
    if await ports.contacts.joined_since(user, sequence):
        return
    known = await ports.contacts.get(user)
    await ports.messages.erase(user, None)
    await ports.digests.erase(user, None)
    await ports.messages.erase_reader(user)
    if known is not None and known.email is not None:
        await ports.messages.erase_guest(known.email)
    await ports.contacts.forget(user)


async def learn_from_token(ports: Ports, *, user: str, email: str | None, name: str | None) -> None:
    """Remember the address that a person's own log-in names; it is newer than what the organisation once gave."""
    known = address(email)
    if known is not None:
        await ports.contacts.learn(Contact(user, known, plain_name(name)))


async def unsubscribe(ports: Ports, token: str) -> bool:
    """Turn off the e-mails of whoever the link was made for; False for a link that this service did not sign."""
    user = ports.links.user_of(token)
    if user is None:
        return False
    await ports.contacts.set_wants_email(user, False)
    return True
