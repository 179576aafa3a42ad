"""What can be asked about cases, and who is shown how much of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from servicekit import errors

from review.application.ports import Loaded, Ports, Position, QueueItem
from review.domain.case import Action, AuditEntry, Case, CaseState, Round
from review.domain.criteria import CriteriaSet
from review.domain.judging import Reviewer
from review.domain.seal import Seal

Audience = Literal["team", "provider"]
TEAM = "team"


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as one audience may see it."""

    case: Case
    revision: int
    audience: Audience


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; `following` is None on the last one."""

    items: Sequence[QueueItem]
    following: Position | None
    total: int


def criteria(ports: Ports, version: str | None) -> CriteriaSet:
    """Return the criteria of a version, of the current one when None. Raises `criteria-not-found` (not_found)."""
    try:
        return ports.criteria.current if version is None else ports.criteria.get(version)
    except KeyError:
        raise errors.not_found("criteria-not-found", f"there are no criteria of version {version}") from None


async def queue(ports: Ports, state: CaseState | None, *, limit: int, after: Position | None) -> QueuePage:
    """Return one page of the cases in a state."""
    found = await ports.cases.queue(state, limit=limit + 1, after=after)
    items = found[:limit]
    following = Position(items[-1].waiting_since, items[-1].id) if len(found) > limit else None
    return QueuePage(items, following, await ports.cases.count(state))


async def case(ports: Ports, case_id: str, *, by: Reviewer, in_team: bool) -> Shown:
    """Return a case for its reader. Raises `case-not-found` (not_found), `foreign-organisation` (forbidden)."""
    found = await ports.cases.get(case_id)
    if found is None:
        raise errors.not_found("case-not-found", f"there is no case {case_id}")
    return shown(found, by=by, in_team=in_team)


async def cases_of(ports: Ports, solution_id: str, *, by: Reviewer, in_team: bool) -> list[Case]:
    """Return the cases of a solution, newest version first, without any detail; raises as `case` does."""
    found = await ports.cases.of_solution(solution_id)
    for one in found:
        _audience(one, by=by, in_team=in_team)
    return list(found)


async def seal(ports: Ports, solution_id: str) -> Seal:
    """Return the seal that is in force for a solution. Raises `seal-not-found` (not_found)."""
    found = await ports.cases.newest_seal(solution_id)
    if found is None:
        raise errors.not_found("seal-not-found", "no version of this solution has been approved")
    return found


def shown(saved: Loaded, *, by: Reviewer, in_team: bool) -> Shown:
    """Cut a case down to what its reader may see.

    The provider (also a reviewer who belongs to it) sees finished rounds, and the team as one actor.
    """
    audience = _audience(saved.case, by=by, in_team=in_team)
    held = saved.case if audience == "team" else _for_provider(saved.case)
    return Shown(held, saved.revision, audience)


def _audience(held: Case, *, by: Reviewer, in_team: bool) -> Audience:
    if held.organisation_id in by.organisations:
        return "provider"
    if in_team:
        return "team"
    raise errors.forbidden("foreign-organisation", "only the team and the provider may see this case")


def _for_provider(held: Case) -> Case:
    return replace(
        held,
        rounds=tuple(_finished(one) for one in held.rounds),
        audit=tuple(_masked(entry) for entry in held.audit if entry.action is not Action.FINDINGS_SAVED),
    )


def _finished(one: Round) -> Round:
    return one if one.outcome is not None else replace(one, findings={})


def _masked(entry: AuditEntry) -> AuditEntry:
    by_provider = entry.action in (Action.OPENED, Action.RESUBMITTED, Action.WITHDRAWN)
    return entry if by_provider else replace(entry, actor=TEAM)
