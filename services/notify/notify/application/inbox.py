"""What a reader can do with the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from servicekit import errors

from notify.application.ports import InboxItem, Ports, Position, Reader


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page; `unread` counts all unread messages, not only those of the page."""

    items: Sequence[InboxItem]
    following: Position | None
    unread: int


async def read_inbox(
    ports: Ports, reader: Reader, *, unread: bool, limit: int, after: Position | None, english: bool = False
) -> InboxPage:
    """Return one page of what the reader and the reader's roles got, newest first."""
    found = await ports.messages.inbox(reader, unread=unread, limit=limit + 1, after=after)
    items = found[:limit]
    following = None
    if len(found) > limit:
        last = items[-1].message
        following = Position(last.created_at, last.id)
    if english:
        items = [replace(item, message=ports.templates.in_english(item.message)) for item in items]
    return InboxPage(items, following, await ports.messages.count_unread(reader))


async def mark_read(ports: Ports, reader: Reader, message_id: str) -> int:
    """Note that the reader has read a message; return how many are left. Raises `message-not-found` (not_found)."""
    if not await ports.messages.mark_read(reader, message_id):
        raise errors.not_found("message-not-found", f"there is no message {message_id} in your inbox")
    return await ports.messages.count_unread(reader)


async def mark_all_read(ports: Ports, reader: Reader) -> int:
    """Note that the reader has read everything; return how many messages that were."""
    return await ports.messages.mark_all_read(reader)
