"""What changed in a listing since it was last looked at, so that the next look can be short."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Listing = Mapping[str, Any]
"""A listing as plain JSON values; this service reads it, but has no rules about its fields."""


@dataclass(frozen=True)
class FieldChange:
    """One field whose value differs; a field that is missing on a side is None there."""

    field: str
    before: Any
    after: Any


def changes(before: Listing, after: Listing) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of the new listing, dropped fields last.

    Answers without a field of their own are fields named `answers.<question>`.
    """
    before, after = _flat(before), _flat(after)
    fields = [*after, *(field for field in before if field not in after)]
    return tuple(
        FieldChange(field, before.get(field), after.get(field))
        for field in fields
        if before.get(field) != after.get(field)
    )


def _flat(listing: Listing) -> Listing:
    answers = listing.get("answers") or {}
    own = {field: value for field, value in listing.items() if field != "answers"}
    return own | {f"answers.{question}": answer for question, answer in answers.items()}
