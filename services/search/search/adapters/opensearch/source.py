"""Turns a solution's document into what lies in the index, and back."""

from dataclasses import fields as fields_of
from functools import lru_cache
from typing import Any

import orjson
from contracts.catalog import Deployment
from contracts.listing import RatingSummary
from contracts.vocabulary import licence_group
from pydantic import TypeAdapter

from search.adapters.opensearch.counting import TOGETHER, together
from search.adapters.opensearch.vector_field import content_of
from search.application.rebuild_ports import Stored
from search.domain.card import card_of, timestamp
from search.domain.checksum import fingerprint
from search.domain.compounds import Splitter
from search.domain.concepts import concepts_of
from search.domain.document import (
    FACET_NAMES,
    CheckupFacet,
    CheckupFailureFacet,
    FacetName,
    ListingFacet,
    ReviewFacet,
    SolutionDocument,
    TermsFacet,
)
from search.domain.entry import kept_of, revision_of
from search.domain.facets import LONGEST_OPEN_VALUE, PROFILE_FILTERS
from search.domain.standing import checkup_score, grades, municipalities, rating_bands, score_bands, sizes
from search.domain.target_groups import target_groups
from search.domain.texts import Texts, texts_of
from search.domain.thesaurus import Thesaurus
from search.domain.validity import validity
from search.domain.words import folded

KEPT_FIELDS = ("id", "seq", "facets")
"""What `from_source` needs of a stored document."""
_TEXT_NAMES = tuple(each.name for each in fields_of(Texts))
UNSCORED = -1
"""Sorts after every score. A missing value would too, but engines name its place in the order differently."""


@lru_cache(maxsize=1)
def _adapters() -> dict[FacetName, TypeAdapter[Any]]:
    return {
        "listing": TypeAdapter(ListingFacet),
        "review": TypeAdapter(ReviewFacet),
        "checkup": TypeAdapter(CheckupFacet),
        "checkup_failure": TypeAdapter(CheckupFailureFacet),
        "rating": TypeAdapter(RatingSummary),
        "deployments": TypeAdapter(tuple[Deployment, ...]),
        "terms": TypeAdapter(TermsFacet),
    }


def to_source(document: SolutionDocument, splitter: Splitter, thesaurus: Thesaurus) -> dict[str, Any]:
    """Return the stored form: the facets as they are, and everything computed from them."""
    adapters = _adapters()
    kept: dict[str, Any] = {
        "id": document.id,
        "visible": document.visible,
        "seq": {name: document.seq[name] for name in FACET_NAMES if name in document.seq},
        "facets": {
            name: adapters[name].dump_python(value, mode="json")
            for name in FACET_NAMES
            if (value := getattr(document, name)) is not None
        },
    }
    if (revision := revision_of(document)) is not None:
        kept |= {"mirror_position": revision.position, "mirror_version": revision.version}
    kept["checksum"] = fingerprint(orjson.dumps([kept[name] for name in KEPT_FIELDS], option=orjson.OPT_SORT_KEYS))
    return {**kept, **_found_by(document, splitter, thesaurus)}


def stored_of(document: SolutionDocument, splitter: Splitter, thesaurus: Thesaurus) -> Stored:
    """Return the stored form as it is sent to the engine."""
    source = to_source(document, splitter, thesaurus)
    return Stored(document.id, source["checksum"], content_of(source) or "", orjson.dumps(source))


def from_source(source: dict[str, Any]) -> SolutionDocument:
    """Read a stored document back (only KEPT_FIELDS are needed)."""
    adapters = _adapters()
    facets: dict[str, Any] = {name: adapters[name].validate_python(value) for name, value in source["facets"].items()}
    return SolutionDocument(source["id"], source["seq"], **facets)


def _found_by(document: SolutionDocument, splitter: Splitter, thesaurus: Thesaurus) -> dict[str, Any]:
    """Return the fields that are searched, filtered, sorted by and shown; a hidden solution has none."""
    facet, texts = document.listing, texts_of(document, splitter)
    if facet is None or texts is None:
        return {}
    listing, score = facet.listing, checkup_score(document)
    fields = {name: getattr(texts, name) for name in _TEXT_NAMES}
    fields["provider_text"] = fields.pop("provider")
    concepts = concepts_of(texts, splitter, thesaurus)
    found = {
        **fields,
        "concepts_title": concepts.title,
        "concepts_body": concepts.body,
        "concepts_wide": concepts.wide,
        "said": concepts.said,
        "slug": facet.slug,
        "card": card_of(document),
        "mirror": kept_of(document, texts, splitter),
        "field_of_action": listing.fields_of_action,
        "kind": listing.kind,
        "offer_form": listing.offer_form,
        "bundesland": listing.bundesland,
        "licence_group": licence_group(listing.licence),
        "operating_model": listing.operating_models,
        "price_model": listing.price_model,
        "provider": facet.organisation_name[:LONGEST_OPEN_VALUE],
        "hosting_location": listing.hosting_location,
        "accessibility_level": listing.accessibility_level,
        **{each.name: each.values_in(listing.answers) for each in PROFILE_FILTERS},
        "target_group": target_groups(listing.target_groups, splitter),
        "checkup_score": score_bands(score),
        "checkup_grade": grades(document),
        "validity": validity(document),
        "award": document.checkup.awards if document.checkup else [],
        "rating": rating_bands(document),
        "used_by_size": sizes(document),
        "sort_name": folded(listing.name),
        "published_at": timestamp(facet.published_at),
        "rating_tenths": round(10 * ((document.rating.average if document.rating else None) or 0)),
        "rating_count": document.rating.count if document.rating else 0,
        "checkup_tenths": UNSCORED if score is None else round(10 * score),
        "municipalities": municipalities(document),
    }
    return {**found, TOGETHER: together(found)}
