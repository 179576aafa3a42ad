"""Stems: the forms of one word have the same, other words another."""

from collections import Counter
from pathlib import Path

import pytest
from search.domain import stemming
from search.domain.compounds import Splitter
from search.domain.stemming import kept_apart, stem
from search.domain.thesaurus import Thesaurus
from search.domain.words import STOP_WORDS, fold, words

LINES = [
    words(line)
    for line in (Path(stemming.__file__).parent / "stems_de.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


@pytest.mark.parametrize(
    "forms",
    [
        ("Bürger", "Buergern", "BÜRGERINNEN", "Bürgerin", "bürger"),
        ("Bauer", "Bauern", "Bäuerin", "Bäuerinnen"),
        ("Bau", "bauen", "Bauens"),
        ("Kurs", "Kurse", "Kursen"),
        ("Sicherheit", "sichern", "sichere"),
        ("App", "Apps"),
        ("Workshop", "Workshops"),
        ("Kita", "Kitas"),
        ("Handy", "Handys"),
        ("Büro", "Büros"),
        ("kostenlos", "kostenlose", "kostenlosen"),
        ("Bus", "Busse"),
        ("Verzeichnis", "Verzeichnisse"),
        ("Haus", "Häuser"),
    ],
)
def test_forms_of_one_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bürger", "Burg"),
        ("Bürgern", "Burgen"),
        ("Bauern", "bauen"),
        ("Bauer", "Bau"),
        ("buchen", "Buch"),
        ("Gründer", "Gründe"),
        ("parken", "Park"),
        ("handeln", "Handel"),
        ("Kurs", "Kur"),
        ("Mediziner", "Medizin"),
        ("Wasser", "was"),
        ("sicher", "sich"),
    ],
)
def test_words_that_mean_something_else_are_told_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_line_of_the_data_file_makes_a_difference(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert {stem(form) for form in line} == {fold(line[0])}
    monkeypatch.setattr(stemming, "kept_apart", dict)
    assert {stem.__wrapped__(form) for form in line} != {fold(line[0])}


def test_no_form_stands_in_two_lines() -> None:
    times = Counter(fold(form) for line in LINES for form in line)
    assert [form for form, number in times.items() if number > 1] == []
    assert kept_apart().keys() == times.keys()


def test_no_function_word_means_something(thesaurus: Thesaurus, splitter: Splitter) -> None:
    assert [word for word in sorted(STOP_WORDS) if [*thesaurus.mentions([word], splitter)]] == []
