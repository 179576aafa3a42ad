"""A checkup in memory with everything that a route can name, about a solution that is not published yet."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from checkup.adapters.people import files
from checkup.adapters.rubric_files import RubricFiles
from checkup.application.people.ports import Loaded, PeoplePorts
from checkup.application.ports import Queue
from checkup.domain.history import ScoredRun
from checkup.domain.people import contest, disclosure, manual_check
from checkup.domain.people.answers import Given
from checkup.domain.people.contest import Contest, Target, TargetKind
from checkup.domain.people.disclosure import Disclosure
from checkup.domain.people.manual_check import Checklist, Finding, ManualCheck, Result
from checkup.domain.people.person import Person
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.report import without_repository
from checkup.domain.rubric import Rubric
from checkup.domain.run import Run, RunState, Trigger
from checkup.domain.solution import Solution
from servicekit.clock import FixedClock

from tests.unit.catalog.given import START

from .persons import EDITOR, PROVIDER

SOLUTION, ITEM = "solution", "keyboard"
OWNER = Person(EDITOR, frozenset({PROVIDER}), frozenset({PROVIDER}))
CHECKER = Person("checker", checks=True, reads_all=True)
ANSWERS = {
    "isms": ("none",),
    "personal_data": "no",
    "hosting_location": "germany",
    "wcag_level": "none",
    "maintained": "active",
    "data_export": "yes",
}
VERIFIED = "maintained"
REASON = "Die Datei liegt im Ordner docs und gilt für alle Fassungen."


class Held:
    """Records of one kind in memory."""

    def __init__(self, *records: Any) -> None:
        self._held = {each.id: each for each in records}

    async def get(self, record_id: str) -> Loaded[Any] | None:
        found = self._held.get(record_id)
        return None if found is None else Loaded(found, 1)

    async def add(self, record: Any, messages: Sequence[Any] = ()) -> Loaded[Any]:
        return Loaded(record, 1)

    async def change(
        self, record_id: str, decide: Callable[[Any], Any], *, expected: int | None = None, messages: Any = None
    ) -> Loaded[Any]:
        return Loaded(decide(self._held.get(record_id)), 2)

    async def of_solution(self, solution_id: str) -> list[Loaded[Any]]:
        found = self._held.values() if solution_id == SOLUTION else ()
        return [Loaded(each, 1) for each in found]

    async def find(self, state: str, *, limit: int) -> list[Loaded[Any]]:
        return [Loaded(each, 1) for each in self._held.values()]

    async def archived(self, solution_id: str) -> list[Any]:
        return []


class HeldRuns:
    """One run that waits and one that was scored, of the version under review."""

    def __init__(self, *runs: Run) -> None:
        self._held = {each.id: each for each in runs}

    async def get(self, run_id: str) -> Run | None:
        return self._held.get(run_id)

    async def look(self, run_id: str) -> Run:
        return self._held["scored"]  # it has ended meanwhile: who follows it is let go

    async def add(self, run: Run, *, with_job: bool = True) -> bool:
        return True

    async def change(self, run_id: str, decide: Callable[[Run], Run | None]) -> Run:
        return decide(self._held[run_id]) or self._held[run_id]

    async def of_solution(self, solution_id: str, **_: Any) -> list[Run]:
        return list(self._held.values())

    async def latest_report(self, solution_id: str, **_: Any) -> Run:
        return self._held["scored"]

    async def history(self, solution_id: str, **_: Any) -> list[ScoredRun]:
        return []


class HeldSolutions:
    """The one solution."""

    def __init__(self, held: Solution) -> None:
        self._held = held

    async def get(self, solution_id: str) -> Solution | None:
        return self._held if solution_id == self._held.id else None

    async def online(self, slug: str) -> Solution | None:
        return None

    async def change(self, solution_id: str, decide: Callable[[Solution], Any], *, run: Run | None = None) -> Any:
        return decide(self._held)


def held_checkup(known: dict[str, Any]) -> Any:
    """Return the container of such a checkup; `known` is told the ids."""
    clock = FixedClock(START)
    rubrics, questionnaires, checklists, source_rules = _released()
    declared, contested = _disclosure(questionnaires.current), _contest()
    checked = _check(checklists.current)
    solutions: Any = HeldSolutions(Solution(SOLUTION, "dorffunk", PROVIDER, 1, "https://git.example.org/app"))
    runs: Any = HeldRuns(*_runs(rubrics.current))
    known |= {
        "solution_id": SOLUTION,
        "run_id": "waiting",
        "check_id": checked.id,
        "contest_id": contested.id,
        "number": 1,
        "version": 1,
        "question": VERIFIED,
        "kind": TargetKind.MANUAL.value,
        "finding": ITEM,
        "reason": REASON,
        "answer": REASON,
        "note": REASON,
    }
    editions, anything = AsyncMock(), AsyncMock()
    editions.get.return_value = declared.published
    anything.get.return_value = None
    people = PeoplePorts(
        solutions=solutions,
        runs=runs,
        rubrics=rubrics,
        disclosures=Held(declared),
        editions=editions,
        checks=Held(checked),
        contests=Held(contested),
        contradictions=Held(),
        questionnaires=questionnaires,
        checklists=checklists,
        source_rules=source_rules,
        clock=clock,
        answer_time=timedelta(days=14),
    )
    ports = SimpleNamespace(
        solutions=solutions,
        runs=runs,
        rubrics=rubrics,
        analyses=anything,
        assessments=anything,
        queue=SimpleNamespace(look=AsyncMock(return_value=Queue(0, 0, 0, 0, 0, None))),
        public_scores=anything,
        clock=clock,
        request_interval=timedelta(minutes=10),
    )
    return SimpleNamespace(ports=ports, people=people)


@cache
def _released() -> Any:
    return (
        RubricFiles("2026.2"),
        files.questionnaires("2026.1"),
        files.checklists("2026.1"),
        files.source_rules("2026.1"),
    )


def _disclosure(questionnaire: Questionnaire) -> Disclosure:
    answers = {key: Given(value) for key, value in ANSWERS.items()}
    saved, _ = disclosure.save_draft(
        Disclosure(SOLUTION, PROVIDER), answers, by=OWNER, questionnaire=questionnaire, now=START
    )
    return disclosure.publish(saved, by=OWNER, questionnaire=questionnaire, edition_id="edition", now=START)


def _check(checklist: Checklist) -> ManualCheck:
    opened = manual_check.open_check(
        "check", solution_id=SOLUTION, organisation_id=PROVIDER, version=1, number=1, checklist=checklist, by=CHECKER,
        now=START,
    )  # fmt: skip
    found = [Finding(ITEM, Result.PASSED)]
    saved = manual_check.save(opened, found, checklist=checklist, by=CHECKER, now=START)
    return manual_check.complete(saved, checklist=checklist, by=CHECKER, now=START)


def _contest() -> Contest:
    target = Target(TargetKind.CONTRADICTION, "rule", START.isoformat())
    new = Contest("contest", SOLUTION, PROVIDER, "dorffunk", target, "Wartung", REASON, START, EDITOR)
    return contest.open_contest(new, earlier=(), by=OWNER)


def _runs(rubric: Rubric) -> tuple[Run, Run]:
    waiting = Run(
        id="waiting",
        solution_id=SOLUTION,
        slug="dorffunk",
        solution_version=1,
        organisation_id=PROVIDER,
        repository_url="https://git.example.org/app",
        trigger=Trigger.SUBMISSION,
        requested_by=None,
        requested_at=START,
        as_of=START,
    )
    report = without_repository(rubric, as_of=START)
    return waiting, replace(waiting, id="scored", state=RunState.SCORED, report=report, finished_at=START)
