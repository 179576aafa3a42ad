"""Reads a PDF document object by object and writes it anew, if it only shows something and does nothing."""

from pathlib import Path
from typing import Any

import pikepdf

from catalog.adapters.media.sniffing import Refused

MAX_PAGES = 300
MAX_OBJECTS = 300_000
MAX_DEPTH = 50
MEDIA_TYPE = "application/pdf"
_ACTIVE_KEYS = {
    "/JS": "a script",
    "/JavaScript": "a script",
    "/XFA": "an XFA form",
    "/EmbeddedFiles": "embedded files",
    "/EF": "embedded files",
    "/RichMediaContent": "embedded media",
    "/AA": "actions that start by themselves",
}
_ACTIVE_VALUES = {
    "/JavaScript": "a script",
    "/Launch": "an action that starts programs",
    "/ImportData": "an action that imports data",
    "/SubmitForm": "a form that sends data",
    "/GoToE": "a jump into embedded files",
    "/GoToR": "a jump into other files",
    "/Rendition": "an action that plays media",
    "/EmbeddedFile": "embedded files",
    "/RichMedia": "embedded media",
    "/FileAttachment": "embedded files",
}


def examine(upload: Path, folder: Path) -> dict[str, Any]:
    """Write `original` into the folder; return what is known. Raises Refused."""
    try:
        with pikepdf.open(upload, suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Refused("encrypted", "the document is encrypted")
            pages = len(document.pages)
            if not 1 <= pages <= MAX_PAGES:
                raise Refused("too-many-pages", f"the document must have 1 to {MAX_PAGES} pages, and has {pages}")
            _refuse_active(document)
            document.save(folder / "original")
    except pikepdf.PasswordError as error:
        raise Refused("encrypted", "the document is encrypted") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, OverflowError, RecursionError) as error:
        raise Refused("broken", "the document is damaged or cut off") from error
    return {"kind": "document", "media_type": MEDIA_TYPE, "pages": pages, "variants": ["original"]}


def _refuse_active(document: pikepdf.Pdf) -> None:
    for count, found in enumerate(document.objects):
        if count > MAX_OBJECTS:
            raise Refused("broken", f"the document has more than {MAX_OBJECTS} objects")
        _refuse(found, 0)


def _refuse(found: object, depth: int) -> None:
    """Raise for an object, or a direct part of it, that does something; references are objects of their own."""
    if depth > MAX_DEPTH:
        raise Refused("broken", f"the document is nested more than {MAX_DEPTH} deep")
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in found.items():
            if what := _ACTIVE_KEYS.get(key) or (key in ("/S", "/Type", "/Subtype") and _named(value)):
                raise Refused("active-content", f"the document holds {what}")
            if not getattr(value, "is_indirect", False):
                _refuse(value, depth + 1)
    elif isinstance(found, pikepdf.Array):
        for value in found:
            if not getattr(value, "is_indirect", False):
                _refuse(value, depth + 1)


def _named(value: object) -> str | None:
    return _ACTIVE_VALUES.get(str(value)) if isinstance(value, pikepdf.Name) else None
