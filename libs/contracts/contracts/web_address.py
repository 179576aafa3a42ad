"""Addresses in a listing: complete ones of the web, that tell nobody a password, and when two name one repository."""

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


def same_repository(url: str) -> str:
    """Return one spelling for the ways a repository's address is written: host in lower case, no `.git`, no slash.

    For addresses that are valid; the path keeps its case, because servers may tell it.
    """
    split = urlsplit(url)
    port = f":{split.port}" if split.port not in (None, 443 if split.scheme == "https" else 80) else ""
    path = split.path.rstrip("/").removesuffix(".git").rstrip("/")
    return f"{split.scheme.lower()}://{(split.hostname or '').rstrip('.').lower()}{port}{path}"
