"""What a result shows of a solution; computed when it is projected, so that answering costs nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.listing import Media

from search.domain.document import SolutionDocument
from search.domain.standing import checkup_score, grade, municipalities
from search.domain.validity import lapsed


def card_of(document: SolutionDocument) -> dict[str, Any] | None:
    """Return the result as the API shows it, without highlights and score; None when it cannot be found."""
    facet = document.listing
    if facet is None:
        return None
    listing, rating, checkup = facet.listing, document.rating, document.checkup
    return {
        "id": document.id,
        "slug": facet.slug,
        "name": listing.name,
        "summary": listing.summary,
        "provider": facet.organisation_name,
        "kind": listing.kind.value,
        "offer_form": listing.offer_form.value,
        "fields_of_action": [each.value for each in listing.fields_of_action],
        "bundesland": listing.bundesland.value if listing.bundesland else None,
        "region": listing.region,
        "licence": listing.licence,
        "rating": {"average": rating.average if rating else None, "count": rating.count if rating else 0},
        "checkup": {each.dimension.value: each.score for each in checkup.dimensions} if checkup else {},
        "checkup_score": checkup_score(document),
        "checkup_grade": grade(document),
        "lapsed": lapsed(document),
        "awards": list(checkup.awards) if checkup else [],
        "municipalities": municipalities(document),
        "image": _image(listing.media),
        "published_at": timestamp(facet.published_at),
    }


def _image(media: Sequence[Media]) -> dict[str, Any] | None:
    first = next((item for item in media if item.kind == "image"), None)
    if first is None:
        return None
    return {"id": first.id, "alt": first.alt, "width": first.width, "height": first.height}


def timestamp(at: datetime) -> str:
    """Return an instant as ISO 8601 with Z."""
    return at.isoformat().replace("+00:00", "Z")
