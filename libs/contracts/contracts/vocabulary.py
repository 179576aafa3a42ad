"""The enumerations of listings, search and pages, each value with its German and English label."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Literal, Self

Language = Literal["de", "en"]


class Term(StrEnum):
    """A value with labels; the value is what travels in events and APIs."""

    de: str
    en: str

    def __new__(cls, value: str, de: str = "", en: str = "") -> Self:
        """Build the member `value` with its labels."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.de = de
        member.en = en
        return member


def label(term: Term, lang: Language = "de") -> str:
    """Return the label of a value in one language."""
    return term.de if lang == "de" else term.en


class FieldOfAction(Term):
    """Handlungsfeld."""

    WORK_AND_EDUCATION = "work_and_education", "Arbeit und Bildung", "Work and education"
    CROSS_CUTTING = "cross_cutting", "Handlungsfeldübergreifend", "Cross-cutting"
    COMMUNITY_AND_VOLUNTEERING = (
        "community_and_volunteering",
        "Gemeinschaft und Ehrenamt",
        "Community and volunteering",
    )
    HEALTH = "health", "Gesundheit", "Health"
    STRATEGY = "strategy", "Strategieentwicklung", "Strategy"
    MOBILITY_AND_ENVIRONMENT = "mobility_and_environment", "Mobilität und Umwelt", "Mobility and environment"
    INFORMATION_AND_COMMUNICATION = (
        "information_and_communication",
        "Information und Kommunikation",
        "Information and communication",
    )
    TOURISM = "tourism", "Tourismus", "Tourism"
    NETWORKING = "networking", "Vernetzung", "Networking"
    LOCAL_SUPPLY = "local_supply", "Nahversorgung", "Local supply"


class SolutionKind(Term):
    """What is offered."""

    SOFTWARE = "software", "Digitale Lösung", "Digital solution"
    CONSULTING = "consulting", "Beratung und Qualifizierung", "Consulting and training"


class OfferForm(Term):
    """The form it comes in."""

    APP = "app", "App", "App"
    WEB_APP = "web_app", "Web-App", "Web app"
    PLATFORM = "platform", "Plattform", "Platform"
    PORTAL = "portal", "Portal", "Portal"
    TRAINING = "training", "Schulung", "Training"
    ADVICE = "advice", "Beratung", "Advice"
    STRATEGY = "strategy", "Strategie", "Strategy"
    VENUE = "venue", "Ort oder Treffpunkt", "Venue"
    ORGANISATION_MODEL = "organisation_model", "Organisationsmodell", "Organisation model"
    SOFTWARE = "software", "Software", "Software"
    OTHER = "other", "Sonstiges", "Other"


class OperatingModel(Term):
    """Betriebsmodell."""

    SAAS = "saas", "Software-as-a-Service", "Software as a service"
    SELF_HOSTED = "self_hosted", "Selbst betrieben", "Self-hosted"
    MANAGED = "managed", "Betrieb durch Dienstleister", "Managed"


class PriceModel(Term):
    """Preismodell."""

    FREE = "free", "Kostenfrei", "Free"
    ONE_OFF = "one_off", "Einmalzahlung", "One-off payment"
    SUBSCRIPTION = "subscription", "Laufende Gebühr", "Subscription"
    USAGE_BASED = "usage_based", "Nach Nutzung", "Usage-based"
    ON_REQUEST = "on_request", "Auf Anfrage", "On request"
    UNKNOWN = "unknown", "Keine Angabe", "Not stated"


class HostingLocation(Term):
    """Where data is hosted."""

    GERMANY = "germany", "Deutschland", "Germany"
    EU = "eu", "Europäische Union", "European Union"
    OTHER = "other", "Außerhalb der EU", "Outside the EU"
    UNKNOWN = "unknown", "Keine Angabe", "Not stated"


class AccessibilityLevel(Term):
    """Conformance level after WCAG 2.2, as declared by the provider."""

    WCAG_AAA = "wcag_aaa", "WCAG AAA", "WCAG AAA"
    WCAG_AA = "wcag_aa", "WCAG AA (BITV 2.0)", "WCAG AA (EN 301 549)"
    WCAG_A = "wcag_a", "WCAG A", "WCAG A"
    NONE = "none", "Nicht barrierefrei", "Not accessible"
    UNKNOWN = "unknown", "Keine Angabe", "Not stated"


class DeploymentStatus(Term):
    """How far the offer is."""

    OPERATING = "operating", "In Betrieb", "In operation"
    PILOT = "pilot", "Pilot", "Pilot"
    CONCEPT = "concept", "Konzept", "Concept"
    DISCONTINUED = "discontinued", "Eingestellt", "Discontinued"


class Bundesland(Term):
    """German state (ISO 3166-2)."""

    BW = "DE-BW", "Baden-Württemberg", "Baden-Württemberg"
    BY = "DE-BY", "Bayern", "Bavaria"
    BE = "DE-BE", "Berlin", "Berlin"
    BB = "DE-BB", "Brandenburg", "Brandenburg"
    HB = "DE-HB", "Bremen", "Bremen"
    HH = "DE-HH", "Hamburg", "Hamburg"
    HE = "DE-HE", "Hessen", "Hesse"
    MV = "DE-MV", "Mecklenburg-Vorpommern", "Mecklenburg-Western Pomerania"
    NI = "DE-NI", "Niedersachsen", "Lower Saxony"
    NW = "DE-NW", "Nordrhein-Westfalen", "North Rhine-Westphalia"
    RP = "DE-RP", "Rheinland-Pfalz", "Rhineland-Palatinate"
    SL = "DE-SL", "Saarland", "Saarland"
    SN = "DE-SN", "Sachsen", "Saxony"
    ST = "DE-ST", "Sachsen-Anhalt", "Saxony-Anhalt"
    SH = "DE-SH", "Schleswig-Holstein", "Schleswig-Holstein"
    TH = "DE-TH", "Thüringen", "Thuringia"


class OrganisationKind(Term):
    """What an organisation does here; it may do both."""

    PROVIDER = "provider", "Anbieter", "Provider"
    MUNICIPALITY = "municipality", "Kommune", "Municipality"


class SizeClass(Term):
    """Inhabitants of a municipality or district."""

    UNDER_5K = "under_5k", "unter 5.000", "under 5,000"
    UNDER_20K = "5k_to_20k", "5.000 bis 20.000", "5,000 to 20,000"
    UNDER_100K = "20k_to_100k", "20.000 bis 100.000", "20,000 to 100,000"
    UNDER_500K = "100k_to_500k", "100.000 bis 500.000", "100,000 to 500,000"
    FROM_500K = "from_500k", "ab 500.000", "500,000 and more"


class LicenceGroup(Term):
    """Licences grouped for filtering."""

    EUPL = "eupl", "EUPL", "EUPL"
    AGPL = "agpl", "AGPL", "AGPL"
    GPL = "gpl", "GPL", "GPL"
    LGPL = "lgpl", "LGPL", "LGPL"
    MPL = "mpl", "MPL", "MPL"
    APACHE = "apache", "Apache-2.0", "Apache-2.0"
    PERMISSIVE = "permissive", "MIT, BSD, ISC", "MIT, BSD, ISC"
    PUBLIC_DOMAIN = "public_domain", "CC0, gemeinfrei", "CC0, public domain"
    OTHER_OPEN = "other_open", "Andere offene Lizenz", "Other open licence"
    OPEN_UNSPECIFIED = "open_unspecified", "Open Source, Lizenz nicht genannt", "Open source, licence not stated"
    PROPRIETARY = "proprietary", "Proprietär", "Proprietary"
    UNKNOWN = "unknown", "Keine Angabe", "Not stated"


OPEN_SOURCE_UNSPECIFIED = "LicenseRef-open-source"
"""Licence of a listing whose source is open under terms nobody named."""

_LICENCE_PATTERNS: tuple[tuple[str, LicenceGroup], ...] = (
    (r"^proprietary$", LicenceGroup.PROPRIETARY),
    (rf"^{OPEN_SOURCE_UNSPECIFIED.lower()}$", LicenceGroup.OPEN_UNSPECIFIED),
    (r"^eupl", LicenceGroup.EUPL),
    (r"^agpl", LicenceGroup.AGPL),
    (r"^lgpl", LicenceGroup.LGPL),
    (r"^gpl", LicenceGroup.GPL),
    (r"^mpl", LicenceGroup.MPL),
    (r"^apache", LicenceGroup.APACHE),
    (r"^(mit|bsd|isc|0bsd)", LicenceGroup.PERMISSIVE),
    (r"^(cc0|unlicense|pddl)", LicenceGroup.PUBLIC_DOMAIN),
)


@lru_cache(maxsize=1000)
def licence_group(expression: str | None) -> LicenceGroup:
    """Return the group of an SPDX expression's first licence, `proprietary`, or None."""
    first = re.split(r"[\s()]+", (expression or "").strip().lower().lstrip("("))[0]
    if not first:
        return LicenceGroup.UNKNOWN
    for pattern, group in _LICENCE_PATTERNS:
        if re.match(pattern, first):
            return group
    return LicenceGroup.OTHER_OPEN


class TargetGroup(Term):
    """Whom a solution is for; listings say it in their own words, the search sorts them into these."""

    ADMINISTRATION = "administration", "Kommunen, Verwaltung und Politik", "Municipalities, administration and politics"
    COUNTIES = "counties", "Landkreise", "Counties"
    CITIZENS = "citizens", "Bürgerinnen und Bürger", "Citizens"
    OLDER_PEOPLE = "older_people", "Ältere Menschen", "Older people"
    FAMILIES = "families", "Familien und Kinder", "Families and children"
    YOUNG_PEOPLE = "young_people", "Jugendliche, Schülerinnen und Schüler", "Young people and pupils"
    EDUCATION = "education", "Schulen, Kitas und Bildungseinrichtungen", "Schools, day care and education"
    VOLUNTEERS = "volunteers", "Vereine und Ehrenamt", "Associations and volunteers"
    BUSINESSES = "businesses", "Unternehmen, Handel und Gewerbe", "Businesses and trade"
    AGRICULTURE = "agriculture", "Land- und Forstwirtschaft", "Agriculture and forestry"
    HEALTH_PROFESSIONALS = (
        "health_professionals",
        "Fachleute in Gesundheit, Pflege und Rettung",
        "Professionals in health, care and rescue",
    )
    PATIENTS_AND_CARERS = (
        "patients_and_carers",
        "Erkrankte, Pflegebedürftige und Angehörige",
        "Patients, people in need of care and relatives",
    )
    PEOPLE_SEEKING_SUPPORT = (
        "people_seeking_support",
        "Menschen mit Behinderung oder Unterstützungsbedarf",
        "People with disabilities or in need of support",
    )
    NEWCOMERS = "newcomers", "Zugezogene und Geflüchtete", "Newcomers and refugees"
    TOURISTS = "tourists", "Gäste, Touristinnen und Touristen", "Guests and tourists"
    COMMUTERS = "commuters", "Pendelnde, Fahrgäste und Mitfahrende", "Commuters and passengers"
    RESEARCH_AND_IT = "research_and_it", "Wissenschaft, IT und Beratung", "Research, IT and consulting"


class ScoreBand(Term):
    """Mean checkup score of a solution; who reaches a band reaches those below it too."""

    FROM_80 = "80_and_more", "ab 80 Punkten", "80 points and more"
    FROM_60 = "60_and_more", "ab 60 Punkten", "60 points and more"
    FROM_40 = "40_and_more", "ab 40 Punkten", "40 points and more"
    BELOW_40 = "below_40", "unter 40 Punkten", "below 40 points"
    NONE = "none", "ohne Ergebnis im Checkup", "without checkup result"


class RatingBand(Term):
    """Average rating of a solution; who reaches a band reaches those below it too."""

    FROM_4 = "4_and_more", "ab 4 Sternen", "4 stars and more"
    FROM_3 = "3_and_more", "ab 3 Sternen", "3 stars and more"
    FROM_2 = "2_and_more", "ab 2 Sternen", "2 stars and more"
    UNRATED = "unrated", "noch keine Note", "no score yet"


class Validity(Term):
    """Whether what a listing states for a time still holds: certificates, maintenance."""

    VALID = "valid", "Nichts abgelaufen", "Nothing has expired"
    LAPSED = "lapsed", "Zum Teil abgelaufen", "Some have expired"


class RatingDimension(Term):
    """What a rating judges beside the overall impression."""

    FIT_FOR_PURPOSE = "fit_for_purpose", "Eignung für den Zweck", "Fit for purpose"
    USABILITY = "usability", "Bedienbarkeit", "Usability"
    SUPPORT = "support", "Unterstützung durch den Anbieter", "Support"
    VALUE_FOR_MONEY = "value_for_money", "Preis und Leistung", "Value for money"
    INTEGRATION = "integration", "Einbindung in vorhandene Systeme", "Integration"


class DeploymentVisibility(Term):
    """Who sees that a municipality uses a solution; the others see it counted."""

    PUBLIC = "public", "für alle sichtbar", "visible to everybody"
    REGISTERED = "registered", "für Angemeldete sichtbar", "visible to registered users"
    HIDDEN = "hidden", "nur mitgezählt", "only counted"


class ReportReason(Term):
    """Why something that somebody wrote is reported to the team."""

    PERSONAL_DATA = "personal_data", "Nennt Personen", "Names persons"
    ADVERTISING = "advertising", "Werbung", "Advertising"
    INSULT = "insult", "Beleidigung oder Hetze", "Insult or hate speech"
    UNTRUE = "untrue", "Falsche Tatsachen", "False statements"
    OTHER = "other", "Anderer Grund", "Another reason"


class CheckupDimension(Term):
    """What the checkup measures."""

    USABILITY = "usability", "Bedienbarkeit", "Usability"
    COMMUNITY = "community", "Gemeinschaft und Pflege", "Community"
    DOCUMENTATION = "documentation", "Dokumentation", "Documentation"
    ARCHITECTURE = "architecture", "Architekturdokumentation", "Architecture documentation"
    CODE_QUALITY = "code_quality", "Codequalität", "Code quality"


class CheckupAward(Term):
    """What a solution was awarded for in the checkup: a dimension, in words that stand alone."""

    USABILITY = "usability", "Ausgezeichnete Bedienbarkeit", "Award for usability"
    COMMUNITY = "community", "Ausgezeichnete Gemeinschaft und Pflege", "Award for community"
    DOCUMENTATION = "documentation", "Ausgezeichnete Dokumentation", "Award for documentation"
    ARCHITECTURE = "architecture", "Ausgezeichnete Architekturdokumentation", "Award for architecture documentation"
    CODE_QUALITY = "code_quality", "Ausgezeichnete Codequalität", "Award for code quality"


class CheckupGrade(Term):
    """The stage of the overall result of the checkup; who reaches one has reached those below it too."""

    OUTSTANDING = "outstanding", "Stufe Herausragend", "Stage Outstanding"
    PROVEN = "proven", "Stufe Bewährt", "Stage Proven"
    BASIC = "basic", "Stufe Basis", "Stage Basic"


class CheckupStatus(Term):
    """How far a dimension's score can be relied on."""

    SCORED = "scored", "Bewertet", "Scored"
    LIMITED = "limited", "Eingeschränkt bewertet", "Scored with limits"
    NOT_MEASURABLE = "not_measurable", "Nicht messbar", "Not measurable"


class ReviewDecision(Term):
    """How a review ends."""

    APPROVED = "approved", "Freigegeben", "Approved"
    REJECTED = "rejected", "Abgelehnt", "Rejected"


class DelistingReason(Term):
    """Why a solution is no longer shown."""

    WITHDRAWN = "withdrawn", "Vom Anbieter zurückgezogen", "Withdrawn by the provider"
    SUSPENDED = "suspended", "Vom Marktplatz gesperrt", "Suspended by the marketplace"
    EXPIRED = "expired", "Nicht mehr bestätigt", "Expired"
