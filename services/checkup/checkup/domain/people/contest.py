"""Contests: the provider says why a finding is wrong, the team answers; both stay beside the finding."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from servicekit import errors

from checkup.domain.people.person import Person, require_checker, require_editor
from checkup.domain.people.trail import Action, Entry, Side, Trail, change

MOST_OPEN = 10
"""Open contests of one solution."""
SHORTEST, LONGEST = 20, 4000
"""Characters of a reason."""


class TargetKind(StrEnum):
    """What can be contested."""

    METRIC = "metric"
    MANUAL = "manual"
    CONTRADICTION = "contradiction"


class ContestState(StrEnum):
    """Open until the team answers or the provider takes it back."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What an accepted contest does to the finding: it is put right, or it does not count."""

    CORRECTED = "corrected"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Target:
    """One finding: `id` is the metric, checklist item or rule; `at` the run, check or disclosure it was found in.

    `commit` is that of a metric's run: the answer holds for every report of that commit.
    """

    kind: TargetKind
    id: str
    at: str
    commit: str | None = None

    def same_finding(self, other: "Target") -> bool:
        same_place = self.at == other.at or (self.commit is not None and self.commit == other.commit)
        return (self.kind, self.id) == (other.kind, other.id) and same_place


@dataclass(frozen=True, slots=True)
class Contest:
    """The aggregate. `title` is what the finding was called when it was contested, in German."""

    id: str
    solution_id: str
    organisation_id: str
    slug: str
    target: Target
    title: str
    reason: str
    opened_at: datetime
    opened_by: str
    state: ContestState = ContestState.OPEN
    outcome: Outcome | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    audit: Trail = ()


def open_contest(contest: Contest, *, earlier: Iterable[Contest], by: Person) -> Contest:
    """Begin a contest.

    Raises `reason-needed` (invalid), `already-contested`, `already-answered`, `too-many-contests` (conflict), besides
    what `require_editor` raises.
    """
    require_editor(by, contest.organisation_id)
    reason = _reason(contest.reason)
    held = list(earlier)
    same = [each for each in held if each.target.same_finding(contest.target)]
    if any(each.state is ContestState.OPEN for each in same):
        raise errors.conflict("already-contested", "this finding is contested already: the team will answer")
    if any(each.state in (ContestState.ACCEPTED, ContestState.REJECTED) for each in same):
        raise errors.conflict("already-answered", "the team has answered a contest of this finding")
    if sum(each.state is ContestState.OPEN for each in held) >= MOST_OPEN:
        raise errors.conflict("too-many-contests", f"{MOST_OPEN} contests are open: wait for the team's answers")
    entry = Entry(
        contest.opened_at, by.sub, Side.PROVIDER, Action.CONTEST_OPENED, contest.title, reason,
        (change("state", None, ContestState.OPEN.value),),
    )  # fmt: skip
    return replace(contest, reason=reason, audit=(entry,))


def answer(held: Contest, *, outcome: Outcome | None, text: str, by: Person, now: datetime) -> Contest:
    """Accept with an outcome, or reject with None. Raises `contest-closed` (conflict), `reason-needed` (invalid),
    besides what `require_checker` raises.
    """
    require_checker(by, held.organisation_id)
    _require_open(held)
    text = _reason(text)
    state = ContestState.REJECTED if outcome is None else ContestState.ACCEPTED
    action = Action.CONTEST_REJECTED if outcome is None else Action.CONTEST_ACCEPTED
    entry = Entry(
        now, by.sub, Side.TEAM, action, held.title, text,
        (change("state", held.state.value, state.value if outcome is None else f"{state.value}: {outcome.value}"),),
    )  # fmt: skip
    return replace(
        held,
        state=state,
        outcome=outcome,
        answer=text,
        answered_at=now,
        answered_by=by.sub,
        audit=(*held.audit, entry),
    )


def withdraw(held: Contest, *, by: Person, now: datetime) -> Contest:
    """Take it back. Raises `contest-closed` (conflict), besides what `require_editor` raises."""
    require_editor(by, held.organisation_id)
    _require_open(held)
    changes = (change("state", held.state.value, ContestState.WITHDRAWN.value),)
    entry = Entry(now, by.sub, Side.PROVIDER, Action.CONTEST_WITHDRAWN, held.title, changes=changes)
    return replace(held, state=ContestState.WITHDRAWN, audit=(*held.audit, entry))


def _require_open(held: Contest) -> None:
    if held.state is not ContestState.OPEN:
        raise errors.conflict("contest-closed", f"this contest is {held.state.value} already")


def _reason(text: str) -> str:
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise errors.invalid(
            "reason-needed",
            f"give a reason of {SHORTEST} to {LONGEST} characters",
            [errors.FieldError("reason", f"{SHORTEST} to {LONGEST} characters")],
        )
    return text
