"""Words of what can be found: counting them, and correcting what is none of them without touching what is right."""

import random
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search.adapters.lexicon import load_constituents
from search.domain.compounds import Splitter
from search.domain.entry import Entry
from search.domain.spelling import same_word, sound
from search.domain.vocabulary import Correction, Vocabulary
from search.domain.words import fold

TEXT = """
    Mitfahrbank Mitfahrbänke Bürgerbeteiligung Bürgerbüro Telemedizin Lörrach Straßenlaterne Vereine Verein Ehrenamt
    ehrenamtlich Digitalisierung Terminbuchung Buchung Termine Projekte Rhythmus Fahrrad bieten bietet sieben gegen
    waren Landkreis Dorffunk Moodle regional Wald Bücher Portal der und mit C++ COVID19 Schnittstelle
"""


def entry(number: int, *words: str) -> Entry:
    return Entry(str(number), "", "", (), "", (), "", 1, words=words)


@pytest.fixture(scope="module")
def vocabulary(splitter: Splitter) -> Vocabulary:
    filled = Vocabulary(splitter, load_constituents())
    filled.changed([entry(1, *TEXT.split()), entry(2, "mitfahrbank", "Bürgerbüro", "Vereine", "Regional")], [])
    return filled


@pytest.mark.parametrize(
    ("typed", "text", "distance"),
    [
        ("Mitfarbank", "Mitfahrbank", 1),
        ("mitfahrbnak", "Mitfahrbank", 1),
        ("Mitfahrrbank", "Mitfahrbank", 1),
        ("Buergerbeteilligung", "Bürgerbeteiligung", 1),
        ("Telemedezin", "Telemedizin", 1),
        ("Lörach", "Lörrach", 1),
        ("Lorach", "Lörrach", 1),
        ("Rytmus", "Rhythmus", 2),
        ("Digitalisirunk", "Digitalisierung", 2),
        ("Eherenamt", "Ehrenamt", 1),
        ("hErenamt", "Ehrenamt", 1),
        ("Wlad", "Wald", 1),
        ("Vrein", "Verein", 1),
        ("regionl", "regional", 1),
        ("Regonal", "regional", 1),
        ("Proekte", "Projekte", 1),
    ],
)
def test_misspelled_words_are_corrected_to_what_is_used(
    vocabulary: Vocabulary, typed: str, text: str, distance: int
) -> None:
    assert vocabulary.correct(typed) == Correction(text, distance)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("Mitfahrbank", "it is used"),
        ("LOERRACH", "it is used in another spelling"),
        ("Vereins", "another form of a word that is used"),
        ("bietend", "another form of a word that is used"),
        ("regionaler", "another form of a word that is used"),
        ("Heizung", "a general word that nothing uses"),
        ("Heizungsförderung", "general words joined"),
        ("Terminportal", "words that are used, joined"),
        ("Fahrradstraße", "words that are used, joined"),
        ("eBuchung", "a name made of a word that is used"),
        ("ebuchung", "the first letter is right, unless it is swapped with the second"),
        ("Bus", "too short"),
        ("Wand", "a short word with another letter is another word"),
        ("Siegen", "a name is no misspelled number"),
        ("Museum", "like no other word"),
        ("gegem", "only a function word is near"),
        ("welchen", "a function word"),
        ("COVID18", "a number"),
        ("2027", "a number"),
        ("Волга", "another script"),
        ("x" * 300, "no word"),
        ("", "nothing"),
        ("🚗", "nothing"),
    ],
)
def test_what_is_right_or_like_nothing_else_is_left_alone(vocabulary: Vocabulary, word: str, why: str) -> None:
    assert vocabulary.correct(word) is None, why


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Terminbuhcungssystem", "Terminbuchungssystem"),
        ("Buergerbeteiligungsplatform", "Buergerbeteiligungsplattform"),
        ("vereinsferwaltung", None),
        ("Dieginsthandy", None),
        ("Schnitstellenportal", "Schnittstellenportal"),
        ("Gesundheitsbehröde", "Gesundheitsbehörde"),
    ],
)
def test_the_wrong_part_of_an_unknown_compound_is_corrected(
    vocabulary: Vocabulary, typed: str, text: str | None
) -> None:
    assert vocabulary.correct(typed) == (Correction(text, 1) if text else None)


def test_the_more_used_of_two_words_is_meant(splitter: Splitter) -> None:
    vocabulary = Vocabulary(splitter)
    vocabulary.changed([entry(1, "Karten", "Kasten"), entry(2, "Kasten")], [])
    assert vocabulary.correct("Kahten") == Correction("Kasten", 1)
    vocabulary.changed([entry(3, "Karten"), entry(4, "Karten")], [])
    assert vocabulary.correct("Kahten") == Correction("Karten", 1)


def test_the_most_frequent_spelling_is_shown(splitter: Splitter) -> None:
    vocabulary = Vocabulary(splitter)
    vocabulary.changed([entry(1, "digital", "Digital"), entry(2, "Digital")], [])
    assert (vocabulary.spelling("digital"), vocabulary.count("digital")) == ("Digital", 2)
    vocabulary.changed([entry(2, "digital"), entry(3, "digital")], [])
    assert (vocabulary.spelling("digital"), vocabulary.count("digital")) == ("digital", 3)
    vocabulary.changed([], ["1", "2", "3"])
    assert (vocabulary.spelling("digital"), vocabulary.count("digital"), len(vocabulary)) == (None, 0, 0)
    assert vocabulary.correct("digitall") is None


WORDS = st.lists(st.sampled_from(["Bus", "bus", "BUS", "Haus", "Häuser", "haus", "Öl", "oel", "b2b"]), unique=True)


@given(st.lists(st.tuples(st.integers(1, 4), st.none() | WORDS), max_size=30))
def test_counts_follow_every_change(splitter: Splitter, changes: list[tuple[int, list[str] | None]]) -> None:
    vocabulary = Vocabulary(splitter)
    held: dict[int, list[str]] = {}
    for number, words in changes:
        if words is None:
            vocabulary.changed([], [str(number)] if held.pop(number, None) is not None else [])
        else:
            held[number] = words
            vocabulary.changed([entry(number, *words)], [])
    counts = Counter(folded for words in held.values() for folded in {fold(word) for word in words})
    spellings = Counter(word for words in held.values() for word in words)
    assert len(vocabulary) == len(counts)
    for folded, count in counts.items():
        assert vocabulary.count(folded) == count
        spelling = vocabulary.spelling(folded)
        assert spelling is not None
        assert spellings[spelling] == max(uses for word, uses in spellings.items() if fold(word) == folded)


@given(st.text(max_size=60))
def test_any_word_gets_an_answer(vocabulary: Vocabulary, word: str) -> None:
    corrected = vocabulary.correct(word)
    assert corrected is None or corrected.text != word


def test_a_hundred_thousand_words_are_searched_in_a_few_milliseconds(splitter: Splitter) -> None:
    chance = random.Random(4)
    pieces = load_constituents()
    words = [f"{chance.choice(pieces)}{chance.choice(pieces)}{chance.choice(pieces)}" for _ in range(100_000)]
    vocabulary = Vocabulary(splitter, pieces)
    vocabulary.changed([entry(at, *words[at : at + 100]) for at in range(0, len(words), 100)], [])
    typed = [word[:4] + "q" + word[5:] for word in chance.sample(words, 100)]
    started = time.thread_time()
    corrected = sum(vocabulary.correct(word) is not None for word in typed)
    assert (time.thread_time() - started) / len(typed) < 0.005
    assert corrected > 75


@pytest.mark.parametrize(
    ("one", "other"), [("Telefon", "Telephon"), ("Rhythmus", "Rytmus"), ("Fahrrad", "Farrat"), ("Beitrag", "Baitrak")]
)
def test_spellings_that_sound_alike(one: str, other: str) -> None:
    assert sound(fold(one)) == sound(fold(other))


def test_forms_of_one_word() -> None:
    assert same_word("digitalisieren", "digitalisierung")
    assert same_word("neuer", "neue")
    assert not same_word("vorgaben", "vorhaben")
