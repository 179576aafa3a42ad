"""Under which terms the data may be used, who publishes it, and under which addresses."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

LicenceId = Literal["CC0-1.0", "DL-DE-BY-2.0"]


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of the metadata: SPDX id, name, its text, and its concept in the vocabulary of DCAT-AP.de."""

    id: LicenceId
    title: str
    url: str
    concept: str
    attribution: bool
    """True when whoever uses the data must name the publisher."""


LICENCES: dict[LicenceId, Licence] = {
    each.id: each
    for each in (
        Licence(
            "CC0-1.0",
            "CC0 1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
            "http://dcat-ap.de/def/licenses/cc-zero",
            attribution=False,
        ),
        Licence(
            "DL-DE-BY-2.0",
            "Datenlizenz Deutschland – Namensnennung – Version 2.0",
            "https://www.govdata.de/dl-de/by-2-0",
            "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
            attribution=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What every file states. `site` is the public address without a trailing slash.

    `contributor` is the address that GovData gave the publisher (DCAT-AP.de `contributorID`), if it did.
    """

    site: str
    publisher: str
    licence: Licence
    contributor: str | None = None

    @property
    def catalogue(self) -> str:
        """Address of the data as a whole: a page for people, a description for machines."""
        return f"{self.site}/opendata"

    def file(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self.catalogue}/{name}"

    def sitemap(self, page: int | None = None) -> str:
        """Return the address of the sitemap's index, or of one of its pages."""
        return f"{self.site}/sitemap.xml" + (f"?page={page}" if page is not None else "")

    def solution(self, slug: str) -> str:
        """Return the address of a solution's page."""
        return f"{self.site}/loesungen/{quote(slug, safe='')}"

    def api(self, path: str) -> str:
        """Return the address of something that the catalog's API serves."""
        return f"{self.site}/api/catalog/{path}"
