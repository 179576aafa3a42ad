"""Recognises filters that a query says in words: "in Bayern", "kostenlos", "Open Source", "für Landkreise".

A recognised filter is always shown and can be taken back. Listings often do not state what it asks for, so it is not a
plain facet choice: solutions that state it come first, those that state something else are left out, and those that
say nothing about it follow.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from contracts.vocabulary import (
    AccessibilityLevel,
    Bundesland,
    HostingLocation,
    LicenceGroup,
    OperatingModel,
    PriceModel,
    TargetGroup,
    Term,
    label,
)

from search.domain.compounds import Splitter
from search.domain.negation import is_denied
from search.domain.stemming import Stems, stem, stems_of
from search.domain.target_groups import target_groups
from search.domain.words import fold, is_stop_word, words

LONGEST_PHRASE = 5
_PLACE = ("in", "aus", "im", "fur", "nach")
_FOR = "fur"
_WORDS_AFTER_FOR = 4
_PEOPLE = frozenset(("menschen", "personen", "leute", "mitburger", "mitburgerinnen"))
"""Nouns that belong to the words in front of them: `für ältere Menschen`."""
_SOMETHING_ELSE = frozenset(
    "an am auf aus bei beim durch fur gegen im in ins nach oder ohne uber um und vom von zu zum zur".split()  # noqa: SIM905
)
"""What follows these is not whom something is for: `für Einkäufe im Laden`."""
SEVERAL_VALUES = 0.25


@dataclass(frozen=True, slots=True)
class Intent:
    """What a filter in words asks for.

    `values` of `facet` state it; phrases of `evidence` anywhere in the texts say it; any other value of the facet but
    `silent` ones contradicts it, when `exclusive`.
    """

    id: str
    label: str
    facet: str | None = None
    values: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    silent: tuple[str, ...] = ("unknown",)
    exclusive: bool = True

    @property
    def weight(self) -> float:
        """What stating it counts: little where several values go together, since listings name the main ones only."""
        return 1.0 if self.exclusive else SEVERAL_VALUES


@dataclass(frozen=True, slots=True)
class Recognised:
    """An intent in a query: the words `start` to `end` (not included), as they were typed."""

    intent: Intent
    text: str
    start: int
    end: int


_ADJECTIVES = {
    Bundesland.BY: "bayerisch bayrisch",
    Bundesland.HE: "hessisch",
    Bundesland.SN: "sächsisch",
    Bundesland.NI: "niedersächsisch",
    Bundesland.BB: "brandenburgisch",
    Bundesland.TH: "thüringisch",
    Bundesland.SL: "saarländisch",
    Bundesland.HB: "bremisch",
    Bundesland.MV: "mecklenburg-vorpommerisch mecklenburg-vorpommersch",
    Bundesland.RP: "rheinland-pfälzisch",
    Bundesland.ST: "sachsen-anhaltisch sachsen-anhaltinisch",
}
_SHORT = {Bundesland.NW: "NRW", Bundesland.MV: "MV", Bundesland.BW: "BaWü", Bundesland.RP: "RLP", Bundesland.SH: "SH"}
_OPEN = tuple(each.value for each in LicenceGroup if each not in (LicenceGroup.PROPRIETARY, LicenceGroup.UNKNOWN))


def _stated(facet: str, term: Term, evidence: Iterable[str], *, exclusive: bool = True) -> Intent:
    return Intent(f"{facet}:{term.value}", label(term), facet, (term.value,), tuple(evidence), exclusive=exclusive)


def _table() -> dict[Stems, Intent]:
    table: dict[Stems, Intent] = {}

    def say(intent: Intent, *phrases: str) -> None:
        table.update((stems_of(words(phrase)), intent) for phrase in phrases)

    for land in Bundesland:
        adjectives, short = _ADJECTIVES.get(land, "").split(), _SHORT.get(land)
        say(
            _stated("bundesland", land, [label(land), *adjectives]),
            label(land),
            *adjectives,
            *([short] if short else []),
        )
    free = ("kostenlos", "kostenfrei", "gebührenfrei", "unentgeltlich", "gratis")
    say(_stated("price_model", PriceModel.FREE, free), *free, "umsonst", "ohne Kosten")
    opened = ("Open Source", "quelloffen", "freie Software", "Open-Source-Software")
    say(
        Intent("licence_group:open_source", "Open Source", "licence_group", _OPEN, opened[:3]),
        *(*opened, "offener Quellcode", "Opensource", "FOSS"),
    )
    privacy = ("DSGVO", "Datenschutz-Grundverordnung", "DSGVO-konform", "datenschutzkonform")
    say(
        Intent("data_protection", "DSGVO", None, (), ("DSGVO", "Datenschutz", "Auftragsverarbeitung")),
        *(*privacy, "GDPR"),
    )
    barrier_free = ("barrierefrei", "Barrierefreiheit", "BITV", "WCAG")
    levels = tuple(
        each.value for each in (AccessibilityLevel.WCAG_A, AccessibilityLevel.WCAG_AA, AccessibilityLevel.WCAG_AAA)
    )
    say(
        Intent("accessibility_level:accessible", "Barrierefrei", "accessibility_level", levels, barrier_free),
        *barrier_free,
    )
    say(
        _stated("hosting_location", HostingLocation.GERMANY, ("Hosting in Deutschland", "Server in Deutschland")),
        *("Hosting in Deutschland", "in Deutschland gehostet", "deutsche Server", "Server in Deutschland"),
    )
    say(
        _stated("operating_model", OperatingModel.SAAS, ("SaaS", "Software-as-a-Service"), exclusive=False),
        *("SaaS", "Software as a Service", "Cloudlösung"),
    )
    say(
        _stated("operating_model", OperatingModel.SELF_HOSTED, ("selbst betrieben", "On-Premises"), exclusive=False),
        *("selbst betreiben", "selbst hosten", "selbst gehostet", "on premise", "on premises", "Eigenbetrieb"),
    )
    return table


@lru_cache(maxsize=1)
def _phrases() -> dict[Stems, Intent]:
    return _table()


@lru_cache(maxsize=1)
def _stems_of_phrases() -> frozenset[str]:
    return frozenset(stem for phrase in _phrases() for stem in phrase)


def occurs_in_filters(word: str) -> bool:
    """True for a word that filters are said with, in any inflection: it exists, though no listing may use it."""
    return stem(word) in _stems_of_phrases()


def known_intents() -> frozenset[str]:
    """Return the ids of all filters that can be recognised."""
    groups = (f"target_group:{each.value}" for each in TargetGroup)
    return frozenset((*(intent.id for intent in _phrases().values()), *groups))


def recognise(
    typed: Sequence[str], spelled: Sequence[str], splitter: Splitter, *, without: Collection[str] = ()
) -> tuple[Recognised, ...]:
    """Find the filters in a query, each once, longest phrases first at each place.

    `typed` are its words in order, `spelled` the same words in their right spelling; ids in `without` are read as
    plain words, and so is what the query denies (`nicht kostenlos`).
    """
    found: dict[str, Recognised] = {}
    stems = stems_of(spelled)
    at = 0
    while at < len(stems):
        match = _phrase_at(stems, at) or _audience_at(spelled, at, splitter)
        if match is None:
            at += 1
            continue
        intent, start, end = match
        if start > 0 and intent.facet == "bundesland" and fold(spelled[start - 1]) in _PLACE:
            start -= 1
        if intent.id not in without and intent.id not in found and not is_denied(spelled, start):
            found[intent.id] = Recognised(intent, " ".join(typed[start:end]), start, end)
        at = end
    return tuple(found.values())


def _phrase_at(stems: Stems, at: int) -> tuple[Intent, int, int] | None:
    for length in range(min(LONGEST_PHRASE, len(stems) - at), 0, -1):
        intent = _phrases().get(stems[at : at + length])
        if intent is not None:
            return intent, at, at + length
    return None


def _audience_at(spelled: Sequence[str], at: int, splitter: Splitter) -> tuple[Intent, int, int] | None:
    """Read `für ältere Menschen` and the like: the fewest words after `für` that name one target group."""
    if fold(spelled[at]) != _FOR:
        return None
    for end in range(at + 2, min(at + 2 + _WORDS_AFTER_FOR, len(spelled) + 1)):
        if fold(spelled[end - 1]) in _SOMETHING_ELSE:
            return None
        if all(is_stop_word(word) for word in spelled[at + 1 : end]):
            continue
        groups = target_groups([" ".join(spelled[at + 1 : end])], splitter)
        if groups:
            intent = _stated("target_group", groups[-1], (), exclusive=False)
            people = takewhile(lambda word: fold(word) in _PEOPLE, spelled[end:])
            return intent, at, end + len(list(people))
    return None
