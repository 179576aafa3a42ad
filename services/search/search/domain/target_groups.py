"""Sorts the target groups that listings name in their own words into the few that a search can be narrowed by.

A rule is a list of folded words, in any inflection. A plain one matches a word or the last part of a compound (`verein`
matches Sportverein), `=x` only the whole word, `x-` the beginning of a compound, and `x+y` two words of one text. The
most telling match wins: whole word, then last part, then beginning.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from contracts.vocabulary import TargetGroup

from search.domain.compounds import Splitter
from search.domain.words import clean, fold, words

_RULES: dict[TargetGroup, str] = {
    TargetGroup.ADMINISTRATION: """
        kommune kommunal gemeinde stadt verwaltung verwaltung- behorde amt =landratsamt =landkreisverwaltung
        =kreisverwaltung ministerium ministerien =kreisangehorig =zweckverband =gemeindeverband =spitzenverband
        rathaus beamt offentlich+dienst digitalisierungsbeauftragt politik politik- politiker gemeinderat
        stadtrat kreistag ratsmitglied mandatstrager fraktion gremium gremien burgermeister bauhof
    """,
    TargetGroup.COUNTIES: "landkreis =kreis landkreis- =kreisverwaltung =landkreisverwaltung =landrat =landratsamt",
    TargetGroup.CITIZENS: """
        burger einwohner bevolkerung einheimisch anwohner bewohner dorfgemeinschaft offentlichkeit allgemeinheit
        nachbarschaft nachbar verbraucher kund kundschaft privatperson haushalt mieter jedermann
    """,
    TargetGroup.OLDER_PEOPLE: "senior senior- altere alterer altere- hochbetagt rentner betagt ruhestandler",
    TargetGroup.FAMILIES: """
        familie familie- eltern kind kind- mutter vater alleinerziehend erziehungsberechtigt grosseltern
    """,
    TargetGroup.YOUNG_PEOPLE: """
        jugendlich jugend jugend- schuler schuler- student studierend auszubildend azubi heranwachsend
        junge+mensch junge+erwachsen
    """,
    TargetGroup.EDUCATION: """
        schule schul- kita kindergarten kindertagesstatte lehrkraft lehrer lehrend padagogisch padagog erzieher
        hochschule universitat volkshochschule bildung- bibliothek bucherei museum museen dozent ausbilder
        bildungstrager
    """,
    TargetGroup.VOLUNTEERS: """
        verein verein- verband ehrenamtlich ehrenamt ehrenamt- freiwillig engagiert initiative zivilgesellschaft
        helfer selbsthilfegruppe organisation feuerwehr feuerwehr- stiftung genossenschaft kirchengemeinde
    """,
    TargetGroup.BUSINESSES: """
        unternehmen unternehmer betrieb firma firmen wirtschaft handel handler handwerk handwerk- handwerker
        gewerbe gewerbe- gewerbetreibend gastronom gastronomie startup start+ups start+up grunder
        existenzgrunder selbststandig kmu freiberufler arbeitgeber coworking hotel hotelier gastgeber
        energieerzeuger erzeugerbetrieb laden hofladen energieversorger dienstleister industrie verarbeitung
        geschaft
    """,
    TargetGroup.AGRICULTURE: """
        landwirtschaft landwirtschaft- landwirtschaftlich landwirt bauer winzer forstwirtschaft forst- jager
        direktvermarkt direktvermarktend direktvermarkter erzeugerbetrieb hofladen waldbesitzer forster
        =erzeuger imker agrar-
    """,
    TargetGroup.HEALTH_PROFESSIONALS: """
        arzt praxis praxen medizinisch mediziner klinik krankenhaus hebamme apotheke apotheker therapeut
        leistungserbringer pflege pflege- pflegekraft pflegedienst pflegeheim gesundheit gesundheit- rettung-
        ersthelfer notarzt sanitater feuerwehr feuerwehr- katastrophenschutz krankenkasse
    """,
    TargetGroup.PATIENTS_AND_CARERS: """
        patient erkrankt erkrankung =krank selbsthilfegruppe pflegebedurftig =angehorig =pflegend demenz-
        schwanger
    """,
    TargetGroup.PEOPLE_SEEKING_SUPPORT: """
        behinderung behindert beeintrachtigung beeintrachtigt barrierefreiheit hilfesuchend ratsuchend gehorlos
        sehbehindert blind rollstuhlfahrer bedurftig mensch+digital mensch+eingeschrankt einsam obdachlos
        wohnungslos arbeitssuchend arbeitslos analphabet
    """,
    TargetGroup.NEWCOMERS: """
        zugezogen neuburger zugewandert zuwanderer gefluchtet fluchtling migrant migration migrationshintergrund
        neuzugewandert ruckkehrer zuziehend asylbewerber asylsuchend
    """,
    TargetGroup.TOURISTS: """
        tourist tourist- gast =reisend urlauber besucher ausflugler wanderer kurgast feriengast tagesgast
    """,
    TargetGroup.COMMUTERS: """
        pendler pendelnd fahrgast mitfahrer mitfahrend fahrtanbietend fahrtanbieter autofahrer fahrradfahrer
        radfahrer verkehrsteilnehmer =verkehrsunternehmen
    """,
    TargetGroup.RESEARCH_AND_IT: """
        wissenschaft wissenschaftler forschung forschung- forschend forscher entwickler entwicklungsteam
        losungsanbietend losungsanbieter softwareanbieter berater beratend digitalagentur softwareentwickler
    """,
}
_ENDINGS = ("e", "n", "en", "s", "es", "er", "ern", "em", "in", "innen", "erinnen")
_SHORTEST_STEM = 3
_DETAILS = re.compile(r"\b(?:mit|im|in|ins|für|von|vom|aus|an|am|auf|bei|zum|zur|zu)\b", re.IGNORECASE)
_Table = dict[str, frozenset[TargetGroup]]


def _table(marked: Callable[[str], str | None]) -> _Table:
    """Return the groups by word, of those rules that `marked` makes a word of."""
    table: dict[str, set[TargetGroup]] = {}
    for group, rules in _RULES.items():
        for rule in rules.split():
            if (word := marked(rule)) is not None:
                table.setdefault(word, set()).add(group)
    return {word: frozenset(groups) for word, groups in table.items()}


_PAIRS = {
    frozenset(pair.split("+")): groups for pair, groups in _table(lambda rule: rule if "+" in rule else None).items()
}
_WHOLES = _table(lambda rule: None if "+" in rule or rule.endswith("-") else rule.removeprefix("="))
_LASTS = _table(lambda rule: rule if rule.isalpha() else None)
_FRONTS = _table(lambda rule: rule.removesuffix("-") if rule.endswith("-") else None)


def target_groups(texts: Iterable[str], splitter: Splitter) -> list[TargetGroup]:
    """Return the groups that a listing's target groups belong to, in the vocabulary's order; unknown ones add none."""
    found = {group for text in texts for group in _groups_of(splitter, text)}
    return [group for group in TargetGroup if group in found]


@lru_cache(maxsize=10_000)
def _groups_of(splitter: Splitter, text: str) -> frozenset[TargetGroup]:
    """Sort one text; what follows `mit`, `in`, `für` describes the group and counts only when nothing else tells."""
    spoken = clean(text)
    return _matched(splitter, _DETAILS.split(spoken)[0]) or _matched(splitter, spoken)


def _matched(splitter: Splitter, text: str) -> frozenset[TargetGroup]:
    found: set[TargetGroup] = set()
    everything: set[str] = set()
    for word in words(text):
        plain = fold(word)
        everything |= _stems(plain)
        found |= _of_word(plain, splitter)
    for pair, groups in _PAIRS.items():
        if pair <= everything:
            found |= groups
    return frozenset(found)


def _of_word(word: str, splitter: Splitter) -> set[TargetGroup]:
    if whole := _lookup(_WHOLES, _stems(word)):
        return whole
    parts = splitter.parts(word)
    last, front = parts[-1:], parts[:-1]
    while last:  # a part that the splitter does not know may be a compound itself
        if found := _lookup(_LASTS, _stems(last[0])):
            return found
        last = splitter.parts(last[0])[-1:]
    return _lookup(_FRONTS, (form for part in front for form in _stems(part)))


def _lookup(table: _Table, forms: Iterable[str]) -> set[TargetGroup]:
    return {group for form in forms for group in table.get(form, ())}


def _stems(word: str) -> set[str]:
    """Return a folded word, and it without each ending it may have: plurals, cases and feminine forms."""
    cut = {word.removesuffix(ending) for ending in _ENDINGS}
    return {word, *(stem for stem in cut if len(stem) >= _SHORTEST_STEM)}
