"""Requirement profiles and comparisons by requirements, without script."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from web.forms import requirement as requirements_in

from . import answers
from .conftest import Site, text_of
from .fakes import problem

API = "/api/catalog/requirement-profiles"
ONE = f"{API}/profile-1"
TOWN = answers.membership(answers.TOWN, "municipality", name="Stadt Beispielstadt")
JUDGE = "POST /api/catalog/comparison/judgement"
HOSTED = {
    "question": "hosting_location",
    "label": "Ort des Hostings",
    "need": "must",
    "weight": 1,
    "any_of": ["germany"],
}


def profile(**given: Any) -> dict[str, Any]:
    wanted = {**HOSTED, "wanted": "Deutschland"}
    other = {"question": "licence", "label": "Lizenz", "need": "should", "weight": 3, "wanted": "eine Angabe"}
    return {
        "id": "profile-1",
        "version": 2,
        "organisation_name": "Stadt Beispielstadt",
        "name": "Räume <b>",
        "requirements": [wanted, other],
        "may_edit": True,
        **given,
    }


def compared(*slugs: str) -> dict[str, Any]:
    return {"solutions": [{"id": f"id-{slug}", "slug": slug, "name": slug.title()} for slug in slugs], "rows": []}


@pytest.fixture(autouse=True)
async def logged_in(site: Site) -> None:
    await site.log_in(memberships=[TOWN])
    site.gateway.on(f"GET {ONE}", profile())
    site.gateway.on(f"GET {API}", {"items": [profile()]})


async def test_a_comparison_tells_in_words_who_meets_what(site: Site) -> None:
    site.gateway.on("GET /api/catalog/comparison", compared("a", "b"))
    judged = [
        {"id": "id-a", "fulfilment": ["met"], "musts": 1, "musts_met": 1, "score": None, "knocked_out": False},
        {"id": "id-b", "fulfilment": ["not_met"], "musts": 1, "musts_met": 0, "score": 40, "knocked_out": True},
    ]
    site.gateway.on(JUDGE, {"requirements": [{**HOSTED, "wanted": "Deutschland"}], "solutions": judged})
    page = await site.get("/vergleich?loesung=a&loesung=b&anf=must:1:hosting_location%3Dgermany&anf=junk&anf=must:9:x")
    text = text_of(page.text)
    for expected in ("Muss : Ort des Hostings – Deutschland", "Erfüllt", "Nicht erfüllt", "Scheidet aus", "40 %"):
        assert expected in text, expected
    assert site.gateway.body(JUDGE) == {
        "solutions": ["a", "b"],
        "requirements": [
            {
                "question": "hosting_location",
                "need": "must",
                "weight": 1,
                "any_of": ["germany"],
                "at_least": None,
                "at_most": None,
                "contains": None,
            }
        ],
        "profile": None,
    }
    assert "/anforderungen/neu?anf=must%3A1%3Ahosting_location%3Dgermany" in page.text
    assert "/markterkundungen/neu?loesung=a&amp;loesung=b&amp;anf=must%3A1%3Ahosting_location%3Dgermany" in page.text


async def test_a_chosen_requirement_is_part_of_the_address(site: Site) -> None:
    given = "/vergleich?loesung=a&anforderungen=profile-1&wanted=licence%3D&need_kind=should&weight=3"
    answer = await site.get(given)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/vergleich?loesung=a&anforderungen=profile-1&anf=should%3A3%3Alicence"


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        ({"wanted": "availability_percent>=", "amount": "99,5"}, "must:1:availability_percent>=99.5"),
        ({"wanted": "price_to<=", "amount": "1.250.000"}, "must:1:price_to<=1250000"),
        ({"wanted": "features~", "amount": "Termin buchen"}, "must:1:features~Termin buchen"),
    ],
)
async def test_bounds_and_words_are_part_of_the_address(site: Site, chosen: dict[str, str], written: str) -> None:
    answer = await site.get(f"/vergleich?{urlencode({'loesung': 'a', **chosen})}")
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"loesung": ["a"], "anf": [written]}
    (read,) = requirements_in.read([written])
    assert requirements_in.write(read) == written


async def test_the_other_bound_of_a_question_narrows_what_is_demanded(site: Site) -> None:
    given = {"loesung": "a", "anf": "must:1:price_to>=100", "wanted": "price_to<=", "amount": "5000"}
    answer = await site.get(f"/vergleich?{urlencode(given)}")
    assert parse_qs(urlsplit(answer.headers["location"]).query)["anf"] == ["must:1:price_to>=100<=5000"]


@pytest.mark.parametrize(
    ("wanted", "amount", "said"),
    [
        ("availability_percent>=", "", "Bitte geben Sie eine Zahl an."),
        ("availability_percent>=", "viel", "Bitte geben Sie eine Zahl an."),
        ("availability_percent>=", "101", "Die Zahl darf höchstens 100 Prozent sein."),
        ("availability_percent<=", "49,9", "Die Zahl muss mindestens 50 Prozent sein."),
        ("price_to<=", "99", "„Mindestens“ wäre damit größer als „höchstens“."),
        ("features~", "", "Bitte geben Sie an, welche Wörter enthalten sein sollen."),
        ("features~", "x" * 301, "Höchstens 300 Zeichen."),
        ("nothing=", "", "Bitte wählen Sie eine Anforderung."),
        ("<script>", "", "Bitte wählen Sie eine Anforderung."),
    ],
)
async def test_what_nothing_could_meet_is_said_beside_the_field(
    site: Site, wanted: str, amount: str, said: str
) -> None:
    site.gateway.on("GET /api/catalog/comparison", compared("a"))
    site.gateway.on(JUDGE, {"requirements": [], "solutions": []})
    given = {"wanted": wanted, "amount": amount, "need_kind": "must", "weight": "1"}
    page = await site.get(f"/vergleich?{urlencode({'loesung': 'a', 'anf': 'must:1:price_to>=100', **given})}")
    assert (page.status_code, said in text_of(page.text)) == (422, True)
    held = profile(requirements=[{"question": "price_to", "need": "must", "weight": 1, "at_least": 100}])
    site.gateway.on(f"GET {ONE}", held)
    page = await site.post("/anforderungen/profile-1", {"aktion": "anforderung", "version": "2", **given})
    assert (page.status_code, said in text_of(page.text)) == (422, True)
    assert "mindestens 100 Euro, netto" in text_of(page.text)


async def test_the_profile_of_others_is_said_to_be_none_and_the_comparison_stays(site: Site) -> None:
    site.gateway.on("GET /api/catalog/comparison", compared("a"))
    site.gateway.on(JUDGE, problem(404, "profile-not-found"))
    page = await site.get("/vergleich?loesung=a&anforderungen=other")
    assert page.status_code == 200
    assert "Dieses Anforderungsprofil gibt es nicht" in page.text


async def test_requirements_are_kept_under_a_name(site: Site) -> None:
    page = await site.get("/anforderungen/neu?anf=must:1:hosting_location%3Dgermany")
    assert 'name="anf" value="must:1:hosting_location=germany"' in page.text
    nameless = await site.post("/anforderungen/neu", {"name": "", "anf": "must:1:hosting_location=germany"})
    assert (nameless.status_code, "einen Namen" in nameless.text) == (422, True)
    empty = await site.post("/anforderungen/neu", {"name": "Leer"})
    assert (empty.status_code, "Bitte wählen Sie eine Anforderung." in empty.text) == (422, True)
    site.gateway.on(f"POST {API}", profile(), 201)
    form = {"name": "Räume", "anf": "must:1:hosting_location=germany", "wanted": "hosting_location=eu"}
    made = await site.post("/anforderungen/neu", form)
    assert made.headers["location"] == "/anforderungen/profile-1"
    (kept,) = site.gateway.body(f"POST {API}")["requirements"]
    assert kept["any_of"] == ["germany", "eu"]


async def test_editors_change_a_profile_and_a_colleague_who_was_first_wins(site: Site) -> None:
    assert "Räume &lt;b&gt;" in (await site.get("/anforderungen/profile-1")).text
    site.gateway.on(f"PUT {ONE}", profile())
    await site.post("/anforderungen/profile-1", {"aktion": "ohne_anforderung", "number": "0", "version": "2"})
    assert [each["question"] for each in site.gateway.body(f"PUT {ONE}")["requirements"]] == ["licence"]
    assert site.gateway.last(f"PUT {ONE}").headers["if-match"] == '"2"'
    site.gateway.on(f"PUT {ONE}", problem(412, "stale-version"))
    late = await site.post("/anforderungen/profile-1", {"aktion": "name", "name": "Anders", "version": "1"})
    assert (late.status_code, 'value="Anders"' in late.text) == (412, True)
    assert (await site.post("/anforderungen/profile-1", {"aktion": "x"})).status_code == 400


async def test_readers_look_and_a_new_survey_takes_a_profile_over(site: Site) -> None:
    page = await site.get("/markterkundungen/neu?anforderungen=profile-1&loesung=a")
    assert '<option value="profile-1" selected>' in page.text
    site.gateway.on("POST /api/catalog/dossiers", {"id": "survey-1"}, 201)
    form = {"title": "T", "need": "N", "loesung": "a", "anforderungen": "profile-1"}
    await site.post("/markterkundungen/neu?loesung=a", form)
    sent = site.gateway.body("POST /api/catalog/dossiers")["criteria"]["requirements"]
    assert [each["question"] for each in sent] == ["hosting_location", "licence"]
    site.gateway.on(f"GET {ONE}", profile(may_edit=False))
    assert 'name="aktion"' not in (await site.get("/anforderungen/profile-1")).text
