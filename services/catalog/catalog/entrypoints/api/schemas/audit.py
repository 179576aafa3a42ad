"""The audit trail over HTTP: pages of JSON, and lines of CSV and NDJSON."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, Self

import orjson
from pydantic import BaseModel

from catalog.application.audit import Entry
from catalog.domain.organisation import Member

COLUMNS = ("at", "actor", "who", "action", "kind", "aggregate_id", "version", "path", "before", "after", "hidden", "id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FieldView(BaseModel):
    """One field before and after; of a hidden one it is only said that it changed."""

    path: str
    before: Any
    after: Any
    hidden: bool


class EntryView(BaseModel):
    """One change. `who` did it: a `member` of the owner, the `service` itself, or somebody `else`.

    `actor` is an opaque id, null where it is not yours to know; `actor_name` is what a member is called now.
    """

    id: str
    at: datetime
    who: Literal["member", "service", "else"]
    actor: str | None
    actor_name: str | None
    action: str
    kind: str
    aggregate_id: str
    version: int
    cause: str | None
    differences: list[FieldView]

    @classmethod
    def of(cls, entry: Entry, members: Mapping[str, Member]) -> Self:
        """Return the view."""
        member = members.get(entry.actor) if entry.actor else None
        return cls(
            id=entry.id,
            at=entry.at,
            who="member" if member else "service" if entry.by_service else "else",
            actor=entry.actor,
            actor_name=member.display_name if member else None,
            action=entry.action,
            kind=entry.kind,
            aggregate_id=entry.aggregate_id,
            version=entry.version,
            cause=entry.cause,
            differences=[
                FieldView(path=each.path, before=each.before, after=each.after, hidden=each.hidden)
                for each in entry.differences
            ],
        )


def csv_head() -> str:
    """Return the first line."""
    return _line(COLUMNS)


def csv_lines(entry: EntryView) -> Iterator[str]:
    """Return one line for each field that changed."""
    for each in entry.differences:
        flat = entry.model_dump() | each.model_dump() | {"at": entry.at.isoformat()}
        yield _line([_cell(flat[column]) for column in COLUMNS])


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
