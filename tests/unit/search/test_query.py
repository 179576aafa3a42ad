"""What is sent to the engine, and what is made of its answer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from contracts.vocabulary import licence_group
from search.adapters.opensearch import counting, query, schema, source
from search.adapters.opensearch.matching import NEAR_FIRST, Weights
from search.adapters.opensearch.results import marked
from search.application.mapping import apply
from search.application.queries import facets_of
from search.domain.compounds import Splitter
from search.domain.facets import FACETS
from search.domain.query_text import QueryReader
from search.domain.search_request import SearchRequest, Sort, parse_counting
from search.domain.thesaurus import Thesaurus

WAYS = [each.name for each in fields(Weights) if each.name not in ("tie", "grams_found", "parts_found", "stated")]
"""Each way of matching has a weight of its own."""
EVERY_WAY = replace(Weights(), **dict.fromkeys(WAYS, 1.0), stated=1.0)  # type: ignore[arg-type]
LISTED = "Mitfahrbänke Mitfahrbank Lörrach Bürgeramt Termin Dorf Funk"

Read = Callable[..., QueryReader]


@pytest.fixture
def reader(reading: Read) -> QueryReader:
    return reading(LISTED)


def body(reader: QueryReader, request: SearchRequest, **others: Any) -> dict[str, Any]:
    return query.page_body(request, reader.read(request.text), weights=EVERY_WAY, **others)


def matches(clauses: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what is asked for in each field that one clause is about."""
    found: dict[str, list[str]] = {}
    for clause in clauses:
        for field, match in clause.get("match", {}).items():
            found.setdefault(field, []).append(match["query"])
    return found


def names(clauses: list[dict[str, Any]]) -> list[str]:
    return [clause["constant_score"]["_name"] for clause in clauses if "constant_score" in clause]


def filters_of(reader: QueryReader, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body(reader, SearchRequest(text=text))["query"]["bool"]["filter"]
    return found


def test_an_empty_search_lists_visible_solutions_newest_first(reader: QueryReader) -> None:
    sent = body(reader, SearchRequest())
    assert sent["query"] == {"bool": {"filter": [{"term": {"visible": True}}]}}
    assert sent["sort"] == [{"published_at": "desc"}, {"id": "asc"}]
    assert "highlight" not in sent
    assert sent["size"] == 21, "one more than asked for tells whether there is another page"


def test_a_text_is_ranked_by_words_parts_grams_and_concepts(reader: QueryReader) -> None:
    sent = body(reader, SearchRequest(text="Die Mitfahrbenke Loerrach"))
    (ranking,) = sent["query"]["bool"]["must"]
    clauses = ranking["bool"]["should"]
    assert ranking["bool"]["minimum_should_match"] == 1
    spelled, typed, joined = (clause["multi_match"]["query"] for clause in clauses if "multi_match" in clause)
    assert spelled == "Mitfahrbänke Lörrach", "in their right spelling, without function words"
    assert typed == "Mitfahrbenke", "what was corrected is searched for too"
    assert joined == "mitfahrbankelorrach"
    found = matches(clauses)
    (found_by_grams,) = found["grams"]
    assert {"mit", "itfa", "bank", "rach"} <= set(found_by_grams.split()), "cut here, since engines cut differently"
    assert matches(sent["query"]["bool"]["should"])["grams"] == found["grams"], "fewer of them only add to the score"
    assert matches(sent["query"]["bool"]["should"])["parts"] == found["parts"] == ["mitfahr bank"]
    assert found["concepts_title"] == found["concepts_body"] == ["mitfahrbank", "mobilitat"], "broader ones apart"
    assert found["concepts_wide"] == ["mitfahrbank"]
    assert sent["sort"] == [{"_score": "desc"}, {"id": "asc"}]
    assert sent["track_scores"] is True


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_matching_without_weight_is_left_out(reader: QueryReader, way: str) -> None:
    text = reader.read("Die Mitfahrbenke Loerrach Terminkiosk")

    def clauses(weights: Weights) -> list[dict[str, Any]]:
        asked = query.page_body(SearchRequest(text=text.text), text, weights=weights)["query"]["bool"]
        return [*asked["must"][0]["bool"]["should"], *asked.get("should", [])]

    every, fewer = clauses(EVERY_WAY), clauses(replace(EVERY_WAY, **{way: 0.0}))  # type: ignore[arg-type]
    assert len(every) > len(fewer)
    assert all(clause in every for clause in fewer)


def test_grams_alone_find_nothing_for_a_question(reader: QueryReader) -> None:
    few, many = (
        body(reader, SearchRequest(text=text))["query"]["bool"]
        for text in ("Mitfahrbänke Lörrach", "Mitfahrbänke Lörrach Bahnhof")
    )
    assert "grams" in matches(few["must"][0]["bool"]["should"])
    assert "grams" not in matches(many["must"][0]["bool"]["should"])
    assert len(matches(few["should"])["grams"][0]) < len(matches(many["should"])["grams"][0]), (
        "they add to the score all the same"
    )


def test_one_part_of_a_compound_finds_nothing_by_itself(reader: QueryReader) -> None:
    sent = body(reader, SearchRequest(text="Vereinssoftware oder Terminbuchungssystem"))["query"]["bool"]
    found = [
        clause["match"]["parts"] for clause in sent["must"][0]["bool"]["should"] if "parts" in clause.get("match", {})
    ]
    assert [clause["query"] for clause in found] == ["verein software", "termin buchung system"]
    assert {clause["minimum_should_match"] for clause in found} == {"2<75%"}
    assert matches(sent["should"])["parts"] == ["verein software termin buchung system"], "each adds to the score"


@pytest.mark.parametrize("text", ["!!!", "🚗", "und der", "\\"])
def test_a_text_without_words_finds_nothing(reader: QueryReader, text: str) -> None:
    assert body(reader, SearchRequest(text=text))["query"]["bool"]["must"] == [{"match_none": {}}]


def test_lucene_syntax_is_text(reader: QueryReader) -> None:
    sent = json.dumps(body(reader, SearchRequest(text='name:(a OR "b") AND NOT *:* ~2 ^9 \\')))
    assert "query_string" not in sent
    assert "*:*" not in sent


def test_what_is_near_in_meaning_is_found_without_a_word_and_comes_first(reader: QueryReader) -> None:
    (ranking,) = body(reader, SearchRequest(text="Bus"), near=["a", "b"])["query"]["bool"]["must"]
    near = {"constant_score": {"filter": {"ids": {"values": ["a", "b"]}}, "boost": NEAR_FIRST}}
    assert ranking["bool"]["should"][-1] == near
    assert ranking["bool"]["minimum_should_match"] == 1


def test_a_filter_in_words_leaves_out_what_contradicts_it_and_raises_what_states_it(reader: QueryReader) -> None:
    sent = body(reader, SearchRequest(text="Termin in Bayern"))
    visible, not_contradicted = sent["query"]["bool"]["filter"]
    assert visible == {"term": {"visible": True}}
    fits, unsaid, unknown = not_contradicted["bool"]["should"]
    assert not_contradicted["bool"]["minimum_should_match"] == 1
    stated, said = fits["bool"]["should"]
    assert stated == {"terms": {"bundesland": ["DE-BY"]}}
    assert [phrase["multi_match"]["query"] for phrase in said["bool"]["should"]] == ["Bayern", "bayerisch", "bayrisch"]
    assert {phrase["multi_match"]["type"] for phrase in said["bool"]["should"]} == {"phrase"}
    assert unsaid == {"bool": {"must_not": [{"exists": {"field": "bundesland"}}]}}
    assert unknown == {"terms": {"bundesland": ["unknown"]}}
    assert names(sent["query"]["bool"]["should"]) == ["stated:bundesland:DE-BY", "said:bundesland:DE-BY"]
    assert sent["aggs"]["fitting:bundesland:DE-BY"] == {"filter": {"bool": {"filter": [fits]}}}


@pytest.mark.parametrize("text", ["Termin für Landkreise", "Termin DSGVO", "Termin SaaS"])
def test_where_several_values_go_together_nothing_is_left_out(reader: QueryReader, text: str) -> None:
    assert filters_of(reader, text) == [{"term": {"visible": True}}]


def test_a_query_of_filters_alone_lets_through_all_that_fit(reader: QueryReader) -> None:
    sent = body(reader, SearchRequest(text="kostenlose Lösungen"), near=["a"])
    assert "must" not in sent["query"]["bool"]
    assert sent["query"]["bool"]["should"]


def test_the_window_holds_what_is_near_and_the_best_in_words_without_what_is_shown(reader: QueryReader) -> None:
    request = SearchRequest(text="Termin in Bayern", selected={"kind": ("software",)}, size=5)
    text = reader.read(request.text)
    sent = query.window_body(request, text, ["a", "b"])
    page = query.page_body(request, text, near=["a", "b"])
    assert sent["size"] == query.WINDOW + 2, "so that near ones take no place from those in words"
    assert sent["_source"] is False
    assert "highlight" not in sent
    for part in ("query", "sort", "aggs", "post_filter", "track_total_hits"):
        assert sent[part] == page[part], part


def test_details_bring_everything_that_is_shown_of_some_solutions(reader: QueryReader) -> None:
    sent = query.details_body(["a", "b"], reader.read("Mitfahrbenke Termin in Bayern"))
    assert sent["size"] == 2
    assert sent["query"]["bool"]["filter"] == [{"ids": {"values": ["a", "b"]}}, {"term": {"visible": True}}]
    asked = names(sent["query"]["bool"]["should"])
    assert {"word:name", "phrase:name", "part:mitfahr", "part:bank", "joined", "similar_spelling"} <= {*asked}
    assert {"concept:mitfahrbank", "concept:mobilitat", "typed:mitfahrbenke"} <= {*asked}
    assert {"stated:bundesland:DE-BY", "said:bundesland:DE-BY"} <= {*asked}
    assert {"card", "said"} == {*sent["_source"]}
    nothing = query.details_body(["a"], reader.read(""))
    assert "highlight" not in nothing


def test_every_searched_field_is_in_the_mapping(reader: QueryReader) -> None:
    properties = schema.index_body(stream="s", refresh_interval="1s")["mappings"]["properties"]
    text = reader.read("Die Mitfahrbenke Loerrach Terminkiosk in Bayern")
    request = SearchRequest(text=text.text)
    bodies = (query.page_body(request, text, weights=EVERY_WAY), query.details_body(["a"], text))

    def searched(sent: object) -> Iterator[str]:
        if isinstance(sent, dict):
            for key, value in sent.items():
                if key in ("match", "match_phrase", "term", "terms") and isinstance(value, dict):
                    yield from (name for name in value if name not in ("field", "size", "include"))
                if key == "fields":
                    yield from (name.partition("^")[0] for name in value)
                if key == "field":
                    yield value
                yield from searched(value)
        elif isinstance(sent, list):
            for value in sent:
                yield from searched(value)

    for sent in bodies:
        unmapped = {*searched(sent)} - {*properties}
        assert not unmapped


def test_a_facet_is_counted_without_its_own_choice(reader: QueryReader) -> None:
    chosen = {"kind": ("software",), "bundesland": ("DE-BB", "DE-BY")}
    sent = body(reader, SearchRequest(selected=chosen))
    kind, land = {"terms": {"kind": ["software"]}}, {"terms": {"bundesland": ["DE-BB", "DE-BY"]}}
    assert sent["post_filter"] == {"bool": {"filter": [kind, land]}}
    assert sent["aggs"]["kind"]["filter"] == {"bool": {"filter": [land]}}
    assert sent["aggs"]["bundesland"]["filter"] == {"bool": {"filter": [kind]}}
    assert sent["aggs"]["provider"]["filter"] == {"bool": {"filter": [kind, land]}}
    assert sent["aggs"]["facet_values"]["filter"] == {"bool": {"filter": [kind, land]}}, "all the others at once"
    assert set(sent["aggs"]) == {"kind", "bundesland", "provider", "facet_values"}


def test_chosen_values_of_an_open_facet_are_counted_although_others_are_more_frequent(reader: QueryReader) -> None:
    request = SearchRequest(selected={"provider": ("Selten GmbH",), "kind": ("software",)})
    asked = body(reader, request)["aggs"]["provider_chosen"]
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


def test_only_the_facets_wanted_are_counted_and_nothing_else_is_asked_for(reader: QueryReader) -> None:
    chosen = (("q", "Bus"), ("bundesland", "DE-BY"))
    one = body(reader, parse_counting([*chosen, ("facet", "kind")]), complete=False)
    assert set(one["aggs"]) == {"kind"}
    assert one["aggs"]["kind"]["filter"] == {"bool": {"filter": [{"terms": {"bundesland": ["DE-BY"]}}]}}
    assert one["size"] == 0
    assert not {"highlight", "track_scores", "search_after"} & set(one)
    assert one["post_filter"] == {"bool": {"filter": [{"terms": {"bundesland": ["DE-BY"]}}]}}, "for the total"
    three = body(reader, parse_counting([("facet", name) for name in ("kind", "rating", "provider")]))
    assert set(three["aggs"]) == {"facet_values", "provider"}


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_ends_with_the_id(reader: QueryReader, sort: Sort) -> None:
    assert body(reader, SearchRequest(text="Bus", sort=sort))["sort"][-1] == {"id": "asc"}


def test_everything_written_is_in_the_mapping(
    splitter: Splitter, thesaurus: Thesaurus, events: Callable[..., Any]
) -> None:
    properties = schema.index_body(stream="s", refresh_interval="1s")["mappings"]["properties"]
    document = None
    for sequence, event in enumerate(
        [events().published(licence="EUPL-1.2"), events().scored(score=90), events().rated(), events().deployed()], 1
    ):
        document = apply(document, event, sequence)
    assert document is not None
    stored = source.to_source(document, splitter, thesaurus)
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
    stored = source.to_source(document, splitter, Thesaurus(()))
    revision = {"mirror_position": 2, "mirror_version": 2}
    assert stored.pop("checksum")
    assert stored == {"id": document.id, "visible": False, "seq": {"listing": 2}, "facets": {}, **revision}
    assert source.from_source(stored) == document


@pytest.mark.parametrize("visibility", ["registered", "hidden"])
def test_deployments_that_are_not_public_cannot_be_searched_for(
    splitter: Splitter, events: Callable[..., Any], visibility: str
) -> None:
    document = apply(apply(None, events().published(), 1), events().deployed(visibility=visibility), 2)
    assert document is not None
    assert "Stadt" not in source.to_source(document, splitter, Thesaurus(()))["place"]


def test_highlights_escape_everything_but_the_marks() -> None:
    hostile = f"<img src=x onerror='a'>{query.MARK_OPEN}<b>Bus</b>{query.MARK_CLOSE} & \"Bahn\" <mark>"
    assert marked(hostile) == (
        "&lt;img src=x onerror=&#x27;a&#x27;&gt;<mark>&lt;b&gt;Bus&lt;/b&gt;</mark> &amp; &quot;Bahn&quot; &lt;mark&gt;"
    )


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
