"""What pages tell machines about themselves, in the words of schema.org, as a block of JSON-LD."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import orjson
from contracts.vocabulary import PriceModel, SolutionKind
from markupsafe import Markup

from web import words
from web.api.catalog import Listing, PublicSolution, RatingSummary
from web.api.open_data import OpenData
from web.api.search import Hit
from web.links import web_link

CONTEXT = "https://schema.org"
NO_SPDX_LICENCE = ("proprietary", "LicenseRef-open-source")
_HARMLESS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def data_block(said: Mapping[str, Any]) -> Markup:
    """Return the element that carries JSON-LD; nothing in it ends the element or starts another one.

    Browsers run no data block, so the content security policy needs no exception for it (HTML, section 4.12.1).
    """
    text = orjson.dumps(said).decode().translate(_HARMLESS)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - escaped above


def solution(site: str, shown: PublicSolution, ratings: RatingSummary) -> dict[str, Any]:
    """Return a solution; with a grade only where people see one, which is from three ratings on."""
    listing = shown.listing
    software = listing.kind == SolutionKind.SOFTWARE
    address = _address(site, shown.slug)
    said = {
        "@context": CONTEXT,
        "@type": "SoftwareApplication" if software else "Service",
        "@id": f"{address}#loesung",
        "url": address,
        "mainEntityOfPage": address,
        "name": listing.name,
        "alternateName": listing.aliases,
        "description": listing.summary,
        "inLanguage" if software else "availableLanguage": listing.languages,
        "keywords": [_field(each) for each in listing.fields_of_action],
        "provider": {"@type": "Organization", "name": shown.organisation_name} if shown.organisation_name else None,
        "sameAs": web_link(listing.website_url),
        "image": [
            f"{site}/api/catalog/media/{quote(each.id, safe='')}" for each in listing.media if each.kind == "image"
        ],
        "datePublished": shown.first_published_at.isoformat() if shown.first_published_at else None,
        "dateModified": shown.published_at.isoformat() if shown.published_at else None,
        "aggregateRating": _rating(ratings),
    }
    if software:
        said |= _software(listing)
    return _without_blanks(said)


def item_list(site: str, hits: Sequence[Hit], total: int) -> dict[str, Any]:
    """Return the solutions of one page of a list, in its order."""
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "numberOfItems": total,
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": _address(site, each.slug), "name": each.name}
            for position, each in enumerate(hits, start=1)
        ],
    }


def dataset(site: str, title: str, description: str, shown: OpenData) -> dict[str, Any]:
    """Return the open data as a whole."""
    return _without_blanks(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            "@id": f"{site}/opendata#daten",
            "url": f"{site}/offene-daten",
            "name": title,
            "description": description,
            "inLanguage": "de",
            "isAccessibleForFree": True,
            "license": web_link(shown.licence.url),
            "creator": {"@type": "Organization", "name": shown.publisher},
            "dateModified": shown.changed_at.isoformat() if shown.changed_at else None,
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": each.media_type, "contentUrl": each.url}
                for each in shown.files
            ],
        }
    )


def _software(listing: Listing) -> dict[str, Any]:
    licence = listing.licence
    by_spdx = licence and licence not in NO_SPDX_LICENCE and " " not in licence
    return {
        "applicationCategory": "BusinessApplication",
        "license": f"https://spdx.org/licenses/{quote(licence, safe='')}" if licence and by_spdx else None,
        "isAccessibleForFree": True if listing.price_model == PriceModel.FREE else None,
        "featureList": listing.features,
        "softwareHelp": web_link(listing.documentation_url),
    }


def _rating(ratings: RatingSummary) -> dict[str, Any] | None:
    if ratings.average is None:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": ratings.average,
        "ratingCount": ratings.count,
        "bestRating": 5,
        "worstRating": 1,
    }


def _address(site: str, slug: str) -> str:
    return f"{site}/loesungen/{quote(slug, safe='')}"


def _field(value: str) -> str:
    return words.known("field_of_action", value, "de") or value


def _without_blanks(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
