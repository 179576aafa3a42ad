"""The audit trail: who did what when, with the values before and after."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SHOWN = 300
"""Characters of a value that the trail keeps; what is longer is kept whole where it belongs, and cut here."""
COALESCED = timedelta(minutes=30)
"""Savings of one person within this time are one entry: forms save by themselves while somebody types."""


class Side(StrEnum):
    """Whose step it was."""

    PROVIDER = "provider"
    TEAM = "team"
    SYSTEM = "system"


class Action(StrEnum):
    """The steps the trail knows."""

    DRAFT_SAVED = "draft_saved"
    DISCLOSURE_PUBLISHED = "disclosure_published"
    ANSWER_VERIFIED = "answer_verified"
    CHECK_OPENED = "check_opened"
    CHECK_SAVED = "check_saved"
    CHECK_COMPLETED = "check_completed"
    CONTRADICTION_FOUND = "contradiction_found"
    CONTRADICTION_GONE = "contradiction_gone"
    CONTEST_OPENED = "contest_opened"
    CONTEST_ACCEPTED = "contest_accepted"
    CONTEST_REJECTED = "contest_rejected"
    CONTEST_WITHDRAWN = "contest_withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now; None means that there was, or is, nothing."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One step; `actor` is an opaque user id, None when the system acted; `subject` names what it was done to."""

    at: datetime
    actor: str | None
    side: Side
    action: Action
    subject: str
    note: str = ""
    changes: tuple[Change, ...] = ()


Trail = tuple[Entry, ...]


def change(what: str, before: object, after: object) -> Change:
    """A change with its values cut to what the trail keeps."""
    return Change(what, _shown(before), _shown(after))


def added(trail: Trail, entry: Entry) -> Trail:
    """The trail with the entry; a saving by the same person shortly after another one is merged with it."""
    last = trail[-1] if trail else None
    if (
        last is None
        or entry.action not in (Action.DRAFT_SAVED, Action.CHECK_SAVED)
        or (last.action, last.actor, last.subject) != (entry.action, entry.actor, entry.subject)
        or entry.at - last.at > COALESCED
    ):
        return (*trail, entry)
    return (*trail[:-1], replace(entry, changes=_merged(last.changes, entry.changes)))


def masked(entry: Entry) -> Entry:
    """The entry as the provider sees it: the team acts as one."""
    return replace(entry, actor="team") if entry.side is Side.TEAM else entry


def _merged(earlier: Iterable[Change], later: Iterable[Change]) -> tuple[Change, ...]:
    by_name = {each.what: each for each in earlier}
    for each in later:
        before = by_name[each.what].before if each.what in by_name else each.before
        by_name[each.what] = Change(each.what, before, each.after)
    return tuple(each for each in by_name.values() if each.before != each.after)


def _shown(value: object) -> str | None:
    if value is None or value == "":
        return None
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
