"""Says why a solution was found, in terms that a page can show: which word, which synonym, which meaning."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from search.domain.query_text import QueryText
from search.domain.words import fold, letters_of

Kind = Literal["word", "phrase", "spelling", "compound", "synonym", "related", "similar_spelling", "meaning", "filter"]
FIELDS = (
    *("name", "aliases", "summary", "features", "audience", "topics", "place", "description", "notes"),
    "provider_text",
)
"""The searched texts, the most telling one first: engines name what matched in any order."""
SHOWN_AS = {"provider_text": "provider", "audience": "target_groups", "notes": "description"}
MOST_FIELDS = 3
CONVINCING_MEANING = 0.83
"""Cosine from which likeness in meaning is given as a reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a solution was found: `text` is of the query, `matched` of the solution, `field` where it was found."""

    kind: Kind
    field: str | None = None
    text: str | None = None
    matched: str | None = None

    def shown(self) -> dict[str, str | None]:
        """Return it as the API shows it."""
        return {"kind": self.kind, "field": self.field, "text": self.text, "matched": self.matched}


def explain(text: QueryText, matched: Collection[str], said: Mapping[str, str], cosine: float | None) -> list[Reason]:
    """Return the reasons, strongest first.

    `matched` are the names of the clauses that matched, `said` the solution's own words by concept, `cosine` its
    nearness to the query in meaning.
    """
    found: list[Reason] = []
    if "phrase:name" in matched:
        found.append(Reason("phrase", "name", text.content))
    fields = dict.fromkeys(SHOWN_AS.get(field, field) for field in FIELDS if f"word:{field}" in matched)
    if fields:
        found += [Reason("word", field, text.content) for field in [*fields][:MOST_FIELDS]]
    for typed, right in text.corrections:
        if f"meant:{fold(typed)}" in matched and f"typed:{fold(typed)}" not in matched:
            found.append(Reason("spelling", None, typed, right))
    found += _concepts(text, matched, said)
    if not fields:
        found += _compounds(text, matched)
    if "joined" in matched and not fields:
        found.append(Reason("compound", None, text.content))
    for recognised in text.recognised:
        names = {f"stated:{recognised.intent.id}", f"said:{recognised.intent.id}"}
        if names & set(matched):
            found.append(Reason("filter", recognised.intent.facet, recognised.text, recognised.intent.label))
    if cosine is not None and cosine >= CONVINCING_MEANING:
        found.append(Reason("meaning"))
    if not found and "similar_spelling" in matched:
        found.append(Reason("similar_spelling", None, text.content))
    return found or ([Reason("meaning")] if cosine is not None else [])


def _concepts(text: QueryText, matched: Collection[str], said: Mapping[str, str]) -> list[Reason]:
    reasons = []
    for meant in text.meant:
        if f"concept:{meant.concept}" in matched:
            word = said.get(meant.concept)
            if word is None or fold(word) != fold(meant.text):
                reasons.append(Reason("synonym", None, meant.text, word))
        else:
            wider = next((each for each in meant.related if f"concept:{each}" in matched), None)
            if wider is not None:
                reasons.append(Reason("related", None, meant.text, said.get(wider)))
    return reasons


def _compounds(text: QueryText, matched: Collection[str]) -> Iterator[Reason]:
    """Say of each compound which of its parts the solution has in compounds of its own."""
    for compound in text.compounds:
        held = [_as_written(part, compound.word) for part in compound.parts if f"part:{part}" in matched]
        if held:
            yield Reason("compound", None, compound.word, ", ".join(held))


def _as_written(part: str, word: str) -> str:
    """Return a folded part as the word it belongs to spells it."""
    at = fold(word).find(part)
    written = word[letters_of(word, at) : letters_of(word, at + len(part))] if at >= 0 else part
    return written[:1].upper() + written[1:] if word[:1].isupper() else written
