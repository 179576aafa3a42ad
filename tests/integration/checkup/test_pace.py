"""The import of the demonstration listings must not wait for the checkup."""

import time
from datetime import datetime

import httpx
from checkup.testing.repositories import RepositoryMaker
from servicekit.testing import wait

from .conftest import Bus, GitServer, Headers


async def test_listings_without_a_repository_cost_milliseconds(api: httpx.AsyncClient, bus: Bus) -> None:
    started = time.monotonic()
    for _ in range(76):
        await Bus(bus.js).submit(None)

    async def answered() -> bool:
        info = await bus.js.stream_info("EVENTS", subjects_filter="events.checkup.>")
        return len(info.state.subjects or {}) == 76

    await wait.until(answered, timeout=30, message="all 76 are answered")
    seconds = time.monotonic() - started
    print(f"76 listings without a repository in {seconds:.2f} s")
    assert seconds < 20  # about one second on an idle machine


async def test_a_small_repository_takes_about_a_second(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    run_id = await bus.submit(git_server.add("app", small_app))
    await bus.heard("checkup_scored")
    run = (await api.get(f"/runs/{run_id}", headers=team)).json()
    took = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["started_at"])
    print(f"a small repository in {took.total_seconds():.2f} s")
    assert took.total_seconds() < 15  # under one second on an idle machine
