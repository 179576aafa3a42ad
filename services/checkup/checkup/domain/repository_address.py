"""When two addresses name the same repository."""

from urllib.parse import urlsplit


def same_repository(url: str) -> str:
    """Return one spelling for the ways a repository's address is written: host in lower case, no `.git`, no slash.

    Only for addresses that the address guard has let through; the path keeps its case, because servers may tell it.
    """
    split = urlsplit(url)
    port = f":{split.port}" if split.port not in (None, 443 if split.scheme == "https" else 80) else ""
    path = split.path.rstrip("/").removesuffix(".git").rstrip("/")
    return f"{split.scheme.lower()}://{(split.hostname or '').rstrip('.').lower()}{port}{path}"
