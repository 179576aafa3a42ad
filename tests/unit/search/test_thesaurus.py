"""Words that mean the same: the data file, and how its terms are recognised in a text."""

from collections import Counter
from importlib.resources import files

import pytest
from search.domain.compounds import Splitter
from search.domain.stemming import stem, stems_of
from search.domain.thesaurus import Concept, MalformedThesaurus, Mention, Thesaurus
from search.domain.words import fold, words

SHIPPED = (files("search.adapters") / "data" / "thesaurus_de.txt").read_text(encoding="utf-8")


def mentioned(thesaurus: Thesaurus, splitter: Splitter, text: str) -> list[Mention]:
    return [*thesaurus.mentions(words(text), splitter)]


def concepts(thesaurus: Thesaurus, splitter: Splitter, text: str) -> list[str]:
    return [mention.concept for mention in mentioned(thesaurus, splitter, text)]


def test_a_line_is_a_concept_with_its_terms_and_broader_concepts() -> None:
    parsed = Thesaurus.parse(
        "# Amtliches\n\nBürgeramt = Meldeamt = Meldeamt > Verwaltung, Behörde,\nVerwaltung = Behörde\n  \nTermin > \n"
    )
    assert parsed.concepts == {
        "burgeramt": Concept("burgeramt", ("Bürgeramt", "Meldeamt"), ("verwaltung",)),
        "verwaltung": Concept("verwaltung", ("Verwaltung", "Behörde")),
        "termin": Concept("termin", ("Termin",)),
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Bus = Bahn\n\n# Amt\nAmt = = Behörde", "line 4: a term is empty"),
        ("Bus =", "line 1: a term is empty"),
        ("> Bus", "line 1: a term is empty"),
        ("Bus\n!!! = Bahn", "line 2: a term is empty"),
        ("Bus\nBahn > Bus, Mobilität", "line 2: there is no concept with the term 'Mobilität'"),
        ("Bus > Bahn > Zug\nBahn\nZug", "line 1: there is no concept with the term 'Bahn > Zug'"),
        ("ÖPNV = Bus\n# Mobilität\nOepnv = Bahn", "line 3: line 1 begins with 'Oepnv' too"),
    ],
)
def test_a_fault_names_its_line(text: str, fault: str) -> None:
    with pytest.raises(MalformedThesaurus) as caught:
        Thesaurus.parse(text)
    assert str(caught.value) == fault


def test_the_shipped_file_has_a_concept_per_line_with_an_id_of_one_token(thesaurus: Thesaurus) -> None:
    lines = [line for line in SHIPPED.splitlines() if line.strip() and not line.startswith("#")]
    assert len(thesaurus.concepts) == len(lines) > 100
    for concept in thesaurus.concepts.values():
        assert concept.id.isascii(), concept
        assert concept.id.isalnum(), concept
        assert concept.id == concept.id.lower(), concept


def test_references_of_the_shipped_file_lead_to_other_concepts(thesaurus: Thesaurus) -> None:
    for concept in thesaurus.concepts.values():
        assert {*concept.broader} <= {*thesaurus.concepts} - {concept.id}, concept
        assert concept.id not in thesaurus.widened(concept.id), concept


def test_every_term_of_the_shipped_file_finds_its_concept(thesaurus: Thesaurus, splitter: Splitter) -> None:
    for concept in thesaurus.concepts.values():
        for term in concept.terms:
            for written in (term, term.lower(), term.upper()):
                whole = [each for each in mentioned(thesaurus, splitter, written) if each.end == len(words(term))]
                assert any(each.concept == concept.id and not each.part for each in whole), (concept.id, written)
            assert all(thesaurus.knows(word) for word in words(term))


def test_no_two_concepts_of_the_shipped_file_claim_the_same_term(thesaurus: Thesaurus) -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for concept in thesaurus.concepts.values():
        for term in concept.terms:
            owners.setdefault(stems_of(words(term)), set()).add(concept.id)
    shared = {stems for stems, ids in owners.items() if len(ids) > 1}
    written = Counter(fold(term) for concept in thesaurus.concepts.values() for term in concept.terms)
    assert [term for term, times in written.items() if times > 1] == []
    assert not shared


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Bürgerämtern", "burgeramt"),
        ("Buergeramt", "burgeramt"),
        ("Burgeramt", "burgeramt"),
        ("bürgerinnen", "burger"),
        ("Bürgerin", "burger"),
        ("Sachbearbeiterinnen", "verwaltungsmitarbeiter"),
        ("Ärztinnen", "arzt"),
        ("Aerzte", "arzt"),
        ("Mitfahrbänken", "mitfahrbank"),
        ("Busse", "opnv"),
        ("Rufbussen", "rufbus"),
        ("Verzeichnisse", "wegweiser"),
        ("öffentlichen Personennahverkehrs", "opnv"),
        ("oeffentlicher Personennahverkehr", "opnv"),
        ("Künstlicher Intelligenz", "kunstlicheintelligenz"),
        ("online-termine", "termin"),
        ("ISO-27001", "itsicherheit"),
    ],
)
def test_inflected_gendered_and_respelled_terms_are_found(
    thesaurus: Thesaurus, splitter: Splitter, text: str, concept: str
) -> None:
    first = mentioned(thesaurus, splitter, text)[0]
    assert (first.concept, first.start, first.end, first.part) == (concept, 0, len(words(text)), False)
    assert first.text == " ".join(words(text)), "in the words of the text"


@pytest.mark.parametrize("text", ["Burgruine", "Arztroman ist schön", "der", "C++", "7", "🚗", ""])
def test_other_words_mean_nothing(thesaurus: Thesaurus, splitter: Splitter, text: str) -> None:
    assert [each for each in mentioned(thesaurus, splitter, text) if not each.part] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bürger", "Burgund"),
        ("Kinder", "Kindheit"),
        ("Schule", "Schulung"),
        ("Verein", "Vereinbarung"),
        ("Bus", "Bußgeld"),
    ],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_terms_are_found_in_the_parts_of_compounds_unless_the_whole_is_one(splitter: Splitter) -> None:
    made = Thesaurus.parse("Termin\nSoftware = Programm\nVereinssoftware\nBus")
    assert mentioned(made, splitter, "Terminsoftware")[0] == Mention("termin", 0, 1, "Terminsoftware", part=True)
    assert concepts(made, splitter, "Terminsoftware") == ["termin", "software"]
    assert mentioned(made, splitter, "Vereinssoftware") == [Mention("vereinssoftware", 0, 1, "Vereinssoftware")]
    assert concepts(made, splitter, "Busbahnhof") == [], "short parts say too little"


def test_at_each_place_the_longest_term_comes_first_then_what_it_holds(splitter: Splitter) -> None:
    made = Thesaurus.parse("Rat\nRat und Tat\nTat = und Tat helfen")
    found = [(each.concept, each.start, each.end) for each in mentioned(made, splitter, "mit Rat und Tat helfen")]
    assert found == [("ratundtat", 1, 4), ("rat", 1, 2), ("tat", 2, 5), ("tat", 3, 4)]
    assert concepts(made, splitter, "Rat und") == ["rat"], "half a term is none"


def test_a_word_of_several_concepts_means_all_of_them(splitter: Splitter) -> None:
    made = Thesaurus.parse("Kreis = Landkreis\nRunde = Kreis")
    assert concepts(made, splitter, "Kreise") == ["kreis", "runde"]


def test_broader_concepts_come_nearest_first_and_circles_end(splitter: Splitter) -> None:
    made = Thesaurus.parse("Rufbus > ÖPNV, Fahrdienst\nÖPNV > Mobilität\nFahrdienst > Mobilität\nMobilität > Rufbus")
    assert made.widened("rufbus") == ("opnv", "fahrdienst", "mobilitat")
    assert made.widened("mobilitat") == ("rufbus", "opnv", "fahrdienst")
    assert Thesaurus.parse("Bus > Bus").widened("bus") == ()


def test_a_reference_by_another_term_means_the_concept_that_begins_with_it_first() -> None:
    made = Thesaurus.parse("Verein = Ehrenamt\nEhrenamt = Engagement\nHilfe > ehrenämter\nAmt > Vereine")
    assert made.concepts["hilfe"].broader == ("ehrenamt",)
    assert made.concepts["amt"].broader == ("verein",)
