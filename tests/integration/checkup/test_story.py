"""A submission on its way through the checkup, over HTTP and the bus."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from checkup.adapters.rubric_files import load
from checkup.main import service
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker
from checkup.wiring import build
from contracts.checkup import CheckupFailed, CheckupScored
from servicekit.clock import FixedClock, SystemClock
from servicekit.testing import wait
from servicekit.testing.http import client

from .conftest import Bus, GitServer, Headers

Login = Callable[..., Headers]


async def test_a_repository_is_measured_and_the_report_is_read(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    run_id = await bus.submit(url)
    (event,) = await bus.heard("checkup_scored")
    assert isinstance(event, CheckupScored)
    assert (event.data.run_id, event.data.solution_id) == (run_id, bus.solution_id)
    assert event.data.measurable
    assert (event.correlationid, event.actor) == ("corr-submit", "demo-provider")
    scores = {one.dimension.value: one for one in event.data.dimensions}
    assert set(scores) == {"usability", "community", "documentation", "architecture", "code_quality"}
    assert scores["community"].score is not None
    assert scores["community"].score > 40

    report = (await api.get(f"/solutions/{bus.solution_id}", headers=team)).json()
    assert (report["run_id"], report["commit"]) == (run_id, event.data.commit)
    assert report["rubric_digest"] == load().digest
    shown = {one["dimension"]: one for one in report["dimensions"]}
    assert {name: one["score"] for name, one in shown.items()} == {name: one.score for name, one in scores.items()}
    metrics = {metric["id"]: metric for one in report["dimensions"] for metric in one["metrics"]}
    assert metrics["C1"]["status"] == "measured"
    assert metrics["C1"]["title_de"] == "Wochen mit Entwicklung"
    assert metrics["D7"]["evidence"][0] == {"text": "Lizenzdatei: MIT", "path": "LICENSE", "line": None}
    assert metrics["U1"]["status"] == "not_available"
    assert metrics["D9"]["advice_de"]
    assert "example.org" not in str([m["evidence"] for m in metrics.values() if m["id"].startswith("C2")])

    run = (await api.get(f"/runs/{run_id}", headers=team)).json()
    assert (run["state"], run["attempts"], run["progress"], run["trigger"]) == ("scored", 1, 1.0, "submission")
    assert await wait.until(bus.queue_empty)


async def test_without_a_repository_the_answer_is_not_measurable_at_once(
    api: httpx.AsyncClient, bus: Bus, team: Headers
) -> None:
    await bus.submit(None)
    (event,) = await bus.heard("checkup_scored")
    assert not event.data.measurable
    assert [(d.score, d.coverage, d.status.value) for d in event.data.dimensions] == [(None, 0.0, "not_measurable")] * 5
    report = (await api.get(f"/solutions/{bus.solution_id}", headers=team)).json()
    assert report["reason"].startswith("Kein öffentliches Repository angegeben")
    assert (report["measurable"], report["commit"], report["awards"]) == (False, None, [])


async def test_a_repeated_submission_event_changes_nothing(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker
) -> None:
    event = bus.submission(git_server.add("app", small_app))
    await bus.publish(event)
    await bus.heard("checkup_scored")
    again = event.model_copy(update={"id": event.id + "-again"})
    await bus.publish(again)
    await wait.until(bus.settled)
    assert await wait.until(bus.queue_empty)
    assert [stored.name for stored in await bus.stored()] == ["checkup_scored"]


async def test_a_repository_that_is_not_there_fails_with_the_reason(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, team: Headers
) -> None:
    run_id = await bus.submit(f"{git_server.url}/nothing.git")
    (event,) = await bus.heard("checkup_failed")
    assert isinstance(event, CheckupFailed)
    assert (event.data.kind, event.data.reason) == ("not_found", "Unter dieser Adresse gibt es kein Git-Repository.")
    run = (await api.get(f"/runs/{run_id}", headers=team)).json()
    assert (run["state"], run["kind"], run["reason"]) == ("failed", "not_found", event.data.reason)
    assert await wait.until(bus.queue_empty)


async def test_an_address_of_the_inner_network_is_never_asked(api: httpx.AsyncClient, bus: Bus) -> None:
    await bus.submit("http://169.254.169.254/latest/meta-data.git")
    (event,) = await bus.heard("checkup_failed")
    assert event.data.kind == "forbidden_address"


async def test_reports_are_for_the_provider_and_the_team_until_publication(
    api: httpx.AsyncClient, bus: Bus, login: Login, provider: Headers, team: Headers
) -> None:
    run_id = await bus.submit(None)
    await bus.heard("checkup_scored")
    paths = [f"/solutions/{bus.solution_id}", f"/solutions/{bus.solution_id}/runs", f"/runs/{run_id}"]
    strangers: list[Headers] = [{}, login("demo-municipality")]

    async def status(headers: Headers) -> list[int]:
        return [(await api.get(path, headers=headers)).status_code for path in paths]

    for headers in strangers:
        assert await status(headers) == [404, 404, 404]
    assert await status(team) == [200, 200, 200]
    await wait.until(lambda: _all_ok(status, provider), message="the membership has arrived")

    await bus.go_online()
    await wait.until(lambda: _all_ok(status, {}), message="everybody may read")
    await bus.submit(None, version=2)  # not public yet
    await bus.heard("checkup_scored", "checkup_scored")
    assert (await api.get(paths[0])).json()["version"] == 1
    assert (await api.get(paths[0], headers=team)).json()["version"] == 2
    assert (await api.get(paths[1])).json()["total"] == 1

    await bus.go_offline()

    async def hidden() -> bool:
        return await status({}) == [404, 404, 404]

    await wait.until(hidden, message="the report is hidden again")


async def _all_ok(status: Callable[[Headers], Any], headers: Headers) -> bool:
    return bool(await status(headers) == [200, 200, 200])


async def test_people_may_ask_for_another_run_but_not_too_often(
    settings: CheckupSettings,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    provider: Headers,
    login: Login,
) -> None:
    clock = FixedClock(SystemClock().now())
    held = service.__class__(
        name="checkup",
        settings_class=CheckupSettings,
        build=lambda given: build(given, clock),
        api=service.api,
        worker=service.worker,
    )
    async with client(held.app(settings)) as api:
        path = f"/solutions/{bus.solution_id}/runs"
        assert (await api.post(path)).json()["slug"] == "not-authenticated"
        assert (await api.post(path, headers=provider)).json()["slug"] == "no-checkup"
        await bus.submit(git_server.add("app", small_app))
        await bus.heard("checkup_scored")
        foreign = await api.post(path, headers=login("demo-municipality"))
        assert (foreign.status_code, foreign.json()["slug"]) == (403, "foreign-organisation")

        key = {**provider, "Idempotency-Key": "noch-einmal"}
        asked = await api.post(path, headers=key)
        assert (asked.status_code, asked.json()["state"]) == (202, "queued")
        assert asked.headers["location"] == f"/api/checkup/runs/{asked.json()['id']}"
        await bus.heard("checkup_scored", "checkup_scored")
        assert (await api.post(path, headers=key)).json()["id"] == asked.json()["id"]

        clock.advance(timedelta(minutes=9))
        soon = await api.post(path, headers=provider)
        assert (soon.status_code, soon.json()["slug"]) == (429, "checkup-too-soon")
        assert soon.headers["retry-after"] == "61"
        clock.advance(timedelta(minutes=1))
        assert (await api.post(path, headers=provider)).status_code == 202
        await bus.heard(*["checkup_scored"] * 3)


async def test_without_a_repository_there_is_nothing_to_ask_for(
    api: httpx.AsyncClient, bus: Bus, team: Headers
) -> None:
    await bus.submit(None)
    await bus.heard("checkup_scored")
    answer = await api.post(f"/solutions/{bus.solution_id}/runs", headers=team)
    assert (answer.status_code, answer.json()["slug"]) == (409, "no-repository")


async def test_a_run_that_has_not_ended_is_not_asked_for_twice(
    api: httpx.AsyncClient, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    run_id = await bus.submit(url)

    async def fetching() -> bool:
        answer = await api.get(f"/runs/{run_id}", headers=team)
        return answer.status_code == 200 and answer.json()["stage"] == "fetching"

    await wait.until(fetching, message="the run is under way")
    answer = await api.post(f"/solutions/{bus.solution_id}/runs", headers=team)
    assert (answer.status_code, answer.json()["slug"]) == (409, "checkup-in-progress")
    gate.set()
    await bus.heard("checkup_scored")


async def test_operators_see_the_queue(
    api: httpx.AsyncClient, bus: Bus, team: Headers, git_server: GitServer, small_app: RepositoryMaker, login: Login
) -> None:
    idle = (await api.get("/status", headers=team)).json()
    assert (idle["lag"], idle["running"], idle["oldest_seconds"]) == (0, 0, None)
    url = git_server.add("app", small_app)
    gate = git_server.gate("app")
    await bus.submit(url)

    async def busy() -> bool:
        status = (await api.get("/status", headers=team)).json()
        return bool(status["lag"] == 1 and status["running"] == 1)

    await wait.until(busy, message="one run is under way")
    gate.set()
    await bus.heard("checkup_scored")
    refused = await api.get("/status", headers=login("demo-provider"))
    assert (refused.status_code, refused.json()["slug"]) == (403, "missing-role")


async def test_the_rubric_is_public(api: httpx.AsyncClient) -> None:
    rubric = (await api.get("/rubric")).json()
    assert rubric["version"] == "2026.3"
    assert rubric["dimensions"][0]["id"] == "usability"
    metric = rubric["dimensions"][1]["metrics"][0]
    assert (metric["id"], metric["measured"], metric["source"]) == (
        "C1",
        True,
        "OpenSSF Scorecard: Maintained; EU Public Code Health",
    )
    versions = (await api.get("/rubrics")).json()["items"]
    assert [(each["version"], each["current"]) for each in versions] == [
        ("2026.3", True),
        ("2026.2", False),
        ("2026.1", False),
    ]
    unknown = await api.get("/rubric?version=1999.1")
    assert (unknown.status_code, unknown.json()["slug"]) == (404, "rubric-not-found")


async def test_unknown_things_are_not_found(api: httpx.AsyncClient, team: Headers) -> None:
    for path, slug in (
        ("/solutions/x", "no-checkup"),
        ("/solutions/x/runs", "no-checkup"),
        ("/runs/x", "run-not-found"),
    ):
        answer = await api.get(path, headers=team)
        assert (answer.status_code, answer.json()["slug"]) == (404, slug)
        assert answer.headers["content-type"] == "application/problem+json"
