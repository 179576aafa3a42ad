"""Suggests while somebody types, from memory: solutions, providers, fields of action, and what others searched for."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from contracts.vocabulary import FieldOfAction, label

from search.application.ports import PastQueries
from search.domain.entry import Entry
from search.domain.facets import LONGEST_OPEN_VALUE
from search.domain.suggestion import MOST_OF_KIND, Suggestion, marked, mixed
from search.domain.titles import Match, Titles, Typed
from search.domain.words import folded, is_stop_word, words

SHORTEST_MENDED = 4
LEFT_OUT = 20
"""Past queries with unknown words that are passed over."""
MOST_MENDED = 20
"""Ways in which a mistyped text may have been meant that are tried."""

Found = list[tuple[Match, Suggestion]]


@dataclass(frozen=True, slots=True)
class _Solution:
    slug: str
    titles: tuple[str, ...]
    """Name and aliases."""
    provider: str
    fields_of_action: tuple[str, ...]


class _Counted:
    """Values of a facet that solutions have, with how many."""

    def __init__(self, kind: Literal["provider", "field_of_action"]) -> None:
        self._kind = kind
        self._counts: Counter[str] = Counter()
        self.titles = Titles()

    def add(self, value: str) -> None:
        """Count a solution with a value."""
        self._counts[value] += 1
        if self._counts[value] == 1:
            self.titles.put(value, [self._text(value)])

    def drop(self, value: str) -> None:
        """Count it down."""
        self._counts[value] -= 1
        if not self._counts[value]:
            del self._counts[value]
            self.titles.drop(value)

    def most_used(self) -> list[Suggestion]:
        """Return all values, those with most solutions first."""
        return [
            self._suggestion(value, ()) for value in sorted(self._counts, key=lambda each: (-self._counts[each], each))
        ]

    def found(self, typed: Typed) -> Found:
        """Return the values whose titles continue what was typed, best first."""
        hits = self.titles.find(typed, MOST_OF_KIND[self._kind])
        return [(hit.match, self._suggestion(hit.key, typed)) for hit in hits]

    def _text(self, value: str) -> str:
        return label(FieldOfAction(value)) if self._kind == "field_of_action" else value

    def _suggestion(self, value: str, typed: Typed) -> Suggestion:
        text = self._text(value)
        shown = value[:LONGEST_OPEN_VALUE]
        return Suggestion(self._kind, text, marked(text, typed), value=shown, count=self._counts[value])


class Suggesting:
    """Listens to the mirror; answers without waiting for anything."""

    def __init__(self, past_queries: PastQueries, knows: Callable[[str], bool]) -> None:
        """`knows` tells of a word whether it is one of the listings or of the language at large."""
        self._past_queries = past_queries
        self._knows = knows
        self._held: dict[str, _Solution] = {}
        self._solutions = Titles()
        self._providers = _Counted("provider")
        self._fields = _Counted("field_of_action")

    def changed(self, added: Sequence[Entry], removed: Sequence[str]) -> None:
        """See `Listener.changed`."""
        for key in removed:
            self._remove(key)
        for entry in added:
            self._remove(entry.id)
            self._add(entry)

    def suggest(self, text: str, size: int) -> list[Suggestion]:
        """Return what continues a clean text, best first; when nothing does, what continues it with one letter mended.

        Without a text: what is searched for most, and the fields of action with most solutions.
        """
        if not text:
            return self._to_begin_with(size)
        typed = tuple(folded(text).split())
        found = self._found(typed, size) if typed else []
        for mended in islice(self._mended(typed), 0 if found else MOST_MENDED):
            if len(found) >= size:
                break
            found += self._found(mended, size)
        return mixed(_once(found), size)

    def _add(self, entry: Entry) -> None:
        held = _Solution(entry.slug, (entry.name, *entry.aliases), entry.provider, entry.fields_of_action)
        self._held[entry.id] = held
        self._solutions.put(entry.id, held.titles, entry.parts)
        self._providers.add(held.provider)
        for field in held.fields_of_action:
            self._fields.add(field)

    def _remove(self, key: str) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._solutions.drop(key)
            self._providers.drop(held.provider)
            for field in held.fields_of_action:
                self._fields.drop(field)

    def _all(self) -> tuple[Titles, ...]:
        return self._solutions, self._providers.titles, self._fields.titles

    def _mended(self, typed: Typed) -> Iterator[Typed]:
        """Return what was typed with one letter mended in a word that nothing begins with."""
        for at, word in enumerate(typed):
            if len(word) >= SHORTEST_MENDED and not any(titles.has(word) for titles in self._all()):
                others = dict.fromkeys(other for titles in self._all() for other in titles.mended(word))
                yield from ((*typed[:at], other, *typed[at + 1 :]) for other in others)

    def _to_begin_with(self, size: int) -> list[Suggestion]:
        fields = self._fields.most_used()
        queries = self._queries("", max(size - len(fields), size // 2))
        return [*queries, *fields][:size]

    def _found(self, typed: Typed, size: int) -> Found:
        found: Found = [*self._fields.found(typed), *self._providers.found(typed)]
        for hit in self._solutions.find(typed, size):
            held = self._held[hit.key]
            name, title = held.titles[0], held.titles[hit.title]
            text = name if hit.title == 0 else f"{name} ({title})"
            html = marked(text, typed, self._solutions.parts(hit.key))
            found.append((hit.match, Suggestion("solution", text, html, slug=held.slug)))
        phrase = " ".join(typed)
        for query in self._queries(phrase, MOST_OF_KIND["query"], typed):
            found.append((Match.BEGINNING if folded(query.text).startswith(phrase) else Match.WORD, query))
        return found

    def _queries(self, prefix: str, most: int, typed: Typed = ()) -> list[Suggestion]:
        """Return past queries all of whose words are known: no misspelt ones, and no names of people."""
        past = self._past_queries.matching(prefix, most + LEFT_OUT)
        known = (text for text, _ in past if all(is_stop_word(word) or self._knows(word) for word in words(text)))
        return [Suggestion("query", text, marked(text, typed)) for text in islice(known, most)]


def _once(found: Found) -> Found:
    """Leave out what was found before, and queries that are the name of something found."""
    names = {folded(suggestion.text) for _, suggestion in found if suggestion.kind != "query"}
    kept: dict[tuple[str, str | None], tuple[Match, Suggestion]] = {}
    for match, suggestion in found:
        if suggestion.kind != "query" or folded(suggestion.text) not in names:
            kept.setdefault(
                (suggestion.kind, suggestion.slug or suggestion.value or suggestion.text), (match, suggestion)
            )
    return list(kept.values())
