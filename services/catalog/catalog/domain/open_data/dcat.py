"""The catalogue by DCAT-AP.de 3.0: the data as a dataset with distributions, each solution as a resource (ADR 0018)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.profile.questionnaire import Question, Questionnaire
from contracts.profile.showing import texts_of
from contracts.vocabulary import Bundesland, SolutionKind
from langcodes import Language

from catalog.domain.open_data.formats import FORMATS, JSON
from catalog.domain.open_data.rdf import Iri, Node, Term, Text, moment
from catalog.domain.open_data.terms import Terms
from catalog.domain.open_data.texts import iri, plain

Statements = list[tuple[str, Term]]
_EU = "http://publications.europa.eu/resource/authority/"
_STATUS = {
    "concept": "DEVELOP",
    "development": "DEVELOP",
    "beta": "DEVELOP",
    "stable": "COMPLETED",
    "obsolete": "DEPRECATED",
}
_STATES = ["SH", "HH", "NI", "HB", "NW", "HE", "RP", "BW", "BY", "SL", "BE", "BB", "MV", "SN", "ST", "TH"]
STATE_KEY = {Bundesland(f"DE-{code}"): f"{number:02}" for number, code in enumerate(_STATES, start=1)}
"""The first two digits of the official municipality key, by federal state."""
_NOT_SPDX = ("proprietary", "LicenseRef-open-source")
_TITLE = "Digitale Lösungen für Kommunen"
_DESCRIPTION = (
    "Alle veröffentlichten Einträge des Marktplatzes mit den Angaben der Anbietenden im Standardprofil: Software, "
    "Beratung und Qualifizierung für Kommunen. Ohne personenbezogene Daten."
)


@dataclass(frozen=True, slots=True)
class _About:
    terms: Terms
    provider: str


def catalogue(terms: Terms, *, changed_at: datetime | None) -> Iterator[Node]:
    """Yield what describes the data as a whole: publisher, catalogue, dataset, distributions, service."""
    address = terms.catalogue
    publisher = Iri(f"{address}#herausgeber")
    licence = Iri(terms.licence.concept)
    changed: Statements = [("dct:modified", moment(changed_at))] if changed_at else []
    contributor: Statements = [("dcatde:contributorID", Iri(terms.contributor))] if terms.contributor else []
    credit: Statements = (
        [("dcatde:licenseAttributionByText", Text(plain(terms.publisher), "de"))] if terms.licence.attribution else []
    )
    common: Statements = [("dct:publisher", publisher), ("dct:language", Iri(f"{_EU}language/DEU")), *changed]
    yield Node(
        publisher.value,
        ["foaf:Agent"],
        [("foaf:name", Text(plain(terms.publisher))), ("foaf:homepage", Iri(terms.site))],
    )
    yield Node(
        address,
        ["dcat:Catalog"],
        [
            ("dct:title", Text("Offene Daten des Marktplatzes für digitale Lösungen", "de")),
            ("dct:description", Text(_DESCRIPTION, "de")),
            *common,
            ("dct:license", licence),
            ("foaf:homepage", Iri(address)),
            ("dcat:dataset", Iri(f"{address}#daten")),
            ("dcat:service", Iri(f"{address}#schnittstelle")),
        ],
    )
    yield Node(
        f"{address}#daten",
        ["dcat:Dataset"],
        [
            ("dct:title", Text(_TITLE, "de")),
            ("dct:description", Text(_DESCRIPTION, "de")),
            ("dct:identifier", Text(f"{address}#daten")),
            *common,
            *contributor,
            ("dcat:theme", Iri(f"{_EU}data-theme/GOVE")),
            ("dcat:theme", Iri(f"{_EU}data-theme/TECH")),
            *(("dcat:keyword", Text(word, "de")) for word in ("Kommune", "Digitalisierung", "Software")),
            ("dct:accrualPeriodicity", Iri(f"{_EU}frequency/UPDATE_CONT")),
            ("dct:accessRights", Iri(f"{_EU}access-right/PUBLIC")),
            ("dct:spatial", Iri(f"{_EU}country/DEU")),
            ("dcat:landingPage", Iri(address)),
            ("dcat:contactPoint", _contact_at(terms.publisher, Iri(f"{terms.site}/ueber"))),
            *(("dcat:distribution", Iri(f"{address}#{each.extension}")) for each in FORMATS),
        ],
    )
    for each in FORMATS:
        download: Statements = [] if each is JSON else [("dcat:downloadURL", Iri(terms.file(each.name)))]
        yield Node(
            f"{address}#{each.extension}",
            ["dcat:Distribution"],
            [
                ("dct:title", Text(each.title, "de")),
                ("dcat:accessURL", Iri(terms.file(each.name))),
                *download,
                ("dct:format", Iri(each.concept)),
                *([("dcat:mediaType", Iri(each.media_type_concept))] if each.media_type_concept else []),
                ("dct:license", licence),
                *credit,
                ("dcatap:availability", Iri(f"{_EU}planned-availability/AVAILABLE")),
                ("adms:status", Iri(f"{_EU}distribution-status/COMPLETED")),
                *changed,
            ],
        )
    yield Node(
        f"{address}#schnittstelle",
        ["dcat:DataService"],
        [
            ("dct:title", Text("Schnittstelle des Katalogs", "de")),
            ("dcat:endpointURL", Iri(address)),
            ("dcat:endpointDescription", Iri(terms.api("openapi.json"))),
            ("dcat:servesDataset", Iri(f"{address}#daten")),
            ("dct:publisher", publisher),
            ("dct:license", licence),
            ("dct:accessRights", Iri(f"{_EU}access-right/PUBLIC")),
        ],
    )


def solution(
    terms: Terms,
    profile: Questionnaire,
    listing: Mapping[str, Any],
    *,
    solution_id: str,
    slug: str,
    provider: tuple[str, str],
    published: tuple[datetime, datetime],
) -> Iterator[Node]:
    """Yield that the catalogue lists a solution, and the solution.

    `listing` as JSON values; `provider` is id and name of the organisation, `published` when it was first and last.
    """
    address = terms.solution(slug)
    software = listing["kind"] == SolutionKind.SOFTWARE
    answers = profile.answers_in(listing)
    about = _About(terms, provider[1])
    statements: Statements = [
        ("dct:identifier", Text(plain(solution_id))),
        (
            "dct:publisher",
            Node(
                None,
                ["foaf:Agent", "schema:Organization"],
                [("dct:identifier", Text(plain(provider[0]))), ("foaf:name", Text(plain(provider[1])))],
            ),
        ),
        ("dct:issued", moment(published[0])),
        ("dct:modified", moment(published[1])),
        ("foaf:page", Iri(address)),
    ]
    for each in profile.questions:
        if each.export.dcat and each.id in answers:
            known = _VALUES.get(each.export.dcat, _plainly)
            statements += [(each.export.dcat, term) for term in known(about, each, answers[each.id])]
    if not any(name == "dct:description" for name, _ in statements):  # which DCAT-AP demands
        statements.append(("dct:description", Text(plain(listing["summary"]), "de")))
    yield Node(terms.catalogue, [], [("dcat:resource", Iri(address))])
    yield Node(address, ["dcat:Resource", "schema:SoftwareApplication" if software else "schema:Service"], statements)


def _plainly(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    """Addresses as resources, everything else in German words."""
    if question.type in ("url", "urls"):
        addresses = answer if isinstance(answer, list) else [answer]
        yield from (Iri(found) for each in addresses if (found := iri(each)))
    else:
        yield from (Text(plain(each), "de") for each in texts_of(question, answer, "de"))


def _theme(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    for value in answer:
        concept = iri(f"{about.terms.site}/suche?field_of_action={value}")
        if concept:
            yield Node(
                None,
                ["skos:Concept"],
                [("skos:prefLabel", Text(texts_of(question, value, "de")[0], "de")), ("foaf:page", Iri(concept))],
            )


def _language(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    for tag in answer:
        try:
            yield Iri(f"{_EU}language/{Language.get(tag).to_alpha3().upper()}")
        except (LookupError, ValueError):
            continue


def _licence(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    """Only a single SPDX licence has an address."""
    if answer not in _NOT_SPDX and " " not in answer:
        concept = iri(f"https://spdx.org/licenses/{answer}")
        if concept:
            yield Iri(concept)


def _status(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    if answer in _STATUS:
        yield Iri(f"{_EU}dataset-status/{_STATUS[answer]}")


def _spatial(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    yield Iri(f"http://dcat-ap.de/def/politicalGeocoding/stateKey/{STATE_KEY[Bundesland(answer)]}")


def _contact(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    """The page for contact; never a person."""
    for address in _plainly(about, question, answer):
        yield _contact_at(about.provider, address)


def _contact_at(organisation: str, address: Term) -> Node:
    return Node(None, ["vcard:Organization"], [("vcard:fn", Text(plain(organisation))), ("vcard:hasURL", address)])


def _depiction(about: _About, question: Question, answer: Any) -> Iterator[Term]:
    for each in answer:
        address = iri(about.terms.api(f"media/{each['id']}")) if each["kind"] == "image" else None
        if address:
            yield Iri(address)


_VALUES: Mapping[str, Callable[[_About, Question, Any], Iterator[Term]]] = {
    "dcat:theme": _theme,
    "dct:language": _language,
    "dct:license": _licence,
    "adms:status": _status,
    "dct:spatial": _spatial,
    "dcat:contactPoint": _contact,
    "foaf:depiction": _depiction,
}
