"""A listing while it is written: some of what every published one says may still be missing."""

from collections.abc import Mapping
from typing import Annotated, Any

from contracts.listing import Listing
from contracts.vocabulary import FieldOfAction
from pydantic import Field, StringConstraints, ValidationError


class DraftListing(Listing):
    """A listing that need not have a summary or a field of action yet."""

    summary: Annotated[str, StringConstraints(max_length=300)] = ""
    fields_of_action: Annotated[list[FieldOfAction], Field(max_length=10)] = []


def listing_of(document: Mapping[str, Any]) -> Listing:
    """Read a listing: a DraftListing only where the contract's mandatory fields are missing."""
    try:
        return Listing.model_validate(document)
    except ValidationError:
        return DraftListing.model_validate(document)
