"""The audit trail: what every change was, by whom, when, field by field before and after.

An entry is written with the change itself, as a message in the aggregate's outbox, and moved from there. It names
people by their opaque ids only; what says how to reach them is left out.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

SUBJECT = "local.catalog.audit"
"""Of outbox messages that are entries of the trail; they do not leave the service."""
SOLUTION, FEEDBACK, ORGANISATION = "solution", "feedback", "organisation"
"""Trails: of a solution's listing, of what municipalities say and ask about it, of an organisation."""
CREATED = "created"
CHANGED = "changed"
_KEYS = ("number", "id", "user", "organisation_id")
"""What tells the entries of a list apart."""
_ABSENT = object()
PEOPLE = frozenset({"by", "created_by", "edited_by", "submitted_by", "decided_by"})
"""Fields with the id of a person."""


@dataclass(frozen=True, slots=True)
class Audited:
    """How one kind of aggregate is audited.

    `owner` names the solution or organisation whose trail its changes belong to: the field of the document with its id,
    None for the aggregate's own id. `left_out` are fields, at any depth, that only say that they changed: contact data
    and words meant for others. `derived` are fields that repeat what follows from the rest.
    """

    kind: str
    of: str
    owner: str | None = None
    left_out: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field, dotted; entries of lists by their number or id. `hidden`: only that it changed is kept."""

    path: str
    before: Any
    after: Any
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change. `by_service`: the service itself did it, because of the event `cause`; `actor` is None then."""

    id: str
    trail: str
    kind: str
    aggregate_id: str
    version: int
    action: str
    at: datetime
    actor: str | None
    by_service: bool = False
    cause: str | None
    correlation_id: str | None = None
    differences: Sequence[FieldDifference] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first, and the id after which the next page starts."""

    items: Sequence[Entry]
    next: str | None


class AuditTrail(Protocol):
    """Where entries are kept."""

    async def page(self, trail: str, *, after: str | None, limit: int) -> Page:
        """Return entries of a trail, newest first."""
        ...

    def every(self, trail: str) -> AsyncIterator[Entry]:
        """Yield all entries of a trail, oldest first."""
        ...


def trail_of(audited: Audited, aggregate_id: str, body: Mapping[str, Any]) -> str:
    """Return the trail, such as `solution:<id>`, that changes of this aggregate belong to."""
    return f"{audited.of}:{aggregate_id if audited.owner is None else body[audited.owner]}"


def differences(audited: Audited, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldDifference, ...]:
    """Return what differs between two documents, leaf by leaf."""
    found: list[FieldDifference] = []
    _compare(audited, "", dict(before), dict(after), found)
    return tuple(found)


def without_strangers(entry: Entry, members: Mapping[str, Any]) -> Entry:
    """Return the entry as the owner may see it: of people, only those who act for the owner."""
    shown = tuple(
        replace(each, before=None, after=None, hidden=True)
        if each.path.rpartition(".")[2] in PEOPLE
        and any(isinstance(who, str) and who not in members for who in (each.before, each.after))
        else each
        for each in entry.differences
    )
    return replace(entry, actor=entry.actor if entry.actor in members else None, differences=shown)


def _compare(audited: Audited, path: str, before: Any, after: Any, found: list[FieldDifference]) -> None:
    if before == after and before is not _ABSENT:
        return
    name = path.rpartition(".")[2]
    if name in audited.left_out:
        found.append(FieldDifference(path, None, None, hidden=True))
        return
    old, new = _parts(before), _parts(after)
    if old is None or new is None or not (old or new):
        found.append(FieldDifference(path, _plain(before), _plain(after)))
        return
    for key in (*old, *(key for key in new if key not in old)):
        if path or key not in audited.derived:
            step = f"{path}.{key}" if path else key
            _compare(audited, step, old.get(key, _ABSENT), new.get(key, _ABSENT), found)


def _parts(value: Any) -> Mapping[str, Any] | None:
    """Return what a value is made of by key: of documents and of lists of documents; None for anything else."""
    if value is _ABSENT or value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        key = next((key for key in _KEYS if all(key in each for each in value)), None)
        keys = [str(each[key]) for each in value] if key else []
        return dict(zip(keys, value, strict=True)) if keys and len(set(keys)) == len(keys) else None
    return {} if value == [] else None


def _plain(value: Any) -> Any:
    return None if value is _ABSENT else value
