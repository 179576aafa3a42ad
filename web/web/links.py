"""Addresses that came from elsewhere: only own pages to go back to, only http(s) to point at."""

from urllib.parse import urlencode, urlsplit

LONGEST_SHOWN = 60


def own_path(given: str | None, default: str = "/") -> str:
    """Return a path on this site that may be redirected to; anything that could lead elsewhere becomes `default`."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 32 or character == "\\" for character in given):
        return default
    return given


def own_link(given: str | None, public_url: str) -> str | None:
    """Return the path of a link that a service made for this site; None when it leads elsewhere."""
    if not given:
        return None
    if given.startswith(public_url + "/"):
        given = given[len(public_url) :]
    return own_path(given, default="") or None


def web_link(given: str | None) -> str | None:
    """Return the address when it is http(s) with a host, else None: nothing like `javascript:` becomes a link."""
    if not given:
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    return given if parts.scheme in ("http", "https") and parts.hostname else None


def short(given: str) -> str:
    """Host and path of an address, for showing a link shortly."""
    parts = urlsplit(given)
    shown = parts.netloc.rpartition("@")[2].removeprefix("www.") + parts.path.rstrip("/").removesuffix(".git")
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"


def with_query(path: str, query: dict[str, str]) -> str:
    """Append a query string."""
    return f"{path}?{urlencode(query)}" if query else path
