"""Rebuilding while events go on and searches run; healing; two at once; refusals."""

import asyncio
import os
import re
import sys
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import partial

import httpx
import orjson
import pytest
from contracts import registry
from contracts.search import IndexRebuilt
from contracts.subjects import subject_of, wildcard
from search import wiring
from search.adapters import making
from search.adapters.gathering import SubjectGathering
from search.adapters.lexicon import load_splitter, load_thesaurus
from search.adapters.opensearch import schema
from search.adapters.opensearch.administration import OpenSearchAdministration
from search.adapters.opensearch.source import from_source, to_source
from search.application import supervision
from search.application.rebuild_ports import Stored
from search.application.supervision import new_run
from search.entrypoints.cli import rebuild_now
from search.testing import Events
from servicekit.errors import ProblemError
from servicekit.testing import wait


@pytest.mark.parametrize("mode", ["last_per_subject", "full"])
async def test_a_rebuilt_index_answers_the_same(search, rebuilds, mode) -> None:
    await rebuilds.fill()
    before, indices = await rebuilds.everything(), await search.indices()
    run = await rebuilds.ask(mode=mode)
    assert (run["state"], run["progress"], run["error"]) == ("done", 1.0, None)
    assert run["documents"] == 31, "the tombstone is kept too"
    assert run["events"] == {"last_per_subject": 30 * 3 + 2, "full": 30 * 4 + 2}[mode]
    assert await rebuilds.everything() == before

    (old,) = indices
    assert await search.indices() == {old: ["solutions-previous"], run["index"]: ["solutions", "solutions-write"]}
    live = run["index"]

    announced = await search.js.pull_subscribe(wildcard(IndexRebuilt), stream="EVENTS")
    letters = await announced.fetch(10, timeout=2)
    event = registry.parse(letters[-1].data)
    assert (event.data.index, event.data.mode, event.data.documents) == (live, mode, 31)


async def test_processes_of_their_own_make_the_documents_of_a_large_rebuild(search, rebuilds, monkeypatch) -> None:
    await rebuilds.fill()
    before = await rebuilds.everything()
    helped: list[int] = []

    class Counted(making.Helper):
        async def made(self, chunk: making.Chunk) -> list[Stored | None]:
            answer = await super().made(chunk)
            helped.append(len(chunk))
            return answer

    monkeypatch.setattr(making, "Helper", Counted)
    monkeypatch.setattr(making, "FEWEST_MESSAGES", 10)
    assert search.container.settings.rebuild_processes >= 1
    run = await rebuilds.ask()
    assert (run["state"], run["documents"], run["skipped"]) == ("done", 31, 0)
    assert sum(helped) == 31
    assert await rebuilds.everything() == before


async def test_rebuilds_go_unnoticed_by_searches_and_lose_no_event(search, rebuilds) -> None:
    await rebuilds.fill(20)
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

    async def only_searching() -> None:
        while not stop.is_set():
            answer = await search.http.get("/solutions", params={"q": "Mitfahrbank"})
            if answer.status_code != httpx.codes.OK or answer.json()["total"] < 20:
                failures.append(f"{answer.status_code} {answer.text[:300]}")

    traffic = asyncio.create_task(publishing_and_searching())
    searching = [asyncio.create_task(only_searching()) for _ in range(3)]
    for mode in ("last_per_subject", "full", "last_per_subject"):
        run = await rebuilds.ask(mode=mode)
        assert run["state"] == "done", run
    stop.set()
    await traffic
    await asyncio.gather(*searching)
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


async def test_an_engine_that_lost_its_memory_is_filled_again(search, rebuilds, engine) -> None:
    await rebuilds.fill(12)
    before = await rebuilds.everything()
    engine.kill()
    engine.start()
    await search.until_total(12)
    assert await rebuilds.everything() == before
    await search.publish(search.solution("later").published())
    await search.until_total(13)


async def test_a_long_stream_is_replayed_in_pieces(start, connection, clean_streams) -> None:
    """More events than one batch, more than is held in memory, facets of one solution far apart."""
    js = connection.jetstream()
    solutions = [Events(f"solution-{number}") for number in range(1100)]
    for make in (Events.rated, Events.published):
        acks = [await js.publish_async(subject_of(event), event.to_bytes()) for event in map(make, solutions)]
        await asyncio.gather(*acks)
    async with start("api") as api:
        api.container.rebuilder._filler._gather = partial(SubjectGathering, most_bytes=300_000, partitions=5)
        run = await api.container.rebuilder.rebuild(new_run(api.container.platform.clock, reason="test"), "test")
        assert (run.documents, run.events, run.skipped) == (1100, 2200, 0)
        page = await api.get(sort="rating", size=50)
        assert page["total"] == 1100
        assert {result["rating"]["count"] for result in page["results"]} == {1}


@pytest.mark.parametrize("mode", ["last_per_subject", "full"])
async def test_an_event_that_cannot_be_read_hides_none_before_it(search, rebuilds, mode) -> None:
    """As for live updates, which put it with the dead letters."""
    solution = search.solution("comby")
    rated = solution.rated(3)
    await search.publish(solution.published(), solution.rated(2), rated)
    await search.js.publish(subject_of(rated), b'{"type":"digital.marktplatz.catalog.rating_added.v1","data":7}')
    await search.js.publish(subject_of(rated), b"no event at all")

    async def rated_three_times() -> bool:
        (result,) = await rebuilds.everything()
        return bool(result["rating"]["count"] == 3)

    await search.until_total(1)
    await wait.until(rated_three_times)
    run = await rebuilds.ask(mode=mode)
    assert (run["state"], run["documents"], run["skipped"] >= 1) == ("done", 1, True)
    assert await rated_three_times()


async def test_an_older_index_stays_current_while_the_new_one_is_built(start, engine, monkeypatch) -> None:
    """A new version of the service meets the index of the one before, which lacks some of its fields."""
    body = deepcopy(schema.index_body(stream="any", refresh_interval="200ms"))
    for field in ("checksum", "municipalities"):
        del body["mappings"]["properties"][field]
    body["mappings"]["_meta"]["schema"] = 1
    body["aliases"] = {"solutions": {}, "solutions-write": {}}
    create, may_build = OpenSearchAdministration.create, asyncio.Event()

    async def later(self: OpenSearchAdministration, stream: str, at: datetime) -> str:
        await may_build.wait()
        return await create(self, stream, at)

    monkeypatch.setattr(OpenSearchAdministration, "create", later)
    monkeypatch.setattr(supervision, "FIRST_LOOK_SECONDS", 0.1)
    async with httpx.AsyncClient(base_url=engine.url) as http:
        (await http.put("/solutions-v1-20260101t000000000", json=body)).raise_for_status()
    async with start() as search:
        solution = search.solution("comby")
        await search.publish(solution.published())
        await search.until_total(1)
        await search.publish(solution.delisted(), search.solution("dorffunk").published())
        await wait.until(lambda: _slugs_are(search, ["dorffunk"]))
        may_build.set()

        async def new_index() -> bool:
            indices = await search.indices()
            return any(
                names == ["solutions", "solutions-write"] and "-v1-" not in name for name, names in indices.items()
            )

        await wait.until(new_index, timeout=60)
        assert await search.slugs() == ["dorffunk"]


async def _slugs_are(search, slugs: list[str]) -> bool:
    return await search.slugs() == slugs


async def _tamper(http: httpx.AsyncClient, index: str, how: str) -> None:
    """Change one document of an index as nothing in this service ever does."""
    found = (await http.post(f"/{index}/_search", json={"size": 1, "query": {"term": {"visible": True}}})).json()
    (hit,) = found["hits"]["hits"]
    if how == "missing":
        answer = await http.delete(f"/{index}/_doc/{hit['_id']}", params={"refresh": "true"})
    elif how == "doubled":
        answer = await http.put(f"/{index}/_doc/another", json=hit["_source"], params={"refresh": "true"})
    elif how == "swapped":  # the number stays right
        await http.delete(f"/{index}/_doc/{hit['_id']}", params={"refresh": "true"})
        answer = await http.put(f"/{index}/_doc/another", json=hit["_source"], params={"refresh": "true"})
    else:
        document = from_source(hit["_source"])
        stale = replace(document, seq={**document.seq, "rating": 1}, rating=None)
        source = orjson.loads(orjson.dumps(to_source(stale, load_splitter(), load_thesaurus())))
        answer = await http.put(f"/{index}/_doc/{hit['_id']}", json=source, params={"refresh": "true"})
    answer.raise_for_status()


@pytest.mark.parametrize("how", ["missing", "doubled", "swapped", "stale"])
async def test_an_index_that_does_not_hold_what_was_written_is_refused(
    search, rebuilds, engine, monkeypatch, how
) -> None:
    await rebuilds.fill(5)
    before, indices = await rebuilds.everything(), await search.indices()
    administration = search.container.administration
    make_searchable = administration.make_searchable

    async def tampered(index: str) -> None:
        await make_searchable(index)
        async with httpx.AsyncClient(base_url=engine.url) as http:
            await _tamper(http, index, how)

    monkeypatch.setattr(administration, "make_searchable", tampered)
    run = await rebuilds.ask()
    assert run["state"] == "failed"
    assert re.search(r"has \d documents, checksum \w+; written were 6 documents", run["error"]), run["error"]
    assert await search.indices() == indices
    assert await rebuilds.everything() == before


async def test_an_index_that_loses_documents_later_is_refused(search, rebuilds, engine, monkeypatch) -> None:
    await rebuilds.fill(5)
    indices = await search.indices()
    administration = search.container.administration
    open_for_writing = administration.open_for_writing

    async def tampered(index: str) -> None:
        await open_for_writing(index)
        async with httpx.AsyncClient(base_url=engine.url) as http:
            await _tamper(http, index, "missing")

    monkeypatch.setattr(administration, "open_for_writing", tampered)
    run = await rebuilds.ask()
    assert run["state"] == "failed"
    assert run["error"].endswith("has 5 of 6 documents left")
    assert await search.indices() == indices


async def test_an_index_that_refuses_documents_is_refused(search, rebuilds, monkeypatch) -> None:
    await rebuilds.fill(5)
    before, indices = await rebuilds.everything(), await search.indices()
    monkeypatch.delitem(schema._PROPERTIES, "municipalities")
    run = await rebuilds.ask()
    assert (run["state"], run["skipped"]) == ("failed", 5)
    assert "the engine refuses 5 of 6 documents" in run["error"]
    assert await search.indices() == indices
    assert await rebuilds.everything() == before


async def test_a_service_that_starts_with_an_empty_engine_fills_it(start, search, rebuilds, engine) -> None:
    await rebuilds.fill(5)
    async with httpx.AsyncClient(base_url=engine.url) as http:
        await http.delete("/solutions-*")
    async with start() as again:
        await again.until_total(5)


async def test_only_one_rebuild_at_a_time(search, rebuilds, settings, operator) -> None:
    await rebuilds.fill(5)
    async with wiring.build(settings) as other, other.runs.lease("somebody else"):
        with pytest.raises(ProblemError, match="rebuild-running") as refused:
            await rebuild_now(settings, mode="last_per_subject", force=False)
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


async def test_a_rebuild_cut_off_by_a_crash_is_carried_out_by_another_worker(
    search, rebuilds, settings, operator
) -> None:
    await rebuilds.fill(5)
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
        await asyncio.wait_for(reached.wait(), 30)
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

    await wait.until(done, timeout=60)
    assert half[0] not in await search.indices()
    await search.until_total(6)


async def _die(*_: object, **__: object) -> None:
    return None


async def test_an_implausible_loss_is_refused_unless_forced(search, rebuilds, settings) -> None:
    await rebuilds.fill(12)
    await search.js.purge_stream("EVENTS")
    before = await search.indices()
    run = await rebuilds.ask()
    assert run["state"] == "failed"
    assert "would show 0 solutions" in run["error"]
    assert await search.indices() == before
    await search.until_total(12)
    forced = await rebuild_now(settings, mode="full", force=True)
    assert (forced.state, forced.documents) == ("done", 0)
    await search.until_total(0)


async def test_the_command_rebuilds_and_says_so(search, rebuilds, settings) -> None:
    await rebuilds.fill(5)
    before = await search.indices()
    environment = {name.upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
    command = [sys.executable, "-c", "from search.main import main; main()", "rebuild", "--full"]
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, progress = await asyncio.wait_for(process.communicate(), timeout=90)
    (made,) = set(await search.indices()) - set(before)
    assert process.returncode == 0, progress.decode()
    assert output.decode().splitlines()[-1] == f"{made}: 6 solutions from 22 events"
    lines = [line for line in progress.decode().splitlines() if " %  " in line]
    assert lines[-1] == "100 %  done: 22 events read, 6 solutions written"
    assert any(
        re.fullmatch(r" *\d+ %  writing solutions: 22 events read, .*, about \d+ s left", each) for each in lines
    )


async def test_the_newest_runs_are_listed(search, rebuilds, operator) -> None:
    await rebuilds.fill(3)
    await search.container.runs.put(new_run(search.container.platform.clock, reason="requested"))
    asked = [await rebuilds.ended((await search.container.runs.latest(1))[0].id)]
    asked += [await rebuilds.ask(mode="full"), await rebuilds.ask("/rollback")]
    listed = (await search.http.get("/rebuilds", headers=operator)).json()["rebuilds"]
    assert listed[:3] == asked[::-1]
    assert [run["mode"] for run in listed] == ["rollback", "full", "last_per_subject", "last_per_subject"]
    assert listed[-1]["reason"] == "there is no index"
    for number in range(20):
        done = replace(new_run(search.container.platform.clock, reason=f"{number}"), state="done")
        await search.container.runs.put(done)
    listed = (await search.http.get("/rebuilds", headers=operator)).json()["rebuilds"]
    assert [run["reason"] for run in listed] == [str(number) for number in reversed(range(20))]


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("POST", "/rollback"), ("GET", ""), ("GET", "/any")])
async def test_who_may_rebuild(reading, oidc_server, method, path) -> None:
    answer = await reading.http.request(method, f"/rebuilds{path}")
    assert (answer.status_code, answer.json()["slug"]) == (401, "not-authenticated")
    token = oidc_server.token_for("demo-reviewer", roles=["reviewer", "curator"])
    answer = await reading.http.request(method, f"/rebuilds{path}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["slug"]) == (403, "missing-role")


async def test_bad_rebuild_requests(reading, operator) -> None:
    unknown = await reading.http.get("/rebuilds/nope", headers=operator)
    assert (unknown.status_code, unknown.json()["slug"]) == (404, "rebuild-not-found")
    too_long = await reading.http.get(f"/rebuilds/{'x' * 600}", headers=operator)
    assert (too_long.status_code, too_long.json()["slug"]) == (422, "invalid-request")
    for method, path in (("GET", ""), ("POST", ""), ("POST", "/rollback"), ("GET", "/any")):
        answer = await reading.http.request(method, f"/rebuilds{path}", params={"size": "3"}, headers=operator)
        assert (answer.status_code, answer.json()["slug"]) == (422, "unknown-parameter")
    for path, body in (
        ("", {"mode": "half"}),
        ("", {"mode": "rollback"}),
        ("", {"force": "vielleicht"}),
        ("", {"index": "x"}),
        ("/rollback", {"mode": "full"}),
    ):
        answer = await reading.http.post(f"/rebuilds{path}", json=body, headers=operator)
        assert (answer.status_code, answer.json()["slug"]) == (422, "invalid-request")
