"""Knows all words of what can be found, and corrects words that are none of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sys import intern

from rapidfuzz.distance import Prefix

from search.domain.compounds import ENDINGS, LINKS, SHORTEST_PART, Splitter
from search.domain.entry import Entry
from search.domain.near_words import NearWords, is_plain
from search.domain.spelling import (
    believable,
    forms,
    is_name,
    known_beginnings,
    known_endings,
    most_mistakes,
    same_word,
    stems,
    unlinked,
)
from search.domain.words import fold, humps, is_stop_word

SHORTEST_CORRECTED = 4
LONGEST_CORRECTED = 40
SHORTEST_NOUN = 4
"""A shorter noun of the vocabulary is taken for no part of a compound."""
SHORTEST_WRONG_PART = 6
MOST_WRONG_PARTS = 6
"""Parts of one compound that are tried as the wrong one."""

_Near = tuple[int, int, int, str]
"""Distance, then what settles between equals (smaller is better), then the folded word."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as people write it, and how many letters were wrong, missing, too many or swapped."""

    text: str
    distance: int


class _Form:
    """One folded word: how many solutions use it, and how many use each spelling."""

    __slots__ = ("count", "others", "spelling", "uses")

    def __init__(self, spelling: str) -> None:
        self.count = 0
        self.spelling = spelling
        self.uses = 0
        self.others: dict[str, int] | None = None
        """Spellings that are less frequent than `spelling`; most words have none."""

    def use(self, spelling: str, by: int) -> None:
        """Count a spelling up or down."""
        if spelling == self.spelling:
            self.uses += by
        else:
            self.others = self.others or {}
            self.others[spelling] = self.others.get(spelling, 0) + by
        if self.others and (by < 0 or self.others.get(spelling, 0) > self.uses):
            uses = {**self.others, self.spelling: self.uses}
            self.spelling = max(uses, key=lambda each: (uses[each], each == self.spelling))
            self.uses = uses.pop(self.spelling)
            self.others = {each: count for each, count in uses.items() if count} or None


class Vocabulary:
    """The words of all entries with how many of them use each; listens to the mirror."""

    def __init__(self, splitter: Splitter, constituents: Iterable[str] = ()) -> None:
        """`constituents` are those of the splitter as they are written, to correct parts of compounds to."""
        self._splitter = splitter
        self._constituents = {fold(word): word for word in constituents}
        self._forms: dict[str, _Form] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._near = NearWords()
        self._near_constituents = NearWords(self._constituents)

    def __len__(self) -> int:
        """Return the number of distinct folded words."""
        return len(self._forms)

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """See `Listener.changed`."""
        for key in removed:
            self._remove(key)
        for entry in added:
            self._remove(entry.id)
            self._add(entry)

    def count(self, folded: str) -> int:
        """Return how many solutions use a word."""
        form = self._forms.get(folded)
        return form.count if form else 0

    def spelling(self, folded: str) -> str | None:
        """Return how a word is written most often; None for an unknown one."""
        form = self._forms.get(folded)
        return form.spelling if form else None

    def knows(self, word: str) -> bool:
        """True for a word that is used, its other forms, general words, compounds of these, and names like eAkte."""
        pieces = [piece for piece in humps(word) if piece != word]
        if pieces and all(len(piece) < SHORTEST_PART or self.knows(piece) for piece in pieces):
            return True
        folded = fold(word)
        return self._has_form(folded) or 0 in known_endings(folded, self._is_piece, self._is_last)

    def correct(self, word: str) -> Correction | None:
        """Return what was meant by a misspelled word; None for what is known, short, no word, or like no other.

        A word with one mistake is that word; else one mistake in a part of a compound is likelier than more of them.
        """
        folded = fold(word)
        if not SHORTEST_CORRECTED <= len(folded) <= LONGEST_CORRECTED or not is_plain(folded):
            return None
        if is_stop_word(word) or self.knows(word):
            return None
        return self._nearest(word, 1) or self._with_corrected_part(word, folded) or self._nearest(word)

    def _add(self, entry: Entry) -> None:
        words = tuple(map(intern, entry.words))  # millions of them, of which most are the same
        counted = set()
        for word in words:
            folded = fold(word)
            form = self._forms.get(folded)
            if form is None:
                form = self._forms[intern(folded)] = _Form(word)
                if not is_stop_word(word):
                    self._near.add(intern(folded))
            form.use(word, 1)
            if folded not in counted:
                counted.add(folded)
                form.count += 1
        self._words[entry.id] = words

    def _remove(self, key: str) -> None:
        words = self._words.pop(key, ())
        for word in words:
            self._forms[fold(word)].use(word, -1)
        for folded in {fold(word) for word in words}:
            form = self._forms[folded]
            form.count -= 1
            if not form.count:
                del self._forms[folded]
                self._near.discard(folded)

    def _has_form(self, folded: str) -> bool:
        """True when the word is used with this or another ending."""
        return folded in self._forms or any(form in self._forms for stem in stems(folded) for form in forms(stem))

    def _is_part(self, part: str) -> bool:
        """True for what compounds are made of: general words, and nouns that are used."""
        if part in self._splitter.known:
            return len(part) >= SHORTEST_PART
        form = self._forms.get(part)
        return form is not None and len(part) >= SHORTEST_NOUN and form.spelling[0].isupper()

    def _is_piece(self, piece: str) -> bool:
        return any(piece.endswith(link) and self._is_part(piece[: len(piece) - len(link)]) for link in LINKS)

    def _is_last(self, piece: str) -> bool:
        return any(piece.endswith(ending) and self._is_part(piece[: len(piece) - len(ending)]) for ending in ENDINGS)

    def _nearest(self, word: str, most: int | None = None) -> Correction | None:
        """Return the word of the vocabulary that is nearest; `oe` may be an umlaut, or `o` and `e`."""
        typed = {fold(word), "".join(map(fold, word))}
        near = (each for spelling in typed for each in self._near_in(self._near, spelling, most))
        best = min((each for each in near if not (is_name(word) and self._is_no_noun(each[-1]))), default=None)
        return Correction(self._forms[best[-1]].spelling, best[0]) if best is not None else None

    def _is_no_noun(self, folded: str) -> bool:
        form = self._forms[folded]
        return not any(spelling[0].isupper() for spelling in (form.spelling, *(form.others or ())))

    def _near_in(self, words: NearWords, typed: str, most: int | None = None) -> list[_Near]:
        """Return the words that may be meant; the smallest is the likeliest."""
        within = words.within(typed, most_mistakes(len(typed)) if most is None else most)
        return [
            (distance, -self.count(meant), -Prefix.similarity(meant, typed), meant)
            for meant, distance in within
            if believable(typed, meant, distance)
        ]

    def _with_corrected_part(self, word: str, folded: str) -> Correction | None:
        """Return a compound with one mistake in the only part that is not known."""
        starts = known_beginnings(folded, self._is_piece)
        ends = [len(folded), *known_endings(folded, self._is_piece, self._is_last)]
        spans = sorted((end - start, start, end) for start in starts for end in ends)
        wrong = [span for span in spans if SHORTEST_WRONG_PART <= span[0] <= len(folded) - SHORTEST_PART]
        found: list[tuple[int, str]] = []
        for _, start, end in wrong[:MOST_WRONG_PARTS]:
            piece = folded[start:end]
            for part, link in unlinked(piece) if end < len(folded) else [(piece, "")]:
                meant = self._nearest_part(part) if len(part) >= SHORTEST_WRONG_PART else None
                text = _replaced(word, folded, start, end, meant + link) if meant is not None else None
                if text is not None:
                    found.append((-len(part), text))
        return Correction(min(found)[1], 1) if found else None

    def _nearest_part(self, part: str) -> str | None:
        """Return the spelling of a part that was meant, one letter from it, and not merely another form of it."""
        near = [*self._near_in(self._near, part, 1), *self._near_in(self._near_constituents, part, 1)]
        for *_, meant in sorted(near):
            if self._is_part(meant) and not same_word(part, meant):
                return self._constituents.get(meant) or self._forms[meant].spelling.lower()
        return None


def _replaced(word: str, folded: str, start: int, end: int, part: str) -> str | None:
    """Return the word with a folded span replaced; None when the span cannot be found in the word as written."""
    before, after = (next(at for at in range(len(word) + 1) if len(fold(word[:at])) >= reach) for reach in (start, end))
    text = word[:before] + part + word[after:]
    if not start and word[:1].isupper():
        text = text[:1].upper() + text[1:]
    return text if fold(text) == folded[:start] + fold(part) + folded[end:] else None
