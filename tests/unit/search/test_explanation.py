"""Why a solution was found: every clause that may match becomes a reason somebody can read."""

from collections.abc import Callable, Collection, Mapping

import pytest
from search.adapters.opensearch.matching import FIELDS as SEARCHED
from search.adapters.opensearch.matching import reasons, stated_first
from search.domain.explanation import CONVINCING_MEANING, FIELDS, MOST_FIELDS, Reason, explain
from search.domain.query_text import QueryReader, QueryText

LISTED = "Mitfahrbank Mitfahrbänke Termin Rathaus Dorf Funk Bayern"
SAYING_SO = CONVINCING_MEANING + 0.05
HARDLY = CONVINCING_MEANING - 0.05

Reading = Callable[..., QueryReader]


@pytest.fixture(scope="module")
def reader(reading: Reading) -> QueryReader:
    return reading(LISTED)


def why(
    text: QueryText, *matched: str, said: Mapping[str, str] | None = None, cosine: float | None = None
) -> list[Reason]:
    return explain(text, matched, said or {}, cosine)


def test_words_are_named_with_the_most_telling_fields_first(reader: QueryReader) -> None:
    text = reader.read("Termin")
    matched = ["word:notes", "word:provider_text", "word:place", "word:summary", "word:audience", "word:name"]
    expected = [Reason("word", field, "Termin") for field in ("name", "summary", "target_groups")]
    assert why(text, *matched) == why(text, *reversed(matched)) == expected
    assert len(expected) == MOST_FIELDS


@pytest.mark.parametrize(
    ("searched", "shown"), [("provider_text", "provider"), ("audience", "target_groups"), ("notes", "description")]
)
def test_fields_are_called_what_listings_call_them(reader: QueryReader, searched: str, shown: str) -> None:
    assert why(reader.read("Termin"), f"word:{searched}") == [Reason("word", shown, "Termin")]


def test_texts_that_are_shown_as_one_are_named_once(reader: QueryReader) -> None:
    assert why(reader.read("Termin"), "word:notes", "word:description") == [Reason("word", "description", "Termin")]


def test_a_name_that_says_the_same_words_in_a_row_comes_first(reader: QueryReader) -> None:
    found = why(reader.read("Dorf Funk"), "word:name", "phrase:name")
    assert found == [Reason("phrase", "name", "Dorf Funk"), Reason("word", "name", "Dorf Funk")]


def test_a_corrected_word_is_named_where_it_was_what_matched(reader: QueryReader) -> None:
    text = reader.read("Mitfarbank Termin")
    spelling = Reason("spelling", None, "Mitfarbank", "Mitfahrbank")
    assert spelling in why(text, "word:name", "meant:mitfarbank")
    assert spelling not in why(text, "word:name", "meant:mitfarbank", "typed:mitfarbank"), "it says what was typed"
    assert spelling not in why(text, "word:name"), "only the other word matched"


def test_a_synonym_is_named_in_the_words_of_the_solution(reader: QueryReader) -> None:
    text = reader.read("Mitfahrgelegenheit")
    found = why(text, "concept:mitfahrbank", said={"mitfahrbank": "Mitfahrbänke"})
    assert found == [Reason("synonym", None, "Mitfahrgelegenheit", "Mitfahrbänke")]
    assert why(text, "concept:mitfahrbank", said={"mitfahrbank": "MITFAHRGELEGENHEIT"}) == []
    assert why(text, "concept:mitfahrbank") == [Reason("synonym", None, "Mitfahrgelegenheit", None)]


def test_a_broader_concept_is_named_only_where_the_own_one_did_not_match(reader: QueryReader) -> None:
    text = reader.read("Mitfahrbank")
    said = {"mobilitat": "Verkehrswende", "mitfahrbank": "Mitfahrgelegenheit"}
    assert why(text, "concept:mobilitat", said=said) == [Reason("related", None, "Mitfahrbank", "Verkehrswende")]
    assert why(text, "concept:mobilitat", "concept:mitfahrbank", said=said) == [
        Reason("synonym", None, "Mitfahrbank", "Mitfahrgelegenheit")
    ]


def test_parts_and_joined_words_are_named_where_no_word_matched(reader: QueryReader) -> None:
    text = reader.read("Dorf Terminkiosk")
    both = Reason("compound", None, "Terminkiosk", "Termin, Kiosk")
    assert why(text, "part:termin", "part:kiosk") == [both]
    assert Reason("compound", None, "Dorf Terminkiosk") in why(text, "joined")
    assert [each.kind for each in why(text, "part:termin", "joined", "word:name")] == ["word"]


@pytest.mark.parametrize(
    ("word", "part", "told"),
    [("Bürgeramt", "burger", "Bürger"), ("Buergeramt", "burger", "Buerger"), ("bürgeramt", "amt", "amt")],
)
def test_of_a_compound_only_the_parts_that_the_solution_has_are_told(
    reader: QueryReader, word: str, part: str, told: str
) -> None:
    text = reader.read(word, literal=True)
    assert why(text, f"part:{part}") == [Reason("compound", None, word, told)]


def test_filters_in_words_are_named_whether_stated_or_said(reader: QueryReader) -> None:
    text = reader.read("Termin in Bayern für Landkreise")
    state = Reason("filter", "bundesland", "in Bayern", "Bayern")
    counties = Reason("filter", "target_group", "für Landkreise", "Landkreise")
    assert why(text, "stated:bundesland:DE-BY") == why(text, "said:bundesland:DE-BY") == [state]
    assert why(text, "stated:bundesland:DE-BY", "said:bundesland:DE-BY") == [state], "once"
    assert why(text, "stated:target_group:counties") == [counties]
    assert why(text, "stated:bundesland:DE-SN") == [], "nobody asked for that"


def test_likeness_in_meaning_is_named_when_it_convinces_or_is_all_there_is(reader: QueryReader) -> None:
    text = reader.read("Termin")
    assert why(text, "word:name", cosine=SAYING_SO) == [Reason("word", "name", "Termin"), Reason("meaning")]
    assert why(text, "word:name", cosine=HARDLY) == [Reason("word", "name", "Termin")]
    assert why(text, cosine=HARDLY) == [Reason("meaning")]
    assert why(text) == []


def test_similar_spelling_is_named_where_nothing_else_tells(reader: QueryReader) -> None:
    text = reader.read("Terminn", literal=True)
    alike = Reason("similar_spelling", None, "Terminn")
    assert why(text, "similar_spelling") == why(text, "similar_spelling", cosine=HARDLY) == [alike]
    assert why(text, "similar_spelling", "word:name") == [Reason("word", "name", "Terminn")]


def test_nothing_typed_needs_no_reason(reader: QueryReader) -> None:
    assert why(reader.read("")) == []


def test_a_reason_is_shown_with_all_its_fields() -> None:
    assert Reason("meaning").shown() == {"kind": "meaning", "field": None, "text": None, "matched": None}


def test_every_searched_field_has_its_place() -> None:
    assert sorted(FIELDS) == sorted(SEARCHED)


def test_every_clause_that_is_asked_for_a_reason_gives_one(reader: QueryReader) -> None:
    """The names travel through the engine as plain strings: neither side may forget one of the other's."""
    text = reader.read("Mitfarbank Terminkiosk im Dorf Funk in Bayern")
    clauses = [*reasons(text), *stated_first([each.intent for each in text.recognised], 1.0)]
    named = [clause["constant_score"]["_name"] for clause in clauses]
    names = {*named}
    assert len(named) == len(names), "of several with one name, engines report one"

    def kinds(matched: Collection[str]) -> set[str]:
        return {reason.kind for reason in explain(text, matched, {}, None)}

    silent = {name for name in names if not kinds([name])}
    assert silent == {"typed:mitfarbank"}, "it takes the reason `spelling` away"
    assert {kind for name in names for kind in kinds([name])} == {
        *("word", "phrase", "spelling", "compound", "synonym", "related", "similar_spelling", "filter")
    }
