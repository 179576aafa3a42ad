"""What the API of notify takes and gives."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, StrictBool
from servicekit.digest_times import Frequency

from notify.application.ports import InboxItem
from notify.domain.message import Kind


class InboxItemOut(BaseModel):
    """One message; `link` is a path of the web front end, `reason` says why the reader got it."""

    id: str
    kind: Kind
    title: str
    text: str
    link: str
    created_at: datetime
    read: bool
    reason: str

    @classmethod
    def of(cls, item: InboxItem) -> Self:
        """Read it as its reader has it."""
        message = item.message
        return cls(
            id=message.id,
            kind=message.kind,
            title=message.title,
            text=message.text,
            link=message.link,
            created_at=message.created_at,
            read=item.read,
            reason=message.reason,
        )


class InboxOut(BaseModel):
    """One page; `unread` counts all unread messages, not only those of the page."""

    items: list[InboxItemOut]
    unread: int
    next_cursor: str | None


class UnreadOut(BaseModel):
    """How many messages are unread now."""

    unread: int


class PreferencesIn(BaseModel):
    """What the user wants; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    email: StrictBool | None = None
    watching: Frequency | None = None
    """How often the user hears of solutions on watchlists."""


class PreferencesOut(BaseModel):
    """Whether the user wants e-mails, and to which address they go (null: none is known); how often of watchlists."""

    email: bool
    watching: Frequency
    address: str | None
