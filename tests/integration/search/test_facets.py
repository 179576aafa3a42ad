"""Facets counted against a plain recount in Python, orders with ties and gaps, and the facets alone."""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from contracts.vocabulary import SizeClass
from search.adapters.opensearch import counting
from search.domain.facets import FACETS
from servicekit.testing import wait

NUMBER = 36
SCORES = (None, 95.0, 61.5, 61.5, 40.0, 12.0, 0.0)
RATINGS = (None, 4.5, 4.0, 3.2, 2.0, 1.4)
USERS = ((), (SizeClass.UNDER_5K,), (SizeClass.UNDER_5K, SizeClass.UNDER_100K, SizeClass.UNDER_100K))
AUDIENCES = (["Kreisverwaltung"], ["Vereine", "Bürgerinnen und Bürger"], [], ["Seniorinnen und Senioren"])
GROUPS = ({"administration", "counties"}, {"volunteers", "citizens"}, set(), {"older_people"})
ORDERS = {
    "newest": lambda each: -each["age"],
    "rating": lambda each: -(each["rating_average"] or 0),
    "checkup": lambda each: -(each["score"] if each["score"] is not None else -1),
    "municipalities": lambda each: -each["users"],
    "name": lambda each: each["name"],
}


def solutions() -> Iterator[dict[str, Any]]:
    """Made-up solutions with what each facet should say of them, put together without the service."""
    turns = zip(cycle(SCORES), cycle(RATINGS), cycle(USERS), cycle(range(4)), range(NUMBER), strict=False)
    for score, rating, users, audience, number in turns:
        bands = [f"{least}_and_more" for least in (80, 60, 40) if score is not None and score >= least]
        stars = [f"{least}_and_more" for least in (4, 3, 2) if rating is not None and rating >= least]
        yield {
            "number": number,
            "name": f"Lösung {number % 5}",
            "age": number % 4,
            "score": score,
            "rating_average": rating,
            "users": len(users),
            "sizes": users,
            "target_groups": AUDIENCES[audience],
            "target_group": GROUPS[audience],
            "checkup_score": set(bands) or {"none" if score is None else "below_40"},
            "award": {"usability", "community", "documentation", "architecture", "code_quality"}
            if score == 95
            else set(),
            "rating": {"unrated"} if rating is None else set(stars),
            "used_by_size": {str(size) for size in users},
            "kind": {"software" if number % 3 else "consulting"},
            "provider": {f"Anbieter {number % 7}"},
            "bundesland": {"DE-BY"} if number % 2 else set(),
        }


async def publish(search) -> list[dict[str, Any]]:
    """Publish them all; return them with their ids once everything is projected."""
    made = list(solutions())
    for each in made:
        events = search.solution(f"solution-{each['number']}")
        each["id"] = events.solution_id
        await search.publish(
            events.published(
                each["age"],
                name=each["name"],
                provider=next(iter(each["provider"])),
                kind=next(iter(each["kind"])),
                bundesland=next(iter(each["bundesland"]), None),
                target_groups=each["target_groups"],
            )
        )
        if each["score"] is not None:
            await search.publish(events.scored(score=each["score"]))
        if each["rating_average"] is not None:
            await search.publish(events.rated(average=each["rating_average"]))
        if each["sizes"]:
            await search.publish(events.deployed(len(each["sizes"]), sizes=each["sizes"]))

    async def complete() -> bool:
        known = {
            result["id"]: (result["checkup_score"], result["rating"]["average"], result["municipalities"])
            for result in (await search.get(size=50))["results"]
        }
        return known == {each["id"]: (each["score"], each["rating_average"], each["users"]) for each in made}

    await wait.until(complete, timeout=60, message="all events are projected")
    return made


def recount(made: list[dict[str, Any]], chosen: dict[str, list[str]], facet: str) -> Counter[str]:
    """Count a facet's values over the solutions that meet the choices in all other facets."""
    left = [each for each in made if all(each[name] & set(values) for name, values in chosen.items() if name != facet)]
    return Counter(value for each in left for value in each[facet])


async def test_each_facet_counts_under_the_choices_of_all_others(search) -> None:
    made = await publish(search)
    choices: list[dict[str, list[str]]] = [
        {},
        {"target_group": ["counties", "older_people"]},
        {"checkup_score": ["60_and_more"], "rating": ["2_and_more"]},
        {"award": ["documentation"], "provider": ["Anbieter 1"]},
        {"used_by_size": ["20k_to_100k"], "checkup_score": ["none", "below_40"], "kind": ["software"]},
        {"rating": ["unrated"], "bundesland": ["DE-BY"]},
        {"kind": ["consulting"], "target_group": ["tourists"]},
    ]
    recounted = ("target_group", "checkup_score", "award", "rating", "used_by_size", "kind", "provider", "bundesland")
    for chosen in choices:
        page = await search.get(size=50, **chosen)
        expected = {each["id"] for each in made if all(each[name] & set(values) for name, values in chosen.items())}
        assert {result["id"] for result in page["results"]} == expected, chosen
        assert page["total"] == len(expected)
        assert set(page["facets"]) == {facet.name for facet in FACETS}
        for facet in recounted:
            counted = {entry["value"]: entry["count"] for entry in page["facets"][facet] if entry["count"]}
            assert counted == recount(made, chosen, facet), (chosen, facet)
            selected = [entry["value"] for entry in page["facets"][facet] if entry["selected"]]
            assert set(selected) == set(chosen.get(facet, ())), (chosen, facet)
    page = await search.get()
    assert [entry["label"] for entry in page["facets"]["rating"]] == [
        *("ab 4 Sternen", "ab 3 Sternen", "ab 2 Sternen", "noch keine Note")
    ]
    assert [entry["value"] for entry in page["facets"]["used_by_size"]] == ["under_5k", "20k_to_100k"]


@pytest.mark.parametrize("size", [5, 50])
async def test_orders_put_ties_by_id_and_the_missing_last(search, size) -> None:
    made = await publish(search)
    cursors = {}
    for sort, key in ORDERS.items():
        expected = [each["id"] for each in sorted(made, key=lambda each: (key(each), each["id"]))]
        page = await search.get(sort=sort, size=size)
        cursors[sort] = page["next_cursor"]
        seen = [result["id"] for result in page["results"]]
        while page["next_cursor"] is not None:
            page = await search.get(sort=sort, size=size, cursor=page["next_cursor"])
            seen += [result["id"] for result in page["results"]]
        assert seen == expected, sort
    if size < NUMBER:
        for sort in ORDERS:
            other = next(name for name in ORDERS if name != sort)
            refused = await search.get(sort=other, cursor=cursors[sort], expect=400)
            assert refused["slug"] == "bad-cursor"


async def test_chosen_providers_are_counted_although_many_others_are_more_frequent(search, monkeypatch) -> None:
    monkeypatch.setattr(counting, "MOST_BUCKETS", 2)
    made = await publish(search)
    chosen = {"provider": ["Anbieter 6", "Anbieter 5", "Niemand"], "kind": ["software"]}
    entries = (await search.get(**chosen))["facets"]["provider"]
    expected = recount(made, chosen, "provider")
    selected = {entry["value"]: entry["count"] for entry in entries if entry["selected"]}
    assert selected == {"Anbieter 6": expected["Anbieter 6"], "Anbieter 5": expected["Anbieter 5"], "Niemand": 0}
    assert len(entries) <= 2 + 3


async def test_the_facets_alone_are_those_of_the_search(search) -> None:
    await publish(search)
    chosen = {"kind": "software", "rating": ["3_and_more", "unrated"], "provider": "Anbieter 2"}
    page = await search.get(**chosen)
    answer = await search.http.get("/facets", params=chosen)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("total", "facets")} == {
        name: page[name] for name in ("total", "facets")
    }
    again = await search.http.get("/facets", params=chosen, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    some = (await search.http.get("/facets", params={**chosen, "facet": ["provider", "award"]})).json()
    assert some["total"] == page["total"]
    assert some["facets"] == {name: page["facets"][name] for name in ("provider", "award")}


@pytest.mark.parametrize(
    ("query", "slug", "detail"),
    [
        ("facet=farbe", "invalid-parameter", "facet must be one of field_of_action, kind, "),
        ("size=5", "unknown-parameter", "there is no parameter 'size'; known: q, "),
        ("sort=name", "unknown-parameter", "there is no parameter 'sort'; known: q, "),
        ("cursor=e30", "unknown-parameter", "there is no parameter 'cursor'; known: q, "),
        ("kind=hardware", "unknown-facet-value", "kind has no value 'hardware'; known: software, consulting"),
        ("award=beauty", "unknown-facet-value", "award has no value 'beauty'; known: usability, "),
    ],
)
async def test_what_cannot_be_counted(reading, query, slug, detail) -> None:
    answer = await reading.http.get(f"/facets?{query}")
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["slug"]) == (422, slug)
    assert body["detail"].startswith(detail)


async def test_counting_while_the_engine_is_away(search, engine) -> None:
    engine.stop()
    answer = await search.http.get("/facets")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["slug"] == "search-unavailable"


@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
async def test_the_facets_of_words_are_those_of_the_search_too(search, mode) -> None:
    await search.publish_demo()
    for text in ("Bürgerbeteiligung", "Mitfarbank", "kostenlos in Brandenburg", "und der", "qwrtzpsdf"):
        asked = {"q": text, "mode": mode, "kind": "software"}
        page, alone = await search.get(**asked), (await search.http.get("/facets", params=asked)).json()
        assert alone == {name: page[name] for name in ("total", "facets", "recognised", "corrected")}, text
