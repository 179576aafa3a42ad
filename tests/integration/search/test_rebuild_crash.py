"""Processes that are killed while they rebuild."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from search.settings import SearchSettings
from servicekit.testing import wait

HANGING = """
import asyncio, sys
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.main import main

async def hang(*_):
    await asyncio.Event().wait()

setattr(OpenSearchAdministration, sys.argv.pop(1), hang)
main()
"""


@asynccontextmanager
async def hanging_process(
    settings: SearchSettings, step: str, command: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run an operator command in a process that hangs at a step, until it is killed at the end of the block."""
    environment = {name.upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HANGING, step, command),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def always_served(search, total: int) -> AsyncIterator[None]:
    """Check that searches inside the block always find at least so many."""
    failures: list[str] = []
    stop = asyncio.Event()

    async def searching() -> None:
        while not stop.is_set():
            answer = await search.http.get("/solutions")
            if answer.status_code != httpx.codes.OK or answer.json()["total"] < total:
                failures.append(f"{answer.status_code} {answer.text[:300]}")

    task = asyncio.create_task(searching())
    try:
        yield
    finally:
        stop.set()
        await task
    assert failures == []


@pytest.mark.parametrize(("step", "aliases"), [("make_searchable", []), ("swap", ["solutions-write"])])
async def test_a_killed_rebuild_leaves_no_half_index(search, rebuilds, settings, step, aliases) -> None:
    await rebuilds.fill(5)
    (live,) = await search.indices()
    async with always_served(search, 5):
        async with hanging_process(settings, step, "rebuild"):

            async def half_built() -> str | None:
                found = [name for name, has in (await search.indices()).items() if name != live and has == aliases]
                return found[0] if found else None

            half = await wait.until(half_built, timeout=60)
            await search.publish(search.solution("meanwhile").published())
            await search.until_total(6)
        (run,) = await search.container.runs.unfinished()
        ended = await rebuilds.ended(run.id)
    assert (ended["state"], ended["documents"]) == ("done", 7)
    assert await search.indices() == {live: ["solutions-previous"], ended["index"]: ["solutions", "solutions-write"]}
    assert half not in (live, ended["index"])
    await search.until_total(6)


async def test_a_killed_rollback_is_carried_out_by_another_process(search, rebuilds, settings) -> None:
    await rebuilds.fill(5)
    (first,) = await search.indices()
    second = (await rebuilds.ask())["index"]
    async with always_served(search, 5):
        async with hanging_process(settings, "swap", "rollback"):

            async def opened() -> bool:
                return (await search.indices())[first] == ["solutions-previous", "solutions-write"]

            await wait.until(opened, timeout=60)
            await search.publish(search.solution("meanwhile").published())
            await search.until_total(6)
        (run,) = await search.container.runs.unfinished()
        ended = await rebuilds.ended(run.id)
    assert (ended["state"], ended["index"]) == ("done", first)
    assert await search.indices() == {first: ["solutions", "solutions-write"], second: ["solutions-previous"]}
    await search.until_total(6)


async def test_what_was_done_before_a_crash_is_not_done_again(search, rebuilds) -> None:
    """The process died after the swap, before it could say so: going on must not roll back a second time."""
    await rebuilds.fill(5)
    (first,) = await search.indices()
    second = (await rebuilds.ask())["index"]
    runs = search.container.runs
    rolled_back = await rebuilds.ask("/rollback")
    interrupted = await runs.get(rolled_back["id"])
    assert interrupted is not None
    await runs.put(replace(interrupted, state="running"))
    assert (await rebuilds.ended(interrupted.id))["state"] == "done"
    assert await search.indices() == {first: ["solutions", "solutions-write"], second: ["solutions-previous"]}
