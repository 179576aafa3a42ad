"""Whom an alert is for: strict enough not to be a nuisance, and not fooled by inflection, compounds and typos."""

import pytest
from search.adapters.lexicon import load_splitter
from search.domain.saved_search import StoredQuery
from search.domain.thesaurus import Thesaurus
from search.domain.wanted import AlertReader, fits

READER = AlertReader(load_splitter(), Thesaurus.parse("Termin = Terminbuchung = Terminvergabe\nMeldeamt = Bürgerbüro"))


def found(
    query: str, *, filters: dict[str, list[str]] | None = None, as_words: tuple[str, ...] = (), **texts: str
) -> bool:
    facets = {"kind": ["software"], "bundesland": ["DE-BB"], "field_of_action": ["health", "social"]}
    wanted = READER.wanted(StoredQuery.of(query, filters or {}, as_words))
    return fits(wanted, READER.offer(texts, facets))


BENCHES = {"name": "Comby", "summary": "Wir verbinden Mitfahrbänke.", "description": "Fahrten im ländlichen Raum."}


@pytest.mark.parametrize(
    "query",
    [
        *(
            "Mitfahrbank",
            "mitfahrbänke",
            "MITFAHRBAENKE",
            "Mitfarbank",
            "Mitfahr-Bank",
            "Mitfahr Bank",
            "Mitfahr-Bänke",
        ),
        *("digitale Mitfahrbank", "Lösungen für die Mitfahrbank", "Mitfahrbank Fahrten"),
    ],
)
def test_ride_benches_are_found_however_they_are_written(query: str) -> None:
    assert found(query, **BENCHES)


@pytest.mark.parametrize(
    "texts",
    [
        {"name": "Sparkasse digital", "summary": "Ihre Bank im Netz."},
        {"name": "Sitzbank-Kataster", "description": "Jede Bank mit Foto."},
        {"name": "Mitfahr-App", "description": "Die Daten liegen in einer Datenbank."},
        {"summary": "Mitfahren leicht gemacht", "description": "Treffpunkt ist die Bank am Markt."},
        {"name": "Parkbank", "summary": "Fahrbahn und Bahn."},
    ],
)
def test_not_everything_with_a_bank_is_a_ride_bench(texts: dict[str, str]) -> None:
    assert not found("Mitfahrbank", **texts)


def test_a_simple_word_is_found_in_compounds_of_telling_texts_only() -> None:
    assert found("Pflege", summary="Angebote der Pflegeberatung")
    assert not found("Pflege", description="Die Heckenpflege übernimmt der Bauhof.")
    assert found("Pflege", description="Hilfe bei der Pflege")


def test_parts_of_a_compound_count_where_they_belong_together() -> None:
    assert found("Bürgerbeteiligung", summary="Beteiligung von Bürgern vor Ort")
    assert found("Beteiligungsplattform", name="Bürgerbeteiligungsplattform")
    assert not found("Bürgerbeteiligung", summary="Für Bürger", description="Beteiligung der Stadtwerke am Netz")


def test_all_of_a_few_words_are_needed_and_most_of_many() -> None:
    assert not found("Mitfahrbank Lörrach", **BENCHES)
    assert found("Mitfahrbank Lörrach", **BENCHES, place="Loerrach")
    many = "Wie verbinden wir Mitfahrbänke für Fahrten im Allgäu?"
    assert found(many, **BENCHES), "three of four"
    assert not found(many + " Kempten", **{**BENCHES, "summary": "Wir verbinden Bänke."})


def test_a_synonym_is_found_in_telling_texts() -> None:
    assert found("Terminvergabe", summary="Online-Terminbuchung für Ärzte")
    assert found("Meldeamt Termin", summary="Termine im Bürgerbüro")
    assert not found("Meldeamt", description="Gegenüber vom Bürgerbüro")


@pytest.mark.parametrize("query", ["Bande", "Dank", "Fahrbach", "Nitfahrbank"])
def test_a_similar_word_is_another_word_when_it_is_short_or_begins_differently(query: str) -> None:
    assert not found(query, **BENCHES)


def test_filters_must_hold() -> None:
    assert found("", filters={"kind": ["software"], "bundesland": ["DE-BY", "DE-BB"]}, **BENCHES)
    assert found("Mitfahrbank", filters={"field_of_action": ["social"]}, **BENCHES)
    assert not found("Mitfahrbank", filters={"kind": ["consulting"]}, **BENCHES)
    assert not found("", filters={"award": ["documentation"]}, **BENCHES)


def test_filters_in_words_must_hold_too_unless_they_are_words() -> None:
    assert found("Mitfahrbank in Brandenburg", **BENCHES)
    assert not found("Mitfahrbank in Bayern", **BENCHES)
    assert found("Mitfahrbank in Bayern", **BENCHES, place="Bayern")
    assert found("Mitfahrbank in Bayern oder Brandenburg", **BENCHES), "one of both is enough"
    assert not found("kostenlose Mitfahrbank in Bayern oder Brandenburg", **BENCHES)
    assert not found("kostenlos", **BENCHES)
    assert found("kostenlose Mitfahrbank", **BENCHES, notes="Für Kommunen kostenlos.")
    assert not found("Mitfahrbank in Brandenburg", as_words=("bundesland:DE-BB",), **BENCHES)


def test_nothing_asked_is_everything_and_a_text_without_words_is_nothing() -> None:
    assert found("", **BENCHES)
    assert not found("!!! 🚗", **BENCHES)
    assert not found("und der die das", **BENCHES)
    assert READER.wanted(StoredQuery("und")).senseless
    assert not READER.wanted(StoredQuery("digital")).senseless
    assert not READER.wanted(StoredQuery("kostenlos")).senseless


def test_hostile_texts_do_no_harm() -> None:
    assert not found("(" * 300, **BENCHES)
    assert not found("a" * 300, description="a" * 20_000)
    assert found("C++", topics="Geschrieben in C++")
