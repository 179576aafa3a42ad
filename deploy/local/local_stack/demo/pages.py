"""Pages of the demonstration's demos: small applications on loopback, with barriers that the checkup is to find."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sites"
PREFIX = "/demo/"
KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8"}
PROTECTED = {
    "mitfahrbank": {"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff"},
}
"""Demos that send security headers, as a good one does."""


@dataclass(frozen=True)
class Page:
    """What is answered at one path."""

    content: bytes
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def pages() -> Mapping[str, Page]:
    """All pages by path: `/demo/NAME/` for the start page, `/demo/NAME/page` for others, files as they are."""
    found = {}
    for file in sorted(FOLDER.glob("*/*")):
        name = "" if file.name == "index.html" else file.stem if file.suffix == ".html" else file.name
        demo = file.parent.name
        found[f"{PREFIX}{demo}/{name}"] = Page(file.read_bytes(), KINDS[file.suffix], PROTECTED.get(demo, {}))
    return found
