"""What is sent to the engine, and what is made of its answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from contracts.vocabulary import licence_group
from search.adapters.opensearch import counting, query, schema, source
from search.adapters.opensearch.results import marked, page_of
from search.application.mapping import apply
from search.application.queries import facets_of
from search.domain.compounds import Splitter
from search.domain.facets import FACETS
from search.domain.query_text import understand
from search.domain.search_request import SearchRequest, Sort, parse_counting


def body(splitter: Splitter, request: SearchRequest) -> dict[str, Any]:
    return query.search_body(request, understand(request.text, splitter))


def test_an_empty_search_lists_visible_solutions_newest_first(splitter: Splitter) -> None:
    sent = body(splitter, SearchRequest())
    assert sent["query"] == {"bool": {"filter": [{"term": {"visible": True}}], "must": []}}
    assert sent["sort"] == [{"published_at": "desc"}, {"id": "asc"}]
    assert "highlight" not in sent
    assert sent["size"] == 21, "one more than asked for tells whether there is another page"


def test_a_text_is_ranked_by_words_typos_compounds_and_grams(splitter: Splitter) -> None:
    sent = body(splitter, SearchRequest(text="Die Mitfahrbänke Loerrach"))
    (ranking,) = sent["query"]["bool"]["must"]
    clauses = ranking["bool"]["should"]
    assert ranking["bool"]["minimum_should_match"] == 1
    assert clauses[0]["multi_match"]["query"] == "Mitfahrbänke Loerrach"
    assert clauses[1]["multi_match"]["fuzziness"] == "AUTO"
    matched = {
        name: match["query"] for clause in clauses if "match" in clause for name, match in clause["match"].items()
    }
    assert matched == {
        "grams_title": "mitfahrbanke lorrach",
        "grams_body": "mitfahrbanke lorrach",
        "parts_title": "mitfahr bank",
        "parts_body": "mitfahr bank",
    }
    assert sent["sort"] == [{"_score": "desc"}, {"id": "asc"}]
    assert sent["track_scores"] is True


@pytest.mark.parametrize("text", ["!!!", "🚗", "und der", "\\"])
def test_a_text_without_words_finds_nothing(splitter: Splitter, text: str) -> None:
    assert body(splitter, SearchRequest(text=text))["query"]["bool"]["must"] == [{"match_none": {}}]


def test_lucene_syntax_is_text(splitter: Splitter) -> None:
    sent = json.dumps(body(splitter, SearchRequest(text='name:(a OR "b") AND NOT *:* ~2 ^9 \\')))
    assert "query_string" not in sent
    assert "*:*" not in sent


def test_a_facet_is_counted_without_its_own_choice(splitter: Splitter) -> None:
    chosen = {"kind": ("software",), "bundesland": ("DE-BB", "DE-BY")}
    sent = body(splitter, SearchRequest(selected=chosen))
    kind, land = {"terms": {"kind": ["software"]}}, {"terms": {"bundesland": ["DE-BB", "DE-BY"]}}
    assert sent["post_filter"] == {"bool": {"filter": [kind, land]}}
    assert sent["aggs"]["kind"]["filter"] == {"bool": {"filter": [land]}}
    assert sent["aggs"]["bundesland"]["filter"] == {"bool": {"filter": [kind]}}
    assert sent["aggs"]["provider"]["filter"] == {"bool": {"filter": [kind, land]}}
    assert sent["aggs"]["facet_values"]["filter"] == {"bool": {"filter": [kind, land]}}, "all the others at once"
    assert set(sent["aggs"]) == {"kind", "bundesland", "provider", "facet_values"}


def test_chosen_values_of_an_open_facet_are_counted_although_others_are_more_frequent(splitter: Splitter) -> None:
    request = SearchRequest(selected={"provider": ("Selten GmbH",), "kind": ("software",)})
    asked = body(splitter, request)["aggs"]["provider_chosen"]
    kind = {"bool": {"filter": [{"terms": {"kind": ["software"]}}]}}
    assert asked["filter"] == kind, "under the choices of the others too"
    assert asked["aggs"]["values"]["terms"]["include"] == ["Selten GmbH"]
    answer = {
        "facet_values": {"values": {"buckets": [{"key": "offer_form=app", "doc_count": 2}]}},
        "kind": {"buckets": [{"key": "software", "doc_count": 2}]},
        "provider": {"values": {"buckets": [{"key": "Oft AG", "doc_count": 9}]}},
        "provider_chosen": {"values": {"buckets": [{"key": "Selten GmbH", "doc_count": 1}]}},
    }
    counts = counting.counts_of(answer, request)
    assert counts["provider"] == [("Oft AG", 9), ("Selten GmbH", 1)]
    assert counts["offer_form"] == [("app", 2)]
    assert counts["kind"] == [("software", 2)]
    assert counts["award"] == []


def test_only_the_facets_wanted_are_counted_and_nothing_else_is_asked_for(splitter: Splitter) -> None:
    chosen = (("q", "Bus"), ("bundesland", "DE-BY"))
    one = body(splitter, parse_counting([*chosen, ("facet", "kind")]))
    assert set(one["aggs"]) == {"kind"}
    assert one["aggs"]["kind"]["filter"] == {"bool": {"filter": [{"terms": {"bundesland": ["DE-BY"]}}]}}
    assert one["size"] == 0
    assert not {"highlight", "track_scores", "search_after"} & set(one)
    assert one["post_filter"] == {"bool": {"filter": [{"terms": {"bundesland": ["DE-BY"]}}]}}, "for the total"
    three = body(splitter, parse_counting([("facet", name) for name in ("kind", "rating", "provider")]))
    assert set(three["aggs"]) == {"facet_values", "provider"}


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_ends_with_the_id(splitter: Splitter, sort: Sort) -> None:
    assert body(splitter, SearchRequest(text="Bus", sort=sort))["sort"][-1] == {"id": "asc"}


def test_everything_written_is_in_the_mapping(splitter: Splitter, events: Callable[..., Any]) -> None:
    properties = schema.index_body(stream="s", refresh_interval="1s")["mappings"]["properties"]
    document = None
    for sequence, event in enumerate(
        [events().published(licence="EUPL-1.2"), events().scored(score=90), events().rated(), events().deployed()], 1
    ):
        document = apply(document, event, sequence)
    assert document is not None
    stored = source.to_source(document, splitter)
    assert set(stored) <= set(properties)
    assert stored["licence_group"] == licence_group("EUPL-1.2")
    assert {"licence_group=eupl", "kind=software", "award=usability", "rating=3_and_more"} <= {*stored["facet_values"]}
    assert "Open Source" in stored["topics"]
    assert stored["card"]["checkup"]["usability"] == 90
    assert stored["card"]["rating"] == {"average": 4.0, "count": 1}
    assert "Stadt 0" in stored["place"]
    assert source.from_source(json.loads(json.dumps(stored))) == document


def test_a_tombstone_holds_no_text(splitter: Splitter, events: Callable[..., Any]) -> None:
    document = apply(apply(None, events().published(), 1), events().delisted(), 2)
    assert document is not None
    stored = source.to_source(document, splitter)
    revision = {"mirror_position": 2, "mirror_version": 2}
    assert stored == {"id": document.id, "visible": False, "seq": {"listing": 2}, "facets": {}, **revision}
    assert source.from_source(stored) == document


@pytest.mark.parametrize("visibility", ["registered", "hidden"])
def test_deployments_that_are_not_public_cannot_be_searched_for(
    splitter: Splitter, events: Callable[..., Any], visibility: str
) -> None:
    document = apply(apply(None, events().published(), 1), events().deployed(visibility=visibility), 2)
    assert document is not None
    assert "Stadt" not in source.to_source(document, splitter)["place"]


def test_highlights_escape_everything_but_the_marks() -> None:
    hostile = f"<img src=x onerror='a'>{query.MARK_OPEN}<b>Bus</b>{query.MARK_CLOSE} & \"Bahn\" <mark>"
    assert marked(hostile) == (
        "&lt;img src=x onerror=&#x27;a&#x27;&gt;<mark>&lt;b&gt;Bus&lt;/b&gt;</mark> &amp; &quot;Bahn&quot; &lt;mark&gt;"
    )


def test_an_answer_becomes_a_page() -> None:
    hit = {"_id": "a", "_score": 1.23456, "_source": {"card": {"id": "a"}}, "sort": [1.23456, "a"]}
    empty = {name: {"buckets": []} for name in ("facet_values", "provider")}
    answer = {"hits": {"total": {"value": 1}, "hits": [hit]}, "aggregations": empty}
    page = page_of(answer, SearchRequest(text="x", size=1))
    assert (page.total, page.position) == (1, None)
    assert page.results == [{"id": "a", "highlights": {}, "score": 1.2346}]


def test_a_chosen_value_that_nothing_has_stays_in_sight() -> None:
    counts: dict[str, list[tuple[str, int]]] = {facet.name: [] for facet in FACETS}
    counts["kind"] = [("consulting", 3)]
    facets = facets_of(counts, {"kind": ("software",)})
    assert facets["kind"] == [
        {"value": "consulting", "label": "Beratung und Qualifizierung", "count": 3, "selected": False},
        {"value": "software", "label": "Digitale Lösung", "count": 0, "selected": True},
    ]
    assert facets["provider"] == []


def test_bands_and_sizes_keep_their_order_and_the_others_are_shown_most_frequent_first() -> None:
    facets = facets_of(
        {"rating": [("2_and_more", 9), ("4_and_more", 1)], "kind": [("software", 1), ("consulting", 2)]}, {}
    )
    assert [entry["value"] for entry in facets["rating"]] == ["4_and_more", "2_and_more"]
    assert [entry["value"] for entry in facets["kind"]] == ["consulting", "software"]
    assert set(facets) == {"rating", "kind"}, "what was not counted is not there"
