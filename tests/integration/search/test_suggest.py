"""Suggestions over HTTP, and the memory behind them following the live index through everything that happens to it."""

from typing import Any

import httpx
import pytest
from search.entrypoints.cli import rebuild_now
from servicekit.testing import wait


async def suggestions(search, q: str = "", **parameters: Any) -> list[dict[str, Any]]:
    answer = await search.http.get("/suggest", params={"q": q, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()["suggestions"]


async def until_suggested(search, q: str, *texts: str) -> None:
    """Wait until exactly these solutions are suggested."""

    async def suggested() -> bool:
        found = [each["text"] for each in await suggestions(search, q) if each["kind"] == "solution"]
        assert sorted(found) == sorted(texts)
        return True

    await wait.until(suggested)


async def test_what_is_published_is_suggested_within_a_keystroke(search) -> None:
    number = await search.publish_demo()
    await wait.until(lambda: len(search.container.mirror.entries) == number)
    assert await suggestions(search, "mitfahrb") == [
        {
            "kind": "solution",
            "text": "Comby – die digitale Mitfahrbank",
            "html": "Comby – die digitale <mark>Mitfahrb</mark>ank",
            "slug": "comby",
            "value": None,
            "count": None,
        }
    ]
    for typed, expected in {
        "mitfarb": "solution Comby – die digitale <mark>Mitfahrb</mark>ank",
        "loer": "provider Landkreis <mark>Lör</mark>rach",
        "Tour": "field_of_action <mark>Tour</mark>ismus",
        "fu dorf": "solution <mark>DorfFu</mark>nk",
    }.items():
        assert expected in [f"{each['kind']} {each['html']}" for each in await suggestions(search, typed)], typed
    for each in await suggestions(search, "", size=20):
        assert each["kind"] == "field_of_action"
        found = await search.get(field_of_action=each["value"])
        assert found["total"] == each["count"]
    for each in await suggestions(search, "landkreis", size=20):
        if each["kind"] == "provider":
            assert (await search.get(provider=each["value"]))["total"] == each["count"]
    assert len(await suggestions(search, "d", size=3)) == 3


async def test_suggestions_follow_what_happens_to_a_solution(search) -> None:
    solution = search.solution("bus")
    await search.publish(solution.published(1, name="Busplan", provider="Kreis Alt"))
    await until_suggested(search, "bus", "Busplan")
    await search.publish(solution.published(2, name="Fahrplan Bus", provider="Kreis Neu"))
    await until_suggested(search, "bus", "Fahrplan Bus")
    assert [each["text"] for each in await suggestions(search, "kreis")] == ["Kreis Neu"]
    await search.publish(solution.delisted())
    await until_suggested(search, "bus")
    assert await suggestions(search, "kreis") == []
    await search.publish(solution.published(3, name="Busplan"))
    await until_suggested(search, "bus", "Busplan")


async def test_the_memory_follows_a_rebuilt_index(search, settings) -> None:
    first, second = search.solution("first"), search.solution("second")
    await search.publish(first.published(name="Busplan"), second.published(name="Busfunk"))
    await until_suggested(search, "bus", "Busplan", "Busfunk")
    (before,) = await search.indices()
    run = await rebuild_now(settings, mode="last_per_subject", force=False)
    assert run.index != before
    await search.publish(first.delisted())
    await until_suggested(search, "bus", "Busfunk")
    await search.publish(first.published(2, name="Busplan"))
    await until_suggested(search, "bus", "Busplan", "Busfunk")


async def test_suggestions_go_on_without_the_engine_and_when_its_memory_is_lost(search, engine) -> None:
    solution = search.solution("bus")
    await search.publish(solution.published(name="Busplan"))
    await until_suggested(search, "bus", "Busplan")
    engine.stop()
    assert (await search.http.get("/solutions?q=bus")).status_code == 503
    await search.publish(solution.published(2, name="Busfahrplan"))
    looks = search.container.mirror.version
    assert [each["text"] for each in await suggestions(search, "bus")] == ["Busplan"]
    engine.start()
    await until_suggested(search, "bus", "Busfahrplan")
    assert search.container.mirror.version > looks


async def test_answers_may_be_kept_for_a_minute(search) -> None:
    await search.publish(search.solution("bus").published(name="Busplan"))
    await until_suggested(search, "bus", "Busplan")
    answer = await search.http.get("/suggest?q=bus")
    assert answer.headers["cache-control"] == "public, max-age=60"
    again = await search.http.get("/suggest?q=bus", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        (f"q={'x' * 10_000}", "query-too-long"),
        ("size=0", "invalid-parameter"),
        ("size=viele", "invalid-parameter"),
        ("q=a&q=b", "invalid-parameter"),
        ("kind=solution", "unknown-parameter"),
    ],
)
async def test_bad_input_is_told(reading, query: str, slug: str) -> None:
    answer: httpx.Response = await reading.http.get(f"/suggest?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["slug"] == slug


@pytest.mark.parametrize("text", ["!!!", "🚗", "und der", '" * ~', "\x00", "%", "<script>", "x" * 100, "a b c d e f g"])
async def test_any_text_gets_an_answer(reading, text: str) -> None:
    await suggestions(reading, text)
