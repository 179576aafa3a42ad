"""Going back to the index before: nothing that was said since is lost."""

import asyncio

import httpx
import pytest
from search import wiring
from search.application.supervision import new_run
from search.entrypoints.cli import rebuild_now
from servicekit.errors import ProblemError
from servicekit.testing import wait


async def test_the_index_before_is_brought_up_to_date_and_searched_again(search, rebuilds) -> None:
    await rebuilds.fill(12)
    (first,) = await search.indices()
    second = (await rebuilds.ask())["index"]
    comby, delisted = search.solution("solution-0"), search.solution("solution-1")
    await search.publish(comby.rated(9), delisted.delisted(), search.solution("new").published(name="Neu"))

    async def current() -> bool:
        found = {result["slug"]: result for result in await rebuilds.everything()}
        return len(found) == 12 and delisted.slug not in found and found[comby.slug]["rating"]["count"] == 9

    await wait.until(current)
    before = await rebuilds.everything()

    run = await rebuilds.ask("/rollback")
    assert (run["state"], run["error"], run["index"], run["progress"]) == ("done", None, first, 1.0)
    assert run["documents"] == 14, "the tombstones too"
    assert await search.indices() == {first: ["solutions", "solutions-write"], second: ["solutions-previous"]}
    assert await rebuilds.everything() == before

    await search.publish(comby.rated(10), search.solution("newer").published(name="Neuer"))
    await search.until_total(13)
    run = await rebuilds.ask("/rollback")
    assert (run["state"], run["index"]) == ("done", second), "and forward again"
    assert {result["slug"]: result for result in await rebuilds.everything()}[comby.slug]["rating"]["count"] == 10
    await search.until_total(13)


async def test_what_the_index_before_lost_is_brought_in_whatever_its_position(search, rebuilds, engine) -> None:
    """As an old dead letter that was sent again after the swap: new to the index, but not to the stream."""
    await rebuilds.fill(12)
    (first,) = await search.indices()
    before = await rebuilds.everything()
    await rebuilds.ask()
    async with httpx.AsyncClient(base_url=engine.url) as http:
        gone = search.solution("solution-3").solution_id
        answer = await http.delete(f"/{first}/_doc/{gone}", params={"refresh": "true"})
        answer.raise_for_status()
    run = await rebuilds.ask("/rollback")
    assert (run["state"], run["index"]) == ("done", first)
    assert await rebuilds.everything() == before


async def test_rollbacks_go_unnoticed_by_searches_and_lose_no_event(search, rebuilds) -> None:
    await rebuilds.fill(12)
    await rebuilds.ask()
    failures: list[str] = []
    stop = asyncio.Event()
    published = 0

    async def publishing_and_searching() -> None:
        nonlocal published
        known = 12
        while not stop.is_set():
            await search.publish(search.solution(f"new-{published}").published())
            published += 1
            answer = await search.http.get("/solutions")
            if answer.status_code != httpx.codes.OK or answer.json()["total"] < known:
                failures.append(f"{answer.status_code} {answer.text[:300]}")
            else:
                known = answer.json()["total"]

    traffic = asyncio.create_task(publishing_and_searching())
    for _ in range(3):
        run = await rebuilds.ask("/rollback")
        assert run["state"] == "done", run
    stop.set()
    await traffic
    assert published > 5
    assert failures == []
    await search.until_total(12 + published)


async def test_without_an_index_before_there_is_nothing_to_go_back_to(search, rebuilds, settings, operator) -> None:
    await rebuilds.fill(3)
    answer = await search.http.post("/rebuilds/rollback", headers=operator)
    assert (answer.status_code, answer.json()["slug"]) == (409, "rollback-impossible")
    assert "no earlier index" in answer.json()["detail"]
    indices = await search.indices()
    with pytest.raises(ProblemError, match="rollback-impossible"):
        await rebuild_now(settings, mode="rollback", force=False)
    assert await search.indices() == indices


@pytest.mark.parametrize("what", ["schema", "stream"])
async def test_an_index_that_does_not_fit_any_more_stays_where_it_is(search, rebuilds, settings, what) -> None:
    await rebuilds.fill(3)
    await rebuilds.ask()
    indices = await search.indices()
    async with wiring.build(settings) as other:
        if what == "schema":
            other.administration.schema = 99
            reason = "needs 99: install the version that made it"
        else:

            async def another() -> str:
                return "another stream"

            other.rebuilder._rollback._log.identity = another  # type: ignore[method-assign]
            reason = "was built from another event stream"
        with pytest.raises(ProblemError, match=reason):
            await other.rebuilder.rebuild(new_run(other.platform.clock, reason="test", mode="rollback"), "test")
    assert await search.indices() == indices
    await search.until_total(3)


async def test_a_rollback_that_fails_leaves_both_indices_as_they_were(search, rebuilds, monkeypatch) -> None:
    await rebuilds.fill(3)
    await rebuilds.ask()
    indices = await search.indices()

    async def broken(index: str) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(search.container.administration, "make_searchable", broken)
    run = await rebuilds.ask("/rollback")
    assert (run["state"], run["error"]) == ("failed", "RuntimeError: no more")
    assert await search.indices() == indices
    monkeypatch.undo()
    assert (await rebuilds.ask("/rollback"))["state"] == "done"
