"""Slugs: the readable, unique and stable part of a solution's address."""

import re
import unicodedata

from servicekit import errors
from servicekit.errors import FieldError

MAX_LENGTH = 80
_VALID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa"})
_FALLBACK = "loesung"


def looks_like_id(text: str) -> bool:
    """True when the text is written like an identifier, so that it can never be a slug."""
    return _UUID.fullmatch(text) is not None


def derive(name: str) -> str:
    """Return the slug of a name, with the German transliteration of DIN 5007-2 (ä is ae, ß is ss).

    A name without any Latin letter or digit gives `loesung`.
    """
    lowered = unicodedata.normalize("NFC", name).lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_LENGTH].rstrip("-")
    return _FALLBACK if not slug or looks_like_id(slug) else slug


def numbered(slug: str, number: int) -> str:
    """Return the slug with a counter, still within the length limit: `kuubu`, 2 gives `kuubu-2`."""
    suffix = f"-{number}"
    return slug[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix


def check(slug: str) -> str:
    """Return the slug unchanged; raises ProblemError `invalid-slug` (422) when it is none."""
    if len(slug) <= MAX_LENGTH and _VALID.fullmatch(slug) and not looks_like_id(slug):
        return slug
    message = f"use lower-case letters a-z, digits and single hyphens, at most {MAX_LENGTH} characters"
    raise errors.invalid("invalid-slug", f"the slug is not valid: {message}", [FieldError("slug", message)])
