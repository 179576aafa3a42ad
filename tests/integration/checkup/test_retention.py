"""Old measurements are forgotten, but not those that somebody may want to have scored again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from checkup.adapters.rubric_files import load
from checkup.application.ports import KeptAnalysis, Ports
from checkup.application.retention import prune
from checkup.domain.measurement import Analysis
from checkup.domain.report import without_repository
from checkup.domain.run import Run, RunState, Trigger
from checkup.domain.solution import Solution
from checkup.settings import CheckupSettings
from checkup.wiring import build
from servicekit.clock import FixedClock, SystemClock

DAY = timedelta(days=1)
URL = "https://git.example.org/team/app.git"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


@pytest.fixture
async def ports(settings: CheckupSettings, clock: FixedClock) -> AsyncIterator[Ports]:
    async with build(settings, clock) as built:
        yield built.ports


async def scored(ports: Ports, solution: str, name: str, *, version: int = 1, of: str | None = None) -> None:
    """A scored run of today, measured or resting on the measurements of another run."""
    now = ports.clock.now()
    report = without_repository(load(), as_of=now)
    await ports.runs.add(
        Run(name, solution, solution, version, "org", URL, Trigger.REQUEST, None, now, now, state=RunState.SCORED,
            finished_at=now, report=report, analysis_id=of or name)
    )  # fmt: skip
    if of is None:
        await kept(ports, name)


async def kept(ports: Ports, name: str) -> None:
    now = ports.clock.now()
    await ports.analyses.keep(KeptAnalysis(name, URL, now, "refs", Analysis("c" * 40, (), {}), True), now=now)


async def left(ports: Ports, *names: str) -> list[str]:
    return [name for name in names if await ports.analyses.get(name) is not None]


async def test_the_newest_the_published_and_the_borrowed_stay(ports: Ports, clock: FixedClock) -> None:
    held = Solution("a", "a", "org", 2, URL, live_version=1)
    await ports.solutions.change("a", lambda _: held)
    await scored(ports, "a", "a0")
    clock.advance(DAY)
    await scored(ports, "a", "a1-published")
    for number in range(2, 6):
        clock.advance(DAY)
        await scored(ports, "a", f"a{number}", version=2)
    await scored(ports, "b", "b-borrows", of="a3")
    await kept(ports, "c-came-to-nothing")
    everything = ("a0", "a1-published", "a2", "a3", "a4", "a5", "c-came-to-nothing")
    assert await prune(ports, 2) == 0  # all may still be taken over
    assert await left(ports, *everything) == list(everything)
    clock.advance(ports.reuse_for + DAY)
    assert await prune(ports, 0) == 0  # switched off
    assert await prune(ports, 2) == 3
    assert await left(ports, *everything) == ["a1-published", "a3", "a4", "a5"]
    assert await prune(ports, 2) == 0
    run = await ports.runs.get("a0")
    assert run is not None
    assert run.report is not None  # reports are not forgotten


async def test_more_than_one_page_is_looked_at(
    ports: Ports, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkup.application.retention.AT_ONCE", 2)
    for number in range(5):
        await scored(ports, f"s{number}", f"run{number}")
        await kept(ports, f"lost{number}")
    clock.advance(ports.reuse_for + DAY)
    assert await prune(ports, 1) == 5
    assert await left(ports, *(f"run{number}" for number in range(5))) == [f"run{number}" for number in range(5)]
