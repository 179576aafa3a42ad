"""What cannot be meant, and the exact answers; the engine being away."""

import pytest
from servicekit import http
from servicekit.testing import wait


async def problem(search, query: str) -> tuple[int, str, str]:
    answer = await search.http.get(f"/solutions?{query}")
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["slug"], body["detail"]


async def test_ten_thousand_characters(search) -> None:
    expected = (422, "query-too-long", "q has 10000 characters, at most 300 are allowed")
    assert await problem(search, f"q={'x' * 10_000}") == expected


async def test_three_hundred_characters_are_fine(search) -> None:
    for text in ("x" * 300, "ab " * 100, "🚗" * 300, "Donaudampfschifffahrt " * 13):
        assert (await search.get(q=text[:300]))["total"] == 0


@pytest.mark.parametrize("text", ["!!! ??? §$%", "🚗🚌", "und der die das", '" * " ~', "\\", "\x00", "%", "<>"])
async def test_a_text_without_any_word_finds_nothing(search, text) -> None:
    await search.publish(search.solution("comby").published())
    await search.until_total(1)
    if text.strip("\x00"):
        page = await search.get(q=text)
        assert (page["total"], page["results"], page["next_cursor"]) == (0, [], None)
        assert set(page["facets"]) >= {"kind", "provider"}


@pytest.mark.parametrize(
    "text", ["name:(comby OR *) AND NOT x", "comby~2^9", '"comby', "{!func}comby", "comby/*..*/", "a" * 250]
)
async def test_query_syntax_is_only_text(search, text) -> None:
    await search.get(q=text)


async def test_unknown_facet_value(search) -> None:
    expected = (422, "unknown-facet-value", "kind has no value 'hardware'; known: software, consulting")
    assert await problem(search, "kind=software&kind=hardware") == expected


async def test_an_unknown_provider_is_simply_not_found(search) -> None:
    page = await search.get(provider="Niemand AG")
    assert page["total"] == 0
    assert page["facets"]["provider"] == [{"value": "Niemand AG", "label": "Niemand AG", "count": 0, "selected": True}]


async def test_unknown_parameter(search) -> None:
    status, slug, detail = await problem(search, "page=2")
    assert (status, slug) == (422, "unknown-parameter")
    known = "q, size, cursor, sort, mode, spelling, as_words, field_of_action,"
    assert detail.startswith(f"there is no parameter 'page'; known: {known}")


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("size=0", "size must be 1 to 50, not '0'"),
        ("size=viele", "size must be 1 to 50, not 'viele'"),
        ("sort=best", "sort must be one of relevance, newest, rating, checkup, municipalities, name, not 'best'"),
        ("q=a&q=b", "q may be given only once"),
    ],
)
async def test_invalid_parameters(search, query, detail) -> None:
    assert await problem(search, query) == (422, "invalid-parameter", detail)


@pytest.mark.parametrize("cursor", ["unsinn", "e30", "%00", "W10"])
async def test_a_cursor_we_did_not_hand_out(search, cursor) -> None:
    expected = (400, "bad-cursor", "the cursor is not one that this service handed out")
    assert await problem(search, f"cursor={cursor}") == expected


async def test_a_cursor_of_another_search(search) -> None:
    for number in range(3):
        await search.publish(search.solution(f"solution-{number}").published())
    await search.until_total(3)
    cursor = (await search.get(q="Mitfahrbank", size=1))["next_cursor"]
    expected = (400, "bad-cursor", "the cursor belongs to another search: start again without it")
    assert await problem(search, f"q=Bus&cursor={cursor}") == expected


async def test_a_page_past_the_end_is_empty(search) -> None:
    for number in range(3):
        await search.publish(search.solution(f"solution-{number}").published())
    await search.until_total(3)
    position = http.decode_cursor((await search.get(size=1))["next_cursor"])
    past = http.encode_cursor({**position, "p": [-1_000_000_000_000_000, "zzz"]})
    page = await search.get(size=1, cursor=past)
    assert (page["total"], page["results"], page["next_cursor"]) == (3, [], None)


async def test_the_engine_is_down(search, engine) -> None:
    solution = search.solution("comby")
    await search.publish(solution.published())
    await search.until_total(1)
    engine.stop()

    answer = await search.http.get("/solutions?q=Bus")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    body = answer.json()
    assert (body["slug"], body["detail"]) == (
        "search-unavailable",
        "the search is not available: the engine does not answer",
    )
    ready = await search.http.get("/health/ready")
    assert ready.status_code == 503
    assert "search-unavailable" in ready.json()["checks"]["search-engine"]
    assert (await search.http.get("/health/live")).status_code == 200

    second = search.solution("dorffunk")
    await search.publish(second.published(), solution.rated(5))  # while it is down
    engine.start()
    await search.until_total(2)

    async def caught_up() -> bool:
        results = (await search.get())["results"]
        return {result["rating"]["count"] for result in results} == {0, 5}

    await wait.until(caught_up)
    assert (await search.http.get("/health/ready")).status_code == 200
    letters = await search.js.stream_info("DLQ")
    assert letters.state.messages == 0, "an engine that is away makes no dead letters"
