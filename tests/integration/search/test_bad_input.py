"""What cannot be meant, and the exact answers; the engine being away."""

import random
import string

import pytest
from search.domain.intents import known_intents
from search.domain.search_request import MOST_AS_WORDS
from servicekit import http
from servicekit.testing import wait


async def problem(search, query: str) -> tuple[int, str, str]:
    answer = await search.http.get(f"/solutions?{query}")
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["slug"], body["detail"]


async def test_ten_thousand_characters(reading) -> None:
    expected = (422, "query-too-long", "q has 10000 characters, at most 300 are allowed")
    assert await problem(reading, f"q={'x' * 10_000}") == expected


async def test_three_hundred_characters_are_fine(search) -> None:
    await search.publish(search.solution("comby").published())
    await search.until_total(1)
    for text in ("x" * 300, "ab " * 100, "🚗" * 300, "Donaudampfschifffahrt " * 13, "ß" * 300, "a b " * 75):
        page = await search.get(q=text[:300], mode="lexical")
        assert page["total"] == 0, text
        await search.get(q=text[:300])


@pytest.mark.parametrize("length", [2, 3, 5, 8, 20, 300])
async def test_as_many_different_words_as_fit_are_fine(reading, length) -> None:
    """An engine takes a limited number of clauses; a query of different words makes the most."""
    letters = "".join(random.Random(length).choices(string.ascii_lowercase, k=300))
    text = " ".join(letters[at : at + length] for at in range(0, 300, length))
    for mode in ("lexical", "hybrid"):
        await reading.get(q=text[:300], mode=mode)


@pytest.mark.parametrize("text", ["!!! ??? §$%", "🚗🚌", "und der die das", '" * " ~', "\\", "\x00", "%", "<>"])
async def test_a_text_without_any_word_finds_nothing(reading, text) -> None:
    if text.strip("\x00"):
        page = await reading.get(q=text)
        assert (page["total"], page["searchable"], page["results"], page["next_cursor"]) == (0, False, [], None)
        assert set(page["facets"]) >= {"kind", "provider"}


@pytest.mark.parametrize(
    "text", ["name:(comby OR *) AND NOT x", "comby~2^9", '"comby', "{!func}comby", "comby/*..*/", "a" * 250]
)
async def test_query_syntax_is_only_text(reading, text) -> None:
    await reading.get(q=text)


async def test_unknown_facet_value(reading) -> None:
    expected = (422, "unknown-facet-value", "kind has no value 'hardware'; known: software, consulting")
    assert await problem(reading, "kind=software&kind=hardware") == expected


async def test_an_unknown_provider_is_simply_not_found(search) -> None:
    page = await search.get(provider="Niemand AG")
    assert page["total"] == 0
    assert page["facets"]["provider"] == [{"value": "Niemand AG", "label": "Niemand AG", "count": 0, "selected": True}]


async def test_unknown_parameter(reading) -> None:
    status, slug, detail = await problem(reading, "page=2")
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
async def test_invalid_parameters(reading, query, detail) -> None:
    assert await problem(reading, query) == (422, "invalid-parameter", detail)


async def test_every_parameter_has_its_limits(search) -> None:
    intents = sorted(known_intents())[: MOST_AS_WORDS + 1]
    for query, slug, detail in (
        ("mode=semantic", "invalid-parameter", "mode must be one of hybrid, lexical, not 'semantic'"),
        ("mode=", "invalid-parameter", "mode must be one of hybrid, lexical, not ''"),
        ("mode=lexical&mode=hybrid", "invalid-parameter", "mode may be given only once"),
        ("spelling=none", "invalid-parameter", "spelling must be one of corrected, literal, not 'none'"),
        ("as_words=bundesland:DE-XX", "invalid-parameter", "there is no filter in words 'bundesland:DE-XX'"),
        ("as_words=", "invalid-parameter", "there is no filter in words ''"),
        (
            "&".join(f"as_words={each}" for each in intents),
            "invalid-parameter",
            f"at most {MOST_AS_WORDS} filters may be read as words",
        ),
        ("provider=", "unknown-facet-value", "provider has no value ''; 1 to 200 characters are allowed"),
        (
            f"provider={'x' * 201}",
            "unknown-facet-value",
            f"provider has no value {'x' * 50!r}; 1 to 200 characters are allowed",
        ),
        (
            "&".join(f"provider={number}" for number in range(51)),
            "invalid-parameter",
            "at most 50 values of provider may be chosen",
        ),
        (f"q={'ä' * 301}", "query-too-long", "q has 301 characters, at most 300 are allowed"),
        ("Q=Bus", "unknown-parameter", "there is no parameter 'Q'; known: q, "),
        (f"{'x' * 1000}=1", "unknown-parameter", f"there is no parameter {'x' * 50!r}; known: q, "),
    ):
        status, told, why = await problem(search, query)
        assert (status, told) == (422, slug), query
        assert why.startswith(detail), query
        counted = await search.http.get(f"/facets?{query}")
        assert (counted.status_code, counted.json()["slug"]) == (422, slug), query
    most = "&".join(f"as_words={each}" for each in intents[:MOST_AS_WORDS])
    await search.until_total(0)
    assert (await search.http.get(f"/solutions?{most}&{most}")).status_code == 200


async def test_the_limits_of_similar_solutions(reading) -> None:
    for path, slug in (
        ("x?size=0", "invalid-request"),
        ("x?size=21", "invalid-request"),
        ("x?size=viele", "invalid-request"),
        (f"{'x' * 101}", "invalid-request"),
        ("x?mode=lexical", "unknown-parameter"),
    ):
        answer = await reading.http.get(f"/similar/{path}")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["slug"]) == (422, slug), path


@pytest.mark.parametrize("cursor", ["unsinn", "e30", "%00", "W10"])
async def test_a_cursor_we_did_not_hand_out(reading, cursor) -> None:
    expected = (400, "bad-cursor", "the cursor is not one that this service handed out")
    assert await problem(reading, f"cursor={cursor}") == expected


async def test_a_cursor_of_another_search(search) -> None:
    for number in range(3):
        await search.publish(search.solution(f"solution-{number}").published())
    await search.until_total(3)
    cursor = (await search.get(q="Mitfahrbank", size=1))["next_cursor"]
    expected = (400, "bad-cursor", "the cursor belongs to another search: start again without it")
    for other in (
        "q=Bus",
        "q=Mitfahrbank&mode=lexical",
        "q=Mitfahrbank&spelling=literal",
        "q=Mitfahrbank&kind=software",
        "q=Mitfahrbank&as_words=bundesland:DE-BY",
    ):
        assert await problem(search, f"{other}&cursor={cursor}") == expected, other
    assert (await search.get(q="Mitfahrbank", size=50, cursor=cursor))["total"] == 3, "pages may grow"


async def test_forged_positions(search) -> None:
    for number in range(3):
        await search.publish(search.solution(f"solution-{number}").published())
    await search.until_total(3)
    for mode in ("hybrid", "lexical"):
        cursor = http.decode_cursor((await search.get(q="Mitfahrbank", mode=mode, size=1))["next_cursor"])
        for position in (
            *([score, "", ""] for score in (-1, -1.0, -7, 0, 1e17, -1e17, 5e-324)),
            *([-1, "x" * 4000, "ü" * 4000], [1.5, "😀", "\ue000"], [0.5, "a" * 7, "b" * 9]),
        ):
            forged = http.encode_cursor({**cursor, "p": position})
            answer = await search.http.get("/solutions", params={"q": "Mitfahrbank", "mode": mode, "cursor": forged})
            assert answer.status_code in (200, 400), (mode, position, answer.text)
        for position in ([1.5], [None, "", ""], [1.5, "x" * 4001, ""], ["1", "", ""], [1.5, ["x"], ""]):
            forged = http.encode_cursor({**cursor, "p": position})
            answer = await search.http.get("/solutions", params={"q": "Mitfahrbank", "mode": mode, "cursor": forged})
            assert (answer.status_code, answer.json()["slug"]) == (400, "bad-cursor"), (mode, position)


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
