"""The lifecycle guard: reminds before a term runs out, and takes offline what nobody confirms any more.

What was told is saved with the solution, so that any number of workers may do this beside each other; after a time
without workers only the nearest reminder is made up for.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from contracts.vocabulary import DelistingReason

from catalog.domain import lifecycle, term
from catalog.domain.change import Change
from catalog.domain.solution import Delisted, Mark, Solution, SolutionChange, SolutionEvent, TermDue
from catalog.domain.term import PASSED, Term, TermKind, Told

BY = "catalog"
"""Who lets a listing expire."""


def terms_of(solution: Solution) -> tuple[Term, ...]:
    """Return the terms of what is online, the confirmation first; none while it is not."""
    live = solution.live
    until = lifecycle.confirmed_until(solution)
    if live is None or until is None:
        return ()
    return (Term(TermKind.CONFIRMATION, until), *term.stated(live.shown))


def next_at(solution: Solution) -> datetime | None:
    """Return when the guard has something to do next; None while there is nothing to guard."""
    told = {each.key: each.days for each in solution.told}
    days = (each.next_day(told.get(each.key)) for each in terms_of(solution))
    return min((term.begin(day) for day in days if day is not None), default=None)


def pass_time(solution: Solution, now: datetime) -> SolutionChange:
    """Let the listing expire, or tell of every term the step that is due, once."""
    today = term.day_of(now)
    until = lifecycle.confirmed_until(solution)
    if solution.live is not None and until is not None and today > until:
        return _expired(solution, until, now)
    due = tuple(_due(solution, today))
    if not due:
        return Change(solution)
    told = {each.key: each.days for each in solution.told} | {each.term.key: each.days for each in due}
    kept = tuple(Told(each.key, told[each.key]) for each in terms_of(solution) if each.key in told)
    return Change(replace(solution, told=kept), due)


def _expired(solution: Solution, until: date, now: datetime) -> SolutionChange:
    number = solution.published_version or 0
    due = TermDue(number, Term(TermKind.CONFIRMATION, until), PASSED, back_until=term.back_until(until))
    events: tuple[SolutionEvent, ...] = (due, Delisted(DelistingReason.EXPIRED, None, now))
    return Change(replace(solution, expired=Mark(now, BY), updated_at=now), events)


def _due(solution: Solution, today: date) -> Iterator[TermDue]:
    told = {each.key: each.days for each in solution.told}
    first = solution.first_published_at
    for each in terms_of(solution):
        step = each.step(today)
        before = told.get(each.key)
        if step is None or (before is not None and before <= step):
            continue
        relied_on = step == PASSED and first is not None and each.until >= term.day_of(first)
        yield TermDue(solution.published_version or 0, each, step, relied_on)
