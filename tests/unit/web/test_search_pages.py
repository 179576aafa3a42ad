"""Finding: how words were read, why something was found, what follows from opening it."""

from typing import Any

import httpx
import pytest
from web.api.search import Reason, SimilarHit
from web.i18n import ENGLISH, GERMAN
from web.why import reasons, shared

from . import answers
from .conftest import Site, text_of
from .fakes import FakeGateway, problem

SOLUTIONS = "GET /api/search/solutions"
SEARCH = "0197c0de-0000-7000-8000-000000000001"
OPENED = f"POST /api/search/searches/{SEARCH}/opened"
SIMILAR = f"GET /api/search/similar/{answers.SOLUTION}"
BAYERN = {
    "id": "bundesland:DE-BY",
    "text": "in Bayern",
    "label": "Bayern",
    "facet": "bundesland",
    "value": "DE-BY",
    "relaxed": False,
}


def finds(gateway: FakeGateway, *hits: Any, **changes: Any) -> None:
    """Answer searches with these hits, and with the id of the search."""
    gateway.on(SOLUTIONS, answers.found(*hits, **changes), **{"Search-Id": SEARCH})


async def test_a_filter_out_of_the_words_is_shown_and_can_be_taken_back(site: Site) -> None:
    finds(site.gateway, answers.hit(), recognised=[BAYERN])
    page = await site.get("/suche?q=termin+in+Bayern&kind=software")
    text = text_of(page.text)
    assert "Erkannt: in Bayern , nicht als Filter verwenden" in text
    assert "Aus Ihren Suchwörtern übernommen." in text
    assert "danach folgen weitere" not in text
    back = f"/suche?q=termin+in+Bayern&amp;kind=software&amp;as_words=bundesland%3ADE-BY&amp;suche={SEARCH}"
    assert f'href="{back}"' in page.text
    assert 'name="bundesland"' not in page.text, "a recognised filter is not a chosen one"


async def test_what_was_taken_back_stays_so_and_can_be_recognised_again(site: Site) -> None:
    finds(site.gateway, answers.hit())
    page = await site.get("/suche?q=termin+in+Bayern&as_words=bundesland:DE-BY&sort=newest")
    assert site.gateway.last(SOLUTIONS).url.params.get_list("as_words") == ["bundesland:DE-BY"]
    assert '<input type="hidden" name="as_words" value="bundesland:DE-BY">' in page.text
    assert "Wieder als Filter verwenden" in page.text
    assert f'href="/suche?q=termin+in+Bayern&amp;sort=newest&amp;suche={SEARCH}"' in page.text


async def test_a_filter_that_too_few_pass_is_said_to_be_relaxed(site: Site) -> None:
    finds(site.gateway, answers.hit(), recognised=[BAYERN | {"relaxed": True}])
    text = text_of((await site.get("/suche?q=termin+in+Bayern")).text)
    assert "Zuerst stehen Lösungen, die „in Bayern“ angeben; danach folgen solche ohne diese Angabe." in text


async def test_several_relaxed_filters_are_told_in_one_sentence(site: Site) -> None:
    free = {"id": "price_model:free", "text": "kostenlos", "label": "Kostenfrei", "facet": "price_model"}
    finds(site.gateway, answers.hit(), recognised=[each | {"relaxed": True} for each in (BAYERN, free)])
    text = text_of((await site.get("/suche?q=kostenlos+in+Bayern")).text)
    assert text.count("Zuerst stehen") == 1
    assert "Zuerst stehen Lösungen, die am meisten davon angeben; danach folgen solche ohne diese Angaben." in text


async def test_another_spelling_is_offered_with_the_way_back_to_the_own(site: Site) -> None:
    finds(site.gateway, answers.hit(), corrected={"text": "Mitfahrbank", "html": "<mark>Mitfahrbank</mark><b>!</b>"})
    page = await site.get("/suche?q=Mitfarbank")
    assert "spelling" not in site.gateway.last(SOLUTIONS).url.params
    assert "Ergebnisse auch für „ Mitfahrbank !“ . Nur nach „Mitfarbank“ suchen" in text_of(page.text)
    assert "<mark>Mitfahrbank</mark>!" in page.text
    assert f'href="/suche?q=Mitfarbank&amp;spelling=literal&amp;suche={SEARCH}"' in page.text


async def test_the_own_spelling_alone_is_searched_when_asked_for(site: Site) -> None:
    finds(site.gateway, answers.hit(), corrected={"text": "Mitfahrbank", "html": ""})
    page = await site.get("/suche?q=Mitfarbank&spelling=literal")
    assert site.gateway.last(SOLUTIONS).url.params["spelling"] == "literal"
    assert "Meinten Sie: Mitfahrbank ?" in text_of(page.text)
    assert 'href="/suche?q=Mitfahrbank"' in page.text
    assert "Nur nach" not in page.text
    assert f'href="/suche?q=Mitfarbank&amp;suche={SEARCH}">Auch ähnliche Schreibweisen suchen' in page.text


async def test_other_words_begin_anew(site: Site) -> None:
    """The form carries along what was said about its words; with other words that means nothing."""
    finds(site.gateway, answers.hit())
    about = f"as_words=bundesland:DE-BY&spelling=literal&suche={SEARCH}&kind=software"
    await site.get(f"/suche?q=rufbus&bisher=termin&{about}")
    asked = site.gateway.last(SOLUTIONS)
    assert asked.url.params["kind"] == "software"
    assert not {"as_words", "spelling", "bisher", "suche"} & set(asked.url.params)
    assert "search-id" not in asked.headers
    await site.get(f"/suche?q=termin&bisher=termin&{about}")
    asked = site.gateway.last(SOLUTIONS)
    assert asked.url.params["spelling"] == "literal"
    assert asked.headers["search-id"] == SEARCH, "only filters changed: it is the same search"


@pytest.mark.parametrize("given", ["../../evil", "a b", "x" * 65, "<script>"])
async def test_a_search_id_of_another_shape_goes_nowhere(site: Site, given: str) -> None:
    await site.get("/suche", **{})
    page = await site.http.get("/suche", params={"q": "termin", "suche": given})
    assert "search-id" not in site.gateway.last(SOLUTIONS).headers
    assert 'name="suche"' not in page.text


async def test_results_lead_to_their_page_with_the_search_they_came_from(site: Site) -> None:
    finds(site.gateway, answers.hit(), next_cursor="abc")
    page = await site.get("/suche?q=termin")
    assert f'href="/loesungen/terminlotse?suche={SEARCH}"' in page.text
    assert f'<input type="hidden" name="suche" value="{SEARCH}">' in page.text
    assert f'href="/suche?q=termin&amp;suche={SEARCH}&amp;cursor=abc"' in page.text
    assert '<link rel="canonical" href="http://127.0.0.1:8080/suche?q=termin">' in page.text
    site.gateway.on(SOLUTIONS, answers.found(answers.hit()))
    more = await site.get(f"/suche?q=termin&suche={SEARCH}&cursor=abc", **{"HX-Request": "true", "HX-Target": "mehr"})
    assert f'href="/loesungen/terminlotse?suche={SEARCH}"' in more.text


async def test_htmx_keeps_an_address_without_bookkeeping(site: Site) -> None:
    finds(site.gateway, answers.hit())
    headers = {"HX-Request": "true"}
    answer = await site.get(f"/suche?q=termin&bisher=termin&suche={SEARCH}&kind=software", **headers)
    assert answer.headers["hx-push-url"] == "/suche?q=termin&kind=software"


async def test_browsing_without_words_is_no_search_to_follow(site: Site) -> None:
    page = await site.get("/suche?kind=software")
    assert 'href="/loesungen/terminlotse"' in page.text


async def test_opening_a_result_is_told_without_saying_who(site: Site) -> None:
    await site.log_in()
    site.gateway.on(OPENED, None, status=204)
    answer = await site.get(f"/loesungen/terminlotse?suche={SEARCH}")
    assert answer.status_code == 200
    assert site.gateway.body(OPENED) == {"solution_id": answers.SOLUTION}
    assert "authorization" not in site.gateway.last(OPENED).headers
    assert '<link rel="canonical" href="http://127.0.0.1:8080/loesungen/terminlotse">' in answer.text


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize("told", [problem(401, "invalid-token"), problem(422, "invalid"), refuse])
async def test_a_page_does_not_care_whether_its_opening_was_told(site: Site, told: Any) -> None:
    site.gateway.on(OPENED, told)
    answer = await site.get(f"/loesungen/terminlotse?suche={SEARCH}")
    assert answer.status_code == 200
    assert site.gateway.count(OPENED) == 1


async def test_reading_ahead_opens_nothing(site: Site) -> None:
    site.gateway.on(OPENED, None, status=204)
    await site.get(f"/loesungen/terminlotse?suche={SEARCH}", **{"Sec-Purpose": "prefetch"})
    await site.get("/loesungen/terminlotse")
    assert site.gateway.count(OPENED) == 0


async def test_a_hit_says_why_and_how_many_use_it(site: Site) -> None:
    why = [{"kind": "synonym", "field": "name", "text": "Rufbus", "matched": "Mitfahr<b>bank"}, {"kind": "telepathy"}]
    finds(site.gateway, answers.hit(why=why, municipalities=2))
    page = await site.get("/suche?q=rufbus")
    text = text_of(page.text)
    assert "Warum dieser Treffer? Terminlotse Synonym im Namen: „Rufbus“ → „Mitfahr<b>bank“" in text
    assert "telepathy" not in text
    assert "In 2 Kommunen im Einsatz" in text


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ({"kind": "word", "field": "name", "text": "termin", "matched": "Termine"}, "Wort im Namen: „Termine“"),
        ({"kind": "phrase", "field": "summary", "text": "vor Ort"}, "Wortfolge in der Kurzbeschreibung: „vor Ort“"),
        ({"kind": "compound", "text": "termin", "matched": "Terminbuchung"}, "Wortteil: „termin“ → „Terminbuchung“"),
        ({"kind": "spelling", "text": "Bank", "matched": "bank"}, "Berichtigte Schreibweise: „bank“"),
        ({"kind": "word", "field": "name", "text": "Hilfe im Alltag"}, "Suchwörter im Namen"),
        ({"kind": "related", "text": "Rufbus", "matched": "Nahverkehr"}, "Verwandter Begriff: „Rufbus“ → „Nahverkehr“"),
        ({"kind": "meaning", "field": "unheard_of"}, "Ähnliche Bedeutung"),
        ({"kind": "filter", "field": "bundesland", "text": "Bayern", "matched": "DE-BY"}, "Filter: „Bayern“"),
    ],
)
def test_reasons_are_told_in_words(reason: dict[str, str], told: str) -> None:
    assert reasons([Reason.model_validate(reason)], GERMAN) == [told]


def test_the_same_reason_is_told_once_and_in_english_too() -> None:
    reason = Reason(kind="word", field="name", text="a", matched="b")
    assert reasons([reason, reason], ENGLISH) == ["Word in the name: “b”"]


def test_several_places_of_the_same_words_are_one_reason() -> None:
    found = [Reason(kind="word", field=field, text="Rufbus") for field in ("name", "summary", "name")]
    assert reasons(found, GERMAN) == ["Wort im Namen, in der Kurzbeschreibung: „Rufbus“"]


async def test_nothing_found_helps_on(site: Site) -> None:
    finds(site.gateway, corrected={"text": "drohne", "html": "<mark>drohne</mark>"}, recognised=[BAYERN])
    page = await site.get("/suche?q=drone&kind=software")
    text = text_of(page.text)
    assert "Meinten Sie: drohne ?" in text
    assert text.count("drohne") == 1
    assert "suchen Sie ohne Filter" in text
    assert 'href="/suche?kind=software"' in page.text
    assert 'href="/meine-suchen/neu?q=drone&amp;kind=software"' in page.text
    assert 'href="/suche?field_of_action=tourism"' in page.text
    assert "as_words=bundesland" in page.text


async def test_too_long_a_text_is_called_so(site: Site) -> None:
    site.gateway.on(SOLUTIONS, problem(422, "query-too-long"))
    page = await site.get("/suche?q=" + "x" * 5000)
    assert page.status_code == 422
    assert "Suchwörter dürfen höchstens 300 Zeichen haben." in text_of(page.text)


async def test_words_that_cannot_be_searched_for_are_called_so(site: Site) -> None:
    finds(site.gateway, searchable=False)
    page = await site.get("/suche?q=der+die+%21&kind=software")
    text = text_of(page.text)
    assert "Ihre Eingabe enthält kein Wort, nach dem sich suchen lässt." in text
    assert "Nehmen Sie weniger" not in text
    assert "/meine-suchen/neu" not in page.text, "what means nothing cannot be saved"


async def test_a_search_is_saved_by_those_who_are_logged_in(site: Site) -> None:
    path = "/suche?q=termin&as_words=bundesland:DE-BY&sort=newest&cursor=c"
    page = await site.get(path)
    assert "Anmelden, diese Suche speichern" in page.text
    assert 'href="/meine-suchen/neu?q=termin&amp;as_words=bundesland%3ADE-BY"' in page.text
    await site.log_in()
    page = await site.get(path)
    assert "Anmelden, diese Suche" not in page.text
    assert "Diese Suche speichern" in page.text
    assert "/meine-suchen/neu" not in (await site.get("/suche")).text, "everything is nothing to be told about"


async def test_every_search_box_can_suggest(site: Site) -> None:
    for path, field in (("/", "feld-q"), ("/suche", "feld-q"), ("/loesungen/terminlotse", "kopf-q")):
        text = (await site.get(path)).text
        assert text.count("data-suggest=") == 1, path
        assert f'id="{field}" name="q"' in text
        assert '<script src="/static/js/suggest.js' in text


async def test_similar_solutions_say_what_they_share(site: Site) -> None:
    like = answers.hit(id="other", slug="rufbus", name="Rufbus", similarity=0.9)
    site.gateway.on(SIMILAR, {"results": [like | {"shared": ["field_of_action:health", "kind:software"]}]})
    page = await site.get("/loesungen/terminlotse")
    assert site.gateway.last(SIMILAR).url.params["size"] == "4"
    assert "Rufbus" in text_of(page.text)
    assert "Gemeinsam: Gesundheit, Digitale Lösung" in text_of(page.text)
    assert 'href="#aehnliche"' in page.text


@pytest.mark.parametrize("answer", [{"results": []}, problem(404, "solution-not-found"), refuse])
async def test_without_similar_solutions_the_section_is_left_out(site: Site, answer: Any) -> None:
    site.gateway.on(SIMILAR, answer)
    page = await site.get("/loesungen/terminlotse")
    assert page.status_code == 200
    assert "Ähnliche Lösungen" not in page.text


def test_what_is_shared_is_told_once_whatever_it_is() -> None:
    hit = SimilarHit.model_validate(answers.hit(shared=["a:b", "a:b", "nothing", "bundesland:DE-BB"]))
    assert shared(hit, GERMAN) == ["b", "Brandenburg"]


async def test_what_has_passed_is_marked_on_a_hit_and_can_be_filtered(site: Site) -> None:
    values = [{"value": "valid", "count": 3}, {"value": "lapsed", "count": 1}]
    finds(site.gateway, answers.hit(lapsed=["certificates", "gone"]), facets={"validity": values})
    page = await site.get("/suche?validity=lapsed")
    text = text_of(page.text)
    for expected in ("Abgelaufen: Zertifikate", "Abgelaufen: gone", "Befristete Angaben", "Nichts abgelaufen"):
        assert expected in text, expected
    assert site.gateway.last(SOLUTIONS).url.params.get_list("validity") == ["lapsed"]


async def test_the_stage_of_the_checkup_is_shown_on_a_hit_and_can_be_filtered(site: Site) -> None:
    values = [{"value": "proven", "count": 1}, {"value": "basic", "count": 2}]
    finds(site.gateway, answers.hit(checkup_grade="proven"), answers.hit(), facets={"checkup_grade": values})
    page = await site.get("/suche?checkup_grade=basic")
    text = text_of(page.text)
    assert "Stufe im Checkup" in text
    assert page.text.count("Stufe Bewährt") == 2, "the filter and one of the hits"
    assert site.gateway.last(SOLUTIONS).url.params.get_list("checkup_grade") == ["basic"]
