"""Whether a saved search means a solution: stricter than a search, so that nobody is alerted for nothing.

A search ranks and may show what is only similar. An alert interrupts: all filters must hold, also those in words, and
each of the words must be there (of more than three, three in four). A word may be inflected, hold a typo, be joined to
its neighbour, or stand for a synonym; of a compound all parts must be there, and together: `Mitfahrbank` is found in
`Mitfahrbänke` and in `Mitfahr-Bank`, but not in everything with a bank.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from search.domain.compounds import Splitter
from search.domain.intents import Recognised, recognise
from search.domain.saved_search import StoredQuery
from search.domain.stemming import Stems, stem, stems_of
from search.domain.thesaurus import Thesaurus
from search.domain.words import fold, humps, is_stop_word, words

TELLING_FIELDS = ("name", "aliases", "summary", "features", "audience", "topics")
"""Texts in which parts of other words and synonyms count too; in long ones they meet by chance."""
MOST_WORDS = 64
SHORTEST_PART = 4
SHORTEST_PLURAL = 3
SHORTEST_WITH_TYPO = 8
SHORTEST_WITH_TWO_TYPOS = 12
"""Shorter words with a typo are too often other words (`Meißen`, `messen`)."""
ALL_NEEDED = 3
_SAYING_LITTLE = frozenset(
    """
    digital digitale digitalen digitaler digitales online losung losungen projekt projekte projekten angebot angebote
    angeboten dienst dienste produkt produkte
    """.split()  # noqa: SIM905 - a list literal would be unreadable
)


@dataclass(frozen=True, slots=True)
class WantedWord:
    """A word to be found: its stem and others to find it by, those of its parts when it is a compound, its concepts.

    `typos` is how many may lie between its stem and that of a word.
    """

    stem: str
    stems: frozenset[str]
    typos: int = 0
    parts: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WantedFilter:
    """A filter in words: one of the values of a facet, or a text that says so."""

    facet: str | None
    values: frozenset[str]
    evidence: tuple[Stems, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a saved search asks for; without words, what the filters let through."""

    filters: Mapping[str, frozenset[str]]
    said: tuple[WantedFilter, ...] = ()
    words: tuple[WantedWord, ...] = ()
    joined: tuple[str, ...] = ()
    """Stems of neighbouring words written together: the one at `i` is of the words `i` and `i + 1`."""
    senseless: bool = False
    """True when there is a text without any word, which nothing matches."""

    @property
    def needed(self) -> int:
        """How many of the words must be there."""
        return len(self.words) if len(self.words) <= ALL_NEEDED else len(self.words) * 3 // 4


@dataclass(frozen=True, slots=True)
class Offer:
    """What a solution has to be found by."""

    facets: Mapping[str, frozenset[str]]
    stems: frozenset[str]
    """Of all words, and of neighbours written together."""
    parts: frozenset[str]
    """Stems of the parts of compounds in the telling texts."""
    together: tuple[frozenset[str], ...]
    """Stems that say one thing together: the parts of one compound, or the words of a sentence of a telling text."""
    concepts: frozenset[str]
    """What the telling texts speak of."""
    spellings: Mapping[tuple[str, int], tuple[str, ...]]
    """Stems of words by first letter and length."""


class AlertReader:
    """Prepares saved searches and solutions for being compared."""

    def __init__(self, splitter: Splitter, thesaurus: Thesaurus) -> None:
        self._splitter = splitter
        self._thesaurus = thesaurus

    def wanted(self, query: StoredQuery) -> Wanted:
        """Return what a saved search asks for."""
        typed = words(query.text)[:MOST_WORDS]
        recognised = recognise(typed, typed, self._splitter, without=query.as_words)
        covered = {at for each in recognised for at in range(each.start, each.end)}
        concepts: dict[int, set[str]] = {}
        for mention in self._thesaurus.mentions(typed, self._splitter):
            for at in () if mention.part else range(mention.start, mention.end):
                concepts.setdefault(at, set()).add(mention.concept)
        content = [at for at, word in enumerate(typed) if at not in covered and not is_stop_word(word)]
        telling = [at for at in content if fold(typed[at]) not in _SAYING_LITTLE]
        content = telling if telling or recognised else content
        found = tuple(self._word(typed[at], concepts.get(at, ())) for at in content)
        return Wanted(
            filters={name: frozenset(values) for name, values in query.selected},
            said=tuple(map(_filter_of, recognised)),
            words=found,
            joined=tuple(stem(typed[left] + typed[right]) for left, right in pairwise(content)),
            senseless=bool(query.text) and not found and not recognised,
        )

    def offer(self, texts: Mapping[str, str], facets: Mapping[str, Iterable[str]]) -> Offer:
        """Return what a solution is found by; `texts` are the searched fields as plain text."""
        stems: set[str] = set()
        parts: set[str] = set()
        together: set[frozenset[str]] = set()
        concepts: set[str] = set()
        spellings: dict[tuple[str, int], dict[str, None]] = {}
        for name, text in texts.items():
            found = words(text)
            own = {form for word in found for form in _stems(word)}
            stems |= own
            stems |= {stem(left + right) for left, right in pairwise(found)}
            compounds = {held for word in dict.fromkeys(found) if (held := self._parts(word))}
            together |= compounds
            if name in TELLING_FIELDS:
                together |= {frozenset(map(stem, words(sentence))) for sentence in text.split(". ")}
                parts = parts.union(*compounds)
                concepts |= {each.concept for each in self._thesaurus.mentions(found, self._splitter) if not each.part}
            for each in map(stem, found):
                spellings.setdefault((each[:1], len(each)), {})[each] = None
        return Offer(
            facets={name: frozenset(values) for name, values in facets.items()},
            stems=frozenset(stems),
            parts=frozenset(part for part in parts if len(part) >= SHORTEST_PART),
            together=tuple(together),
            concepts=frozenset(concepts),
            spellings={key: tuple(held) for key, held in spellings.items()},
        )

    def _word(self, word: str, concepts: Iterable[str]) -> WantedWord:
        return WantedWord(stem(word), _stems(word), _typos(fold(word)), self._parts(word), frozenset(concepts))

    def _parts(self, word: str) -> frozenset[str]:
        """Return the stems of the parts of a compound or of a name in camel case; none when the word is neither."""
        found = [part for piece in humps(word) for part in self._splitter.parts(piece) or (piece,)]
        return frozenset(stem(part) for part in found if not is_stop_word(part)) if len(found) > 1 else frozenset()


def fits(search: Wanted, solution: Offer) -> bool:
    """True when the solution is what the saved search is about."""
    if search.senseless:
        return False
    for name, values in search.filters.items():
        if values.isdisjoint(solution.facets.get(name, frozenset())):
            return False
    alternatives: dict[str | None, bool] = {}
    for filter_ in search.said:  # several of one facet are alternatives, as in a search
        alternatives[filter_.facet] = alternatives.get(filter_.facet, False) or _is_said(filter_, solution)
    if not all(alternatives.values()):
        return False
    there = {number for number, word in enumerate(search.words) if _is_there(word, solution)}
    for number, both in enumerate(search.joined):
        if both in solution.stems:
            there |= {number, number + 1}
    return len(there) >= search.needed


def _filter_of(recognised: Recognised) -> WantedFilter:
    intent = recognised.intent
    return WantedFilter(
        intent.facet, frozenset(intent.values), tuple(stems_of(words(phrase)) for phrase in intent.evidence)
    )


def _is_said(asked: WantedFilter, solution: Offer) -> bool:
    stated = solution.facets.get(asked.facet, frozenset()) if asked.facet else frozenset()
    return not asked.values.isdisjoint(stated) or any(solution.stems.issuperset(phrase) for phrase in asked.evidence)


def _is_there(word: WantedWord, solution: Offer) -> bool:
    if not word.stems.isdisjoint(solution.stems) or not word.concepts.isdisjoint(solution.concepts):
        return True
    if word.parts:
        if any(word.parts <= held for held in solution.together):
            return True
    elif not word.stems.isdisjoint(solution.parts):
        return True
    return any(OSA.distance(word.stem, near, score_cutoff=word.typos) <= word.typos for near in _near(word, solution))


def _stems(word: str) -> frozenset[str]:
    """Return the stem, and for words with `s` at the end that of the word without: German stems keep it in `Apps`."""
    short = word[:-1] if len(word) > SHORTEST_PLURAL and word[-1] in "sS" else word
    return frozenset((stem(word), stem(short)))


def _typos(folded: str) -> int:
    """Return how many typos a word may hold."""
    if len(folded) < SHORTEST_WITH_TYPO or not folded.isalpha():
        return 0
    return 1 if len(folded) < SHORTEST_WITH_TWO_TYPOS else 2


def _near(word: WantedWord, solution: Offer) -> Iterator[str]:
    """Return stems of about the same length with the same first letter."""
    length = len(word.stem)
    for other in range(length - word.typos, length + word.typos + 1) if word.typos else ():
        yield from solution.spellings.get((word.stem[:1], other), ())
