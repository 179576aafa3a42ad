"""Pictures and documents of a solution: which versions show them, and how a draft's are changed."""

from collections.abc import Sequence

from contracts.listing import Listing, Media
from servicekit import errors
from servicekit.errors import FieldError

from catalog.domain.solution import Solution

MOST = 20


def of_solution(solution: Solution) -> dict[str, Media]:
    """Return everything that any version shows, by id; the newest version's words for it."""
    listings = [listing for version in solution.versions for listing in (version.reviewed, version.listing) if listing]
    return {item.id: item for listing in listings for item in listing.media}


def is_public(listing: Listing, media_id: str) -> bool:
    """True when the listing shows it."""
    return any(item.id == media_id for item in listing.media)


def with_added(listing: Listing, item: Media) -> Listing:
    """Return the listing with one more at the end; raises ProblemError (409) when it is there or there are too many."""
    if is_public(listing, item.id):
        raise errors.conflict("media-already-there", "this file was uploaded to the draft before")
    if len(listing.media) >= MOST:
        raise errors.conflict("too-many-media", f"a listing has at most {MOST} pictures and documents")
    return listing.model_copy(update={"media": [*listing.media, item]})


def with_changed(listing: Listing, media_id: str, *, alt: str, caption: str | None, position: int | None) -> Listing:
    """Return the listing with other words for a file, or with it in another place (from 0)."""
    item = _found(listing, media_id).model_copy(update={"alt": alt, "caption": caption})
    place = [each.id for each in listing.media].index(media_id) if position is None else position
    others = [each for each in listing.media if each.id != media_id]
    return listing.model_copy(update={"media": [*others[:place], item, *others[place:]]})


def without(listing: Listing, media_id: str) -> Listing:
    """Return the listing without a file."""
    _found(listing, media_id)
    return listing.model_copy(update={"media": [each for each in listing.media if each.id != media_id]})


def settled(solution: Solution, listing: Listing, *, keep: bool) -> Listing:
    """Return the listing with media that are the solution's own, in the order and words given.

    `keep`: nothing was said about them, all of the newest version stay. What is known of a file is not up to the
    caller: raises ProblemError `unknown-media` (422) for one that no version of the solution has.
    """
    if keep:
        return listing.model_copy(update={"media": solution.newest.listing.media})
    known = of_solution(solution)
    return listing.model_copy(update={"media": _known(listing.media, known)})


def _known(given: Sequence[Media], known: dict[str, Media]) -> list[Media]:
    ids = [item.id for item in given]
    wrong = [place for place, media_id in enumerate(ids) if media_id not in known or media_id in ids[:place]]
    if wrong:
        fields = [
            FieldError(f"listing.media.{place}.id", "is no file of this solution, or there twice") for place in wrong
        ]
        raise errors.invalid("unknown-media", "the listing names files that were not uploaded to this solution", fields)
    return [known[item.id].model_copy(update={"alt": item.alt, "caption": item.caption}) for item in given]


def _found(listing: Listing, media_id: str) -> Media:
    found = next((item for item in listing.media if item.id == media_id), None)
    if found is None:
        raise errors.not_found("media-not-found", f"the draft has no file {media_id}")
    return found
