"""A listing as providers hand it in."""

from typing import Any, Self

from contracts import web_address
from contracts.listing import Listing
from pydantic import ConfigDict, ValidationInfo, field_validator, model_validator

from catalog.domain.draft import DraftListing, listing_of
from catalog.entrypoints.api.schemas.texts import without_control_characters

MAX_LISTING_BYTES = 100_000
"""All texts of one listing together: a solution keeps all its versions in one document."""
_WITH_LINE_BREAKS = frozenset(
    {"description", "operating_note", "price_note", "it_security_note", "data_protection_note", "usage_note"}
)


class ListingIn(DraftListing):
    """The listing of the contracts, without unknown fields, with addresses that are web addresses.

    `media` may reorder, describe and leave out what was uploaded; without it all of that stays.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _clean(cls, value: Any, info: ValidationInfo) -> Any:
        return without_control_characters(value, line_breaks=info.field_name in _WITH_LINE_BREAKS)

    @field_validator(
        "repository_url",
        "demo_url",
        "documentation_url",
        "website_url",
        "accessibility_statement_url",
        "support_url",
        mode="after",
    )
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return None if value is None else web_address.checked(value)

    @field_validator("information_material_urls", mode="after")
    @classmethod
    def _addresses(cls, value: list[str]) -> list[str]:
        return [web_address.checked(address) for address in value]

    @model_validator(mode="after")
    def _size(self) -> Self:
        size = len(self.model_dump_json().encode())
        if size > MAX_LISTING_BYTES:
            raise ValueError(f"is too large: {size} bytes in all, at most {MAX_LISTING_BYTES} are kept")
        return self

    def to_listing(self) -> Listing:
        """Return the listing as the domain knows it."""
        return listing_of(self.model_dump())

    @property
    def keeps_media(self) -> bool:
        """True when nothing is said about media."""
        return "media" not in self.model_fields_set
