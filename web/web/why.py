"""Why a solution was found, and what it shares with another one, in the reader's words."""

from collections.abc import Iterable

from web import words
from web.api.search import Reason, SimilarHit
from web.i18n import Locale

MOST_REASONS = 6
MOST_SHARED = 4
_WITH_BOTH = frozenset({"spelling", "compound", "synonym", "similar_spelling"})
"""Kinds in which the searched and the found text differ, so that both are worth telling."""


def reasons(given: Iterable[Reason], locale: Locale) -> list[str]:
    """Return a phrase per reason, such as `Synonym im Namen: „Rufbus“ → „Mitfahrbank“`; unknown kinds are left out."""
    told = (_phrase(reason, locale) for reason in given)
    return list(dict.fromkeys(phrase for phrase in told if phrase))[:MOST_REASONS]


def shared(hit: SimilarHit, locale: Locale) -> list[str]:
    """Return labels of what a similar solution has in common with the one it is shown with."""
    pairs = (each.partition(":") for each in hit.shared)
    labels = [words.label(facet, value, locale.language) for facet, _, value in pairs if value]
    return list(dict.fromkeys(labels))[:MOST_SHARED]


def _phrase(reason: Reason, locale: Locale) -> str:
    head = words.known("reason", reason.kind, locale.language)
    if head is None:
        return ""
    place = words.known("search_field", reason.field, locale.language) if reason.field else None
    if place:
        head = f"{head} {place}"
    text, matched = (reason.text or "").strip(), (reason.matched or "").strip()
    if reason.kind in _WITH_BOTH and text and matched and text.casefold() != matched.casefold():
        return locale.say("{head}: „{text}“ → „{matched}“", head=head, text=text, matched=matched)
    quoted = text if reason.kind == "filter" else matched or text
    return locale.say("{head}: „{words}“", head=head, words=quoted) if quoted else head
