"""Runs that nobody asks for: of published solutions from time to time, and when they have a new release."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from checkup.adapters.git_fetch import GitFetch
from checkup.application.ports import Ports, Refs
from checkup.application.triggers import Rhythm, queue_due, queue_released
from checkup.domain import schedule, solution
from checkup.domain.failure import CheckupFailure
from checkup.domain.run import Run, RunState, Trigger
from checkup.domain.solution import Solution
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker, git
from checkup.wiring import Container, build
from servicekit.clock import FixedClock, SystemClock
from servicekit.testing import wait

from .conftest import Bus, GitServer, running

MONTH, DAY = timedelta(days=30), timedelta(days=1)
RHYTHM = Rhythm(measure_every=MONTH, releases_every=DAY)
NEVER = Rhythm(measure_every=timedelta(), releases_every=timedelta())
URL = "https://git.example.org/team/app.git"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


@pytest.fixture
async def container(settings: CheckupSettings, clock: FixedClock) -> AsyncIterator[Container]:
    async with build(settings, clock) as built:
        yield built


@pytest.fixture
def ports(container: Container) -> Ports:
    return container.ports


async def online(ports: Ports, number: int = 0, url: str | None = URL) -> Solution:
    known = Solution(
        id=f"solution-{number}", slug=f"app-{number}", organisation_id="org", version=2, repository_url=url,
        live_version=1, live_repository_url=url,
    )  # fmt: skip
    await ports.solutions.change(known.id, lambda _: known)
    return known


async def ended(ports: Ports, run_id: str) -> None:
    now = ports.clock.now()
    await ports.runs.change(run_id, lambda run: replace(run, state=RunState.FAILED, finished_at=now))


async def test_a_published_solution_is_measured_once_in_each_interval(ports: Ports, clock: FixedClock) -> None:
    await online(ports)
    await online(ports, 1, None)
    await ports.solutions.change(
        "hidden", lambda _: Solution("hidden", "hidden", "org", 1, URL)
    )  # nothing to measure, and nothing published
    made = await asyncio.gather(*(queue_due(ports, RHYTHM) for _ in range(3)))  # as many workers
    (run_id,) = [each for several in made for each in several]
    run = await ports.runs.get(run_id)
    assert run is not None
    assert (run.trigger, run.solution_version, run.repository_url) == (Trigger.SCHEDULE, 1, URL)
    clock.advance(MONTH)
    assert await queue_due(ports, RHYTHM) == []  # the one before has not ended
    await ended(ports, run_id)
    (again,) = await queue_due(ports, RHYTHM)
    assert again != run_id
    await ended(ports, again)
    assert await queue_due(ports, RHYTHM) == []
    clock.advance(MONTH)
    assert await queue_due(ports, NEVER) == []
    assert len(await queue_due(ports, RHYTHM)) == 1


async def test_many_solutions_are_spread_over_the_rounds(ports: Ports) -> None:
    for number in range(25):
        await online(ports, number)
    assert [len(await queue_due(ports, RHYTHM)) for _ in range(3)] == [20, 5, 0]


def test_intervals_begin_at_another_time_for_each_repository() -> None:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    turns = []
    for number in range(200):
        days = [schedule.period(f"https://git.example.org/{number}", begin + n * DAY, MONTH) for n in range(31)]
        turns.append(days.index(days[0] + 1))
    assert all(sum(turn == day for turn in turns) < 25 for day in range(1, 31))


async def test_a_new_tag_queues_one_run(
    ports: Ports, clock: FixedClock, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    url = git_server.add("app", small_app)
    await online(ports, 0, url)
    assert await queue_released(ports, RHYTHM) == []  # what is there at the first look is not new
    tags = git_server.root / "app.git"
    git(tags, "tag", "v9.0.0", "main")
    assert await queue_released(ports, RHYTHM) == []  # it is not its turn
    clock.advance(DAY)
    made = await asyncio.gather(*(queue_released(ports, RHYTHM) for _ in range(3)))
    (run_id,) = [each for several in made for each in several]
    run = await ports.runs.get(run_id)
    assert run is not None
    assert (run.trigger, run.state) == (Trigger.RELEASE, RunState.QUEUED)
    clock.advance(DAY)
    git(tags, "tag", "--delete", "v9.0.0")
    assert await queue_released(ports, RHYTHM) == []  # gone is not new
    clock.advance(DAY)
    assert await queue_released(ports, NEVER) == []


async def test_a_server_that_does_not_answer_has_its_next_turn(
    ports: Ports, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await online(ports)
    said: list[Refs | CheckupFailure] = []

    async def refs(_: GitFetch, url: str) -> Refs:
        answer = said.pop(0)
        if isinstance(answer, CheckupFailure):
            raise answer
        return answer

    monkeypatch.setattr(GitFetch, "refs", refs)
    away = CheckupFailure("unreachable", "Weg.", "away", transient=True)
    for answer, expected in ((Refs("1" * 40, {}), 0), (away, 0), (Refs("1" * 40, {"v1": "2" * 40}), 1)):
        said.append(answer)
        assert len(await queue_released(ports, RHYTHM)) == expected
        assert said == []
        clock.advance(DAY)


async def test_a_solution_that_moved_begins_anew(
    ports: Ports, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    await online(ports, 0, git_server.add("app", small_app))
    await queue_released(ports, RHYTHM)
    held = await ports.solutions.get("solution-0")
    assert held is not None
    assert len(held.releases or ()) == 2
    now = ports.clock.now()
    same = solution.published(held, replace(held, repository_url=held.live_repository_url), at=now)
    moved = solution.published(held, replace(held, repository_url=URL), at=now)
    assert same is not None
    assert moved is not None
    assert (same.releases, moved.releases) == (held.releases, None)


async def test_workers_look_by_themselves(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    url = git_server.add("app", small_app)
    often = settings.model_copy(update={"checkup_trigger_seconds": 0.1, "checkup_schedule_days": 1 / 86_400})
    async with running(settings) as _:
        await bus.submit(url)
        await bus.heard("checkup_scored")
        await bus.go_online()
        await wait.until(bus.settled)
    async with running(often) as _:

        async def scheduled() -> bool:
            return any(event.data.trigger == "schedule" for event in await bus.stored())

        await wait.until(scheduled, message="a worker has queued a run, and it was carried out")


def a_run(requested_at: datetime, state: RunState) -> Run:
    return Run("r", "s", "s", 1, "o", URL, Trigger.REQUEST, None, requested_at, requested_at, state=state)


def test_what_is_due() -> None:
    now = datetime(2026, 8, 1, tzinfo=UTC)
    old, fresh = now - 2 * MONTH, now
    assert schedule.is_due(None, URL, now=now, interval=MONTH)
    assert schedule.is_due(a_run(old, RunState.SCORED), URL, now=now, interval=MONTH)
    assert not schedule.is_due(a_run(old, RunState.RUNNING), URL, now=now, interval=MONTH)
    assert not schedule.is_due(a_run(fresh, RunState.CANCELLED), URL, now=now, interval=MONTH)
