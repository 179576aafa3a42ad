"""What is made of a text that somebody typed, whatever it is."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from search.domain.query_text import MOST_WORDS, Meant, QueryReader, QueryText
from search.domain.search_request import LONGEST_TEXT
from search.domain.words import clean, fold, is_stop_word, words

LISTED = "Mitfahrbank Mitfahrbänke Lörrach Straße Vereinssoftware Bürgerbeteiligung Termin Gesundheit Dorf Funk Müller"

Reading = Callable[..., QueryReader]


@pytest.fixture(scope="module")
def reader(reading: Reading) -> QueryReader:
    return reading(LISTED)


def test_a_query_is_taken_apart(reader: QueryReader) -> None:
    read = reader.read("  Welche Vereinssoftware gibt es für Dorf Funk? ")
    assert read.text == "Welche Vereinssoftware gibt es für Dorf Funk?"
    assert read.words == ("Vereinssoftware", "Dorf", "Funk")
    assert read.content == "Vereinssoftware Dorf Funk"
    assert read.parts == ("verein", "software")
    assert read.joined == ("vereinssoftwaredorf", "dorffunk")
    assert read.folded == "vereinssoftware dorf funk"
    assert read.spoken == read.text


def test_neighbours_with_digits_or_symbols_are_not_joined(reader: QueryReader) -> None:
    assert reader.read("Dorf 5 Funk C++ Termin").joined == ()


@pytest.mark.parametrize(
    "text",
    ["!!! ???", "🚗🚌", "und der die das", "\u200b\ue000 .", "<><>", '"*" ~ : ^ ( )', "\\", "%", "- - -", "\x00"],
)
def test_nothing_searchable_is_known_as_such(reader: QueryReader, text: str) -> None:
    read = reader.read(text)
    assert not read.searchable
    assert (read.words, read.parts, read.joined, read.meant, read.recognised) == ((), (), (), (), ())
    assert (read.corrections, read.only_filters, read.familiar) == ((), False, False)
    assert read.empty == (clean(text) == "")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Termin 🚗 Dorf", ("Termin", "Dorf")),
        ("<script>Termin</script>", ("script", "Termin", "script")),
        ('name:(Termin OR "Dorf") AND NOT *:* ~2 ^9', ("name", "Termin", "OR", "Dorf", "AND", "NOT", "2", "9")),
        ("Termin\x00Dorf\u202e", ("Termin", "Dorf")),
    ],
)
def test_markup_and_query_syntax_are_only_text(reader: QueryReader, text: str, content: tuple[str, ...]) -> None:
    read = reader.read(text, literal=True)
    assert read.words == content
    assert read.spoken == clean(text), "nothing of what was typed is lost"


def test_a_misspelt_word_is_corrected_and_searched_for_as_typed_too(reader: QueryReader) -> None:
    read = reader.read("Wo ist die Mitfarbank in Lorrach?")
    assert read.words == ("Mitfahrbank", "Lörrach")
    assert read.corrections == (("Mitfarbank", "Mitfahrbank"),), "a missing umlaut is no mistake"
    assert read.misspelt == ("Mitfarbank",)
    assert read.spoken == "Wo ist die Mitfahrbank in Lörrach?"
    assert read.text == "Wo ist die Mitfarbank in Lorrach?"
    assert Meant("mitfahrbank", "Mitfahrbank", ("mobilitat",)) in read.meant, "what is meant, not what was typed"


@pytest.mark.parametrize("typed", ["lorrach", "Loerrach", "LORRACH"])
def test_words_get_their_umlauts_even_when_nothing_is_to_be_corrected(reader: QueryReader, typed: str) -> None:
    read = reader.read(f"{typed} Mitfarbank", literal=True)
    assert read.words == ("Lörrach", "Mitfarbank")
    assert read.corrections == ()
    assert read.spoken == "Lörrach Mitfarbank"


def test_the_case_that_was_typed_is_kept(reader: QueryReader) -> None:
    assert reader.read("termin STRASSE TERMIN").words == ("termin", "Straße", "TERMIN")


def test_words_that_no_listing_uses_are_left_alone_when_they_exist(reader: QueryReader) -> None:
    """Rathaus is a term, Telefonbuch a compound of general words; neither is a misspelt word of the listings."""
    read = reader.read("Rathaus Telefonbuch")
    assert (read.words, read.corrections) == (("Rathaus", "Telefonbuch"), ())


def test_everything_between_the_words_stays_as_it_was_typed(reader: QueryReader) -> None:
    read = reader.read("(Mitfarbank)/Lorrach – »Strasse«, 5.0 & C++... Mitfarbank!")
    assert read.spoken == "(Mitfahrbank)/Lörrach – »Straße«, 5.0 & C++... Mitfahrbank!"
    assert read.corrections == (("Mitfarbank", "Mitfahrbank"), ("Mitfarbank", "Mitfahrbank"))


def test_what_is_meant_is_named_once_with_what_is_broader(reader: QueryReader) -> None:
    read = reader.read("Rufbus, Anrufbus oder öffentlicher Nahverkehr")
    assert [each.concept for each in read.meant] == ["rufbus", "opnv"]
    assert read.meant[0].text == "Rufbus"
    assert "opnv" in read.meant[0].related
    assert read.meant[1].text == "öffentlicher Nahverkehr"


@pytest.mark.parametrize(
    ("text", "embedded"),
    [
        ("Mitfahrbank", "Mitfahrbank, Mobilität"),
        ("die Mitfarbank?", "die Mitfahrbank?, Mobilität"),
        ("Mitfahrbank und Carsharing", "Mitfahrbank und Carsharing, Mobilität"),
        ("Mitfahrbank am Waldrand", "Mitfahrbank am Waldrand"),
        ("Mitfahrbank in Bayern", "Mitfahrbank in Bayern"),
        ("Waldrand", "Waldrand"),
        ("Bürgerbeteiligung", "Bürgerbeteiligung"),
    ],
)
def test_a_bare_term_is_compared_together_with_what_is_broader(reader: QueryReader, text: str, embedded: str) -> None:
    assert reader.read(text).embedded == embedded


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("Mitfahrbank", True),
        ("mitfahrbank xyzzy", True),
        ("Rathaus", True),
        ("Wasserwerk", True),
        ("xyzzy", False),
        ("hello world", False),
        ("und der", False),
    ],
)
def test_a_query_of_unknown_words_is_known_as_such(reader: QueryReader, text: str, familiar: bool) -> None:
    assert reader.read(text, literal=True).familiar is familiar


def test_only_the_first_words_are_read(reader: QueryReader) -> None:
    read = reader.read(" ".join(f"wort{number}" for number in range(LONGEST_TEXT)))
    assert len(read.words) == MOST_WORDS
    assert read.spoken == read.text
    late = reader.read("der " * 2 * MOST_WORDS + "Termin in Bayern")
    assert (late.words, late.recognised) == ((), ())


def test_the_same_text_reads_the_same(reader: QueryReader) -> None:
    text = "kostenlose Mitfarbank in Lorrach für Landkreise"
    assert reader.read(text) == reader.read(f" {text}\u200b ")


def is_whole(read: QueryText) -> bool:
    """True when the spoken text is the typed one but for words in another spelling."""
    typed, spoken = words(read.text), words(read.spoken)
    if len(typed) != len(spoken):
        return False
    corrected = {fold(before): fold(after) for before, after in read.corrections}
    return all(
        fold(after) in (fold(before), corrected.get(fold(before))) for before, after in zip(typed, spoken, strict=True)
    )


@settings(deadline=None)
@given(text=st.text(max_size=LONGEST_TEXT))
@example(text="ß" * LONGEST_TEXT)
@example(text="Mitfarbank " * 27)
@example(text="a" * LONGEST_TEXT)
@example(text="Donaudampfschifffahrtsgesellschaft" * 8)
@example(text="in für " * 42)
def test_any_text_is_understood_quickly_and_completely(reader: QueryReader, text: str) -> None:
    started = time.perf_counter()
    read = reader.read(text)
    assert time.perf_counter() - started < 2
    assert len(read.words) <= MOST_WORDS
    assert read.empty == (clean(text) == "")
    assert not any(map(is_stop_word, read.words))
    assert is_whole(read)
