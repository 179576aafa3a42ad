"""Workers that die, servers that are away, jobs that cannot be read: nothing is lost and nothing happens twice."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checkup.adapters.git_fetch import FetchLimits, GitFetch
from checkup.application.mapping import Job, run_of
from checkup.application.perform import MOST_ATTEMPTS, perform
from checkup.settings import CheckupSettings
from checkup.testing.processes import Started
from checkup.testing.repositories import RepositoryMaker
from checkup.wiring import build
from contracts.subjects import dlq_subject, job_subject
from nats.js import JetStreamContext
from servicekit.addresses import allowed_origins
from servicekit.testing import wait

from .conftest import Bus, GitServer, Headers, port_of, running

COMMAND = Path(sys.executable).with_name("marktplatz-checkup")


def environment(settings: CheckupSettings, **more: str) -> dict[str, str]:
    """What a process of its own needs to know of the servers of the test."""
    return {
        **os.environ,
        "ENV": "test",
        "NATS_URL": settings.nats_url,
        "MONGODB_URL": settings.mongodb_url,
        "MONGODB_DATABASE": settings.mongodb_database,
        "OIDC_ISSUER": settings.oidc_issuer,
        "CHECKUP_WORK_DIR": str(settings.checkup_work_dir),
        "CHECKUP_ALLOW_LOCAL": settings.checkup_allow_local,
        "SHUTDOWN_SECONDS": "5",
        **more,
    }


async def command(settings: CheckupSettings, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run the command line to its end; return its exit code and what it printed."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        code = await Started(arguments, environment(settings, **more), output, errors).wait()
        return code, output.read_text(), errors.read_text()


@asynccontextmanager
async def worker(settings: CheckupSettings, *options: str, **more: str) -> AsyncIterator[Started]:
    """A worker process of its own."""
    null = Path(os.devnull)
    process = Started(("worker", "--port", "0", *options), environment(settings, **more), null, null)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_run_survives_the_death_of_its_worker(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    async with worker(settings) as first:
        run_id = await bus.submit(url)
        await wait.until(lambda: git_server.asked, timeout=40, message="the first worker fetches")
        first.kill()
        await first.wait()
    assert await bus.stored() == []
    assert list(settings.checkup_work_dir.glob("run-*"))
    gate.set()
    async with running(settings) as api:
        (event,) = await bus.heard("checkup_scored", seconds=30)
        assert event.data.run_id == run_id
        run = (await api.get(f"/runs/{run_id}", headers=team)).json()
        assert (run["state"], run["attempts"]) == ("scored", 2)
        assert await wait.until(bus.queue_empty)
    assert list(settings.checkup_work_dir.glob("run-*")) == []
    assert [stored.name for stored in await bus.stored()] == ["checkup_scored"]


async def test_a_server_that_is_away_is_asked_again(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    git_server.says["app"] = (503, {})
    async with running(settings) as api:
        run_id = await bus.submit(url)

        async def waiting() -> bool:
            answer = await api.get(f"/runs/{run_id}", headers=team)
            return answer.status_code == 200 and answer.json()["stage"] == "waiting"

        await wait.until(waiting, message="the run waits")
        run = (await api.get(f"/runs/{run_id}", headers=team)).json()
        assert run["reason"] == "Der Server des Repositorys antwortet gerade nicht (oder nicht sicher)."
        del git_server.says["app"]
        await bus.heard("checkup_scored")
        run = (await api.get(f"/runs/{run_id}", headers=team)).json()
        assert run["attempts"] >= 2
        assert run["reason"] is None


async def test_a_server_that_stays_away_fails_the_run(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, team: Headers
) -> None:
    git_server.says["app"] = (503, {})
    async with running(settings) as api:
        run_id = await bus.submit(f"{git_server.url}/app.git")
        (event,) = await bus.heard("checkup_failed")
        assert event.data.kind == "unreachable"
        run = (await api.get(f"/runs/{run_id}", headers=team)).json()
        assert (run["state"], run["attempts"]) == ("failed", settings.checkup_fetch_attempts)
        assert await wait.until(bus.queue_empty)


async def test_a_withdrawn_solution_is_not_measured_any_more(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    git_server.add("busy", small_app)
    gate = git_server.gate("busy")
    other = Bus(bus.js)
    async with running(settings) as api:
        await other.submit(f"{git_server.url}/busy.git")
        await wait.until(lambda: git_server.asked, message="the only worker is busy")
        run_id = await bus.submit(f"{git_server.url}/app.git")
        await wait.until(bus.settled)
        await bus.go_offline()

        async def cancelled() -> bool:
            return bool((await api.get(f"/runs/{run_id}", headers=team)).json()["state"] == "cancelled")

        await wait.until(cancelled, message="the waiting run is cancelled")
        gate.set()
        await wait.until(bus.queue_empty, message="its job is taken out of the queue")
        assert [event.data.solution_id for event in await bus.stored()] == [other.solution_id]


async def test_a_job_that_cannot_be_read_is_set_aside_and_the_next_one_runs(
    settings: CheckupSettings, bus: Bus, js: JetStreamContext, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    async with running(settings):
        await js.publish(job_subject("checkup", "run", bus.solution_id), b"{not json")
        await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        dead = await js.get_last_msg("DLQ", dlq_subject("checkup", "checkup-runs"))
        assert dead.data == b"{not json"
        assert (dead.headers or {})["Dlq-Reason"].startswith("ValidationError")


async def test_a_job_whose_run_was_never_saved_makes_it(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    """A request saves the job with the solution first; a crash before the run is saved must not lose it."""
    async with build(settings) as container:
        await perform(container.ports, job_for(bus, git_server.add("app", small_app)))
        run = await container.ports.runs.get("run-1")
        assert run is not None
        assert run.state == "scored"
        await perform(container.ports, job_for(bus, "https://elsewhere.example.org/"))  # delivered again
        assert await container.ports.runs.get("run-1") == run


async def test_a_run_that_ends_every_worker_is_given_up(settings: CheckupSettings, bus: Bus) -> None:
    async with build(settings) as container:
        job = job_for(bus, "https://elsewhere.example.org/")
        await container.ports.runs.add(replace(run_of(job), attempts=MOST_ATTEMPTS), with_job=False)
        await perform(container.ports, job)
        run = await container.ports.runs.get("run-1")
        assert run is not None
        assert (run.state, run.failure_kind) == ("failed", "interrupted")


async def test_two_workers_at_the_same_run_publish_one_event(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    job = job_for(bus, git_server.add("app", small_app))
    async with build(settings) as container:
        await asyncio.gather(*(perform(container.ports, job) for _ in range(2)))
        await bus.heard("checkup_scored")


def job_for(bus: Bus, url: str) -> Job:
    now = bus.submission(url).time
    return Job.model_validate(
        {
            "run_id": "run-1",
            "solution_id": bus.solution_id,
            "slug": "dorfportal",
            "solution_version": 1,
            "organisation_id": bus.organisation_id,
            "repository_url": url,
            "trigger": "request",
            "requested_by": None,
            "requested_at": now,
            "as_of": now,
            "correlation_id": "corr",
            "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
        }
    )


def test_a_worker_keeps_its_clones_apart_from_others(tmp_path: Path, git_server: GitServer) -> None:
    limits = FetchLimits(allowed=allowed_origins(port_of(git_server)))
    GitFetch(tmp_path / "a", limits).prepare()
    assert oct((tmp_path / "a").stat().st_mode)[-3:] == "700"


async def test_workers_killed_in_turn_lose_nothing_and_repeat_nothing(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    """Two workers with two runs each; both are killed in the middle, one after the other, and others go on."""
    gate = git_server.gate("app")
    url = git_server.add("app", small_app)
    wide = ("--concurrency", "2")
    solutions = [Bus(bus.js) for _ in range(6)]
    async with worker(settings, *wide) as first, worker(settings, *wide) as second:
        run_ids = [await each.submit(url) for each in solutions]
        await wait.until(lambda: len(git_server.asked) >= 4, timeout=60, message="both workers are busy")
        first.kill()
        await first.wait()
        seen = len(git_server.asked)
        async with worker(settings, *wide) as third:
            await wait.until(lambda: len(git_server.asked) > seen, timeout=60, message="the lost runs are taken up")
            second.kill()
            await second.wait()
            gate.set()
            events = await bus.heard(*["checkup_scored"] * 6, seconds=90)
            assert await wait.until(bus.queue_empty)
            third.terminate()
            await third.wait()
    assert sorted(event.data.run_id for event in events) == sorted(run_ids)
    async with build(settings) as container:
        runs = [await container.ports.runs.get(run_id) for run_id in run_ids]
        assert [run.state for run in runs if run] == ["scored"] * 6
        assert max(run.attempts for run in runs if run) >= 2
        assert len({run.report.commit for run in runs if run and run.report}) == 1
    assert [stored.name for stored in await bus.stored()] == ["checkup_scored"] * 6
