"""Words that mean the same or belong together: finds the concepts that a text or a query speaks of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from search.domain.compounds import Splitter
from search.domain.stemming import Stems, stem, stems_of
from search.domain.words import Memo, fold, is_stop_word, words

SHORTEST_PART = 4
"""Shorter parts of compounds say too little."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What several terms mean; `broader` are the ids of broader and related concepts."""

    id: str
    terms: tuple[str, ...]
    broader: tuple[str, ...] = ()


class Mention(NamedTuple):
    """A term of a concept in a text: words `start` to `end` (not included); `part` of a compound, or whole words."""

    concept: str
    start: int
    end: int
    text: str
    part: bool = False


_Beginning = tuple[int, tuple[str, ...], tuple[str, ...]]
"""How many words a term that begins with a word has at most; the concepts of the word alone; those of its parts."""


class MalformedThesaurus(ValueError):
    """The data file is not what it has to be."""


class Thesaurus:
    """Concepts, found by the stems of their terms."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: Mapping[str, Concept] = {concept.id: concept for concept in concepts}
        self._by_stems: dict[Stems, list[str]] = {}
        self._words: set[str] = set()
        self._longest: dict[str, int] = {}
        """Words of the longest term that begins with a stem."""
        self._wider = Memo(self._widened)
        self._met: dict[Splitter, Memo[_Beginning | None]] = {}
        for concept in self.concepts.values():
            for term in concept.terms:
                stems = stems_of(words(term))
                self._words.update(stems)
                self._longest[stems[0]] = max(len(stems), self._longest.get(stems[0], 0))
                known = self._by_stems.setdefault(stems, [])
                if concept.id not in known:
                    known.append(concept.id)

    @classmethod
    def parse(cls, text: str) -> "Thesaurus":
        """Read the data file's text; raises MalformedThesaurus naming the line."""
        rows: list[tuple[int, list[str], list[str]]] = []
        lines: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            left, _, right = line.partition(">")
            terms = [term.strip() for term in left.split("=")]
            if not all(words(term) for term in terms):
                raise MalformedThesaurus(f"line {number}: a term is empty")
            if (first := lines.setdefault(concept_id(terms[0]), number)) != number:
                raise MalformedThesaurus(f"line {number}: line {first} begins with {terms[0]!r} too")
            rows.append((number, terms, [term.strip() for term in right.split(",") if term.strip()]))
        owners: dict[Stems, str] = {}
        for _, terms, _ in rows:
            for term in terms:
                owners.setdefault(stems_of(words(term)), concept_id(terms[0]))
        for _, terms, _ in rows:
            owners[stems_of(words(terms[0]))] = concept_id(terms[0])
        return cls(_concept(number, terms, broader, owners) for number, terms, broader in rows)

    def knows(self, word: str) -> bool:
        """True when a word, in any inflection, occurs in a term."""
        return stem(word) in self._words

    def mentions(self, text_words: Sequence[str], splitter: Splitter) -> Iterator[Mention]:
        """Find every term in a row of words, whole ones first at each place, then parts of its compounds."""
        met = self._met.get(splitter)
        if met is None:
            met = self._met[splitter] = Memo(partial(self._beginning, splitter))
        for start, beginning in enumerate(met.of_all(text_words)):
            if beginning is None:
                continue
            longest, alone, of_parts = beginning
            if longest <= 1:
                part = not alone
                for concept in alone or of_parts:
                    yield Mention(concept, start, start + 1, text_words[start], part)
                continue
            whole = False
            stems = stems_of(text_words[start : start + longest])
            for length in range(len(stems), 0, -1):
                for concept in self._by_stems.get(stems[:length], ()):
                    whole = True
                    yield Mention(concept, start, start + length, " ".join(text_words[start : start + length]))
            if not whole:
                for concept in of_parts:
                    yield Mention(concept, start, start + 1, text_words[start], part=True)

    def _beginning(self, splitter: Splitter, word: str) -> _Beginning | None:
        """Return what a word can be the beginning of; None, as for most words of a text: of nothing."""
        stemmed, of_parts = stem(word), self._of_parts(splitter, word)
        longest = self._longest.get(stemmed, 0)
        return (longest, tuple(self._by_stems.get((stemmed,), ())), of_parts) if longest or of_parts else None

    def _of_parts(self, splitter: Splitter, word: str) -> tuple[str, ...]:
        if is_stop_word(word):
            return ()
        parts = (part for part in splitter.parts(word) if len(part) >= SHORTEST_PART)
        return tuple(concept for part in parts for concept in self._by_stems.get((stem(part),), ()))

    def widened(self, concept: str) -> tuple[str, ...]:
        """Return the broader and related concepts of a concept, and theirs, nearest first."""
        return self._wider[concept]

    def _widened(self, concept: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        queue = list(self.concepts[concept].broader)
        while queue:
            nearest = queue.pop(0)
            if nearest not in found and nearest != concept:
                found[nearest] = None
                queue.extend(self.concepts[nearest].broader)
        return tuple(found)


def concept_id(term: str) -> str:
    """Return the id of the concept whose first term this is: one token, safe to index."""
    return "".join(fold(word) for word in words(term))


def _concept(number: int, terms: list[str], broader: list[str], owners: Mapping[Stems, str]) -> Concept:
    own = concept_id(terms[0])
    found: dict[str, None] = {}
    for term in broader:
        owner = owners.get(stems_of(words(term)))
        if owner is None:
            raise MalformedThesaurus(f"line {number}: there is no concept with the term {term!r}")
        if owner != own:
            found[owner] = None
    return Concept(own, tuple(dict.fromkeys(terms)), tuple(found))
