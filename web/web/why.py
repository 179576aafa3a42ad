"""Why a solution was found, and what it shares with another one, in the reader's words."""

from collections.abc import Iterable

from web import words
from web.api.search import Reason, SimilarHit
from web.i18n import Locale

MOST_REASONS = 6
MOST_SHARED = 4
_WITH_BOTH = frozenset({"spelling", "compound", "synonym", "related", "similar_spelling"})
"""Kinds in which the searched and the found text differ, so that both are worth telling."""


def reasons(given: Iterable[Reason], locale: Locale) -> list[str]:
    """Return a phrase per reason, such as `Synonym im Namen: „Rufbus“ → „Mitfahrbank“`; unknown kinds are left out.

    What differs only in the field it was found in is one phrase.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for reason in given:
        head = _head(reason, locale)
        if head is None:
            continue
        fields = places.setdefault((head, _words(reason, locale)), [])
        place = words.known("search_field", reason.field, locale.language) if reason.field else None
        if place and place not in fields:
            fields.append(place)
    phrases = [" ".join(filter(None, [head, ", ".join(fields)])) + told for (head, told), fields in places.items()]
    return phrases[:MOST_REASONS]


def shared(hit: SimilarHit, locale: Locale) -> list[str]:
    """Return labels of what a similar solution has in common with the one it is shown with."""
    pairs = (each.partition(":") for each in hit.shared)
    labels = [words.label(facet, value, locale.language) for facet, _, value in pairs if value]
    return list(dict.fromkeys(labels))[:MOST_SHARED]


def _head(reason: Reason, locale: Locale) -> str | None:
    return words.known("reason", "words" if _any_of_several(reason) else reason.kind, locale.language)


def _words(reason: Reason, locale: Locale) -> str:
    text, matched = (reason.text or "").strip(), (reason.matched or "").strip()
    if _any_of_several(reason):
        return ""
    if reason.kind in _WITH_BOTH and text and matched and text.casefold() != matched.casefold():
        return locale.say(": „{text}“ → „{matched}“", text=text, matched=matched)
    quoted = text if reason.kind == "filter" else matched or text
    return locale.say(": „{words}“", words=quoted) if quoted else ""


def _any_of_several(reason: Reason) -> bool:
    """True when it is not known which of the searched words it was: quoting them all would say too much."""
    return reason.kind == "word" and not reason.matched and " " in (reason.text or "").strip()
