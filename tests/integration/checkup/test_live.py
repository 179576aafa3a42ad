"""A run while it is under way: followed live, called off, listed for operators."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from checkup.application import progress
from checkup.domain.run import Run, Trigger
from checkup.entrypoints.api.schemas import StatusOut
from checkup.main import service
from checkup.settings import CheckupSettings
from checkup.testing.processes import Started
from checkup.testing.repositories import RepositoryMaker
from checkup.wiring import build
from fastapi import FastAPI
from nats.js import JetStreamContext
from servicekit import event_stream
from servicekit.testing import wait
from servicekit.testing.process import free_ports

from .conftest import Bus, GitServer, Headers, running
from .test_interruption import command, environment, worker

Login = Callable[..., Headers]


@pytest.fixture
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LOOK_SECONDS", 0.05)


@pytest.fixture
async def no_redelivery(js: JetStreamContext, settings: CheckupSettings) -> None:
    """Jobs of lost workers come again after an hour; the fixture of the settings puts it back."""
    jobs = (await js.consumer_info("JOBS", "checkup-runs")).config
    await js.add_consumer("JOBS", replace(jobs, ack_wait=3600.0))


class QuietServer(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(settings: CheckupSettings) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    """The service behind a socket: only there an answer arrives while it is being made."""
    app = service.app(settings)
    server = QuietServer(uvicorn.Config(app, port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    try:
        await wait.until(lambda: server.started, message="the server listens")
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
            yield http, app
    finally:
        server.should_exit = True
        await serving


async def state_of(api: httpx.AsyncClient, run_id: str, headers: Headers) -> str:
    answer = await api.get(f"/runs/{run_id}", headers=headers)
    return "" if answer.status_code == 404 else str(answer.json()["state"])


async def events(api: httpx.AsyncClient, run_id: str, headers: Headers) -> AsyncIterator[tuple[str, Any]]:
    """The events of a run as they come."""
    async with api.stream("GET", f"/runs/{run_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "no-transform" in answer.headers["cache-control"]
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


async def test_a_run_is_followed_live_to_its_end(
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
    looking_often: None,
    no_redelivery: None,
) -> None:
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    async with listening(settings) as (answering, _), running(settings) as working:  # as if in two processes
        run_id = await bus.submit(url)
        await wait.until(lambda: git_server.asked, message="a worker fetches")
        seen: list[tuple[str, Any]] = []

        async def follow() -> None:
            async for event in events(answering, run_id, team):
                seen.append(event)
                gate.set()

        await asyncio.wait_for(follow(), 30)
        assert seen[0][0] == "progress"
        assert (seen[0][1]["state"], seen[0][1]["stage"]) == ("running", "fetching")
        assert [name for name, _ in seen].count("end") == 1
        assert (seen[-1][0], seen[-1][1]["state"], seen[-1][1]["progress"]) == ("end", "scored", 1.0)
        shares = [data["progress"] for _, data in seen]
        assert shares == sorted(shares)
        assert any(0 < data["groups_done"] <= data["groups_total"] for _, data in seen)
        again = [event async for event in events(working, run_id, team)]
        assert [name for name, _ in again] == ["end"]
        await bus.heard("checkup_scored")


async def test_only_those_who_may_read_a_run_may_follow_it(
    api: httpx.AsyncClient, bus: Bus, team: Headers, login: Login
) -> None:
    run_id = await bus.submit(None)
    await bus.heard("checkup_scored")
    for headers in ({}, login("demo-municipality")):
        answer = await api.get(f"/runs/{run_id}/events", headers=headers)
        assert (answer.status_code, answer.json()["slug"]) == (404, "run-not-found")
        answer = await api.post(f"/runs/{run_id}/cancel", headers=headers)
        assert answer.status_code == (404 if headers else 401)
    assert (await api.get("/runs/x/events", headers=team)).status_code == 404


async def test_a_stream_says_that_it_is_alive_and_ends_with_its_process(
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_stream, "PING_SECONDS", 0.05)
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    async with listening(settings) as (api, app):
        run_id = await bus.submit(url)
        await wait.until(lambda: git_server.asked, message="a worker fetches")
        lines: list[str] = []

        async def follow() -> None:
            async with api.stream("GET", f"/runs/{run_id}/events", headers=team) as answer:
                async for line in answer.aiter_lines():
                    lines.append(line)

        following = asyncio.create_task(follow())
        await wait.until(lambda: ": ping" in lines, message="the stream says that it is alive")
        app.state.stopping.set()
        await asyncio.wait_for(following, 10)
        gate.set()
        assert "event: progress" in lines
        assert "event: end" not in lines
        await bus.heard("checkup_scored")


async def test_a_run_under_way_is_called_off_within_seconds(
    api: httpx.AsyncClient,
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    provider: Headers,
    team: Headers,
    login: Login,
) -> None:
    url = git_server.add("app", small_app)
    git_server.gate("app")
    run_id = await bus.submit(url)
    await wait.until(lambda: git_server.asked, message="a worker fetches")

    async def member() -> bool:
        return await state_of(api, run_id, provider) == "running"

    await wait.until(member, message="the membership has arrived")
    assert list(settings.checkup_work_dir.glob("run-*"))
    answer = await api.post(f"/runs/{run_id}/cancel", headers=provider)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    await wait.until(bus.queue_empty, message="its job is done with")
    assert await wait.until(lambda: not list(settings.checkup_work_dir.glob("run-*")), message="nothing is left")
    assert (await api.post(f"/runs/{run_id}/cancel", headers=provider)).json()["state"] == "cancelled"
    assert await state_of(api, run_id, team) == "cancelled"
    second = await bus.submit(git_server.add("other", small_app), round_=2)  # the worker goes on
    (event,) = await bus.heard("checkup_scored")
    assert event.data.run_id == second
    late = await api.post(f"/runs/{second}/cancel", headers=team)
    assert (late.status_code, late.json()["slug"]) == (409, "run-finished")


async def test_what_was_measured_of_a_cancelled_run_is_not_kept(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    """The run is called off at the last moment: between the analysis and its report."""
    async with running(settings) as api, build(settings) as container:
        kept = container.ports.analyses

        async def keep_and_cancel(analyses: Any, given: Any, **options: Any) -> None:
            await original(analyses, given, **options)
            await api.post(f"/runs/{given.run_id}/cancel", headers=team)

        original = type(kept).keep
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(kept), "keep", keep_and_cancel)
            run_id = await bus.submit(git_server.add("app", small_app))
            await wait.until(bus.settled)
            await wait.until(bus.queue_empty, message="the job is done with")
        assert await state_of(api, run_id, team) == "cancelled"
        assert await kept.get(run_id) is None
        assert await bus.stored() == []


async def test_operators_see_who_works_on_what(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    async with running(settings) as api:
        run_id = await bus.submit(url)
        await wait.until(lambda: git_server.asked, message="a worker fetches")
        status = StatusOut.model_validate((await api.get("/status", headers=team)).json())
        (run,) = status.runs
        shown = (run.id, run.slug, run.stage, run.trigger, run.attempts)
        assert shown == (run_id, "dorfportal", "fetching", "submission", 1)
        assert run.worker
        assert run.since is not None
        code, output, _ = await command(settings, "status", "--json")
        assert (code, [each.id for each in StatusOut.model_validate_json(output).runs]) == (0, [run_id])
        code, table, _ = await command(settings, "status", COLUMNS="200")
        assert code == 0
        assert "lag 1: 0 waiting, 1 in flight" in table
        assert all(text in table for text in (run_id, "dorfportal", "fetching", run.worker))
        gate.set()
        await bus.heard("checkup_scored")
        assert StatusOut.model_validate((await api.get("/status", headers=team)).json()).runs == []


async def test_a_worker_that_is_told_to_stop_hands_its_run_back_at_once(
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
    no_redelivery: None,
) -> None:
    """The job is not left to the pause after which lost workers' jobs come again: that is an hour here."""
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    async with worker(settings, SHUTDOWN_SECONDS="1") as first:
        run_id = await bus.submit(url)
        await wait.until(lambda: git_server.asked, timeout=40, message="the first worker fetches")
        first.terminate()
        assert await asyncio.wait_for(first.wait(), 20) in (0, -15)
    gate.set()
    async with running(settings) as api:
        (event,) = await bus.heard("checkup_scored", seconds=30)
        assert event.data.run_id == run_id
        run = (await api.get(f"/runs/{run_id}", headers=team)).json()
        assert (run["state"], run["attempts"]) == ("scored", 1)  # what was handed back does not count
    assert list(settings.checkup_work_dir.glob("run-*")) == []


async def test_an_api_process_that_is_told_to_stop_does_not_wait_for_its_streams(
    settings: CheckupSettings, bus: Bus, team: Headers
) -> None:
    async with build(settings) as container:  # nobody works on the run: its stream would never end
        now = container.platform.clock.now()
        waiting = Run("run-1", bus.solution_id, "s", 1, "o", "https://a.example.org/b", Trigger.REQUEST, None, now, now)
        await container.ports.runs.add(waiting, with_job=False)
    (port,) = free_ports(1)
    env = environment(settings, SHUTDOWN_SECONDS="3600")
    process = Started(("api", "--port", str(port)), env, Path(os.devnull), Path(os.devnull))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:

            async def ready() -> bool:
                try:
                    return (await http.get("/health/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await wait.until(ready, timeout=60, message="the api is ready")
            told = [name async for name, _ in _terminating(events(http, "run-1", team), process)]
            assert told == ["progress"]
            assert await asyncio.wait_for(process.wait(), 30) in (0, -15)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _terminating(told: AsyncIterator[tuple[str, Any]], process: Started) -> AsyncIterator[tuple[str, Any]]:
    async for event in told:
        yield event
        process.terminate()
