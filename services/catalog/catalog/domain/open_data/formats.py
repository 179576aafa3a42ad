"""The formats that the open data comes in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: extension of its file, media type, and the concept in the EU's list of file types."""

    extension: str
    media_type: str
    concept: str
    title: str

    @property
    def name(self) -> str:
        """The name of the file with all solutions."""
        return f"solutions.{self.extension}"

    @property
    def media_type_concept(self) -> str | None:
        """The media type in IANA's registry, if it is registered."""
        return None if "/x-" in self.media_type else _MEDIA_TYPE + self.media_type

    @property
    def content_type(self) -> str:
        """The media type with the character set, where the format does not fix that."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


JSON = Format("json", "application/json", _FILE_TYPE + "JSON", "JSON, seitenweise")
NDJSON = Format("ndjson", "application/x-ndjson", _FILE_TYPE + "JSON", "NDJSON, alles in einer Datei")
CSV = Format("csv", "text/csv", _FILE_TYPE + "CSV", "CSV")
TURTLE = Format("ttl", "text/turtle", _FILE_TYPE + "RDF_TURTLE", "DCAT-AP.de als RDF Turtle")
JSONLD = Format("jsonld", "application/ld+json", _FILE_TYPE + "JSON_LD", "DCAT-AP.de als JSON-LD")
FORMATS = (JSON, NDJSON, CSV, TURTLE, JSONLD)
BY_EXTENSION = {each.extension: each for each in FORMATS}


def preferred(accept: str) -> Format | None:
    """Return the format that an Accept header (RFC 9110) prefers; the first on a tie, None when it allows none."""
    chosen = negotiated(accept, [each.media_type for each in FORMATS])
    return next((each for each in FORMATS if each.media_type == chosen), None)


def negotiated(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type that an Accept header (RFC 9110) prefers; the first on a tie, None when it allows none."""
    ranges = [_range(each) for each in accept.split(",") if each.strip()] or [("*/*", 1.0)]
    best = max(offered, key=lambda each: _quality(each, ranges))
    return best if _quality(best, ranges) > 0 else None


def _range(text: str) -> tuple[str, float]:
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    for each in parameters:
        if each.startswith("q="):
            return media, float(each[2:]) if _QUALITY.fullmatch(each[2:]) else 0.0
    return media, 1.0


def _quality(wanted: str, ranges: list[tuple[str, float]]) -> float:
    kind = wanted.partition("/")[0]
    for pattern in (wanted, f"{kind}/*", "*/*"):
        found = [quality for media, quality in ranges if media == pattern]
        if found:
            return max(found)
    return 0.0
