"""Filters that a query says in words, and words that say none."""

from collections.abc import Callable, Iterator

import pytest
from contracts.vocabulary import Bundesland, TargetGroup, label
from search.domain.compounds import Splitter
from search.domain.intents import known_intents, occurs_in_filters, recognise
from search.domain.query_text import QueryReader
from search.domain.words import words

LISTED = "Bayern Bayerns kostenlos Landkreise Portal Mitfahrbank Termin gelistet"
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
DOTLESS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
ADJECTIVES = {
    Bundesland.BW: "baden-württembergische",
    Bundesland.BY: "bayerischen",
    Bundesland.BE: "Berliner",
    Bundesland.BB: "brandenburgische",
    Bundesland.HB: "bremischen",
    Bundesland.HH: "Hamburger",
    Bundesland.HE: "hessisches",
    Bundesland.MV: "mecklenburg-vorpommersche",
    Bundesland.NI: "niedersächsischen",
    Bundesland.NW: "nordrhein-westfälischen",
    Bundesland.RP: "rheinland-pfälzische",
    Bundesland.SL: "saarländischen",
    Bundesland.SN: "sächsischer",
    Bundesland.ST: "sachsen-anhaltinische",
    Bundesland.SH: "schleswig-holsteinische",
    Bundesland.TH: "Thüringer",
}

Reading = Callable[..., QueryReader]


@pytest.fixture(scope="module")
def reader(reading: Reading) -> QueryReader:
    return reading(LISTED)


def recognised(reader: QueryReader, text: str) -> dict[str, str]:
    """Return the words as typed, by the id of the filter that they say."""
    return {each.intent.id: each.text for each in reader.read(text).recognised}


def states() -> Iterator[tuple[Bundesland, str]]:
    for state in Bundesland:
        for said in (label(state), ADJECTIVES[state]):
            yield from ((state, written) for written in dict.fromkeys((said, said.lower(), said.upper())))
            yield from ((state, said.translate(table)) for table in (UMLAUTS, DOTLESS) if not said.isascii())


@pytest.mark.parametrize(("state", "said"), states())
def test_a_state_is_recognised_by_name_and_adjective_in_any_spelling(
    reader: QueryReader, state: Bundesland, said: str
) -> None:
    assert recognised(reader, f"{said} Lösungen") == {f"bundesland:{state.value}": said}
    assert recognised(reader, f"Termine in {said}") == {f"bundesland:{state.value}": f"in {said}"}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("NRW", "NW"),
        ("nrw", "NW"),
        ("MV", "MV"),
        ("BaWü", "BW"),
        ("bawue", "BW"),
        ("RLP", "RP"),
        ("Sachsen Anhalt", "ST"),
    ],
)
def test_a_state_is_recognised_by_its_short_name(reader: QueryReader, said: str, state: str) -> None:
    assert recognised(reader, f"Portal {said}") == {f"bundesland:DE-{state}": said}


@pytest.mark.parametrize(
    "text",
    [
        "nicht kostenlos",
        "Termine nicht in Bayern",
        "außerhalb von Bayern",
        "kein Open Source",
        "keine unbedingt kostenlosen Portale",
        "ohne DSGVO",
        "weder kostenlos noch barrierefrei",
        "nicht für Landkreise",
        "statt Open-Source-Software",
    ],
)
def test_what_is_denied_is_no_filter(reader: QueryReader, text: str) -> None:
    assert recognised(reader, text) == {}
    assert reader.read(text).searchable, "its words are still looked for"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nicht nur kostenlos", {"price_model:free"}),
        ("ohne Kosten", {"price_model:free"}),
        ("ohne Anmeldung kostenlos", {"price_model:free"}),
        ("nicht kostenlos, in Bayern", {"bundesland:DE-BY"}),
        ("kostenlos, aber nicht in Bayern", {"price_model:free"}),
        ("noch kostenlos", {"price_model:free"}),
        ("kein Formular für Landkreise", {"target_group:counties"}),
    ],
)
def test_a_negation_denies_only_what_follows_it(reader: QueryReader, text: str, found: set[str]) -> None:
    assert recognised(reader, text).keys() == found


@pytest.mark.parametrize(
    "text",
    ["Niederbayern", "Neubrandenburg", "Oberhessen", "Bayernwerk", "Nordrhein", "Anhalt", "Pfalz"],
)
def test_regions_towns_and_names_that_sound_like_states_are_none(reader: QueryReader, text: str) -> None:
    assert recognised(reader, text) == {}


def test_two_states_are_both_recognised(reader: QueryReader) -> None:
    found = recognised(reader, "Rufbus in Sachsen, Sachsen-Anhalt und in Niedersachsen")
    assert found == {
        "bundesland:DE-SN": "in Sachsen",
        "bundesland:DE-ST": "Sachsen-Anhalt",
        "bundesland:DE-NI": "in Niedersachsen",
    }


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        *(("price_model:free", each) for each in ("kostenlose", "Kostenfrei", "gratis", "umsonst", "ohne Kosten")),
        *(("price_model:free", each) for each in ("gebuehrenfreies", "unentgeltlich")),
        *(("licence_group:open_source", each) for each in ("Open Source", "open-source", "OpenSource", "FOSS")),
        *(("licence_group:open_source", each) for each in ("quelloffene", "freie Software", "Open-Source-Software")),
        *(("data_protection", each) for each in ("DSGVO", "DSGVO-konforme", "GDPR", "datenschutzkonform")),
        ("data_protection", "Datenschutz-Grundverordnung"),
        *(("accessibility_level:accessible", each) for each in ("barrierefreie", "Barrierefreiheit", "BITV", "WCAG")),
        *(("hosting_location:germany", each) for each in ("Servern in Deutschland", "in Deutschland gehostet")),
        ("operating_model:saas", "SaaS"),
        ("operating_model:saas", "Software-as-a-Service"),
        *(("operating_model:self_hosted", each) for each in ("on-premises", "selbst gehostet", "Eigenbetrieb")),
    ],
)
def test_other_filters_are_recognised(reader: QueryReader, intent: str, said: str) -> None:
    assert recognised(reader, f"Termine, {said}!") == {intent: said}


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("für Landkreise", TargetGroup.COUNTIES),
        ("FÜR LANDKREISE", TargetGroup.COUNTIES),
        ("fuer einen Landkreis", TargetGroup.COUNTIES),
        ("für ältere Menschen", TargetGroup.OLDER_PEOPLE),
        ("fur aeltere Menschen", TargetGroup.OLDER_PEOPLE),
        ("für Seniorinnen", TargetGroup.OLDER_PEOPLE),
        ("für junge Menschen", TargetGroup.YOUNG_PEOPLE),
        ("für unsere Ehrenamtlichen", TargetGroup.VOLUNTEERS),
        ("für den Sportverein", TargetGroup.VOLUNTEERS),
        ("für Menschen mit Behinderung", TargetGroup.PEOPLE_SEEKING_SUPPORT),
        ("für kleine Gemeinden", TargetGroup.ADMINISTRATION),
        ("für Touristen", TargetGroup.TOURISTS),
    ],
)
def test_an_audience_is_recognised_after_the_word_for(reader: QueryReader, said: str, group: TargetGroup) -> None:
    assert recognised(reader, f"Termine {said} online") == {f"target_group:{group.value}": said}


@pytest.mark.parametrize(
    "text",
    [
        "Landkreise",
        "ältere Menschen",
        "für",
        "für alle",
        "für und wider",
        "für die",
        "für Anträge",
        "für den Hausgebrauch",
        "für Einkäufe im Laden",
        "für das Leben in der Gemeinde",
        "für Ordnung und Senioren",
    ],
)
def test_without_an_audience_after_for_there_is_none(reader: QueryReader, text: str) -> None:
    assert recognised(reader, text) == {}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "frei",
            "Freiburg",
            "Freibad",
            "freie Plätze",
            "barrierearm",
            "Kosten",
            "Gratisangebot",
            "offen",
            "Open Data",
        ),
        *("Source", "Software", "Server", "Deutschland", "Cloud", "Datenschutz", "Datenschutzbeauftragte", "Lizenz"),
        *("selbst", "Dienst", "Betrieb", "", "!!!", "🚗", "in", "für für für"),
    ],
)
def test_ordinary_words_are_no_filters(reader: QueryReader, text: str) -> None:
    assert recognised(reader, text) == {}


def test_each_filter_is_recognised_once_at_its_first_place(reader: QueryReader) -> None:
    found = recognised(reader, "kostenlose Portale in Bayern, gratis und bayerisch")
    assert found == {"price_model:free": "kostenlose", "bundesland:DE-BY": "in Bayern"}


def test_a_filter_is_shown_as_it_was_typed(reader: QueryReader) -> None:
    assert recognised(reader, "Portal in Byern, kostnlos") == {
        "bundesland:DE-BY": "in Byern",
        "price_model:free": "kostnlos",
    }
    assert recognised(reader, "Portal in  \u200bSachsen - Anhalt") == {"bundesland:DE-ST": "in Sachsen - Anhalt"}
    assert recognised(reader, '"Open"&<Source>') == {"licence_group:open_source": 'Open"&<Source'}


def test_words_that_filters_are_said_with_are_never_corrected(reader: QueryReader) -> None:
    text = reader.read("selbst gehostete Termine")
    assert text.corrections == ()
    assert occurs_in_filters("Gehostet")
    assert not occurs_in_filters("Mitfahrbank")


@pytest.mark.parametrize(
    ("text", "taken_back", "left"),
    [
        ("kostenlose Portale in Bayern", {"bundesland:DE-BY"}, {"price_model:free"}),
        ("kostenlose Portale in Bayern", {"bundesland:DE-BY", "price_model:free"}, set()),
        ("Portale für Landkreise", {"target_group:counties"}, set()),
        ("Portale in Sachsen-Anhalt", {"bundesland:DE-ST"}, set()),
        ("Portale in Bayern", {"bundesland:DE-SN"}, {"bundesland:DE-BY"}),
    ],
)
def test_a_filter_is_taken_back(reader: QueryReader, text: str, taken_back: set[str], left: set[str]) -> None:
    read = reader.read(text, as_words=taken_back)
    assert {each.intent.id for each in read.recognised} == left
    assert read.words == reader.read(text).words, "its words are searched for all along"


def test_whatever_is_recognised_can_be_taken_back(reader: QueryReader) -> None:
    said = [*(label(state) for state in Bundesland), "gratis", "FOSS", "DSGVO", "WCAG", "SaaS", "Eigenbetrieb"]
    audiences = ["für Landkreise", "für Senioren", "für Eltern", "für Vereine", "für Firmen", "für Ärzte"]
    found = {key for text in (*said, *audiences) for key in recognised(reader, text)}
    assert len(found) == len(said) + len(audiences)
    assert found <= known_intents()


def test_only_what_excludes_others_excludes(splitter: Splitter) -> None:
    """Listings name their main audiences and models only, so these leave nothing out and count less."""
    typed = words("kostenlos in Bayern als SaaS für Landkreise, Open Source und barrierefrei")
    found = {each.intent.facet: each.intent for each in recognise(typed, typed, splitter)}
    exclusive = {facet for facet, intent in found.items() if intent.exclusive}
    assert exclusive == {"price_model", "bundesland", "licence_group", "accessibility_level"}
    assert {*found} - exclusive == {"operating_model", "target_group"}
    assert found["target_group"].weight < found["bundesland"].weight


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("kostenlos", True),
        ("kostenlose digitale Lösungen in Bayern", True),
        ("was gibt es für Landkreise?", True),
        ("für ältere Menschen", True),
        ("kostenlose Termine", False),
        ("Lösungen", False),
        ("und", False),
        ("", False),
    ],
)
def test_a_query_of_filters_alone_is_known_as_such(reader: QueryReader, text: str, only: bool) -> None:
    assert reader.read(text).only_filters is only
    if only:
        every = {each.intent.id for each in reader.read(text).recognised}
        assert not reader.read(text, as_words=every).only_filters
