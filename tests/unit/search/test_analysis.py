"""Words, spellings and compounds."""

import pytest
from search.domain.compounds import Splitter
from search.domain.texts import plain
from search.domain.words import clean, fold, folded, humps, words


@pytest.mark.parametrize(
    "spellings",
    [
        ("Lörrach", "Loerrach", "Lorrach", "LÖRRACH", "Lo\u0308rrach"),
        ("Straße", "Strasse", "STRASSE"),
        ("Bürger", "Buerger", "Burger"),
        ("Ärzte", "Aerzte"),
        ("Café", "Cafe"),
    ],
)
def test_spellings_of_one_word_fold_to_the_same(spellings: tuple[str, ...]) -> None:
    assert len({folded(clean(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize("word", ["Steuer", "Quelle", "neue", "Bauen"])
def test_ue_after_a_vowel_or_q_is_no_umlaut(word: str) -> None:
    assert fold(word) == word.lower()


def test_words_leave_symbols_and_emoji_out_but_keep_names_of_languages() -> None:
    assert words("C++ & C#: 🚗 „Dorf-Funk“ 5.0 !!!") == ["C++", "C#", "Dorf", "Funk", "5", "0"]


def test_clean_drops_what_nobody_sees() -> None:
    assert clean("a\u200bb\ue000c\n\td\x00") == "a b c d"


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Mitfahrbank", ("mitfahr", "bank")),
        ("Mitfahrbänke", ("mitfahr", "bank")),
        ("Bürgerbeteiligung", ("burger", "beteiligung")),
        ("Buergerbeteiligungen", ("burger", "beteiligung")),
        ("Kreisentwicklungskonzept", ("kreis", "entwicklung", "konzept")),
        ("Gesundheitskompass", ("gesundheit", "kompass")),
        ("Zwergenpflege", ("zwergen", "pflege")),
        ("Abfallfoobar", ("abfall", "foobar")),
    ],
)
def test_compounds_are_split(splitter: Splitter, word: str, parts: tuple[str, ...]) -> None:
    assert splitter.parts(word) == parts


@pytest.mark.parametrize(
    "word", ["Gemeinschaft", "Landkreisen", "Organisationen", "App", "verschiedenen", "GmbH", "x" * 300]
)
def test_simple_words_are_left_alone(splitter: Splitter, word: str) -> None:
    assert splitter.parts(word) == ()


def test_camel_case_names_are_split(splitter: Splitter) -> None:
    assert humps("DorfFunk") == ["Dorf", "Funk"]
    assert splitter.of_text("LandRäume") == ["land", "raume"]


def test_markdown_becomes_plain_text() -> None:
    markdown = "# Titel\n\n* **fett** und [Verweis](https://example.org)\n1. `code` <b onclick='x'>roh</b>\n> Zitat"
    assert plain(markdown) == "Titel fett und Verweis code roh Zitat"
