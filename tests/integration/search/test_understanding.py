"""What people mean is found and the reason told: synonyms, meanings, spelling, filters in words, similar solutions."""

from typing import Any

import pytest

MEANT = "help old people in the village"
"""Says what one of the solutions does in none of its words."""
FIT, SILENT, CONTRADICTS = "fit", "silent", "contradicts"


@pytest.fixture
async def village(search) -> dict[str, str]:
    """Five solutions that can be compared by meaning; their ids by slug."""
    made = {
        "comby": {"bundesland": "DE-BB", "price_model": "free", "licence": "EUPL-1.2"},
        "hilfe": {
            "name": "Dorfhilfe",
            "summary": "Freiwillige erledigen Einkäufe und Besorgungen für Seniorinnen und Senioren.",
            "fields_of_action": ["community_and_volunteering"],
            "target_groups": ["Ältere Menschen"],
        },
        "docline": {
            "name": "Docline",
            "summary": "Videosprechstunde zwischen Hausarztpraxis und Patienten.",
            "fields_of_action": ["health"],
        },
        "termin": {
            "name": "Terminfix",
            "summary": "Terminbuchung im Bürgerbüro.",
            "fields_of_action": ["information_and_communication"],
            "bundesland": "DE-BY",
            "price_model": "subscription",
            "licence": "proprietary",
        },
        "rat": {
            "name": "Ratsinfo",
            "summary": "Sitzungsdienst der Stadt Lörrach.",
            "fields_of_action": ["information_and_communication"],
            "licence": "GPL-3.0-only",
            "price_model": "free",
        },
    }
    solutions = {slug: search.solution(slug) for slug in made}
    await search.publish(*(solutions[slug].published(**listing) for slug, listing in made.items()))
    await search.until_total(len(made))
    await search.until_compared(len(made))
    return {slug: solution.solution_id for slug, solution in solutions.items()}


def reasons(page: dict[str, Any], solution_id: str) -> dict[str, tuple[str | None, ...]]:
    """Return field, text and matched words of a result, by the kind of the reason (the first of each)."""
    (result,) = (each for each in page["results"] if each["id"] == solution_id)
    return {each["kind"]: (each["field"], each["text"], each["matched"]) for each in reversed(result["why"])}


async def test_what_is_meant_is_found_first_and_the_reason_is_told(search, village) -> None:
    for text, slug, kind, told in (
        ("Mitfahrbank", "comby", "word", ("name", "Mitfahrbank", None)),
        ("digitale Mitfahrbank", "comby", "phrase", ("name", "digitale Mitfahrbank", None)),
        ("Mitfahrgelegenheit", "comby", "synonym", (None, "Mitfahrgelegenheit", "Mitfahrbank")),
        ("Meldeamt", "termin", "synonym", (None, "Meldeamt", "Bürgerbüro")),
        ("Onlinesprechstunde", "docline", "synonym", (None, "Onlinesprechstunde", "Videosprechstunde")),
        ("Rufbus", "comby", "related", (None, "Rufbus", "Mobilität")),
        ("Buchungskalender", "termin", "compound", (None, "Buchungskalender", "Buchung")),
        ("Mitfarbank", "comby", "spelling", (None, "Mitfarbank", "Mitfahrbank")),
        ("Lorrach", "rat", "word", ("summary", "Lörrach", None)),
        ("LOERRACH", "rat", "word", ("summary", "Lörrach", None)),
        ("Hilfe beim Einkaufen für Senioren", "hilfe", "filter", ("target_group", "für Senioren", "Ältere Menschen")),
        ("mit dem Doktor über das Internet sprechen", "docline", "meaning", (None, None, None)),
        (MEANT, "hilfe", "meaning", (None, None, None)),
    ):
        page = await search.get(q=text)
        assert page["results"], text
        assert page["results"][0]["id"] == village[slug], text
        assert reasons(page, village[slug]).get(kind) == told, (text, page["results"][0]["why"])


async def test_each_result_has_a_reason_and_each_answer_is_the_same_again(search, village) -> None:
    for text in ("Mitfarbank", "digitale Lösung", "Termin im Rathaus", "kostenlos", "Rufbus für ältere Menschen"):
        for mode in ("hybrid", "lexical"):
            answers = [await search.http.get("/solutions", params={"q": text, "mode": mode}) for _ in range(4)]
            assert len({answer.headers["etag"] for answer in answers}) == 1, (text, mode)
            if mode == "hybrid":
                assert all(result["why"] for result in answers[0].json()["results"]), text


async def test_what_is_found_by_meaning_alone_is_not_found_by_words_alone(search, village) -> None:
    assert village["hilfe"] in {result["id"] for result in (await search.get(q=MEANT))["results"]}
    lexical = await search.get(q=MEANT, mode="lexical")
    assert lexical["mode"] == "lexical"
    assert village["hilfe"] not in {result["id"] for result in lexical["results"]}
    for sort in ("newest", "rating", "checkup", "municipalities", "name"):
        page = await search.get(q=MEANT, sort=sort)
        assert village["hilfe"] in {result["id"] for result in page["results"]}, sort


async def test_a_misspelt_word_is_corrected_unless_it_is_taken_literally(search, village) -> None:
    page = await search.get(q='Mitfarbank & "Ratsimfo" <b>')
    assert page["corrected"] == {
        "text": 'Mitfahrbank & "Ratsinfo" <b>',
        "html": "<mark>Mitfahrbank</mark> &amp; &quot;<mark>Ratsinfo</mark>&quot; &lt;b&gt;",
    }
    literal = await search.get(q="Mitfarbank", spelling="literal")
    assert literal["corrected"] is None
    assert literal["results"][0]["id"] == village["comby"], "it is similar all the same"
    for text in ("Mitfahrbank", "Mitfahrbänken", "Lorrach", "Rathaus", "xyzzy", "", "!!!"):
        assert (await search.get(q=text))["corrected"] is None, text


async def test_filters_in_words_come_first_leave_out_what_contradicts_and_let_follow_what_is_silent(search) -> None:
    made = {
        "licence_group:open_source": ("Open Source", {"licence": "MIT"}, {"licence": None}, {"licence": "proprietary"}),
        "price_model:free": ("kostenlos", {"price_model": "free"}, {}, {"price_model": "on_request"}),
        "bundesland:DE-BY": ("in Bayern", {"bundesland": "DE-BY"}, {}, {"bundesland": "DE-SN"}),
        "hosting_location:germany": (
            "Server in Deutschland",
            {"hosting_location": "germany"},
            {},
            {"hosting_location": "other"},
        ),
        "accessibility_level:accessible": (
            "barrierefrei",
            {"accessibility_level": "wcag_aa"},
            {},
            {"accessibility_level": "none"},
        ),
    }
    number = 0
    for said, *stated in made.values():
        for standing, listing in zip((FIT, SILENT, CONTRADICTS), stated, strict=True):
            number += 1
            name = f"Parkplatz {said.replace(' ', '')[:4]}"
            await search.publish(search.solution(f"{standing}-{number}").published(name=name, summary="P", **listing))
    await search.until_total(number)
    for intent, (said, *_) in made.items():
        page = await search.get(q=f"Parkplatz {said}", mode="lexical", size=50)
        (recognised,) = page["recognised"]
        assert (recognised["id"], recognised["text"], recognised["relaxed"]) == (intent, said, True)
        order = [result["slug"].split("-")[0] for result in page["results"]]
        assert order[0] == FIT, intent
        assert order.count(CONTRADICTS) == len(made) - 1, "those that contradict another filter are silent on this"
        assert order.count(SILENT) == len(made), intent
        plain = await search.get(q=f"Parkplatz {said}", mode="lexical", as_words=intent, size=50)
        assert plain["recognised"] == []
        assert plain["total"] == page["total"] + 1, intent


async def test_filters_in_words_with_everything_around_them(search, village) -> None:
    page = await search.get(q="Mitfahrbank in Brandenburg, kostenlos")
    by_id = {each["id"]: each for each in page["recognised"]}
    assert by_id["bundesland:DE-BB"] == {
        "id": "bundesland:DE-BB",
        "text": "in Brandenburg",
        "label": "Brandenburg",
        "facet": "bundesland",
        "value": "DE-BB",
        "relaxed": page["total"] > 1,
    }
    assert {*by_id} == {"bundesland:DE-BB", "price_model:free"}
    found = {result["id"] for result in page["results"]}
    assert village["comby"] in found
    assert village["termin"] not in found, "it states another state and another price"
    assert reasons(page, village["comby"])["filter"][0] in ("bundesland", "price_model")

    back = await search.get(q="Mitfahrbank in Brandenburg, kostenlos", as_words=[*by_id])
    assert back["recognised"] == []

    chosen = await search.get(q="Mitfahrbank in Brandenburg", bundesland="DE-BY")
    assert chosen["recognised"] == [], "what is chosen holds"

    either = await search.get(q="Lösungen in Bayern oder Brandenburg", mode="lexical")
    assert {village["comby"], village["termin"]} <= {result["id"] for result in either["results"]}
    assert [each["value"] for each in either["recognised"]] == ["DE-BY", "DE-BB"]


async def test_a_query_of_filters_alone_finds_all_that_fit(search, village) -> None:
    page = await search.get(q="kostenlos")
    assert {village["comby"], village["rat"]} == {result["id"] for result in page["results"][:2]}
    assert village["termin"] not in {result["id"] for result in page["results"]}
    (recognised,) = page["recognised"]
    assert recognised["relaxed"] is (page["total"] > 2)
    everything = await search.get(q="DSGVO-konforme Lösungen")
    assert [each["id"] for each in everything["recognised"]] == ["data_protection"]
    assert everything["recognised"][0]["facet"] is None


async def test_facets_alone_agree_with_the_search(search, village) -> None:
    for asked in (
        {"q": "Mitfarbank"},
        {"q": "Mitfarbank", "spelling": "literal"},
        {"q": MEANT},
        {"q": MEANT, "mode": "lexical"},
        {"q": "kostenlose Mitfahrbank in Bayern"},
        {"q": "kostenlose Mitfahrbank in Bayern", "as_words": ["bundesland:DE-BY"]},
        {"q": "kostenlos", "bundesland": ["DE-BB", "DE-BY"]},
        {"q": "!!!"},
        {},
    ):
        page = await search.get(**asked)
        counted = (await search.http.get("/facets", params=asked)).json()
        for name in ("total", "facets", "recognised", "corrected"):
            assert counted[name] == page[name], (asked, name)


async def test_similar_solutions(search, village) -> None:
    answer = await search.http.get(f"/similar/{village['termin']}", params={"size": 3})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert len(results) == 3
    assert village["termin"] not in {result["id"] for result in results}
    similarities = [result["similarity"] for result in results]
    assert similarities == sorted(similarities, reverse=True)
    assert similarities[0] == 1
    assert all(0 <= each <= 1 for each in similarities)
    rat = (await search.http.get(f"/similar/{village['termin']}?size=20")).json()["results"]
    (shared,) = (result["shared"] for result in rat if result["id"] == village["rat"])
    assert shared == ["field_of_action:information_and_communication", "provider:Musterlösungen GmbH"]
    again = await search.http.get(
        f"/similar/{village['termin']}", params={"size": 3}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_similar_to_what_is_not_there_or_not_any_more(search) -> None:
    first, second = search.solution("first"), search.solution("second")
    await search.publish(first.published(), second.published())
    await search.until_total(2)
    await search.until_compared(2)
    (found,) = (await search.http.get(f"/similar/{first.solution_id}")).json()["results"]
    assert found["id"] == second.solution_id, "two of the same kind are similar"

    await search.publish(first.delisted())
    await search.until_total(1)
    for missing in (first.solution_id, "unknown", "x" * 100):
        answer = await search.http.get(f"/similar/{missing}")
        assert (answer.status_code, answer.json()["slug"]) == (404, "solution-not-found"), missing
    assert (await search.http.get(f"/similar/{second.solution_id}")).json() == {"results": []}
