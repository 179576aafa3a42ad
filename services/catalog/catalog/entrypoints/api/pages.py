"""Pages of lists: positions as opaque cursors."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel
from servicekit import errors, http

from catalog.application.ports import Position

V = TypeVar("V", bound=BaseModel)


class Page(BaseModel, Generic[V]):
    """One page of a list, newest first unless said otherwise; `total` counts all and is null after the first page."""

    items: list[V]
    next_cursor: str | None
    total: int | None


def position(page: http.PageParams) -> Position | None:
    """Return where the page starts; raises ProblemError `bad-cursor` (400)."""
    if page.position is None:
        return None
    try:
        return Position(datetime.fromisoformat(page.position["at"]), str(page.position["id"]))
    except (KeyError, TypeError, ValueError):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out") from None


def cursor(position: Position | None) -> str | None:
    """Return the cursor for the next page, or None on the last one."""
    return None if position is None else http.encode_cursor({"at": position.created_at.isoformat(), "id": position.id})


def start_of(page: http.PageParams) -> int:
    """Return at which item of a list in memory the page starts; raises ProblemError `bad-cursor` (400)."""
    start = (page.position or {"start": 0}).get("start")
    if not isinstance(start, int) or start < 0:
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    return start


def next_start(start: int, limit: int, total: int) -> str | None:
    """Return the cursor for the next page of a list in memory, or None on the last one."""
    end = start + limit
    return http.encode_cursor({"start": end}) if end < total else None
