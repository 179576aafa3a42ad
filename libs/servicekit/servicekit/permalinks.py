"""Addresses of a file's line at one commit on the web pages of the common forges."""

from typing import NamedTuple
from urllib.parse import quote, urlsplit


class Forge(NamedTuple):
    """A kind of forge: public hosts, names that own installations begin with, and how it writes addresses."""

    hosts: frozenset[str]
    names: frozenset[str]
    file: str
    line: str


FORGES = (
    Forge(frozenset({"github.com"}), frozenset({"github"}), "/blob/{}/{}", "#L{}"),
    Forge(frozenset({"gitlab.com", "salsa.debian.org"}), frozenset({"gitlab"}), "/-/blob/{}/{}", "#L{}"),
    Forge(frozenset({"codeberg.org"}), frozenset({"gitea", "forgejo"}), "/src/commit/{}/{}", "#L{}"),
    Forge(frozenset({"bitbucket.org"}), frozenset(), "/src/{}/{}", "#lines-{}"),
)


def permalink(repository_url: str | None, commit: str | None, path: str | None, line: int | None = None) -> str | None:
    """Return where a file stands at that commit; None when the forge cannot be told by the repository's host."""
    if not repository_url or not commit or not path:
        return None
    parts = urlsplit(repository_url)
    forge = _forge_of(parts.hostname or "")
    if forge is None or parts.scheme != "https" or parts.path.strip("/").count("/") < 1:
        return None
    base = f"https://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/').removesuffix('.git')}"
    return base + forge.file.format(commit, quote(path)) + (forge.line.format(line) if line else "")


def _forge_of(host: str) -> Forge | None:
    first = host.partition(".")[0]
    return next((forge for forge in FORGES if host in forge.hosts or first in forge.names), None)
