"""Events of the other services become searchable, in whatever order and however often they come."""

import asyncio
import time

import pytest
from contracts.catalog import SolutionPublished
from contracts.subjects import wildcard
from search.wiring import DURABLE
from servicekit.testing import wait
from servicekit.testing.opensearch import SharedEngine


async def test_a_published_solution_is_found_and_shown_with_its_facts(search) -> None:
    solution = search.solution("comby")
    await search.publish(
        solution.published(licence="EUPL-1.2", bundesland="DE-BB", region="Elbe-Elster"),
        solution.reviewed(),
        solution.scored(score=90, grade="proven"),
        solution.rated(3),
    )

    async def complete() -> bool:
        results = (await search.get(q="Mitfahrbank"))["results"]
        return bool(results) and results[0]["rating"]["count"] == 3 and results[0]["checkup"] != {}

    await wait.until(complete)
    (result,) = (await search.get(q="Mitfahrbank"))["results"]
    score, highlights, why = result.pop("score"), result.pop("highlights"), result.pop("why")
    assert result == {
        "id": solution.solution_id,
        "slug": solution.slug,
        "name": "Comby – die digitale Mitfahrbank",
        "summary": "Verknüpft Mitfahrbänke digital.",
        "provider": "Musterlösungen GmbH",
        "kind": "software",
        "offer_form": "other",
        "fields_of_action": ["mobility_and_environment"],
        "bundesland": "DE-BB",
        "region": "Elbe-Elster",
        "licence": "EUPL-1.2",
        "rating": {"average": 4.0, "count": 3},
        "checkup": dict.fromkeys(("usability", "community", "documentation", "architecture", "code_quality"), 90.0),
        "checkup_score": 90.0,
        "checkup_grade": "proven",
        "awards": ["usability", "community", "documentation", "architecture", "code_quality"],
        "lapsed": [],
        "municipalities": 0,
        "image": None,
        "published_at": "2026-03-02T12:00:00Z",
    }
    assert score > 0
    assert why[0] == {"kind": "word", "field": "name", "text": "Mitfahrbank", "matched": None}
    assert highlights["name"] == ["Comby – die digitale <mark>Mitfahrbank</mark>"]


async def test_a_delisted_solution_is_no_longer_found_and_comes_back_when_published_again(search) -> None:
    solution = search.solution("comby")
    await search.publish(solution.published())
    await search.until_total(1)
    await search.publish(solution.delisted())
    await search.until_total(0)
    await search.publish(solution.published(2))
    await search.until_total(1)


async def test_a_rejected_newer_version_does_not_hide_the_live_one(search) -> None:
    solution = search.solution("comby")
    await search.publish(solution.published(), solution.reviewed(2, approved=False), solution.rated(7))

    async def rated() -> bool:
        results = (await search.get())["results"]
        return bool(results) and results[0]["rating"]["count"] == 7

    await wait.until(rated)


async def test_a_burst_of_events_is_projected_completely(search) -> None:
    solutions = [search.solution(f"solution-{number}") for number in range(150)]
    await asyncio.gather(
        *(search.publish(each.rated(2), each.published(name=f"Name {each.slug}")) for each in solutions)
    )
    await search.until_total(150)

    async def all_rated() -> bool:
        ratings = [result["rating"]["count"] for result in (await search.get(sort="rating", size=50))["results"]]
        return ratings == [2] * 50

    await wait.until(all_rated)


async def test_an_event_that_cannot_be_read_goes_to_the_dead_letters_and_the_next_is_projected(search) -> None:
    solution = search.solution("comby")
    subject = wildcard(SolutionPublished).replace("*", solution.solution_id)
    broken = solution.published().to_bytes().replace(b'"fields_of_action"', b'"felder"')
    await search.js.publish(subject, broken)
    await search.publish(solution.published())
    await search.until_total(1)

    letters = await search.js.pull_subscribe(f"dlq.search.{DURABLE}", stream="DLQ")
    (letter,) = await letters.fetch(1, timeout=5)
    assert letter.data == broken
    assert letter.headers["Dlq-Reason"] == (
        "MalformedEvent: digital.marktplatz.catalog.solution_published.v1 does not fit its schema: "
        "data.listing.fields_of_action: Field required"
    )


@pytest.mark.parametrize("processes", [2])
async def test_several_workers_share_the_work(search, start, processes) -> None:
    solutions = [search.solution(f"solution-{number}") for number in range(40)]
    async with start("worker"):
        for each in solutions:
            await search.publish(each.published(), each.rated(1), each.scored(), each.reviewed(), each.rated(2))
        await search.until_total(40)

        async def complete() -> bool:
            results = (await search.get(size=50))["results"]
            return all(result["rating"]["count"] == 2 and result["checkup"] for result in results)

        await wait.until(complete)


async def test_an_idle_service_makes_an_event_findable_in_an_instant(search, engine) -> None:
    await search.publish(search.solution("warm-up").published())
    await search.until_total(1)
    waits = []
    for number in range(2, 12):
        event = search.solution(f"solution-{number}").published()
        started = time.perf_counter()
        await search.publish(event)
        await search.until_total(number)
        waits.append(time.perf_counter() - started)
    until_refreshed = 0.3 if isinstance(engine, SharedEngine) else 0.0
    assert sorted(waits)[len(waits) // 2] < 0.25 + until_refreshed, waits
