"""How a query matches a solution in the engine's terms: ranking clauses, filters in words, reasons by name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from search.domain.intents import Intent
from search.domain.query_text import QueryText
from search.domain.words import fold

Clause = dict[str, Any]

FIELDS = {
    "name": 4.0,
    "aliases": 3.0,
    "summary": 2.0,
    "features": 1.2,
    "description": 1.0,
    "audience": 1.2,
    "provider_text": 1.0,
    "place": 1.5,
    "topics": 1.5,
    "notes": 1.0,
}
"""The searched texts and how much a word in each counts."""

ALMOST_NOTHING = 1e-6
MOST_CORRECTIONS = 5
"""Corrections that are given as reasons: each asks for two words in all fields."""
MOST_WORDS_ALIKE = 2
"""Words of a query up to which grams alone find: what has most of the grams of more words has some of the words, and
of all clauses this one takes the engine longest."""
SIMILAR = "60%"
"""Of the grams of the query, from which a similar spelling is given as the reason."""
NEAR_FIRST = 1024.0
"""Added to the score of solutions that are near in meaning, so that they come with the first hits; taken off again."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each way of matching counts; 0 leaves it out. docs/search.md shows what each is worth."""

    words: float = 0.15
    tie: float = 0.1
    misspelt: float = 0.15
    parts: float = 0.15
    parts_found: str = "2<75%"
    """Of the parts of one compound, from which they alone find a solution: both of two, three of four."""
    joined: float = 1.0
    grams: float = 0.8
    grams_found: str = "80%"
    """Of the grams of the query, from which they alone find a solution; fewer count for what is found otherwise."""
    concepts_title: float = 2.0
    concepts_body: float = 3.0
    concepts_wide: float = 2.0
    related_title: float = 0.3
    related_body: float = 1.5
    stated: float = 4.0
    """A filter in words that is stated, where nothing is fused (half of it when only said)."""


WEIGHTS = Weights()


def ranking(text: QueryText, weights: Weights) -> list[Clause]:
    """Return the clauses of which at least one must match; empty when nothing can match in words."""
    if not text.searchable:
        return []
    own = " ".join(meant.concept for meant in text.meant)
    related = " ".join(related_of(text))
    clauses = [
        _words(text.content, weights.words, weights.tie),
        _words(" ".join(text.misspelt), weights.misspelt, weights.tie),
        _words(" ".join(text.joined), weights.joined, weights.tie),
        *_compounds(text, weights),
        _grams(text, ALMOST_NOTHING, weights.grams_found) if len(text.words) <= MOST_WORDS_ALIKE else {},
        _match("concepts_title", own, weights.concepts_title),
        _match("concepts_body", own, weights.concepts_body),
        _match("concepts_wide", own, weights.concepts_wide),
        _match("concepts_title", related, weights.related_title),
        _match("concepts_body", related, weights.related_body),
    ]
    return [clause for clause in clauses if clause]


def alike(text: QueryText, weights: Weights) -> list[Clause]:
    """Return the clauses that only count for what is found by others."""
    clauses = [_grams(text, weights.grams), _match("parts", " ".join(text.parts), weights.parts)]
    return [clause for clause in clauses if clause]


def related_of(text: QueryText) -> list[str]:
    """Return the concepts that are broader than those of the query, without these."""
    own = {meant.concept for meant in text.meant}
    return list(dict.fromkeys(wider for meant in text.meant for wider in meant.related if wider not in own))


def near_clause(ids: Collection[str]) -> Clause:
    """Match solutions that are near in meaning, and bring them to the front."""
    return {"constant_score": {"filter": {"ids": {"values": list(ids)}}, "boost": NEAR_FIRST}}


def _words(query: str, boost: float, tie: float) -> Clause:
    if not query or not boost:
        return {}
    fields = [f"{name}^{weight:g}" for name, weight in FIELDS.items()]
    return {
        "multi_match": {"query": query, "fields": fields, "type": "best_fields", "tie_breaker": tie, "boost": boost}
    }


def _match(field: str, query: str, boost: float, **options: Any) -> Clause:
    return {"match": {field: {"query": query, "boost": boost, **options}}} if query and boost else {}


def _compounds(text: QueryText, weights: Weights) -> list[Clause]:
    """Match what has the parts of one compound together: one of them alone is found in anything."""
    if not weights.parts:
        return []
    return [
        _match("parts", " ".join(each.parts), ALMOST_NOTHING, minimum_should_match=weights.parts_found)
        for each in text.compounds
    ]


def _grams(text: QueryText, boost: float, minimum: str = "1") -> Clause:
    """Match by grams, cut here: engines count those of several words differently when they cut them themselves."""
    return _match("grams", text.grams, boost, analyzer="standard", minimum_should_match=minimum)


def stated(intent: Intent) -> Clause | None:
    """Match solutions whose facet states what a filter in words asks for."""
    return {"terms": {intent.facet: list(intent.values)}} if intent.facet and intent.values else None


def said(intent: Intent) -> Clause | None:
    """Match solutions whose texts say what a filter in words asks for."""
    phrases = [
        {"multi_match": {"query": phrase, "fields": list(FIELDS), "type": "phrase"}} for phrase in intent.evidence
    ]
    return {"bool": {"should": phrases, "minimum_should_match": 1}} if phrases else None


def stated_or_said(intent: Intent) -> Clause:
    """Match solutions that fit a filter in words for certain."""
    clauses = [clause for clause in (stated(intent), said(intent)) if clause is not None]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def not_contradicted(intents: Iterable[Intent]) -> list[Clause]:
    """Leave out what states something else than filters in words ask for; those of one facet are alternatives."""
    alternatives: dict[str, list[Intent]] = {}
    for intent in intents:
        if intent.exclusive and intent.facet:
            alternatives.setdefault(intent.facet, []).append(intent)
    clauses: list[Clause] = []
    for facet, asked in alternatives.items():
        silent = [*dict.fromkeys(value for intent in asked for value in intent.silent)]
        fits = [
            *map(stated_or_said, asked),
            {"bool": {"must_not": [{"exists": {"field": facet}}]}},
            {"terms": {facet: silent}},
        ]
        clauses.append({"bool": {"should": fits, "minimum_should_match": 1}})
    return clauses


def stated_first(intents: Iterable[Intent], boost: float) -> list[Clause]:
    """Optional clauses that name (and, with a boost, raise) what states or says each filter in words."""
    clauses: list[Clause] = []
    for intent in intents:
        for name, clause, share in (("stated", stated(intent), 1.0), ("said", said(intent), 0.5)):
            if clause is not None:
                constant = {"filter": clause, "boost": share * boost, "_name": f"{name}:{intent.id}"}
                clauses.append({"constant_score": constant})
    return clauses


def reasons(text: QueryText) -> list[Clause]:
    """Return named clauses that tell why a solution was found; the names are read by `explanation`."""
    clauses = [_named(f"word:{name}", {"match": {name: {"query": text.content}}}) for name in FIELDS]
    if len(text.words) > 1:
        clauses.append(_named("phrase:name", {"match_phrase": {"name": {"query": text.content}}}))
    clauses += [_named(f"part:{part}", _match("parts", part, 1.0)) for part in text.parts]
    if text.joined:
        joined = {"multi_match": {"query": " ".join(text.joined), "fields": list(FIELDS)}}
        clauses.append(_named("joined", joined))
    if text.searchable and (grams := _grams(text, 1.0, SIMILAR)):
        clauses.append(_named("similar_spelling", grams))
    for concept in dict.fromkeys((*(meant.concept for meant in text.meant), *related_of(text))):
        mentions = {"query": concept, "fields": ["concepts_title", "concepts_body", "concepts_wide"]}
        clauses.append(_named(f"concept:{concept}", {"multi_match": mentions}))
    for typed, right in text.corrections[:MOST_CORRECTIONS]:
        for name, word in (("typed", typed), ("meant", right)):
            anywhere = {"multi_match": {"query": word, "fields": list(FIELDS)}}
            clauses.append(_named(f"{name}:{fold(typed)}", anywhere))
    return clauses


def _named(name: str, clause: Clause) -> Clause:
    return {"constant_score": {"filter": clause, "boost": 1.0, "_name": name}}
