"""The fields of a listing in the order people fill them in, with the words that help them to."""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["text", "area", "markdown", "lines", "choice", "choices", "yes_no", "url"]


@dataclass(frozen=True)
class Field:
    """One field; `vocabulary` names the enumeration of a choice, `lines` are lists with one entry a line."""

    name: str
    label: str
    kind: FieldKind = "text"
    hint: str = ""
    required: bool = False
    longest: int | None = None
    vocabulary: str = ""
    rows: int = 4

    @property
    def url(self) -> bool:
        return self.kind == "url" or self.name.endswith("_urls")


@dataclass(frozen=True)
class Section:
    """Fields that belong together."""

    id: str
    title: str
    intro: str
    fields: tuple[Field, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "vorstellung",
        "Vorstellung",
        "Womit Kommunen Ihre Lösung finden und auf einen Blick verstehen.",
        (
            Field("name", "Name der Lösung", required=True, longest=120),
            Field(
                "summary",
                "Kurzbeschreibung",
                "area",
                "Ein Satz: Was leistet die Lösung für wen?",
                required=True,
                longest=300,
                rows=3,
            ),
            Field(
                "description",
                "Beschreibung",
                "markdown",
                "Markdown ist möglich: Absätze, Listen, Überschriften, Links. HTML wird als Text angezeigt.",
                required=True,
                longest=20_000,
                rows=12,
            ),
            Field("features", "Funktionen", "lines", "Eine Funktion je Zeile."),
            Field("aliases", "Weitere Namen", "lines", "Frühere Namen und Schreibweisen, einer je Zeile.", rows=2),
        ),
    ),
    Section(
        "einordnung",
        "Einordnung",
        "Damit die Lösung in den richtigen Filtern erscheint.",
        (
            Field("kind", "Art der Lösung", "choice", required=True, vocabulary="kind"),
            Field("offer_form", "Angebotsform", "choice", required=True, vocabulary="offer_form"),
            Field(
                "fields_of_action",
                "Handlungsfelder",
                "choices",
                "Mindestens eines.",
                required=True,
                vocabulary="field_of_action",
            ),
            Field("use_cases", "Anwendungsfälle", "lines", "Ein Anwendungsfall je Zeile."),
            Field("target_groups", "Zielgruppen", "lines", "Eine Zielgruppe je Zeile.", rows=3),
            Field(
                "languages",
                "Sprachen der Oberfläche",
                "lines",
                "Sprachkürzel, eines je Zeile, zum Beispiel de oder en.",
                rows=2,
            ),
        ),
    ),
    Section(
        "betrieb",
        "Betrieb und Technik",
        "Wer die Lösung betreibt und womit sie zusammenarbeitet.",
        (
            Field("operator_name", "Betreiber", hint="Falls nicht Ihre eigene Organisation.", longest=300),
            Field("operating_models", "Betriebsmodelle", "choices", vocabulary="operating_model"),
            Field("operating_note", "Hinweise zum Betrieb", "area"),
            Field("interfaces", "Schnittstellen und Standards", "lines", "Zum Beispiel XÖV, OAuth 2.0, REST."),
            Field("integrations", "Angebundene Verfahren", "lines", "Fachverfahren und Dienste, eines je Zeile."),
            Field("tech_stack", "Technik", "lines", "Sprachen, Rahmenwerke, Datenbanken, eines je Zeile."),
        ),
    ),
    Section(
        "lizenz",
        "Lizenz und Preis",
        "",
        (
            Field(
                "licence",
                "Lizenz",
                hint="SPDX-Kürzel wie EUPL-1.2 oder AGPL-3.0-or-later; „proprietary“ für nicht offene Software.",
                longest=300,
            ),
            Field("price_model", "Preismodell", "choice", vocabulary="price_model"),
            Field("price_note", "Hinweise zum Preis", "area"),
        ),
    ),
    Section(
        "links",
        "Links",
        "Vollständige Adressen. Der Quellcode wird für den Lösungs-Checkup gebraucht.",
        (
            Field("website_url", "Website", "url"),
            Field("repository_url", "Quellcode (Repository)", "url", "Öffentlich lesbar über https."),
            Field("documentation_url", "Dokumentation", "url"),
            Field("demo_url", "Demo-Zugang", "url"),
            Field("support_url", "Unterstützung", "url", "Kontaktseite oder Hilfebereich."),
            Field(
                "information_material_urls",
                "Informationsmaterial auf Deutsch",
                "lines",
                "Eine Adresse je Zeile. Aussagekräftiges Material auf Deutsch ist eine Bedingung der Prüfung.",
            ),
        ),
    ),
    Section(
        "vertrauen",
        "Sicherheit, Datenschutz, Barrierefreiheit",
        "Ihre Selbstauskunft. Sie wird als solche gekennzeichnet.",
        (
            Field(
                "it_security",
                "Nachweise zur IT-Sicherheit",
                "lines",
                "Zum Beispiel ISO 27001, BSI IT-Grundschutz, C5, Penetrationstest 2026.",
            ),
            Field("it_security_note", "Hinweise zur IT-Sicherheit", "area"),
            Field("data_processing_agreement", "Vertrag zur Auftragsverarbeitung verfügbar", "yes_no"),
            Field("hosting_location", "Ort des Hostings", "choice", vocabulary="hosting_location"),
            Field("data_protection_note", "Hinweise zum Datenschutz", "area"),
            Field("accessibility_level", "Stand der Barrierefreiheit", "choice", vocabulary="accessibility_level"),
            Field("accessibility_statement_url", "Erklärung zur Barrierefreiheit", "url"),
        ),
    ),
    Section(
        "verbreitung",
        "Verbreitung",
        "",
        (
            Field("bundesland", "Bundesland", "choice", "Leer lassen, wenn bundesweit.", vocabulary="bundesland"),
            Field("region", "Region", longest=300),
            Field("deployment_status", "Stand des Einsatzes", "choice", vocabulary="deployment_status"),
            Field("used_by", "Im Einsatz bei", "lines", "Eine Kommune je Zeile, nach eigener Angabe."),
            Field("usage_note", "Hinweise zur Nutzung", "area"),
        ),
    ),
)

FIELDS: tuple[Field, ...] = tuple(each for section in SECTIONS for each in section.fields)
