"""All three sources of one solution side by side, as far as their reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from servicekit import errors

from checkup.application.people import facts
from checkup.application.people.ports import PeoplePorts
from checkup.domain.people.contest import Contest, ContestState, Target, TargetKind
from checkup.domain.people.contradictions import Contradiction, ContradictionLog, SourceRules, evaluate
from checkup.domain.people.disclosure import Disclosure, TopicStage, topic_stages
from checkup.domain.people.manual_check import Checklist, CheckState, ManualCheck, newest_completed
from checkup.domain.people.person import Person
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric
from checkup.domain.run import Run
from checkup.domain.solution import Solution

Audience = Literal["public", "provider", "team"]


class Phase(StrEnum):
    """Where a contradiction is: in the provider's time to answer, open to all, contested, settled or upheld."""

    WAITING = "waiting"
    OPEN = "open"
    CONTESTED = "contested"
    SETTLED = "settled"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class ShownContradiction:
    """A contradiction with its clock and the provider's answer to it."""

    contradiction: Contradiction
    since: datetime
    public_from: datetime
    phase: Phase
    contest: Contest | None

    @property
    def target(self) -> Target:
        return Target(TargetKind.CONTRADICTION, self.contradiction.rule.id, self.since.isoformat())


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything there is; `check` is the newest completed one, `working` an open one (for the team)."""

    solution: Solution
    audience: Audience
    now: datetime
    disclosure: Disclosure
    questionnaire: Questionnaire
    stages: Sequence[TopicStage]
    check: ManualCheck | None
    checklist: Checklist
    working: ManualCheck | None
    run: Run | None
    rubric: Rubric | None
    rules: SourceRules
    contradictions: Sequence[ShownContradiction]
    contests: Sequence[Contest]

    @property
    def report(self) -> Report | None:
        return self.run.report if self.run else None


async def overview(ports: PeoplePorts, solution_id: str, *, by: Person | None) -> Overview:
    """Return the overview. Raises `no-checkup` (not_found), also for those who may not know."""
    solution = await ports.solutions.get(solution_id)
    if solution is None:
        raise _unknown(solution_id)
    audience = _audience(solution, by)
    if audience == "public" and solution.live_version is None:
        raise _unknown(solution_id)
    return await seen_by(ports, solution, audience)


async def seen_by(ports: PeoplePorts, solution: Solution, audience: Audience) -> Overview:
    """Put together what an audience sees: the public the published version's results, others the newest ones."""
    public = audience == "public"
    run = await ports.runs.latest_report(solution.id, up_to_version=solution.live_version if public else None)
    found = await ports.disclosures.get(solution.id)
    held = found.record if found else Disclosure(solution.id, solution.organisation_id)
    checks = [loaded.record for loaded in await ports.checks.of_solution(solution.id)]
    contests = [loaded.record for loaded in await ports.contests.of_solution(solution.id)]
    log = await ports.contradictions.get(solution.id)
    now = ports.clock.now()
    version = held.published.questionnaire if held.published else None
    questionnaire = ports.questionnaires.get(version) if version else ports.questionnaires.current
    check = newest_completed(checks)
    checklist = ports.checklists.get(check.checklist) if check else ports.checklists.current
    report = run.report if run else None
    rubric = _rubric(ports, report)
    rules = ports.source_rules.current
    statements, listing = (solution.live_statements, solution.live_version) if public else (
        solution.statements, solution.version)  # fmt: skip
    struck = evaluate(
        rules.rules,
        facts.gathered(
            facts.of_listing(statements, listing),
            facts.of_disclosure(held, questionnaire, now.date()),
            facts.of_check(check, checklist),
            facts.of_report(report, rubric),
        ),
    )
    shown = [_shown(each, log.record if log else None, contests, ports, now) for each in struck]
    if public:
        shown = [each for each in shown if each.phase is not Phase.WAITING and now >= _visible_from(each)]
        visible = {each.target.id for each in shown}
        contests = [
            each for each in contests
            if each.state is not ContestState.WITHDRAWN
            and (each.target.kind is not TargetKind.CONTRADICTION or each.target.id in visible)
        ]  # fmt: skip
    return Overview(
        solution=solution,
        audience=audience,
        now=now,
        disclosure=held,
        questionnaire=questionnaire,
        stages=topic_stages(held, questionnaire, now.date()),
        check=check,
        checklist=checklist,
        working=next((each for each in checks if each.state is CheckState.OPEN), None) if audience == "team" else None,
        run=run,
        rubric=rubric,
        rules=rules,
        contradictions=shown,
        contests=contests,
    )


def _shown(
    each: Contradiction, log: ContradictionLog | None, contests: Sequence[Contest], ports: PeoplePorts, now: datetime
) -> ShownContradiction:
    since = (log.since(each.rule.id) if log else None) or now
    public_from = since + ports.answer_time
    target = Target(TargetKind.CONTRADICTION, each.rule.id, since.isoformat())
    answered = [one for one in contests if one.target == target and one.state is not ContestState.WITHDRAWN]
    contest = answered[-1] if answered else None
    if contest is None:
        phase = Phase.OPEN if now >= public_from else Phase.WAITING
    else:
        phase = {
            ContestState.OPEN: Phase.CONTESTED,
            ContestState.ACCEPTED: Phase.SETTLED,
            ContestState.REJECTED: Phase.UPHELD,
        }[contest.state]
    return ShownContradiction(each, since, public_from, phase, contest)


def _visible_from(shown: ShownContradiction) -> datetime:
    """The team's answer ends the waiting; a contest that is still open does not."""
    contest = shown.contest
    return contest.answered_at if contest is not None and contest.answered_at is not None else shown.public_from


def _audience(solution: Solution, by: Person | None) -> Audience:
    if by is not None and solution.organisation_id in by.organisations:
        return "provider"
    return "team" if by is not None and by.reads_all else "public"


def _rubric(ports: PeoplePorts, report: Report | None) -> Rubric | None:
    try:
        return ports.rubrics.get(report.rubric_version) if report else None
    except KeyError:
        return None


def _unknown(solution_id: str) -> errors.ProblemError:
    return errors.not_found("no-checkup", f"there is no checkup of solution {solution_id}")
