"""Target groups in the words of listings, sorted into those of the search."""

import json
from pathlib import Path

import pytest
from contracts.vocabulary import TargetGroup
from search.domain.compounds import Splitter
from search.domain.target_groups import target_groups

DATA = Path(__file__).parents[3] / "data" / "solutions.json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kommunen", "administration"),
        ("kreisangehörige Gemeinden", "administration"),
        ("Verwaltungsangehörige", "administration"),
        ("Ortsbürgermeister", "administration"),
        ("Landes- und Bundesministerien", "administration"),
        ("Beschäftigte der Landkreisverwaltung", "administration counties"),
        ("Landkreise", "counties"),
        ("Interessierte aus den Landkreisen", "counties"),
        ("Bevölkerung aller Altersgruppen", "citizens"),
        ("Ältere Menschen", "older_people"),
        ("älterer Menschen", "older_people"),
        ("Seniorenbeirat", "older_people"),
        ("Eltern mit Kindern im Kita- und Grundschulalter", "families"),
        ("Schülerinnen und Schüler", "young_people"),
        ("junge Erwachsene", "young_people"),
        ("Pädagogisches Fachpersonal", "education"),
        ("Schulträger", "education"),
        ("Vereinsvorstände", "volunteers"),
        ("Mobilitätsinitiativen", "volunteers"),
        ("Freiwillige Feuerwehren", "volunteers health_professionals"),
        ("Verarbeitung, Handel und Gastronomie", "businesses"),
        ("Start-ups", "businesses"),
        ("Hofläden", "businesses agriculture"),
        ("Forstwirtschaft", "agriculture"),
        ("Hausarzt- und Facharztpraxen", "health_professionals"),
        ("Facharztpraxen", "health_professionals"),
        ("Leistungserbringer in Pflege und Gesundheit", "health_professionals"),
        ("Pflegebedürftige und Angehörige", "patients_and_carers"),
        ("Pflegende Angehörige", "patients_and_carers"),
        ("Menschen mit Behinderungen", "people_seeking_support"),
        ("weniger digital affine Menschen", "people_seeking_support"),
        ("Geflüchtete", "newcomers"),
        ("Feriengäste", "tourists"),
        ("Fahrgäste im Nahverkehr", "commuters"),
        ("Lösungsanbietende", "research_and_it"),
        ("Arbeitskreise", ""),
        ("Verantwortliche", ""),
        ("!!! 🚗", ""),
        ("", ""),
    ],
)
def test_a_target_group_belongs_to(splitter: Splitter, text: str, expected: str) -> None:
    assert target_groups([text], splitter) == [TargetGroup(each) for each in expected.split()]


@pytest.mark.parametrize(
    "spelling",
    [
        "Bürgerinnen und Bürger",
        "Bürger:innen",
        "Bürger*innen",
        "Bürger/-innen",
        "Bürger_innen",
        "BürgerInnen",
        "BUERGER",
    ],
)
def test_gender_forms_and_spellings_make_no_difference(splitter: Splitter, spelling: str) -> None:
    assert target_groups([spelling], splitter) == [TargetGroup.CITIZENS]


def test_several_texts_give_each_group_once(splitter: Splitter) -> None:
    assert target_groups(["Vereine", "Kommunen", "Verbände", "Ehrenamtliche", "xyz"], splitter) == [
        TargetGroup.ADMINISTRATION,
        TargetGroup.VOLUNTEERS,
    ]


def test_nearly_all_target_groups_of_the_demo_listings_are_known(splitter: Splitter) -> None:
    listings = [entry["listing"] for entry in json.loads(DATA.read_text(encoding="utf-8"))]
    texts = {text for listing in listings for text in listing.get("target_groups", ())}
    unknown = {text for text in texts if not target_groups([text], splitter)}
    assert unknown == {"Anbietende von Hilfen", "Beschäftigte", "Fachkräfte", "regionale Akteure"}, "they say nothing"
    assert len(unknown) <= len(texts) / 10
