"""What the use cases need from outside, as Protocols; adapters fulfil them."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from contracts.envelope import Event
from servicekit.clock import Clock
from servicekit.digest_times import Frequency

from notify.domain.contact import Contact
from notify.domain.digest import Digest, Item
from notify.domain.mailing import Mailing
from notify.domain.message import Kind, Message


class MailServerAway(Exception):
    """The mail server cannot be reached, or lets nobody in: no mail can be sent now."""


class MailPostponed(Exception):
    """The mail server did not take this mail now, but may later."""


class MailRefused(Exception):
    """The mail server will never take this mail."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a message says in the inbox."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says as an e-mail; `unsubscribe_url` is None for the team's mailbox."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a letter goes. `message_id` is the same whenever the same message is sent."""

    message_id: str
    email: str
    name: str | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A message whose mail this process may send until the claim runs out."""

    message: Message
    mail: Mailing
    token: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at an inbox."""

    user: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message as its reader has it."""

    message: Message
    read: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the inbox ended."""

    created_at: datetime
    id: str


class Messages(Protocol):
    """Every message, with the state of its mail."""

    async def add(self, message: Message) -> bool:
        """Save a new message; False when it is there already."""
        ...

    async def inbox(self, reader: Reader, *, unread: bool, limit: int, after: Position | None) -> Sequence[InboxItem]:
        """Return one page of what the reader and the reader's roles got, newest first."""
        ...

    async def count_unread(self, reader: Reader) -> int:
        """Return how many messages the reader has not read."""
        ...

    async def mark_read(self, reader: Reader, message_id: str) -> bool:
        """Note that the reader has read a message; False when there is none for the reader."""
        ...

    async def mark_all_read(self, reader: Reader) -> int:
        """Note that the reader has read everything; return how many messages that were."""
        ...

    async def erase(self, user: str, organisation_id: str | None) -> None:
        """Delete what a user got as a member of an organisation (None: at all), mails that still wait included."""
        ...

    async def erase_guest(self, email: str) -> None:
        """Delete what was mailed to an address that belonged to nobody yet."""
        ...

    async def erase_reader(self, user: str) -> None:
        """Forget what a user has read of messages to a role."""
        ...

    async def claim(self, *, now: datetime, until: datetime) -> Claim | None:
        """Take the mail that has been due longest for this process alone, until `until`; None when none is due."""
        ...

    async def settle(self, claim: Claim, mail: Mailing) -> bool:
        """Save what became of a claimed mail; False when the claim had run out and another process took it."""
        ...


class Contacts(Protocol):
    """Addresses and what their owners want."""

    async def get(self, user: str) -> Contact | None:
        """Return the contact of a user, or None."""
        ...

    async def learn(self, contact: Contact) -> None:
        """Remember what is known of a user; what is None changes nothing."""
        ...

    async def joined(self, contact: Contact, organisation_id: str, *, sequence: int) -> None:
        """Remember a member; nothing happens when something newer is known than stream sequence `sequence`."""
        ...

    async def left(self, user: str, organisation_id: str, *, sequence: int) -> bool:
        """Forget a user who belongs to no organisation any more; False when something newer is known."""
        ...

    async def joined_since(self, user: str, sequence: int) -> bool:
        """Return whether a user belongs to an organisation by an event after stream sequence `sequence`."""
        ...

    async def forget(self, user: str) -> None:
        """Delete contact and wishes of a user."""
        ...

    async def wants_email(self, user: str) -> bool:
        """Return whether a user wants e-mails; everybody does until they say otherwise."""
        ...

    async def set_wants_email(self, user: str, wanted: bool) -> None:
        """Remember whether a user wants e-mails."""
        ...

    async def watch_frequency(self, user: str) -> Frequency:
        """Return how often a user wants to hear of watched solutions; at once until they say otherwise."""
        ...

    async def set_watch_frequency(self, user: str, frequency: Frequency) -> None:
        """Remember how often a user wants to hear of watched solutions."""
        ...


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches a solution: one user, or everybody in an organisation."""

    user: str | None
    organisation_id: str | None


class Watches(Protocol):
    """Who watches which solution, and which awards it had."""

    async def start(self, watcher: Watcher, solution_ids: Sequence[str], *, sequence: int) -> None:
        """Remember who watches, unless something newer is known than stream sequence `sequence`."""
        ...

    async def end(self, watcher: Watcher, solution_ids: Sequence[str], *, sequence: int) -> None:
        """Forget who watched, unless something newer is known than stream sequence `sequence`."""
        ...

    async def of(self, solution_id: str) -> Collection[Watcher]:
        """Return who watches a solution."""
        ...

    async def awards_before(self, solution_id: str, *, sequence: int) -> frozenset[str]:
        """Return the awards that a solution had before the event at this place in its stream."""
        ...

    async def note_awards(self, solution_id: str, awards: Collection[str], *, sequence: int) -> None:
        """Remember the awards, unless newer ones are known."""
        ...


class Digests(Protocol):
    """News that wait for each other, by user."""

    async def collect(self, user: str, item: Item, due_at: datetime) -> None:
        """Keep something until then, once for each event."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Digest]:
        """Return what is to be told now; it stays until it is dropped."""
        ...

    async def drop(self, digest: Digest) -> None:
        """Forget what has been told."""
        ...

    async def erase(self, user: str, organisation_id: str | None) -> None:
        """Forget what waits for a user because of an organisation (None: at all)."""
        ...


class Names(Protocol):
    """What solutions are called, learnt from events that say so, for events that do not."""

    async def remember(self, solution_id: str, name: str) -> None:
        """Note the name of a solution."""
        ...

    async def of(self, solution_id: str) -> str | None:
        """Return the name of a solution, or None."""
        ...


class Users(Protocol):
    """Which municipalities use a solution, learnt from the events that carry all its deployments."""

    async def learn(self, solution_id: str, organisation_ids: Sequence[str], *, sequence: int) -> None:
        """Remember them; nothing happens when something newer is known than stream sequence `sequence`."""
        ...

    async def of(self, solution_id: str) -> Sequence[str]:
        """Return the organisations, none when nothing is known of the solution."""
        ...

    async def complete(self) -> bool:
        """True once everything of before was learnt."""
        ...

    async def completed(self) -> None:
        """Note that."""
        ...


class History(Protocol):
    """Events of before."""

    def of(self, kind: type[Event]) -> AsyncIterator[tuple[Event, int]]:
        """Yield every event of a kind with its place in the stream, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to an organisation now."""

    user: str
    organisation_name: str


class Membership(Protocol):
    """Who belongs to which organisation now."""

    def members_of(self, organisation_id: str) -> Sequence[Member]:
        """Return the active members of an organisation; none when it is unknown."""
        ...


class Templates(Protocol):
    """Texts per kind of message: German ones are kept and mailed, English ones made when somebody reads them."""

    def inbox(self, kind: Kind, facts: Mapping[str, Any]) -> Texts:
        """Render what the inbox shows."""
        ...

    def in_english(self, message: Message) -> Message:
        """Return a message with English texts, as far as there are any."""
        ...

    def letter(self, message: Message, *, name: str | None, unsubscribe_url: str | None) -> Letter:
        """Render the e-mail: the text, why it was sent, and how to stop it."""
        ...


class UnsubscribeLinks(Protocol):
    """Links that turn a user's e-mails off without a log-in."""

    def url(self, user: str) -> str:
        """Return the user's link."""
        ...

    def user_of(self, token: str) -> str | None:
        """Return whose token it is; None for one that this service did not sign."""
        ...


class Post(Protocol):
    """Hands letters to the mail server."""

    async def send(self, letter: Letter, envelope: Envelope) -> None:
        """Return once the server took the letter. Raises MailServerAway, MailPostponed or MailRefused."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the use cases of this service are handed."""

    messages: Messages
    contacts: Contacts
    names: Names
    watches: Watches
    digests: Digests
    users: Users
    membership: Membership
    templates: Templates
    links: UnsubscribeLinks
    post: Post
    clock: Clock
