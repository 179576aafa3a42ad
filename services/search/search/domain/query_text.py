"""Understands what somebody typed: its words in their right spelling, compound parts, concepts, and filters in words.

Ranking reads nothing but the `QueryText` that comes out, so a stage is added or taken away here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise
from typing import Protocol

from search.domain.compounds import Splitter
from search.domain.intents import Recognised, occurs_in_filters, recognise
from search.domain.thesaurus import Mention, Thesaurus
from search.domain.words import WORD, clean, fold, grams, is_stop_word

MOST_WORDS = 16
MOST_GRAMS = 120
"""OpenSearch refuses a query of more than 1024 clauses: a gram makes two, a word one per field and way of matching."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A concept of the thesaurus in a query, and the words that mean it; `related` are broader concepts of it."""

    concept: str
    text: str
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """A word in its right spelling that is made of parts; these are folded."""

    word: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query taken apart. `words` are the content words in their right spelling, `joined` are folded.

    `corrections` are misspelt words as typed, and what was meant; both are searched for. `spoken` is the whole query in
    its right spelling, function words included. `compounds` are the words that have parts.
    """

    text: str
    words: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    spoken: str = ""
    context: tuple[str, ...] = ()
    """What is broader than the query, in words, when it is nothing but terms of the thesaurus."""
    compounds: tuple[Compound, ...] = ()
    joined: tuple[str, ...] = ()
    meant: tuple[Meant, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    only_filters: bool = False
    """True when nothing but filters and words like `Lösungen` was typed: everything they let through is meant."""
    familiar: bool = True
    """True when at least one word occurs in the listings, in the thesaurus or as a part of compounds."""

    @property
    def empty(self) -> bool:
        """True when nothing was typed: everything is meant."""
        return not self.text

    @property
    def searchable(self) -> bool:
        """True when at least one word can match; symbols, emoji and bare function words cannot."""
        return bool(self.words)

    @property
    def parts(self) -> tuple[str, ...]:
        """The distinct parts of all compounds."""
        return tuple(dict.fromkeys(chain.from_iterable(each.parts for each in self.compounds)))

    @property
    def embedded(self) -> str:
        """What is compared in meaning: the whole query; a bare term says too little without what it belongs to."""
        return ", ".join((self.spoken, *self.context))

    @property
    def content(self) -> str:
        """The words that matter, in their right spelling, separated by spaces."""
        return " ".join(self.words)

    @property
    def folded(self) -> str:
        """The words that matter, folded, separated by spaces."""
        return " ".join(fold(word) for word in self.words)

    @property
    def grams(self) -> str:
        """The distinct 3- and 4-grams of the words that matter, folded, separated by spaces; at most MOST_GRAMS."""
        distinct = dict.fromkeys(gram for word in self.words for gram in grams(fold(word)))
        return " ".join(islice(distinct, MOST_GRAMS))

    @property
    def misspelt(self) -> tuple[str, ...]:
        """The words as typed that were corrected."""
        return tuple(typed for typed, _ in self.corrections)


class Corrected(Protocol):
    """A word that was meant instead of another."""

    @property
    def text(self) -> str:
        """The word as the listings write it."""
        ...


class Spelling(Protocol):
    """Knows the words of the listings."""

    def correct(self, word: str) -> Corrected | None:
        """Return what was meant by a word that does not exist; None for words that do and when nothing is near."""
        ...

    def spelling(self, folded: str) -> str | None:
        """Return how the listings write a folded word mostly; None for words that they do not contain."""
        ...


class QueryReader:
    """Reads queries; the same text gives the same result as long as the listings do not change."""

    def __init__(self, splitter: Splitter, thesaurus: Thesaurus, spelling: Spelling) -> None:
        self._splitter = splitter
        self._thesaurus = thesaurus
        self._spelling = spelling

    def read(self, text: str, *, literal: bool = False, as_words: Collection[str] = ()) -> QueryText:
        """Take a query apart. `literal` corrects nothing; filters whose ids are in `as_words` are plain words."""
        cleaned = clean(text)
        spans = [found.span() for found in islice(WORD.finditer(cleaned), 2 * MOST_WORDS)]
        typed = [cleaned[start:end] for start, end in spans]
        corrections: list[tuple[str, str]] = []
        spelled = [self._spelled(word, literal, corrections) for word in typed]
        recognised = tuple(
            replace(each, text=cleaned[spans[each.start][0] : spans[each.end - 1][1]])
            for each in recognise(typed, spelled, self._splitter, without=as_words)
        )
        content = [word for word in spelled if not is_stop_word(word)][:MOST_WORDS]
        mentions = [each for each in self._thesaurus.mentions(spelled, self._splitter) if not each.part]
        return QueryText(
            text=cleaned,
            words=tuple(content),
            corrections=tuple(corrections),
            spoken=_respelled(cleaned, spans, spelled),
            context=() if recognised else self._context(spelled, mentions),
            compounds=tuple(
                Compound(word, tuple(parts))
                for word in dict.fromkeys(content)
                if (parts := self._splitter.of_text(word))
            ),
            joined=tuple(
                fold(left) + fold(right) for left, right in pairwise(content) if left.isalpha() and right.isalpha()
            ),
            meant=self._meant(mentions),
            recognised=recognised,
            only_filters=_only_filters(spelled, recognised),
            familiar=any(self._familiar(word) for word in content),
        )

    def _spelled(self, word: str, literal: bool, corrections: list[tuple[str, str]]) -> str:
        if is_stop_word(word):
            return word
        known = self._spelling.spelling(fold(word))
        if known is not None:
            return known if known.lower() != word.lower() else word
        if literal or self._thesaurus.knows(word) or occurs_in_filters(word):
            return word
        correction = self._spelling.correct(word)
        if correction is None:
            return word
        corrections.append((word, correction.text))
        return correction.text

    def _meant(self, mentions: Iterable[Mention]) -> tuple[Meant, ...]:
        """Return what whole words mean; parts of compounds count as words only (their concepts gained nothing)."""
        found: dict[str, Meant] = {}
        for mention in mentions:
            related = self._thesaurus.concepts[mention.concept].broader
            found.setdefault(mention.concept, Meant(mention.concept, mention.text, related))
        return tuple(found.values())

    def _context(self, spelled: Sequence[str], mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Return what is broader than the terms of a query that says nothing else."""
        covered = {at for mention in mentions for at in range(mention.start, mention.end)}
        if not all(at in covered or is_stop_word(word) for at, word in enumerate(spelled)):
            return ()
        concepts = self._thesaurus.concepts
        broader = dict.fromkeys(wider for mention in mentions for wider in concepts[mention.concept].broader)
        return tuple(concepts[wider].terms[0] for wider in broader)

    def _familiar(self, word: str) -> bool:
        return (
            self._spelling.spelling(fold(word)) is not None
            or self._thesaurus.knows(word)
            or bool(self._splitter.parts(word))
        )


# Words that say only that something is looked for.
_FILLERS = frozenset(
    """
    losung losungen projekt projekte angebot angebote dienst dienste produkt produkte suche finde finden gesucht
    moglichkeiten digital digitale digitalen online alles
    """.split()  # noqa: SIM905 - a list literal would be unreadable
)


def _only_filters(spelled: Sequence[str], recognised: Sequence[Recognised]) -> bool:
    covered = {at for each in recognised for at in range(each.start, each.end)}
    rest = [word for at, word in enumerate(spelled) if at not in covered]
    return bool(recognised) and all(is_stop_word(word) or fold(word) in _FILLERS for word in rest)


def _respelled(text: str, spans: Sequence[tuple[int, int]], spelled: Sequence[str]) -> str:
    """Return the text with its words replaced, everything between them as it was typed."""
    pieces: list[str] = []
    at = 0
    for (start, end), word in zip(spans, spelled, strict=True):
        pieces += [text[at:start], word]
        at = end
    return "".join((*pieces, text[at:]))
