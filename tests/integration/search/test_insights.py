"""Searches are noted without anybody's name, and the team reads what people look for and do not find."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from servicekit.testing import embedded, wait
from servicekit.testing.plugin import running
from servicekit.testing.process import RunningServer, free_ports

NOTHING = "🚗"
"""A text without a word finds nothing, whatever else is found by likeness."""

SOME_SEARCH = "0190e0a4-7a3b-4c1d-9f00-5a1c6a7e2b10"


@pytest.fixture
def settings(settings):
    """Like the usual ones, in a hurry."""
    return settings.model_copy(update={"search_log_write_seconds": 0.02, "suggested_query_seconds": 0.05})


@pytest.fixture
def reviewer(oidc_server) -> dict[str, str]:
    """Headers of a reviewer."""
    return {"Authorization": f"Bearer {oidc_server.token_for('demo-reviewer', roles=['reviewer'])}"}


@pytest.fixture
async def search(search):
    """The service with one solution in it."""
    await search.publish(search.solution("comby").published())
    await search.until_total(1)
    return search


def log_of(search) -> Any:
    return search.container.platform.db["searches"]


async def entries(search, count: int) -> list[dict[str, Any]]:
    """Wait until so many searches are written down and return them."""

    async def written() -> list[dict[str, Any]]:
        found = [entry async for entry in log_of(search).find().sort("query")]
        return found if len(found) == count else []

    return await wait.until(written, message=f"{count} searches in the log")


async def ask(search, q: str, *, headers: dict[str, str] | None = None, **parameters: Any) -> str:
    """Search and return the search's id."""
    answer = await search.http.get("/solutions", params={"q": q, **parameters}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["Search-Id"]


async def open_result(search, search_id: str) -> None:
    answer = await search.http.post(f"/searches/{search_id}/opened", json={"solution_id": str(uuid4())})
    assert (answer.status_code, answer.content) == (204, b"")


async def until_opened(search, *search_ids: str) -> None:
    async def marked() -> bool:
        return await log_of(search).count_documents({"opened": True}) == len(search_ids)

    await wait.until(marked, message="openings in the log")


async def age(search, search_id: str, by: timedelta) -> None:
    """Let a search have happened earlier."""
    await log_of(search).update_one({"_id": search_id}, {"$set": {"at": datetime.now(UTC) - by}})


async def report(search, headers: dict[str, str], **parameters: Any) -> dict[str, Any]:
    answer = await search.http.get("/insights", params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    body: dict[str, Any] = answer.json()
    return body


# --- what is noted ---------------------------------------------------------------------------------------------------


async def test_a_search_is_noted_and_nothing_of_who_asked(search, reviewer) -> None:
    who = {**reviewer, "X-Forwarded-For": "192.0.2.7", "User-Agent": "Musterbrowser", "Cookie": "session=geheim"}
    search_id = await ask(search, "  Digitale  Mitfahrbank ", headers=who, kind="software")
    assert UUID(search_id).version == 4
    (entry,) = await entries(search, 1)
    assert entry.pop("at") <= datetime.now(UTC)
    assert entry.pop("mode")
    assert entry == {
        "_id": search_id,
        "query": "Digitale Mitfahrbank",
        "key": "digitale mitfahrbank",
        "hits": 1,
        "filtered": True,
        "opened": False,
    }


async def test_only_first_pages_with_a_text_are_noted(search) -> None:
    await search.publish(*(search.solution(f"bank-{number}").published() for number in range(3)))
    await search.until_total(4)
    everything = await search.http.get("/solutions", params={"q": "  "})
    assert "search-id" not in everything.headers
    first = await search.get(q="Mitfahrbank", size=1)
    second = await search.http.get("/solutions", params={"q": "Mitfahrbank", "size": 1, "cursor": first["next_cursor"]})
    assert second.status_code == 200
    assert "search-id" not in second.headers
    refused = await search.http.get("/solutions", params={"q": "Mitfahrbank", "kind": "hardware"})
    assert (refused.status_code, "search-id" in refused.headers) == (422, False)
    last = await ask(search, "Zum Schluss Mitfahrbank")
    assert {entry["_id"] for entry in await entries(search, 2)} > {last}


async def test_an_answer_that_has_not_changed_names_the_search_too(search) -> None:
    first = await search.http.get("/solutions", params={"q": "Mitfahrbank"})
    again = await search.http.get(
        "/solutions",
        params={"q": "Mitfahrbank"},
        headers={"If-None-Match": first.headers["etag"], "Search-Id": first.headers["search-id"]},
    )
    assert (again.status_code, again.headers["search-id"]) == (304, first.headers["search-id"])


async def test_the_same_words_with_other_filters_are_one_search(search) -> None:
    search_id = await ask(search, "Mitfahrbank")
    await entries(search, 1)
    same = {"Search-Id": search_id}
    assert await ask(search, "mitfahrbank", headers=same, kind="consulting") == search_id
    assert await ask(search, "Mitfahrbank", headers=same, sort="name") == search_id

    async def updated() -> bool:
        (entry,) = await entries(search, 1)
        return (entry["filtered"], entry["hits"]) == (True, 1)

    await wait.until(updated)
    assert await ask(search, "Zum Schluss") != search_id
    await entries(search, 2)


@pytest.mark.parametrize("earlier", ["", "x", "../..", "1" * 5000, "123e4567-e89b-12d3-a456-42661417400"])
async def test_what_is_no_id_continues_nothing(reading, earlier) -> None:
    assert UUID(await ask(reading, "Mitfahrbank", headers={"Search-Id": earlier})).version == 4


async def test_texts_that_may_name_a_person_leave_figures_only(search, reviewer) -> None:
    for text in ("Mitfahrbank max@example.org", "Mitfahrbank 07621 410 0", "Mitfahrbank " * 10):
        await ask(search, text)
    for entry in await entries(search, 3):
        assert (entry["query"], entry["key"]) == (None, None)
    told = await report(search, reviewer)
    assert [(each["query"], each["searches"]) for each in told["queries"]] == [("(nicht gespeichert)", 3)]


# --- opened ----------------------------------------------------------------------------------------------------------


async def test_opening_a_result_is_noted_once_and_tells_nothing(search) -> None:
    search_id, other = await ask(search, "Mitfahrbank"), await ask(search, "Mitfahrbank")
    for _ in range(3):
        await open_result(search, search_id)
    await open_result(search, str(uuid4()))
    await until_opened(search, search_id)
    assert {entry["_id"]: entry["opened"] for entry in await entries(search, 2)} == {search_id: True, other: False}


@pytest.mark.parametrize(
    ("search_id", "body", "status", "slug"),
    [
        ("nonsense", {"solution_id": "s"}, 422, "invalid-request"),
        (SOME_SEARCH, {}, 422, "invalid-request"),
        (SOME_SEARCH, {"solution_id": ""}, 422, "invalid-request"),
        (SOME_SEARCH, {"solution_id": "s" * 101}, 422, "invalid-request"),
        (SOME_SEARCH, {"solution_id": "s", "user": "max"}, 422, "invalid-request"),
        (SOME_SEARCH, [], 422, "invalid-request"),
    ],
)
async def test_an_opening_that_cannot_be_read(reading, search_id, body, status, slug) -> None:
    answer = await reading.http.post(f"/searches/{search_id}/opened", json=body)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert answer.headers["content-type"] == "application/problem+json"


# --- the report ------------------------------------------------------------------------------------------------------


async def test_the_report(search, reviewer, operator) -> None:
    asked: dict[str, list[str]] = {}
    for text in ("Mitfahrbank", "Mitfahrbank", "mitfahrbank", "Comby", "Comby digital", NOTHING, NOTHING):
        asked.setdefault(text.lower(), []).append(await ask(search, text))
    await entries(search, 7)
    await open_result(search, asked["comby"][0])
    await until_opened(search, asked["comby"][0])
    for search_id in (*asked["mitfahrbank"][:2], *asked["comby"], asked[NOTHING][0]):
        await age(search, search_id, timedelta(hours=1))
    await age(search, asked["comby digital"][0], timedelta(days=40))

    told = await report(search, reviewer)
    assert (told["searches"], told["zero_hits"], told["abandoned"]) == (6, 2, 2)

    def rows(kind: str) -> list[tuple[str, int, int, int]]:
        return [(each["query"], each["searches"], each["zero"], each["opened"]) for each in told[kind]]

    bank, nothing, comby = ("Mitfahrbank", 3, 0, 0), (NOTHING, 2, 2, 0), ("Comby", 1, 0, 1)
    assert rows("queries") == [bank, nothing, comby]
    assert rows("zero_hit_queries") == [nothing]
    assert rows("abandoned_queries") == [bank]
    assert told["abandoned_queries"][0]["abandoned"] == 2

    days = told["days"]
    assert (len(days), days == sorted(days, key=lambda day: day["day"])) == (30, True)
    assert sum(day["searches"] for day in days) == 6
    assert told["from"][:10] == days[0]["day"]
    assert told["to"][:10] == days[-1]["day"]

    longer = await report(search, operator, days=90)
    assert (longer["searches"], len(longer["days"]), longer["abandoned"]) == (7, 90, 3)
    assert len((await report(search, operator, days=1))["days"]) == 1


async def test_the_report_is_for_the_team(reading, oidc_server) -> None:
    for headers, status, slug in (
        ({}, 401, "not-authenticated"),
        ({"Authorization": f"Bearer {oidc_server.token_for('demo-municipality')}"}, 403, "missing-role"),
        ({"Authorization": f"Bearer {oidc_server.token_for('c', roles=['curator'])}"}, 403, "missing-role"),
    ):
        answer = await reading.http.get("/insights", headers=headers)
        assert (answer.status_code, answer.json()["slug"]) == (status, slug)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("days=0", "invalid-request"),
        ("days=91", "invalid-request"),
        ("days=x", "invalid-request"),
        ("size=3", "unknown-parameter"),
    ],
)
async def test_a_report_that_cannot_be_meant(reading, reviewer, query, slug) -> None:
    answer = await reading.http.get(f"/insights?{query}", headers=reviewer)
    assert (answer.status_code, answer.json()["slug"]) == (422, slug)


# --- suggestions -----------------------------------------------------------------------------------------------------


async def test_what_led_somewhere_more_than_once_is_remembered(search) -> None:
    for text in (
        ("Mitfahrbank digital",) * 3 + ("Mitfahrt einmal",) + (NOTHING,) * 5 + ("Mitfahrbank max@example.org",) * 4
    ):
        await ask(search, text)
    twice = [await ask(search, "Mitfahrbank") for _ in range(2)]
    await open_result(search, twice[0])
    past = search.container.past_queries
    await wait.until(lambda: past.matching("mitf", 10) == [("Mitfahrbank digital", 3), ("Mitfahrbank", 2)])
    assert past.matching("", 10) == past.matching("MITFAHR", 10)
    assert past.matching("mitf", 1) == [("Mitfahrbank digital", 3)]
    assert past.matching("bus", 10) == []


# --- the database away -----------------------------------------------------------------------------------------------


@pytest.fixture
def database(servers_directory: Path) -> Iterator[RunningServer]:
    """A document database for one test, to be killed."""

    def build() -> embedded.ServerSpec:
        (port,) = free_ports(1)
        return embedded.mongo(servers_directory / f"mongo-log-{port}", port=port)

    with running(servers_directory, build) as server:
        yield server


async def test_a_database_that_dies_hurts_no_search(start, settings, database, reviewer) -> None:
    settings.mongodb_url = database.url
    async with start() as search:
        await search.publish(search.solution("comby").published())
        await search.until_total(1)
        await ask(search, "Mitfahrbank vorher")
        await entries(search, 1)

        database.kill()
        during = {await ask(search, f"Mitfahrbank {number}") for number in range(20)}
        opened = await ask(search, "Comby", headers={"Search-Id": str(uuid4())})
        await open_result(search, opened)
        answer = await search.http.get("/insights", headers=reviewer)
        assert (answer.status_code, answer.json()["slug"]) == (503, "temporarily-unavailable")
        assert answer.headers["retry-after"]
        during |= {await ask(search, "Mitfahrbank danach"), opened}
        assert (await search.http.get("/health/ready")).status_code == 200

        database.start()
        await until_opened(search, opened)
        assert {entry["_id"] async for entry in log_of(search).find()} >= during


async def test_the_last_searches_are_written_when_the_service_stops(start, settings) -> None:
    settings.search_log_write_seconds = 3600
    async with start() as search:
        await search.until_total(0)
        search_id = await ask(search, "Mitfahrbank")
    async with start() as search:
        (entry,) = await entries(search, 1)
        assert (entry["_id"], entry["query"]) == (search_id, "Mitfahrbank")
