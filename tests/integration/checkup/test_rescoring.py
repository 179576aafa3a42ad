"""Kept measurements under another rubric: to see who would gain or lose, and for good."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from checkup.adapters import rubric_files
from checkup.adapters.rubric_files import RubricFiles
from checkup.application import rescoring
from checkup.application.commands import Asker
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker
from checkup.wiring import build
from servicekit.testing import wait

from .conftest import Bus, GitServer, Headers, running
from .test_interruption import command

Login = Callable[..., Headers]


@pytest.fixture
def settings(settings: CheckupSettings) -> CheckupSettings:
    return settings.model_copy(update={"checkup_rubric_version": "2026.1"})


async def report(api: httpx.AsyncClient, bus: Bus, headers: Headers) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.get(f"/solutions/{bus.solution_id}", headers=headers)).json()
    return answer


def scores(found: dict[str, Any]) -> dict[str, int | None]:
    return {one["dimension"]: one["score"] for one in found["dimensions"]}


async def test_a_new_rubric_scores_what_was_measured_without_a_clone(
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
    login: Login,
) -> None:
    async with running(settings) as api:
        first = await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        asked = len(git_server.asked)
        old = await report(api, bus, team)
        assert old["rubric_version"] == "2026.1"

        shown = (await api.get(f"/runs/{first}/preview?rubric=2026.2", headers=team)).json()
        assert (shown["rubric_before"], shown["rubric_after"]) == ("2026.1", "2026.2")
        assert {one["dimension"]: one["before"] for one in shown["dimensions"]} == scores(old)

        code, output, errors = await command(settings, "rescore", "--rubric", "2026.2", "--dry-run", COLUMNS="200")
        assert (code, errors) == (0, "")
        assert "1 would be scored anew" in output
        assert await report(api, bus, team) == old
        assert len(await bus.stored()) == 1

        code, output, _ = await command(settings, "rescore", "--rubric", "2026.2", "dorfportal", COLUMNS="200")
        assert code == 0
        assert "1 scored anew" in output
        events = await bus.heard("checkup_scored", "checkup_scored")
        assert [event.data.trigger for event in events] == ["submission", "rescore"]
        assert (events[1].data.rubric_version, events[1].data.commit) == ("2026.2", old["commit"])
        new = await report(api, bus, team)
        assert (new["rubric_version"], new["as_of"]) == ("2026.2", old["as_of"])
        assert scores(new) == {one["dimension"]: one["after"] for one in shown["dimensions"]}
        runs = (await api.get(f"/solutions/{bus.solution_id}/runs", headers=team)).json()["items"]
        assert [(run["trigger"], run["reused_from"]) for run in runs] == [("rescore", first), ("submission", None)]

        code, output, _ = await command(settings, "rescore", "--rubric", "2026.2")  # once more changes nothing
        assert "1 under this rubric already" in output
        assert len(git_server.asked) == asked
        back = (await api.get(f"/runs/{new['run_id']}/preview?rubric=2026.1", headers=team)).json()
        assert {one["dimension"]: one["after"] for one in back["dimensions"]} == scores(old)


async def test_what_cannot_be_scored_again_is_said(
    settings: CheckupSettings, bus: Bus, team: Headers, login: Login
) -> None:
    async with running(settings) as api:
        run_id = await bus.submit(None)  # without a repository there are no measurements
        await bus.heard("checkup_scored")
        path = f"/runs/{run_id}/preview"
        for headers, query, status, slug in (
            (team, "", 404, "measurement-not-kept"),
            (team, "?rubric=1999.1", 404, "rubric-not-found"),
            (login("demo-provider"), "", 403, "only-team"),
            ({}, "", 401, "not-authenticated"),
        ):
            answer = await api.get(path + query, headers=headers)
            assert (answer.status_code, answer.json()["slug"]) == (status, slug)
        code, _, errors = await command(settings, "rescore", "--rubric", "1999.1")
        assert (code, errors) == (2, "there is no rubric 1999.1 (rubric-not-found)\n")
        code, _, errors = await command(settings, "rescore", "--rubric", "2026.2", "nobody")
        assert (code, errors) == (2, "there is no checkup of solution nobody (no-checkup)\n")
        code, output, _ = await command(settings, "rescore", "--rubric", "2026.2", "--dry-run")
        assert "1 without kept measurements: dorfportal" in output


async def test_every_released_rubric_scores_what_is_kept(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    """The stored form loses nothing: what is read back is scored like what was measured."""
    async with running(settings), build(settings) as container:
        run_id = await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        await wait.until(bus.queue_empty)
        ports = container.ports
        kept, run = await ports.analyses.get(run_id), await ports.runs.get(run_id)
        assert kept is not None
        assert run is not None
        assert run.report is not None
        for version in rubric_files.versions():
            made = await rescoring.preview(
                ports, run_id, version, by=Asker("op", frozenset(), frozenset(), in_team=True)
            )
            assert made.new.rubric_digest == RubricFiles(version).current.digest
            if version == settings.checkup_rubric_version:
                assert made.new == run.report
