"""What people type and what they get: facets, filters, order, paging, highlights, German."""

import asyncio
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from pathlib import Path

import httpx
import pytest
from servicekit.testing import wait

RELEVANCE = Path(__file__).parents[3] / "bench" / "relevance"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_the_demo_listings_are_found_by_what_people_type(search) -> None:
    await search.publish_demo()
    for text, expected in {
        "Mitfahrbank": "comby",
        "Mitfahrbänke": "comby",
        "mitfahrbank": "comby",
        "Mitfarbank": "comby",
        "Lorrach seelische Gesundheit": "landwohl",
        "Loerrach seelische Gesundheit": "landwohl",
        "Dorf Funk": "dorffunk",
        "Heckenpflege": "smart-green-5-0",
        "Vereinssoftware": "digital-fit",
        "Software für Vereine": "digital-fit",
        "Buergerbeteilligung": "lipps",
        "comby AND NOT *:*": "comby",
        "name:(comby)^9~": "comby",
        "comby 🚗": "comby",
    }.items():
        assert expected in (await search.slugs(q=text))[:3], text


@pytest.mark.timeout(300)  # the vectors of all demo listings are computed
async def test_what_people_look_for_comes_first_and_nonsense_finds_nothing(search) -> None:
    """The script and the judgements are those of `bench/relevance`."""
    number = await search.publish_demo()
    await wait.until(lambda: len(search.container.meaning) == number, timeout=240, message="all vectors")
    measure = SourceFileLoader("eval_relevance", str(RELEVANCE / "eval_relevance.py")).load_module()
    for judged, least in (("relevance_dev.json", 0.90), ("relevance_own.json", 0.85)):
        queries = measure.load_queries(RELEVANCE / judged)
        found = {query["query"]: await search.slugs(q=query["query"], size=10) for query in queries}
        _, summary = measure.evaluate(lambda text, size, found=found: found[text][:size], queries)
        assert summary["all"]["zero"] == 0
        assert summary["all"]["ndcg"] >= least, judged
        assert min(summary["typo"]["ndcg"], summary["umlaut"]["ndcg"]) >= 0.9, judged
    for text in ("xqzvwk", "asdfghjkl", "Gnarfelwutzigkeit", "fjdkslö"):
        assert (await search.get(q=text))["total"] == 0, text


async def test_without_a_text_everything_is_listed_newest_first(search) -> None:
    number = await search.publish_demo()
    page = await search.get(q="", size=50)
    assert page["total"] == number
    published = [result["published_at"] for result in page["results"]]
    assert published == sorted(published, reverse=True)
    assert (await search.get(q="   "))["total"] == number


async def test_a_facet_does_not_hide_its_own_values(search) -> None:
    await search.publish_demo()

    def counts(page, name):
        return {entry["value"]: entry["count"] for entry in page["facets"][name]}

    everything = await search.get()
    chosen = await search.get(kind="software")
    assert chosen["total"] == counts(everything, "kind")["software"]
    assert counts(chosen, "kind") == counts(everything, "kind"), "the siblings stay as they were"
    assert sum(counts(chosen, "offer_form").values()) == chosen["total"], "other facets count within the choice"

    both = await search.get(kind=["software", "consulting"])
    assert both["total"] == everything["total"], "values of one facet are alternatives"

    narrowed = await search.get(kind="software", bundesland=["DE-BB", "DE-NI"], field_of_action="health")
    for result in narrowed["results"]:
        assert result["kind"] == "software"
        assert result["bundesland"] in ("DE-BB", "DE-NI")
        assert "health" in result["fields_of_action"]
    selected = {entry["value"] for entry in narrowed["facets"]["bundesland"] if entry["selected"]}
    assert selected == {"DE-BB", "DE-NI"}


async def test_every_facet_value_counts_what_choosing_it_finds(search) -> None:
    await search.publish_demo()
    asked = {"q": "Gesundheit", "kind": "software", "mode": "lexical"}  # vectors are being computed meanwhile
    page = await search.get(**asked)
    for name, entries in page["facets"].items():
        if name == "kind":
            continue
        for entry in entries[:3]:
            found = await search.get(**asked, **{name: entry["value"]})
            assert found["total"] == entry["count"], (name, entry)


async def test_pages_follow_each_other_without_gaps_or_repeats(search) -> None:
    number = await search.publish_demo()
    for sort in ("relevance", "newest", "rating", "checkup", "municipalities", "name"):
        parameters = {"q": "digital", "sort": sort, "size": 20}
        page = await search.get(**parameters)
        expected = page["total"]
        seen: list[str] = []
        while True:
            seen += [result["id"] for result in page["results"]]
            if page["next_cursor"] is None:
                break
            if sort != "relevance":  # one more document shifts the word statistics, and with them near-equal scores
                number += 1
                await search.publish(search.solution(f"zzz-{number}").published(name="Zzz digital", at=LONG_AGO))
                await search.until_total(number)
            page = await search.get(**parameters, cursor=page["next_cursor"])
        assert len(seen) == len(set(seen)), sort
        assert len(seen) >= expected, f"{sort}: what is found by meaning may join meanwhile"


async def test_orders(search) -> None:
    first, second, third = (search.solution(slug) for slug in ("first", "second", "third"))
    await search.publish(first.published(1, name="Ärztesuche"), first.rated(1, average=3.7))
    await search.publish(second.published(2, name="Busplan"), second.rated(9, average=4.3))
    await search.publish(third.published(3, name="Abfall"), third.rated(2, average=4.3))

    async def complete() -> bool:
        assert await search.slugs(sort="rating") == ["second", "third", "first"]
        return True

    await wait.until(complete)
    one_by_one, cursor = [], {}
    while True:
        page = await search.get(sort="rating", size=1, **cursor)
        one_by_one += [result["name"] for result in page["results"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert one_by_one == ["Busplan", "Abfall", "Ärztesuche"]
    assert await search.slugs(sort="newest") == ["third", "second", "first"]
    assert await search.slugs(sort="name") == ["third", "first", "second"]


async def test_highlights_of_hostile_text_are_harmless(search) -> None:
    solution = search.solution("hostile")
    await search.publish(
        solution.published(
            name='<script>alert("x")</script> Busplan',
            summary="Der Busplan & <img src=x onerror=alert(1)> \ue000<mark>\ue001 </mark>",
            description="**Busplan** <b onclick='x'>fett</b> [Verweis](javascript:alert(1))",
        )
    )
    await search.until_total(1)
    (result,) = (await search.get(q="Busplan"))["results"]
    fragments = [fragment for fragments in result["highlights"].values() for fragment in fragments]
    assert any("<mark>Busplan</mark>" in fragment for fragment in fragments)
    for fragment in fragments:
        rest = fragment.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in rest
        assert ">" not in rest
        assert "javascript" not in rest
    assert result["highlights"]["name"] == ["&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; <mark>Busplan</mark>"]


async def test_an_unchanged_answer_is_not_sent_again(search) -> None:
    await search.publish(search.solution("comby").published())
    await search.until_total(1)
    answer = await search.http.get("/solutions")
    again = await search.http.get("/solutions", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_documentation_lists_every_parameter(search) -> None:
    document = (await search.http.get("/openapi.json")).json()
    operation = document["paths"]["/solutions"]["get"]
    assert [each["name"] for each in operation["parameters"] if each["in"] == "header"] == ["Search-Id"]
    names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
    assert names == [
        *("q", "size", "cursor", "sort", "mode", "spelling", "as_words"),
        *("field_of_action", "kind", "offer_form", "bundesland", "licence_group"),
        *("operating_model", "price_model", "provider", "hosting_location", "accessibility_level"),
        *("development_status", "platform", "login", "target_group"),
        *("checkup_score", "validity", "checkup_grade", "award", "rating", "used_by_size"),
    ]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/SearchPage"}
    counting = [parameter["name"] for parameter in document["paths"]["/facets"]["get"]["parameters"]]
    assert counting == [*(name for name in names if name not in ("size", "cursor", "sort")), "facet"]


async def test_many_searches_at_once_are_all_answered(search) -> None:
    await search.publish_demo()
    answers = await asyncio.gather(*(search.http.get("/solutions", params={"q": f"Bus {n}"}) for n in range(50)))
    assert {answer.status_code for answer in answers} == {httpx.codes.OK}
