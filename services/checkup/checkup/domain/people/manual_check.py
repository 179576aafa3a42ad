"""Manual checks: what the team looked at with its own eyes, item by item of a published checklist."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from servicekit import errors
from servicekit.errors import FieldError

from checkup.domain.people.answers import address_fault
from checkup.domain.people.person import Person, require_checker
from checkup.domain.people.trail import Action, Change, Entry, Side, Trail, added, change
from checkup.domain.rubric import Text

GRADES = range(5)
WEAK = 2
"""Grades below need a written finding, and count as failed."""
LONGEST_FINDING = 2000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; with `scale` it gets a grade 0 (unusable) to 4 (very good).

    `confirms` is the fact that is 1 for the rubric while this item is failed.
    """

    id: str
    topic: str
    text: Text
    help: Text
    scale: bool = False
    dimension: str | None = None
    confirms: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The items of one version; a completed check holds for `valid_months`."""

    version: str
    valid_from: str
    valid_months: int
    topics: tuple[tuple[str, Text], ...]
    items: tuple[Item, ...]

    def get(self, item_id: str) -> Item | None:
        return next((each for each in self.items if each.id == item_id), None)


class Result(StrEnum):
    """What came of looking."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class CheckState(StrEnum):
    """An open one is being worked on; a completed one never changes again."""

    OPEN = "open"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one item; `on` is the day it was looked at."""

    item: str
    result: Result
    grade: int | None = None
    finding: str = ""
    evidence_url: str | None = None
    on: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class ManualCheck:
    """The aggregate."""

    id: str
    solution_id: str
    organisation_id: str
    solution_version: int
    number: int
    checklist: str
    opened_at: datetime
    opened_by: str
    state: CheckState = CheckState.OPEN
    findings: Mapping[str, Finding] = field(default_factory=dict)
    completed_at: datetime | None = None
    completed_by: str | None = None
    valid_until: date | None = None
    audit: Trail = ()

    def confidence(self, today: date) -> float:
        """1.0 while it holds, half of that afterwards; 0 for one that is not completed."""
        if self.valid_until is None:
            return 0.0
        return 1.0 if today <= self.valid_until else 0.5


def open_check(
    check_id: str, *, solution_id: str, organisation_id: str, version: int, number: int, checklist: Checklist,
    by: Person, now: datetime,
) -> ManualCheck:  # fmt: skip
    """Begin a check. Raises what `require_checker` raises."""
    require_checker(by, organisation_id)
    entry = Entry(now, by.sub, Side.TEAM, Action.CHECK_OPENED, f"check {number}", f"checklist {checklist.version}")
    return ManualCheck(
        check_id, solution_id, organisation_id, version, number, checklist.version, now, by.sub, audit=(entry,)
    )


def save(held: ManualCheck, given: list[Finding], *, checklist: Checklist, by: Person, now: datetime) -> ManualCheck:
    """Replace the findings; they need not be complete. Raises `check-completed` (conflict), `invalid-check` (invalid),
    besides what `require_checker` raises.
    """
    require_checker(by, held.organisation_id)
    if held.state is not CheckState.OPEN:
        raise errors.conflict("check-completed", "a completed check never changes: begin another one")
    faults = [fault for one in given for fault in _faults(one, checklist, now.date())]
    if faults:
        raise errors.invalid("invalid-check", f"{len(faults)} findings cannot be saved", faults)
    findings: dict[str, Finding] = {}
    for one in given:
        item = checklist.get(one.item)
        before = held.findings.get(one.item)
        new = _settled(one, scale=item is not None and item.scale, by=by.sub, today=now.date())
        findings[one.item] = before if before and replace(before, by=by.sub) == new else new
    entry = Entry(
        now, by.sub, Side.TEAM, Action.CHECK_SAVED, f"check {held.number}", changes=_changes(held.findings, findings)
    )
    return replace(held, findings=findings, audit=added(held.audit, entry))


def complete(held: ManualCheck, *, checklist: Checklist, by: Person, now: datetime) -> ManualCheck:
    """End the check; items nobody looked at become `not_checked`.

    Raises `check-completed`, `check-empty` (conflict), `invalid-check` (invalid: failed without a finding), besides
    what `require_checker` raises.
    """
    require_checker(by, held.organisation_id)
    if held.state is not CheckState.OPEN:
        raise errors.conflict("check-completed", "this check is completed already")
    looked = [one for one in held.findings.values() if one.result is not Result.NOT_CHECKED]
    if not looked:
        raise errors.conflict("check-empty", "nothing was checked yet")
    mute = [one for one in looked if one.result is Result.FAILED and not one.finding]
    if mute:
        faults = [FieldError(f"items.{one.item}.finding", "say what is wrong") for one in mute]
        raise errors.invalid("invalid-check", f"{len(mute)} failed items have no finding", faults)
    findings = {item.id: held.findings.get(item.id) or Finding(item.id, Result.NOT_CHECKED) for item in checklist.items}
    until = _months_later(now.date(), checklist.valid_months)
    entry = Entry(now, by.sub, Side.TEAM, Action.CHECK_COMPLETED, f"check {held.number}", f"valid until {until}")
    return replace(
        held,
        state=CheckState.COMPLETED,
        findings=findings,
        completed_at=now,
        completed_by=by.sub,
        valid_until=until,
        audit=added(held.audit, entry),
    )


def newest_completed(checks: list[ManualCheck]) -> ManualCheck | None:
    """The check that counts."""
    completed = [check for check in checks if check.state is CheckState.COMPLETED]
    return max(completed, key=lambda check: check.number, default=None)


def confirmed(checks: Sequence[tuple[ManualCheck, Checklist]], today: date) -> dict[str, float]:
    """Facts for the rubric: 1 for each that the newest check which looked at its item confirmed, while that holds."""
    found: dict[str, float] = {}
    for check, checklist in sorted(checks, key=lambda pair: pair[0].number):
        if check.state is not CheckState.COMPLETED:
            continue
        for item in checklist.items:
            looked = check.findings.get(item.id)
            if item.confirms is None or looked is None or looked.result not in (Result.PASSED, Result.FAILED):
                continue
            found.pop(item.confirms, None)
            if looked.result is Result.FAILED and check.confidence(today) == 1:
                found[item.confirms] = 1.0
    return found


def _faults(one: Finding, checklist: Checklist, today: date) -> list[FieldError]:
    found = []
    place = f"items.{one.item[:100]}"
    item = checklist.get(one.item)
    if item is None:
        return [FieldError(place, "there is no such item")]
    if item.scale and one.result in (Result.PASSED, Result.FAILED) and one.grade is None:
        found.append(FieldError(f"{place}.grade", "needs a grade from 0 to 4"))
    if one.grade is not None and (not item.scale or one.grade not in GRADES):
        found.append(FieldError(f"{place}.grade", "is no grade from 0 to 4, or not asked for here"))
    if one.grade is not None and one.grade < WEAK and not one.finding.strip():
        found.append(FieldError(f"{place}.finding", "a grade below 2 needs a finding"))
    if len(one.finding) > LONGEST_FINDING:
        found.append(FieldError(f"{place}.finding", "is too long"))
    if one.evidence_url and address_fault(one.evidence_url) is not None:
        found.append(FieldError(f"{place}.evidence_url", "must be an https address"))
    if one.on is not None and one.on > today:
        found.append(FieldError(f"{place}.on", "must not lie in the future"))
    return found


def _settled(one: Finding, *, scale: bool, by: str, today: date) -> Finding:
    result = one.result
    if scale and one.grade is not None:
        result = Result.PASSED if one.grade >= WEAK else Result.FAILED
    looked = result is not Result.NOT_CHECKED
    return replace(
        one,
        result=result,
        finding=one.finding.strip(),
        evidence_url=one.evidence_url or None,
        on=(one.on or today) if looked else None,
        by=by,
    )


def _changes(before: Mapping[str, Finding], after: Mapping[str, Finding]) -> tuple[Change, ...]:
    return tuple(
        change(item, _told(before.get(item)), _told(after.get(item)))
        for item in dict.fromkeys((*before, *after))
        if before.get(item) != after.get(item)
    )


def _told(one: Finding | None) -> str | None:
    if one is None:
        return None
    grade = "" if one.grade is None else f" {one.grade}/4"
    return " · ".join(part for part in (f"{one.result.value}{grade}", one.finding, one.evidence_url) if part)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
