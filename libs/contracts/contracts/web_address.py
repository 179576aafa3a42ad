"""Which addresses a listing may hold: complete ones of the web, that tell nobody a password."""

from urllib.parse import urlsplit


def checked(value: str) -> str:
    """Return the URL unchanged; raises ValueError unless it is an absolute http or https URL without credentials."""
    if any(character.isspace() for character in value):
        raise ValueError("must not contain blanks")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be a complete URL that starts with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a user name or a password")
    return value
