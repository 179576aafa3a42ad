"""The routes of the inbox."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from servicekit import errors, http
from servicekit.http import Page

from notify.application import inbox
from notify.application.ports import Position
from notify.entrypoints.api.dependencies import CurrentReader, Given
from notify.entrypoints.api.schemas import InboxItemOut, InboxOut, UnreadOut

router = APIRouter(tags=["inbox"])


@router.get("/inbox")
async def read_inbox(
    given: Given,
    reader: CurrentReader,
    page: Page,
    unread: Annotated[bool, Query()] = False,
    lang: Annotated[Literal["de", "en"], Query(description="Language of the texts")] = "de",
) -> InboxOut:
    """What the user and the user's roles got, newest first; only what is unread when asked so.

    What people wrote stays in their language. Mails are in German.
    """
    after = None if page.position is None else _position(page.position)
    found = await inbox.read_inbox(given, reader, unread=unread, limit=page.limit, after=after, english=lang == "en")
    return InboxOut(
        items=[InboxItemOut.of(item) for item in found.items],
        unread=found.unread,
        next_cursor=_cursor(found.following),
    )


@router.post("/inbox/read-all")
async def read_all(given: Given, reader: CurrentReader) -> UnreadOut:
    """Note that the user has read everything."""
    await inbox.mark_all_read(given, reader)
    return UnreadOut(unread=0)


@router.post("/inbox/{message_id}/read")
async def read_one(given: Given, reader: CurrentReader, message_id: Annotated[str, Path(max_length=100)]) -> UnreadOut:
    """Note that the user has read a message; others with the same role have not."""
    return UnreadOut(unread=await inbox.mark_read(given, reader, message_id))


def _cursor(position: Position | None) -> str | None:
    if position is None:
        return None
    return http.encode_cursor({"at": position.created_at.isoformat(), "id": position.id})


def _position(raw: dict[str, Any]) -> Position:
    try:
        at = datetime.fromisoformat(raw["at"])
        if at.tzinfo is None or not isinstance(raw["id"], str):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out") from None
    return Position(at, raw["id"])
