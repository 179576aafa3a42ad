"""Rebuilding while events go on and searches run; healing; two at once; refusals."""

import asyncio
import os
import sys
from contextlib import suppress

import httpx
import pytest
from contracts import registry
from contracts.search import IndexRebuilt
from contracts.subjects import subject_of, wildcard
from search import wiring
from search.application import rebuild
from search.application.supervision import new_run
from search.entrypoints.cli import rebuild_now
from search.testing import Events
from servicekit.errors import ProblemError
from servicekit.testing import wait


async def everything(search) -> list[dict]:
    page = await search.get(size=50, sort="name")
    return page["results"]


async def requested(search, operator, **body) -> dict:
    answer = await search.http.post("/rebuilds", json=body, headers=operator)
    assert answer.status_code == 202, answer.text
    run_id = answer.json()["id"]

    async def ended() -> dict | None:
        run = (await search.http.get(f"/rebuilds/{run_id}", headers=operator)).json()
        return run if run["state"] in ("done", "failed") else None

    return await wait.until(ended, timeout=20)


async def fill(search, number: int = 30) -> None:
    for each in (search.solution(f"solution-{n}") for n in range(number)):
        await search.publish(each.published(name=f"Name {each.slug}"), each.rated(1), each.scored(), each.rated(2))
    gone = search.solution("gone")
    last = await search.publish(gone.published(), gone.delisted())

    async def complete() -> bool:
        (index,) = (await search.container.administration.state()).targets
        known = await search.container.store.read(index, [gone.solution_id])
        results = await everything(search)
        tombstone = known.get(gone.solution_id)
        assert tombstone is not None
        assert tombstone.seq["listing"] == last
        return len(results) == number and all(each["rating"]["count"] == 2 and each["checkup"] for each in results)

    await wait.until(complete)


@pytest.mark.parametrize("mode", ["last_per_subject", "full"])
async def test_a_rebuilt_index_answers_the_same(search, operator, mode) -> None:
    await fill(search)
    before, indices = await everything(search), await search.indices()
    run = await requested(search, operator, mode=mode)
    assert (run["state"], run["progress"], run["error"]) == ("done", 1.0, None)
    assert run["documents"] == 31, "the tombstone is kept too"
    assert run["events"] == {"last_per_subject": 30 * 3 + 2, "full": 30 * 4 + 2}[mode]
    assert await everything(search) == before

    (live,) = [name for name, aliases in (await search.indices()).items() if aliases]
    assert (await search.indices())[live] == ["solutions", "solutions-write"]
    assert live not in indices
    assert set(indices) < set(await search.indices()), "the index before is kept for going back"

    announced = await search.js.pull_subscribe(wildcard(IndexRebuilt), stream="EVENTS")
    letters = await announced.fetch(10, timeout=2)
    event = registry.parse(letters[-1].data)
    assert (event.data.index, event.data.mode, event.data.documents) == (live, mode, 31)


async def test_rebuilds_go_unnoticed_by_searches_and_lose_no_event(search, operator) -> None:
    await fill(search, 20)
    failures: list[str] = []
    ids: list[str] = []
    stop = asyncio.Event()

    async def publishing_and_searching() -> None:
        known = 20
        while not stop.is_set():
            solution = search.solution(f"new-{len(ids)}")
            await search.publish(solution.published(), solution.rated(len(ids) + 1))
            ids.append(solution.solution_id)
            answer = await search.http.get("/solutions", params={"sort": "name"})
            if answer.status_code != httpx.codes.OK or answer.json()["total"] < known:
                failures.append(f"{answer.status_code} {answer.text[:300]}")
            else:
                known = answer.json()["total"]

    traffic = asyncio.create_task(publishing_and_searching())
    for mode in ("last_per_subject", "full", "last_per_subject"):
        run = await requested(search, operator, mode=mode)
        assert run["state"] == "done", run
    stop.set()
    await traffic
    assert len(ids) > 5
    assert failures == []
    await search.until_total(20 + len(ids))
    assert len(await search.indices()) == 2, "older ones are removed"

    container = search.container
    for number, solution_id in enumerate(ids):

        async def rated(solution_id: str = solution_id, expected: int = number + 1) -> bool:
            (index,) = (await container.administration.state()).targets
            document = (await container.store.read(index, [solution_id])).get(solution_id)
            assert document is not None
            return document.rating is not None and document.rating.count == expected

        await wait.until(rated)


async def test_an_engine_that_lost_its_memory_is_filled_again(search, engine) -> None:
    await fill(search, 12)
    before = await everything(search)
    engine.kill()
    engine.start()
    await search.until_total(12)
    assert await everything(search) == before
    await search.publish(search.solution("later").published())
    await search.until_total(13)


async def test_a_long_stream_is_replayed_in_pieces(start, connection, clean_streams, monkeypatch) -> None:
    """More events than one batch, more solutions than are held in memory, facets of one solution far apart."""
    monkeypatch.setattr(rebuild, "MOST_IN_MEMORY", 400)
    js = connection.jetstream()
    solutions = [Events(f"solution-{number}") for number in range(1100)]
    for make in (Events.rated, Events.published):
        acks = [await js.publish_async(subject_of(event), event.to_bytes()) for event in map(make, solutions)]
        await asyncio.gather(*acks)
    async with start("api") as api:
        run = await api.container.rebuilder.rebuild(new_run(api.container.platform.clock, reason="test"), "test")
        assert (run.documents, run.events) == (1100, 2200)
        page = await api.get(sort="rating", size=50)
        assert page["total"] == 1100
        assert {result["rating"]["count"] for result in page["results"]} == {1}


async def test_a_service_that_starts_with_an_empty_engine_fills_it(start, search, engine) -> None:
    await fill(search, 5)
    async with httpx.AsyncClient(base_url=engine.url) as http:
        await http.delete("/solutions-*")
    async with start() as again:
        await again.until_total(5)


async def test_only_one_rebuild_at_a_time(search, settings, operator) -> None:
    await fill(search, 5)
    async with wiring.build(settings) as other, other.runs.lease("somebody else"):
        with pytest.raises(ProblemError, match="rebuild-running") as refused:
            await rebuild_now(settings, full=False, force=False)
        assert refused.value.detail == "a rebuild is running already, by somebody else"
        first = await search.http.post("/rebuilds", headers=operator)
        assert first.status_code == 202
        second = await search.http.post("/rebuilds", headers=operator)
        assert (second.status_code, second.json()["slug"]) == (409, "rebuild-running")
        assert second.json()["detail"] == f"rebuild {first.json()['id']} is requested: wait for it"

    async def done() -> bool:
        run = (await search.http.get(f"/rebuilds/{first.json()['id']}", headers=operator)).json()
        return run["state"] == "done"

    await wait.until(done)


async def test_a_rebuild_cut_off_by_a_crash_is_carried_out_by_another_worker(search, settings, operator) -> None:
    await fill(search, 5)
    async with wiring.build(settings) as doomed:
        run = new_run(doomed.platform.clock, reason="requested")
        reached = asyncio.Event()

        async def hang(index: str) -> None:
            await doomed.administration.__class__.open_for_writing(doomed.administration, index)
            reached.set()
            await asyncio.Event().wait()

        doomed.administration.open_for_writing = hang  # type: ignore[method-assign]
        doomed.rebuilder._give_up = _die  # type: ignore[method-assign, assignment]
        doomed.runs._client.delete = _die  # type: ignore[method-assign, assignment]
        dying = asyncio.create_task(doomed.rebuilder.rebuild(run, "doomed"))
        await asyncio.wait_for(reached.wait(), 5)
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying
    half = [name for name, aliases in (await search.indices()).items() if aliases == ["solutions-write"]]
    assert len(half) == 1, "the half-built index is there, but not behind the alias"
    await search.publish(search.solution("meanwhile").published())
    await search.until_total(6)

    async def done() -> bool:
        found = (await search.http.get(f"/rebuilds/{run.id}", headers=operator)).json()
        return found["state"] == "done"

    await wait.until(done, timeout=10)
    assert half[0] not in await search.indices()
    await search.until_total(6)


async def _die(*_: object, **__: object) -> None:
    return None


async def test_an_implausible_loss_is_refused_unless_forced(search, settings, operator) -> None:
    await fill(search, 12)
    await search.js.purge_stream("EVENTS")
    before = await search.indices()
    run = await requested(search, operator)
    assert run["state"] == "failed"
    assert "would show 0 solutions" in run["error"]
    assert await search.indices() == before
    await search.until_total(12)
    forced = await rebuild_now(settings, full=True, force=True)
    assert (forced.state, forced.documents) == ("done", 0)
    await search.until_total(0)


async def test_the_command_rebuilds_and_says_so(search, settings) -> None:
    await fill(search, 5)
    before = await search.indices()
    environment = {name.upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
    command = [sys.executable, "-c", "from search.main import main; main()", "rebuild", "--full"]
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, progress = await asyncio.wait_for(process.communicate(), timeout=40)
    (made,) = set(await search.indices()) - set(before)
    assert process.returncode == 0, progress.decode()
    assert output.decode().splitlines()[-1] == f"{made}: 6 solutions from 22 events"
    assert "100 %  22 events read, 6 solutions written" in progress.decode()


async def test_who_may_rebuild(search, oidc_server) -> None:
    answer = await search.http.post("/rebuilds")
    assert (answer.status_code, answer.json()["slug"]) == (401, "not-authenticated")
    token = oidc_server.token_for("demo-reviewer", roles=["reviewer", "curator"])
    answer = await search.http.post("/rebuilds", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["slug"]) == (403, "missing-role")


async def test_bad_rebuild_requests(search, operator) -> None:
    unknown = await search.http.get("/rebuilds/nope", headers=operator)
    assert (unknown.status_code, unknown.json()["slug"]) == (404, "rebuild-not-found")
    for body in ({"mode": "half"}, {"force": "vielleicht"}, {"index": "x"}):
        answer = await search.http.post("/rebuilds", json=body, headers=operator)
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid-request")
