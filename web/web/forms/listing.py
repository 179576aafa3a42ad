"""The form for a listing: which fields it has, how they are typed, and what may be wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.listing import Listing as ContractListing
from pydantic import ValidationError

from web.api.catalog import Listing
from web.api.problem import FieldFault
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.listing_sections import FIELDS, SECTIONS, Field, Section
from web.i18n import Locale
from web.links import web_link

Values = dict[str, Any]
_TOO_LONG: Mapping[str, Literal["characters", "entries"]] = {"string_too_long": "characters", "too_long": "entries"}


@dataclass
class ListingForm:
    """What was typed or what is stored, ready to be shown again."""

    values: Values = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "ListingForm":
        return cls.of(Listing(languages=["de"]))

    @classmethod
    def of(cls, listing: Listing) -> "ListingForm":
        stored = listing.model_dump()
        return cls({each.name: _shown(each, stored.get(each.name)) for each in FIELDS})

    @classmethod
    def read(cls, form: FormData) -> "ListingForm":
        return cls(
            {each.name: form.texts(each.name) if each.kind == "choices" else form.text(each.name) for each in FIELDS}
        )

    @property
    def sections(self) -> Sequence[Section]:
        return SECTIONS

    def listing(self) -> dict[str, Any]:
        """The listing for the catalog: blank answers are left out."""
        listing = {}
        for each in FIELDS:
            value = _stored(each, self.values.get(each.name))
            if value not in (None, "", []):
                listing[each.name] = value
        return listing

    def check(self, locale: Locale) -> Faults:
        """Say what is wrong, judged by the contract that the catalog judges by."""
        faults = Faults()
        listing = self.listing()
        for each in FIELDS:
            if each.required and each.name not in listing:
                faults.add(each.name, locale.say("Bitte füllen Sie dieses Feld aus."))
            addresses = listing.get(each.name) if each.url else None
            for address in [addresses] if isinstance(addresses, str) else addresses or []:
                if web_link(address) is None:
                    faults.add(each.name, locale.say(_BAD_ADDRESS, address=address[:80]))
        try:
            ContractListing.model_validate(listing)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                name = str(fault["loc"][0]) if fault["loc"] else ""
                message = _german(fault["type"], fault.get("ctx", {}), locale)
                if len(fault["loc"]) > 1 and isinstance(fault["loc"][1], int):
                    message = locale.say("Eintrag {n}:", n=fault["loc"][1] + 1) + " " + message
                faults.add(name, message)
        return faults


_BAD_ADDRESS = "„{address}“ ist keine vollständige Adresse. Sie beginnt mit https:// oder http://."


def _german(kind: str, context: Mapping[str, Any], locale: Locale) -> str:
    limit = context.get("max_length")
    if kind in _TOO_LONG and isinstance(limit, int):
        unit = "Höchstens {n} Zeichen." if _TOO_LONG[kind] == "characters" else "Höchstens {n} Einträge."
        return locale.say(unit, n=locale.number(limit))
    if kind in ("missing", "string_too_short", "too_short"):
        return locale.say("Bitte füllen Sie dieses Feld aus.")
    if kind in ("enum", "literal_error"):
        return locale.say("Bitte wählen Sie einen Wert aus der Liste.")
    return locale.say("Diese Angabe passt nicht zu diesem Feld.")


def refused_fields(errors: Sequence[FieldFault], locale: Locale) -> Faults:
    """Turn the catalog's own findings about fields into ours."""
    faults = Faults()
    names = {each.name for each in FIELDS}
    for error in errors:
        parts = [part for part in error.field.split(".") if part not in ("body", "listing")]
        name = parts[0] if parts else ""
        message = locale.say("Diese Angabe wurde nicht angenommen: {message}", message=error.message)
        if name in names:
            faults.add(name, message)
        else:
            faults.general.append(f"{name}: {message}" if name else message)
    return faults


def _shown(each: Field, value: Any) -> Any:
    if each.kind == "choices":
        return list(value or [])
    if each.kind == "lines":
        return "\n".join(value or [])
    if each.kind == "yes_no":
        return {True: "ja", False: "nein"}.get(value, "")
    return "" if value is None else str(value)


def _stored(each: Field, typed: Any) -> Any:
    if each.kind == "choices":
        return list(typed or [])
    if each.kind == "lines":
        return [line.strip() for line in str(typed or "").split("\n") if line.strip()]
    if each.kind == "yes_no":
        return {"ja": True, "nein": False}.get(str(typed))
    return str(typed or "")
