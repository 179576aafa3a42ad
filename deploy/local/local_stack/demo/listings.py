"""The demonstration data: the listings of data/solutions.json, the demo organisations, two unfinished submissions."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from local_stack.demo.pages import PREFIX
from local_stack.demo.repositories import CHECKOUT, OWN

LISTINGS_FILE = "DEMO_LISTINGS"
PROVIDER_NOTE = "Angelegt mit den Demonstrationsdaten."
MANDATE = "Angelegt mit den Demonstrationsdaten: die Kommune ist erfunden, ihr Mandat auch."
REPOSITORIES = {
    "marktplatz-deutschland-digital": OWN,
    "comby": "mitfahrbank",
    "kuubu": "kulturangebote",
    "smart-green-5-0": "heckenkarte",
}
"""Which listing points to which of the generated repositories."""
DEMOS = ("mitfahrbank", "kulturangebote", "heckenkarte")
"""Repositories whose listings name a demo address; at the last one nothing answers."""

Listing = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """One listing, as it is submitted by its provider."""

    slug: str
    provider: str
    evidence: str
    listing: Listing


@dataclass(frozen=True)
class DemoOrganisation:
    """An organisation with the demo user who asks for its onboarding and becomes its admin."""

    name: str
    user: str
    kind: str
    bundesland: str | None = None
    size_class: str | None = None
    ars: str | None = None
    """Made up like the municipality: in a district number of the federal state that is not given to any district."""
    website_url: str | None = None


@dataclass(frozen=True)
class DemoUse:
    """How a demo municipality uses a solution, and whether others may ask it about that."""

    slug: str
    municipality: DemoOrganisation
    since: str
    version: str | None = None
    visibility: str = "public"
    contact: bool = True


@dataclass(frozen=True)
class DemoRating:
    """What a demo municipality says about a solution that it uses."""

    slug: str
    municipality: DemoOrganisation
    overall: int
    dimensions: Mapping[str, int]
    report: str


MUNICIPALITY = DemoOrganisation(
    "Landkreis Musterland",
    "demo-municipality",
    "municipality",
    bundesland="DE-BB",
    size_class="100k_to_500k",
    ars="12999",
    website_url="https://www.musterland.example.org/",
)
SECOND_MUNICIPALITY = DemoOrganisation(
    "Stadt Beispielstadt",
    "demo-municipality-2",
    "municipality",
    bundesland="DE-HE",
    size_class="20k_to_100k",
    ars="069990001001",
    website_url="https://www.beispielstadt.example.org/",
)
PROVIDER = DemoOrganisation("Musterlösungen GmbH", "demo-provider", "provider", bundesland="DE-BB")

THIRD_MUNICIPALITY = DemoOrganisation(
    "Gemeinde Musterdorf",
    "demo-municipality-3",
    "municipality",
    bundesland="DE-BB",
    size_class="under_5k",
    ars="129990001001",
    website_url="https://www.musterdorf.example.org/",
)
MUNICIPALITIES = (MUNICIPALITY, SECOND_MUNICIPALITY, THIRD_MUNICIPALITY)

USES = (
    DemoUse("comby", MUNICIPALITY, "2024-09", version="2.1"),
    DemoUse("comby", SECOND_MUNICIPALITY, "2025-03", version="2.1"),
    DemoUse("comby", THIRD_MUNICIPALITY, "2023", visibility="registered"),
    DemoUse("kommunale-raeume", MUNICIPALITY, "2024-11"),
    DemoUse("kommunale-raeume", THIRD_MUNICIPALITY, "2025-06", visibility="hidden", contact=False),
    DemoUse("pocketdorf", MUNICIPALITY, "2023", contact=False),
    DemoUse("lipps", MUNICIPALITY, "2025-02"),
    DemoUse("lipps", SECOND_MUNICIPALITY, "2024", visibility="registered"),
)
"""Made up, like the municipalities."""

RATINGS = (
    DemoRating(
        "comby",
        MUNICIPALITY,
        5,
        {"fit_for_purpose": 5, "usability": 5, "support": 4, "integration": 4},
        "Vorführbericht: Drei Bänke an der Landesstraße, nach vier Wochen zwölf Mitfahrten in der Woche. Die Schilder "
        "selbst zu setzen war der größte Aufwand.",
    ),
    DemoRating(
        "comby",
        SECOND_MUNICIPALITY,
        4,
        {"fit_for_purpose": 4, "usability": 4, "support": 5, "value_for_money": 4},
        "Vorführbericht: Am Stadtrand gut angenommen, in der Kernstadt fährt der Bus zu oft.",
    ),
    DemoRating(
        "comby",
        THIRD_MUNICIPALITY,
        4,
        {"fit_for_purpose": 5, "usability": 3},
        "Vorführbericht: Ältere brauchten anfangs Hilfe an der Bank. Inzwischen fährt die halbe Gemeinde mit.",
    ),
    DemoRating(
        "kommunale-raeume",
        MUNICIPALITY,
        4,
        {"fit_for_purpose": 5, "usability": 4, "support": 4, "value_for_money": 5},
        "Vorführbericht: Vierzehn Dorfgemeinschaftshäuser sind buchbar. Die Hausmeister brauchten anfangs Begleitung.",
    ),
    DemoRating(
        "pocketdorf",
        MUNICIPALITY,
        4,
        {"fit_for_purpose": 4, "usability": 3, "support": 5},
        "Vorführbericht: Lebt von den App-Lotsen. Ohne Ansprechperson im Ort bleibt es still.",
    ),
    DemoRating(
        "lipps",
        MUNICIPALITY,
        3,
        {"fit_for_purpose": 4, "usability": 3, "integration": 2},
        "Vorführbericht: Beteiligung funktioniert, die Anbindung an unsere Karten war mühsam.",
    ),
)

CHANGES_REQUESTED = Record(
    "terminlotse",
    PROVIDER.name,
    "demo",
    {
        "name": "Terminlotse",
        "summary": "Online-Termine für Bürgerbüros, mit Anrufassistent für alle ohne Internet.",
        "description": "Der Terminlotse vergibt Termine über das Internet und am Telefon. Wartezeiten werden sichtbar, "
        "abgesagte Termine frei. (Erfundenes Beispiel eines Anbieters.)",
        "features": ["Termine online und am Telefon", "Erinnerung per E-Mail", "Warteliste"],
        "kind": "software",
        "offer_form": "web_app",
        "fields_of_action": ["information_and_communication"],
        "target_groups": ["Bürgerbüros", "Bürgerinnen und Bürger"],
        "operating_models": ["saas"],
        "licence": "proprietary",
        "price_model": "subscription",
        "hosting_location": "germany",
        "website_url": "https://terminlotse.example.org/",
    },
)
IN_REVIEW = Record(
    "maengelkarte",
    PROVIDER.name,
    "demo",
    {
        "name": "Mängelkarte",
        "summary": "Bürgerinnen und Bürger melden Schlaglöcher und defekte Laternen auf einer Karte.",
        "description": "Meldungen gehen an das zuständige Amt und zeigen öffentlich, was daraus wurde. (Erfundenes "
        "Beispiel eines Anbieters.)",
        "features": ["Meldung mit Foto und Ort", "Zuständigkeit nach Thema", "Öffentlicher Stand der Bearbeitung"],
        "kind": "software",
        "offer_form": "web_app",
        "fields_of_action": ["information_and_communication", "mobility_and_environment"],
        "target_groups": ["Bauhöfe", "Ordnungsämter", "Bürgerinnen und Bürger"],
        "operating_models": ["saas", "self_hosted"],
        "licence": "EUPL-1.2",
        "price_model": "free",
        "operator_name": PROVIDER.name,
        "hosting_location": "germany",
        "it_security": ["ISO 27001"],
        "accessibility_level": "wcag_aa",
        "website_url": "https://maengelkarte.example.org/",
    },
)
WHAT_IS_MISSING = (
    "Bitte ergänzen Sie, wer den Terminlotsen nach Vertragsende weiter betreiben kann, und verlinken Sie Material auf "
    "Deutsch, aus dem Funktionen und Voraussetzungen hervorgehen."
)


def load(path: Path | None = None) -> list[Record]:
    """The records of a listings file: the one named in DEMO_LISTINGS, else that of the checkout."""
    chosen = path or Path(os.environ.get(LISTINGS_FILE) or CHECKOUT / "data" / "solutions.json")
    records = json.loads(chosen.read_text(encoding="utf-8"))
    return [Record(each["slug"], each["provider"], each["evidence"], each["listing"]) for each in records]


def with_repositories(records: Sequence[Record], base_url: str, served: frozenset[str]) -> list[Record]:
    """The records, those with a served repository pointing to it and to its demo."""

    def pointed(record: Record) -> Record:
        name = REPOSITORIES.get(record.slug)
        if f"{name}.git" not in served:
            return record
        base = base_url.rstrip("/")
        demo = {"demo_url": f"{base}{PREFIX}{name}/"} if name in DEMOS else {}
        return replace(record, listing={**record.listing, "repository_url": f"{base}/{name}.git", **demo})

    return [pointed(record) for record in records]


def bundesland_of(provider: str, records: Sequence[Record]) -> str | None:
    """The federal state that all listings of a provider have in common, if there is one."""
    states = {record.listing.get("bundesland") for record in records if record.provider == provider}
    return states.pop() if len(states) == 1 else None
