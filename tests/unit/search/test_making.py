"""Documents are the same whoever makes them, and are made when those who should are gone."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from contracts.subjects import subject_of
from search.adapters import maker_process, making
from search.adapters.making import DocumentMaker, Helper, MakingHere, MakingWithHelpers
from search.application.rebuild_ports import Logged, Making, Stored
from search.testing import Events
from servicekit.testing import wait

HELPERS = 2
Made = list[tuple[list[Logged], Stored | None]]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "CHUNK", 3)
    monkeypatch.setattr(making, "FEWEST_MESSAGES", 10)


def solutions(number: int) -> list[list[Logged]]:
    found: list[list[Logged]] = []
    for each in range(number):
        happened = Events(f"solution-{each}")
        events = (happened.published(name=f"Bürgerportal {each}"), happened.rated(each + 1))
        found.append([Logged(2 * each + at, subject_of(event), event.to_bytes()) for at, event in enumerate(events, 1)])
    return found


async def made_of(doing: Making, of: list[list[Logged]]) -> Made:
    return [each async for each in doing.each(iter(of))]


@asynccontextmanager
async def helped() -> AsyncIterator[list[Helper]]:
    helpers = [await Helper.start() for _ in range(HELPERS)]
    try:
        yield helpers
    finally:
        for helper in helpers:
            await helper.end()


async def test_helpers_make_what_the_process_itself_makes_in_the_same_order() -> None:
    of = solutions(20)
    of[7] = [of[7][0]._replace(data=b"{"), of[7][1]]
    here = await made_of(MakingHere(), of)
    async with DocumentMaker(HELPERS).making(2 * len(of)) as doing:
        assert isinstance(doing, MakingWithHelpers)
        assert await made_of(doing, of) == here
        assert await made_of(doing, []) == []
    assert [number for number, (_, stored) in enumerate(here) if stored is None] == [7], "it cannot be read"
    assert [messages[0].solution_id for messages, _ in here] == [messages[0].solution_id for messages in of]


@pytest.mark.parametrize(("processes", "messages"), [(0, 1000), (HELPERS, 9)])
async def test_nobody_is_started_for_a_few_or_when_it_is_not_wanted(processes: int, messages: int) -> None:
    async with DocumentMaker(processes).making(messages) as doing:
        assert isinstance(doing, MakingHere)


async def test_a_system_that_has_no_room_for_more_processes_makes_them_in_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def no_room(*arguments: str, **options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", no_room)
    async with DocumentMaker(HELPERS).making(1000) as doing:
        assert isinstance(doing, MakingHere)


@pytest.mark.parametrize("killed", [1, HELPERS])
async def test_what_a_killed_helper_leaves_is_made_by_the_others_or_here(killed: int) -> None:
    of = solutions(40)
    expected = await made_of(MakingHere(), of)
    async with helped() as helpers:
        found: Made = []
        async for each in MakingWithHelpers(helpers).each(iter(of)):
            found.append(each)
            if len(found) == 4:
                for helper in helpers[:killed]:
                    os.kill(helper.pid, signal.SIGKILL)
    assert found == expected


async def test_helpers_end_with_the_block_even_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Helper] = []
    start = Helper.start

    async def noted() -> Helper:
        started.append(await start())
        return started[-1]

    monkeypatch.setattr(Helper, "start", noted)

    async def failing() -> None:
        async with DocumentMaker(HELPERS).making(1000) as doing:
            async for _ in doing.each(iter(solutions(20))):
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert len(started) == HELPERS
    for helper in started:
        with pytest.raises(ProcessLookupError):
            os.kill(helper.pid, 0)


async def test_a_helper_ends_with_whoever_started_it() -> None:
    """Whoever is killed closes its pipes, even by `kill -9`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", maker_process.__name__, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.close()
    async with asyncio.timeout(wait.LONG_ENOUGH):
        assert await process.wait() == 0
    assert await process.stderr.read() == b""


async def test_ctrl_c_in_a_terminal_is_for_who_started_the_helper() -> None:
    async with helped() as (helper, _):
        of = solutions(1)
        await helper.made(of)
        os.kill(helper.pid, signal.SIGINT)
        assert await helper.made(of) == [maker_process.made(of[0])]
