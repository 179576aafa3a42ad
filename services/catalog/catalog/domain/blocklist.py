"""Whom a municipality does not want to hear from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from servicekit import errors

from catalog.domain.change import Change

MAX_BLOCKED = 500


@dataclass(frozen=True, slots=True)
class Block:
    """Who blocked whom, and when."""

    organisation_name: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Blocklist:
    """The organisations that a municipality has blocked, by their ids."""

    organisation_id: str
    blocked: Mapping[str, Block] = field(default_factory=dict)


BlocklistChange = Change[Blocklist, None]


def block(held: Blocklist, organisation_id: str, name: str, *, by: str, at: datetime) -> BlocklistChange:
    """Take no more messages from an organisation; once more changes nothing."""
    if organisation_id in held.blocked:
        return Change(held)
    if len(held.blocked) >= MAX_BLOCKED:
        raise errors.conflict("too-many-blocked", f"at most {MAX_BLOCKED} organisations can be blocked")
    return Change(replace(held, blocked={**held.blocked, organisation_id: Block(name, by, at)}))


def renamed(held: Blocklist, organisation_id: str, name: str) -> Blocklist:
    """Take over the name of a blocked organisation."""
    former = held.blocked.get(organisation_id)
    if former is None:
        return held
    return replace(held, blocked={**held.blocked, organisation_id: replace(former, organisation_name=name)})


def unblock(held: Blocklist, organisation_id: str) -> BlocklistChange:
    """Take messages from an organisation again."""
    if organisation_id not in held.blocked:
        return Change(held)
    return Change(replace(held, blocked={key: each for key, each in held.blocked.items() if key != organisation_id}))
