"""Small corrections: answers of the public version that change at once and are looked at by the team afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.listing import Listing

from catalog.domain.draft import listing_of

_TYPED = frozenset(Listing.model_fields) - {"answers"}


class CorrectionState(StrEnum):
    """Where a correction stands; it is superseded when a review approved a text that says otherwise."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVERTED = "reverted"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What the answer to one question was and is, as JSON values; None: there is no answer."""

    question: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was corrected since the team last looked; `revision` is that of the version it led to."""

    number: int
    version: int
    revision: int
    changes: tuple[FieldChange, ...]
    by: str
    at: datetime
    state: CorrectionState = CorrectionState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


def answer_in(listing: Listing, question: str) -> Any:
    """Return the answer as a JSON value; None when there is none."""
    document = listing.model_dump(mode="json")
    answer = document.get(question) if question in _TYPED else document["answers"].get(question)
    return None if answer in ("", [], {}) else answer


def with_answers(listing: Listing, answers: Mapping[str, Any]) -> Listing:
    """Return the listing with these answers; None takes one away."""
    document = listing.model_dump(mode="json")
    for question, answer in answers.items():
        place = document if question in _TYPED else document["answers"]
        place.pop(question, None)
        if answer not in (None, "", []):
            place[question] = answer
    return listing_of(document)


def where_it_says(listing: Listing, changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """Return those of the changes whose `before` is what the listing says."""
    return tuple(each for each in changes if answer_in(listing, each.question) == each.before)


def applied(listing: Listing, changes: tuple[FieldChange, ...]) -> Listing:
    """Return the listing with those of the changes made whose `before` it says."""
    return with_answers(listing, {each.question: each.after for each in where_it_says(listing, changes)})


def undone(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """Return the changes the other way round."""
    return tuple(FieldChange(each.question, each.after, each.before) for each in changes)


def joined(earlier: tuple[FieldChange, ...], later: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """Return both as one: from what was before the earlier to what is after the later; what came full circle is out."""
    found = {each.question: each for each in earlier}
    for each in later:
        first = found.get(each.question)
        found[each.question] = FieldChange(each.question, first.before if first else each.before, each.after)
    return tuple(each for each in found.values() if each.before != each.after)
