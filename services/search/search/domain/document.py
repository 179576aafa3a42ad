"""The document of one solution: independent facets, each as new as the stream position it came from.

Documents form a join semilattice (a map of last-writer-wins registers): `join` is commutative, associative and
idempotent, so repeated and reordered events, replays and concurrent writers all end in the same document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from contracts.catalog import Deployment
from contracts.listing import CheckupDimensionScore, Listing, RatingSummary, ReviewSeal

FacetName = Literal["listing", "review", "checkup", "checkup_failure", "rating", "deployments", "terms"]
FACET_NAMES: tuple[FacetName, ...] = get_args(FacetName)


@dataclass(frozen=True, slots=True)
class ListingFacet:
    """The published version."""

    slug: str
    version: int
    organisation_id: str
    organisation_name: str
    published_at: datetime
    first_published_at: datetime
    listing: Listing


@dataclass(frozen=True, slots=True)
class ReviewFacet:
    """The seal the solution holds now; a rejected newer version leaves the earlier seal in place."""

    seal: ReviewSeal | None


@dataclass(frozen=True, slots=True)
class CheckupFacet:
    """The latest finished checkup."""

    version: int
    rubric_version: str
    as_of: datetime
    dimensions: tuple[CheckupDimensionScore, ...]
    awards: tuple[str, ...]
    measurable: bool
    finished_at: datetime
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class CheckupFailureFacet:
    """The latest checkup that did not finish; earlier scores stay valid beside it."""

    version: int
    kind: str
    reason: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class TermsFacet:
    """Through which day, in Germany, the catalog has looked after what the listing states for a time."""

    as_of: date


@dataclass(frozen=True, slots=True)
class SolutionDocument:
    """Everything the index knows of one solution.

    `seq` holds, per facet, the stream sequence of the event it came from. A facet with a sequence but no value is a
    tombstone: a delisted solution has `seq["listing"]` and no listing.
    """

    id: str
    seq: Mapping[FacetName, int] = field(default_factory=dict)
    listing: ListingFacet | None = None
    review: ReviewFacet | None = None
    checkup: CheckupFacet | None = None
    checkup_failure: CheckupFailureFacet | None = None
    rating: RatingSummary | None = None
    deployments: tuple[Deployment, ...] | None = None
    terms: TermsFacet | None = None

    @property
    def visible(self) -> bool:
        """True when the solution can be found: it is published and not delisted."""
        return self.listing is not None


def fact(solution_id: str, facet: FacetName, value: object | None, sequence: int) -> SolutionDocument:
    """Return the document that knows only one facet, as of one event."""
    values: dict[str, Any] = {facet: value}
    return SolutionDocument(solution_id, {facet: sequence}, **values)


def join(known: SolutionDocument | None, new: SolutionDocument) -> SolutionDocument:
    """Return what both documents of one solution know together; per facet the higher sequence wins.

    Returns `known` itself when `new` adds nothing, so that callers can skip the write.
    """
    if known is None:
        return new
    newer = [facet for facet, sequence in new.seq.items() if sequence > known.seq.get(facet, 0)]
    if not newer:
        return known
    source: dict[str, Any] = {facet: getattr(new if facet in newer else known, facet) for facet in FACET_NAMES}
    seq: dict[FacetName, int] = {**known.seq, **{facet: new.seq[facet] for facet in newer}}
    return SolutionDocument(known.id, seq, **source)
