"""Texts and addresses that every format can carry, XML and RDF included."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

_NOT_XML = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything that is no character of XML 1.0, and the control characters that it only discourages."""
_NOT_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def plain(text: str) -> str:
    """Return the text without characters that XML does not allow."""
    return _NOT_XML.sub("", text)


def plain_all(value: Any) -> Any:
    """Return JSON values with every text in them, keys included, made plain."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_all(each) for each in value]
    if isinstance(value, dict):
        return {plain(key): plain_all(each) for key, each in value.items()}
    return value


def iri(address: str) -> str | None:
    """Return an address as an IRI (RFC 3987), percent-encoded where needed; None when it is not http(s)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return _NOT_IRI.sub(lambda found: quote(found.group()), plain(address))
