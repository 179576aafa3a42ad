"""Pages of a search by relevance follow each other while everything else changes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from search.adapters.opensearch import query, results
from servicekit.testing import wait

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TOPICS = ("Fahrdienst", "Bürgerbus", "Mitfahrbank", "Ruftaxi", "Carsharing", "Radweg", "Fahrplan")
PRICES = ("free", "unknown", "on_request")
NUMBER = 26


async def publish(search, number: int, **listing: object) -> None:
    for at in range(number):
        topic = TOPICS[at % len(TOPICS)]
        event = search.solution(f"s-{at}").published(
            name=f"{topic} {at % 9}", summary=f"Rufbus und {topic} im Landkreis.", price_model=PRICES[at % 3], **listing
        )
        await search.publish(event)
    await search.until_total(number)


async def all_compared(search) -> None:
    """Wait until each solution has others that are similar."""

    async def compared() -> bool:
        for at in range(NUMBER):
            answer = await search.http.get(f"/similar/{search.solution(f's-{at}').solution_id}?size=1")
            assert answer.json()["results"]
        return True

    await wait.until(compared, timeout=60)


async def pages(search, *, meanwhile: Callable[[int], object] | None = None, **asked: object) -> list[list[str]]:
    """Return the ids of each page to the end; something may happen after each."""
    found: list[list[str]] = []
    page = await search.get(**asked)
    while True:
        found.append([result["id"] for result in page["results"]])
        if page["next_cursor"] is None:
            return found
        if meanwhile is not None:
            await meanwhile(len(found))
        page = await search.get(**asked, cursor=page["next_cursor"])
        assert len(found) < 100, "the pages never end"


TEXTS = ("Rufbus", "kostenlos", "Rufbus Fahrplan Landkreis", "ride on demand in the village")


@pytest.mark.parametrize("crowded", [False, True], ids=["few", "many"])
async def test_all_pages_show_everything_once_beyond_what_is_fused(search, monkeypatch, crowded) -> None:
    monkeypatch.setattr(query, "WINDOW", 7)
    if crowded:
        monkeypatch.setattr(query, "CANDIDATES", 7)
        monkeypatch.setattr(results, "ALL_AT_ONCE", 0)
    await publish(search, NUMBER)
    await all_compared(search)
    for text in TEXTS:
        total = (await search.get(q=text))["total"]
        assert total > 0, text
        for size in (4, 7, 20):
            shown = await pages(search, q=text, size=size)
            seen = [each for page in shown for each in page]
            assert len(seen) == len({*seen}) == total, (text, size)
            assert all(len(page) == size for page in shown[:-1]), (text, size)


async def test_an_index_with_many_listings_is_asked_otherwise_and_answers_the_same(search, monkeypatch) -> None:
    await publish(search, NUMBER)
    await all_compared(search)
    asked = [{"q": text, "size": 50, **chosen} for text in TEXTS for chosen in ({}, {"price_model": ["free"]})]
    few = [await search.get(**each) for each in asked]
    monkeypatch.setattr(results, "ALL_AT_ONCE", 0)
    for each, before in zip(asked, few, strict=True):
        many = await search.get(**each)
        assert [result["id"] for result in many["results"]] == [result["id"] for result in before["results"]], each
        assert before["results"], each
        assert (many["total"], many["facets"], many["recognised"]) == (
            before["total"],
            before["facets"],
            before["recognised"],
        )


async def test_nothing_comes_twice_or_is_left_out_while_solutions_come_change_and_go(search) -> None:
    await publish(search, NUMBER)
    lost = search.solution("s-25").solution_id
    stays = {search.solution(f"s-{at}").solution_id for at in range(NUMBER)} - {lost}
    total = NUMBER

    async def change(turn: int) -> None:
        nonlocal total
        new, changed = search.solution(f"new-{turn}"), search.solution(f"s-{3 * turn % 20}")
        await search.publish(
            new.published(name=f"Rufbus Rufbus {turn}", summary="Rufbus.", at=LONG_AGO),
            changed.published(2, name=f"Ganz anderer Name {turn}", summary="Rufbus, kaum erwähnt, sonst Radweg. " * 5),
            changed.rated(turn, average=3.0),
        )
        total += 1
        if turn == 2:
            await search.publish(search.solution("s-25").delisted())
            total -= 1
        await search.until_total(total)

    shown = await pages(search, q="Rufbus", size=5, meanwhile=change)
    seen = [each for page in shown for each in page]
    assert len(seen) == len({*seen})
    assert stays <= {*seen}


async def test_a_page_past_the_end_is_empty_or_what_is_left(search) -> None:
    await publish(search, 3)
    cursor = (await search.get(q="Rufbus", size=2))["next_cursor"]
    await search.publish(*(search.solution(f"s-{at}").delisted() for at in range(3)))
    await search.until_total(0)
    page = await search.get(q="Rufbus", size=2, cursor=cursor)
    assert (page["total"], page["results"], page["next_cursor"]) == (0, [], None)
