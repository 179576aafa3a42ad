"""A commit that was measured lately is not measured again, by whomever the run was asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from checkup.application.ports import KeptAnalysis
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker, git
from checkup.wiring import Container, build
from contracts.web_address import same_repository
from servicekit.testing import wait

from .conftest import Bus, GitServer, Headers, running

Login = Callable[..., Headers]
OWN = ("run_id", "solution_id", "finished_at")


@pytest.fixture
def settings(settings: CheckupSettings) -> CheckupSettings:
    return settings.model_copy(update={"checkup_request_interval_seconds": 0})


async def report(api: httpx.AsyncClient, bus: Bus, team: Headers) -> dict[str, Any]:
    answer = (await api.get(f"/solutions/{bus.solution_id}", headers=team)).json()
    return {key: value for key, value in answer.items() if key not in OWN}


async def again(api: httpx.AsyncClient, bus: Bus, headers: Headers, **query: Any) -> dict[str, Any]:
    asked = await api.post(f"/solutions/{bus.solution_id}/runs", headers=headers, params=query)
    assert asked.status_code == 202, asked.text

    async def over() -> dict[str, Any] | None:
        run: dict[str, Any] = (await api.get(f"/runs/{asked.json()['id']}", headers=headers)).json()
        return run if run["state"] in ("scored", "failed") else None

    found = await wait.until(over, message="the run has ended")
    assert found is not None
    return found


async def test_the_same_commit_is_measured_once_for_all_who_use_it(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    first = await bus.submit(url)
    await bus.heard("checkup_scored")
    original = await report(api, bus, team)
    run = await again(api, bus, team)
    assert (run["state"], run["reused_from"]) == ("scored", first)
    assert await report(api, bus, team) == original

    other = Bus(bus.js)
    second = await other.submit(f"{url}/")
    events = await bus.heard(*["checkup_scored"] * 3)
    assert (await api.get(f"/runs/{second}", headers=team)).json()["reused_from"] == first
    assert events[2].data.as_of == events[0].data.as_of
    same = await report(api, other, team)
    assert {**same, "repository_url": None} == {**original, "repository_url": None}


async def test_a_new_commit_or_tag_is_measured(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    await bus.submit(git_server.add("app", small_app))
    await bus.heard("checkup_scored")
    git(git_server.root / "app.git", "tag", "v2.0.0", "main")
    tagged = await again(api, bus, team)
    assert tagged["reused_from"] is None
    assert (await again(api, bus, team))["reused_from"] == tagged["id"]
    small_app.commit({"neu.md": "Neu\n"}, datetime.now(UTC))
    git_server.replace("app", small_app)
    assert (await again(api, bus, team))["reused_from"] is None


async def test_a_first_measurement_asks_the_server_once(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    """The clone itself tells HEAD and tags; a second look needs no clone."""
    await bus.submit(git_server.add("app", small_app))
    await bus.heard("checkup_scored")
    assert len(git_server.asked) == 1
    await again(api, bus, team)
    assert len(git_server.asked) == 2


async def test_a_repository_whose_history_was_cut_is_measured_once_too(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, team: Headers
) -> None:
    maker, now = RepositoryMaker(), datetime.now(UTC)
    for year in range(5, -1, -1):
        at = now - timedelta(days=365 * year + 1)
        maker.commit({"README.md": f"# Dorfportal\n\nJahr {year}\n"}, at).tag(f"v{6 - year}.0.0", at)
    run_id = await bus.submit(git_server.add("app", maker))
    await bus.heard("checkup_scored")
    assert (await again(api, bus, team))["reused_from"] == run_id


async def test_a_tag_beside_the_main_branch_costs_one_more_measurement(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    """No clone of the main branch has it, so only the second run, which asks the server, knows of it."""
    url, path = git_server.add("app", small_app), git_server.root / "app.git"
    aside = (
        RepositoryMaker("aside").commit({"fix.md": "Abseits\n"}, datetime.now(UTC)).make(path.with_name("aside.git"))
    )
    git(path, "fetch", "--quiet", str(aside), "aside:refs/tags/hotfix")
    await bus.submit(url)
    await bus.heard("checkup_scored")
    second = await again(api, bus, team)
    assert second["reused_from"] is None
    assert (await again(api, bus, team))["reused_from"] == second["id"]


async def test_the_team_may_have_an_unchanged_commit_measured_again(
    api: httpx.AsyncClient,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    provider: Headers,
    team: Headers,
) -> None:
    await bus.submit(git_server.add("app", small_app))
    await bus.heard("checkup_scored")
    run = await again(api, bus, team, force=True)
    assert (run["reused_from"], run["forced"]) == (None, True)

    async def refused() -> bool:
        path = f"/solutions/{bus.solution_id}/runs"
        answer = await api.post(path, headers=provider, params={"force": True})
        return (answer.status_code, answer.json()["slug"]) == (403, "only-team")

    await wait.until(refused)


async def test_what_is_too_old_or_was_measured_by_other_tools_is_not_taken_over(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    async with running(settings) as api, build(settings) as container:
        run_id = await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        kept = await container.ports.analyses.get(run_id)
        assert kept is not None
        for changed in (
            replace(kept, as_of=kept.as_of - timedelta(days=settings.checkup_reuse_days, minutes=1)),
            replace(kept, analysis=replace(kept.analysis, toolset="other")),
            replace(kept, demo_url="https://demo.example.org/"),
        ):
            await only(container, changed)
            found = await again(api, bus, team)
            assert found["reused_from"] is None
            await container.ports.analyses.drop(found["id"])
        await only(container, kept)
        assert (await again(api, bus, team))["reused_from"] == run_id


async def test_what_was_seen_of_a_demo_is_not_taken_over_for_long(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    async with running(settings) as api, build(settings) as container:
        submission = bus.submission(git_server.add("app", small_app), demo_url="https://localhost/")
        await bus.publish(submission)
        (event,) = await bus.heard("checkup_scored")
        kept = await container.ports.analyses.get(event.data.run_id)
        assert kept is not None
        await only(container, replace(kept, as_of=kept.as_of - timedelta(minutes=61)))
        found = await again(api, bus, team)
        assert found["reused_from"] is None
        assert (await again(api, bus, team))["reused_from"] == found["id"]


async def only(container: Container, kept: KeptAnalysis) -> None:
    await container.ports.analyses.keep(kept, now=container.platform.clock.now())


async def test_taking_over_can_be_switched_off(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    async with running(settings.model_copy(update={"checkup_reuse_days": 0.0})) as api:
        await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        assert (await again(api, bus, team))["reused_from"] is None


@pytest.mark.parametrize(
    "spelling",
    [
        "https://git.example.org/team/App",
        "https://git.example.org/team/App/",
        "https://git.example.org/team/App.git",
        "https://git.example.org/team/App.git/",
        "https://GIT.example.org./team/App",
        "https://git.example.org:443/team/App",
    ],
)
def test_spellings_of_one_repository(spelling: str) -> None:
    assert same_repository(spelling) == "https://git.example.org/team/App"


def test_other_repositories_stay_apart() -> None:
    for other in (
        "https://git.example.org/team/app",
        "https://git.example.org:8443/team/App",
        "http://git.example.org/team/App",
    ):
        assert same_repository(other) != "https://git.example.org/team/App"
