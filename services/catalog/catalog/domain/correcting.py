"""What corrections do to a solution: made by its provider, judged by the team, carried into the next version."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from servicekit import errors

from catalog.domain.change import Change
from catalog.domain.correction import (
    Correction,
    CorrectionState,
    FieldChange,
    answer_in,
    applied,
    joined,
    undone,
    where_it_says,
)
from catalog.domain.deployment import name_key
from catalog.domain.review import BY
from catalog.domain.solution import (
    EDITABLE,
    CorrectionDecided,
    CorrectionOpened,
    Published,
    Solution,
    SolutionChange,
    SolutionEvent,
    Version,
    VersionState,
)

DENIED = "Eine hier genannte Kommune sagt, dass sie die Lösung nicht einsetzt. Ihr Name wurde entfernt."
"""Shown to the provider as the reason."""
KEPT = 50
"""Decided corrections that stay with the solution; the audit trail has all of them."""


def correct(solution: Solution, answers: Mapping[str, Any], *, by: str, at: datetime) -> SolutionChange:
    """Change answers of what is online at once, and of the draft where it says the same; None takes one away.

    While the team has not looked at an earlier correction both become one. The same answers again change nothing.
    """
    live = solution.live
    if live is None:
        raise errors.conflict("not-published", f"cannot correct: the solution is {solution.state}, not published")
    changes = tuple(
        FieldChange(question, before, answer)
        for question, answer in answers.items()
        if (before := answer_in(live.shown, question)) != (answer or None)
    )
    if not changes:
        return Change(solution)
    open_ = solution.open_correction
    opened: tuple[SolutionEvent, ...] = ()
    if open_ is not None:
        all_ = joined(open_.changes, changes)
        made = replace(open_, changes=all_, revision=live.revision + 1, by=by, at=at)
        kept = tuple(made if each is open_ else each for each in solution.corrections if each is not open_ or all_)
    else:
        made = _new(solution, live, changes, by=by, at=at)
        kept, opened = _with_new(solution, made), (CorrectionOpened(made),)
    change = _online(replace(solution, corrections=kept), live, changes, at=at)
    return Change(change.state, (*change.events, *opened))


def strike_users(solution: Solution, denied: Collection[str], *, at: datetime) -> SolutionChange:
    """Take whoever says not to use the solution (`denied`: name keys) out of what is public and of the same draft.

    That is a correction of the marketplace: nobody has to look at it.
    """
    live = solution.live
    named = live.shown.used_by if live is not None else []
    left = [name for name in named if name_key(name) not in denied]
    if live is None or len(left) == len(named):
        return Change(solution)
    changes = (FieldChange("used_by", named, left or None),)
    made = replace(
        _new(solution, live, changes, by=BY, at=at),
        state=CorrectionState.ACCEPTED,
        decided_by=BY,
        decided_at=at,
        reason=DENIED,
    )
    return _online(replace(solution, corrections=_with_new(solution, made)), live, changes, at=at)


def accept(solution: Solution, number: int, revision: int, *, by: str, at: datetime) -> SolutionChange:
    """The team has nothing against the correction."""
    decided = _decided(solution, number, revision, CorrectionState.ACCEPTED, by=by, reason=None, at=at)
    return Change(_with(solution, decided, at=at), (CorrectionDecided(decided),))


def revert(solution: Solution, number: int, revision: int, *, reason: str, by: str, at: datetime) -> SolutionChange:
    """The team takes the correction back: the answers before it are public again, and in the draft that has it."""
    decided = _decided(solution, number, revision, CorrectionState.REVERTED, by=by, reason=reason, at=at)
    version = solution.version(decided.version)
    change = _online(_with(solution, decided, at=at), version, undone(decided.changes), at=at)
    return Change(change.state, (*change.events, CorrectionDecided(decided)))


def carried(solution: Solution, former: Version | None, published: Version) -> Solution:
    """Settle what was corrected in the former public version when another one takes its place.

    What was corrected after the new version had been handed in is made in it too, where it says what was corrected.
    All else was in the text that the review approved, or was changed there.
    """
    if former is None:
        return solution
    submitted = published.submitted_at
    late = [
        each
        for each in solution.corrections
        if each.version == former.number
        and each.state in (CorrectionState.OPEN, CorrectionState.ACCEPTED)
        and (submitted is None or each.at > submitted)
    ]
    listing = published.listing
    moved: dict[int, Correction] = {}
    for each in late:
        if changes := where_it_says(listing, each.changes):
            listing = applied(listing, changes)
            moved[each.number] = replace(each, version=published.number, revision=1, changes=changes)
    corrections = tuple(
        moved.get(each.number, replace(each, state=CorrectionState.SUPERSEDED))
        if each.state is CorrectionState.OPEN
        else each
        for each in solution.corrections
    )
    if moved:
        solution = solution.with_version(replace(published, corrected=listing, revision=1))
    return replace(solution, corrections=corrections)


def _new(solution: Solution, live: Version, changes: tuple[FieldChange, ...], *, by: str, at: datetime) -> Correction:
    number = solution.corrections[-1].number + 1 if solution.corrections else 1
    return Correction(number=number, version=live.number, revision=live.revision + 1, changes=changes, by=by, at=at)


def _with_new(solution: Solution, correction: Correction) -> tuple[Correction, ...]:
    every = (*solution.corrections, correction)
    waiting = tuple(each for each in every[:-KEPT] if each.state is CorrectionState.OPEN)
    return (*waiting, *every[-KEPT:])


def _decided(
    solution: Solution,
    number: int,
    revision: int,
    state: CorrectionState,
    *,
    by: str,
    reason: str | None,
    at: datetime,
) -> Correction:
    found = next((each for each in solution.corrections if each.number == number), None)
    if found is None:
        raise errors.not_found("correction-not-found", f"there is no correction {number}")
    if found.state is not CorrectionState.OPEN:
        raise errors.conflict("correction-decided", f"correction {number} is already {found.state}")
    if found.revision != revision:
        raise errors.conflict(
            "correction-changed", f"correction {number} was changed meanwhile: look at revision {found.revision}"
        )
    return replace(found, state=state, decided_by=by, decided_at=at, reason=reason)


def _with(solution: Solution, correction: Correction, *, at: datetime) -> Solution:
    corrections = tuple(correction if each.number == correction.number else each for each in solution.corrections)
    return replace(solution, corrections=corrections, updated_at=at)


def _online(solution: Solution, version: Version, changes: tuple[FieldChange, ...], *, at: datetime) -> SolutionChange:
    listing = applied(version.shown, changes)
    corrected = replace(
        version,
        corrected=None if listing == version.listing else listing,
        corrected_at=at,
        revision=version.revision + 1,
    )
    changed = _in_draft(solution.with_version(corrected), changes)
    online = changed.live is not None and changed.live.number == version.number
    events: tuple[SolutionEvent, ...] = (Published(version.number),) if online else ()
    return Change(replace(changed, updated_at=at), events)


def _in_draft(solution: Solution, changes: tuple[FieldChange, ...]) -> Solution:
    newest = solution.newest
    if newest.state not in EDITABLE:
        return solution
    edited = replace(newest, listing=applied(newest.listing, changes))
    if newest.state is VersionState.CHANGES_REQUESTED and edited.listing != newest.listing:
        edited = replace(edited, reviewed=newest.reviewed or newest.listing)
    return solution.with_version(edited)
