"""The audit trail over HTTP: pages of JSON, and lines of CSV and NDJSON."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, Self

import orjson
from pydantic import BaseModel
from servicekit.delimited import row

from catalog.application.audit import Entry
from catalog.domain.organisation import Member

COLUMNS = ("at", "actor", "who", "action", "kind", "aggregate_id", "version", "path", "before", "after", "hidden", "id")


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
    return row(COLUMNS, delimiter=",", quote_all=True)


def csv_lines(entry: EntryView) -> Iterator[str]:
    """Return one line for each field that changed."""
    for each in entry.differences:
        flat = entry.model_dump() | each.model_dump() | {"at": entry.at.isoformat()}
        yield row([_cell(flat[column]) for column in COLUMNS], delimiter=",", quote_all=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
