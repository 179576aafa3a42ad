"""Names of languages by their code (BCP 47)."""

from collections.abc import Mapping

from contracts.profile.questionnaire import Words

NAMES: Mapping[str, Words] = {
    "de": Words(de="Deutsch", en="German"),
    "en": Words(de="Englisch", en="English"),
    "fr": Words(de="Französisch", en="French"),
    "pl": Words(de="Polnisch", en="Polish"),
    "uk": Words(de="Ukrainisch", en="Ukrainian"),
    "tr": Words(de="Türkisch", en="Turkish"),
    "ar": Words(de="Arabisch", en="Arabic"),
    "ru": Words(de="Russisch", en="Russian"),
    "es": Words(de="Spanisch", en="Spanish"),
    "it": Words(de="Italienisch", en="Italian"),
    "nl": Words(de="Niederländisch", en="Dutch"),
    "da": Words(de="Dänisch", en="Danish"),
    "cs": Words(de="Tschechisch", en="Czech"),
    "dsb": Words(de="Niedersorbisch", en="Lower Sorbian"),
    "hsb": Words(de="Obersorbisch", en="Upper Sorbian"),
    "nds": Words(de="Niederdeutsch", en="Low German"),
}
