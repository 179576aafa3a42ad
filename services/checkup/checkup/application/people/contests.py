"""Contests: open, answer, withdraw, read."""

from collections.abc import Sequence

from servicekit import errors

from checkup.application.people.disclosures import known_solution
from checkup.application.people.mapping import of_contest
from checkup.application.people.overview import Overview, seen_by
from checkup.application.people.policies import refresh
from checkup.application.people.ports import Loaded, PeoplePorts
from checkup.domain.people import contest
from checkup.domain.people.contest import Contest, ContestState, Outcome, Target, TargetKind
from checkup.domain.people.manual_check import Result
from checkup.domain.people.person import Person, require_editor, require_reader


async def open_contest(
    ports: PeoplePorts, solution_id: str, kind: TargetKind, finding: str, reason: str, *, by: Person, contest_id: str
) -> Loaded[Contest]:
    """Contest one of the findings that stand now. Raises `finding-not-found` (not_found) and what the domain raises."""
    if (made := await ports.contests.get(contest_id)) is not None:
        return made  # the same request once more
    solution = await known_solution(ports.solutions, solution_id)
    require_editor(by, solution.organisation_id)
    if kind is TargetKind.CONTRADICTION:
        await refresh(ports, solution_id)  # its clock names it: let it be running
    seen = await seen_by(ports, solution, "provider")
    found = _finding(seen, kind, finding)
    if found is None:
        raise errors.not_found("finding-not-found", f"there is no {kind.value} {finding[:100]} to contest")
    target, title = found
    new = contest.open_contest(
        Contest(
            id=contest_id,
            solution_id=solution_id,
            organisation_id=solution.organisation_id,
            slug=solution.slug,
            target=target,
            title=title,
            reason=reason,
            opened_at=ports.clock.now(),
            opened_by=by.sub,
        ),
        earlier=seen.contests,
        by=by,
    )
    saved = await ports.contests.add(new, of_contest(new))
    return saved or await _found(ports, contest_id)


async def answer(
    ports: PeoplePorts, contest_id: str, *, outcome: Outcome | None, text: str, by: Person, expected: int | None
) -> Loaded[Contest]:
    """Accept (with an outcome) or reject a contest."""
    held = await _found(ports, contest_id)

    def decide(known: Contest | None) -> Contest:
        return contest.answer(known or held.record, outcome=outcome, text=text, by=by, now=ports.clock.now())

    return await ports.contests.change(contest_id, decide, expected=expected, messages=of_contest)


async def withdraw(ports: PeoplePorts, contest_id: str, *, by: Person) -> Loaded[Contest]:
    """Take a contest back."""
    held = await _found(ports, contest_id)

    def decide(known: Contest | None) -> Contest:
        return contest.withdraw(known or held.record, by=by, now=ports.clock.now())

    return await ports.contests.change(contest_id, decide)


async def of_solution(ports: PeoplePorts, solution_id: str, *, by: Person) -> Sequence[Loaded[Contest]]:
    """Return all contests of a solution, newest first, for the provider and the team."""
    solution = await known_solution(ports.solutions, solution_id)
    require_reader(by, solution.organisation_id)
    return list(reversed(await ports.contests.of_solution(solution_id)))


async def waiting(ports: PeoplePorts, *, limit: int = 100) -> Sequence[Loaded[Contest]]:
    """Return the contests that wait for the team, longest first."""
    return await ports.contests.find(ContestState.OPEN.value, limit=limit)


def _finding(seen: Overview, kind: TargetKind, finding: str) -> tuple[Target, str] | None:
    """What can be contested now, with its German name."""
    match kind:
        case TargetKind.METRIC:
            dimensions = seen.report.dimensions if seen.report else ()
            metric = next((each for one in dimensions for each in one.metrics if each.id == finding), None)
            if metric is None or seen.run is None or seen.report is None:
                return None
            return Target(kind, metric.id, seen.run.id, seen.report.commit), f"{metric.id} {metric.title.de}"
        case TargetKind.MANUAL:
            item = seen.checklist.get(finding)
            noted = seen.check.findings.get(finding) if seen.check else None
            if item is None or seen.check is None or noted is None or noted.result is Result.NOT_CHECKED:
                return None
            return Target(kind, item.id, seen.check.id), item.text.de
        case TargetKind.CONTRADICTION:
            shown = next((each for each in seen.contradictions if each.contradiction.rule.id == finding), None)
            return None if shown is None else (shown.target, shown.contradiction.rule.text.de)


async def _found(ports: PeoplePorts, contest_id: str) -> Loaded[Contest]:
    found = await ports.contests.get(contest_id)
    if found is None:
        raise errors.not_found("contest-not-found", f"there is no contest {contest_id}")
    return found
