"""Manual checks: begin, work, complete, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.ids import derived_id
from servicekit import errors

from checkup.application.people.disclosures import known_solution
from checkup.application.people.mapping import of_completion
from checkup.application.people.ports import Loaded, PeoplePorts
from checkup.domain.people import manual_check
from checkup.domain.people.manual_check import Checklist, CheckState, Finding, ManualCheck
from checkup.domain.people.person import Person, require_checker, require_reader
from checkup.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class Checked:
    """A check with the list it works through."""

    solution: Solution
    check: ManualCheck
    revision: int
    checklist: Checklist


def checklist(ports: PeoplePorts, version: str | None) -> Checklist:
    """Return a checklist, the current one when None. Raises `checklist-not-found` (not_found)."""
    try:
        return ports.checklists.current if version is None else ports.checklists.get(version)
    except KeyError:
        raise errors.not_found("checklist-not-found", f"there is no checklist {version}") from None


async def begin(ports: PeoplePorts, solution_id: str, *, by: Person) -> Checked:
    """Begin the next check. Raises `check-in-progress` (conflict) when there is an open one."""
    solution = await known_solution(ports.solutions, solution_id)
    require_checker(by, solution.organisation_id)
    earlier = [loaded.record for loaded in await ports.checks.of_solution(solution_id)]
    number = len(earlier) + 1
    if any(each.state is CheckState.OPEN for each in earlier):
        raise errors.conflict("check-in-progress", "a check of this solution is being worked on")
    new = manual_check.open_check(
        derived_id("manual-check", solution_id, str(number)),
        solution_id=solution_id,
        organisation_id=solution.organisation_id,
        version=solution.version,
        number=number,
        checklist=ports.checklists.current,
        by=by,
        now=ports.clock.now(),
    )
    saved = await ports.checks.add(new)
    if saved is None:  # somebody else began one at the same moment
        raise errors.conflict("check-in-progress", "a check of this solution is being worked on")
    return Checked(solution, saved.record, saved.revision, ports.checklists.current)


async def save(ports: PeoplePorts, check_id: str, given: Sequence[Finding], *, by: Person, expected: int) -> Checked:
    """Replace the findings of an open check."""
    return await _step(ports, check_id, by, expected, lambda held, items: manual_check.save(
        held, list(given), checklist=items, by=by, now=ports.clock.now()))  # fmt: skip


async def complete(ports: PeoplePorts, check_id: str, *, by: Person, expected: int) -> Checked:
    """Complete a check."""
    return await _step(ports, check_id, by, expected, lambda held, items: manual_check.complete(
        held, checklist=items, by=by, now=ports.clock.now()))  # fmt: skip


async def read(ports: PeoplePorts, check_id: str, *, by: Person) -> Checked:
    """Return a check: completed ones to the provider too, open ones to the team only."""
    found = await _found(ports, check_id)
    solution = await known_solution(ports.solutions, found.record.solution_id)
    _require_sight(by, found.record)
    return Checked(solution, found.record, found.revision, ports.checklists.get(found.record.checklist))


async def of_solution(ports: PeoplePorts, solution_id: str, *, by: Person) -> list[Checked]:
    """Return a solution's checks, newest first: completed ones to the provider too."""
    solution = await known_solution(ports.solutions, solution_id)
    require_reader(by, solution.organisation_id)
    own = solution.organisation_id in by.organisations
    held = await ports.checks.of_solution(solution_id)
    return [
        Checked(solution, each.record, each.revision, ports.checklists.get(each.record.checklist))
        for each in reversed(held)
        if not own or each.record.state is CheckState.COMPLETED
    ]


async def _step(
    ports: PeoplePorts,
    check_id: str,
    by: Person,
    expected: int,
    decide: Callable[[ManualCheck, Checklist], ManualCheck],
) -> Checked:
    found = await _found(ports, check_id)
    items = ports.checklists.get(found.record.checklist)
    solution = await known_solution(ports.solutions, found.record.solution_id)
    require_checker(by, solution.organisation_id)

    def step(held: ManualCheck | None) -> ManualCheck:
        return decide(held or found.record, items)

    saved = await ports.checks.change(
        check_id,
        step,
        expected=expected,
        messages=lambda after: of_completion(after, solution.slug, items),
    )
    return Checked(solution, saved.record, saved.revision, items)


async def _found(ports: PeoplePorts, check_id: str) -> Loaded[ManualCheck]:
    found = await ports.checks.get(check_id)
    if found is None:
        raise errors.not_found("check-not-found", f"there is no check {check_id}")
    return found


def _require_sight(by: Person, check: ManualCheck) -> None:
    require_reader(by, check.organisation_id)
    if check.organisation_id in by.organisations and check.state is CheckState.OPEN:
        raise errors.forbidden("own-organisation", "an open check is the team's only")
