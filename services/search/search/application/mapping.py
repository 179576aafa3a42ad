"""Maps contract events to what they say about one facet of one solution."""

from collections.abc import Callable
from typing import Any, TypeVar

from contracts import catalog, checkup, guard, review, uses
from contracts.envelope import Event
from contracts.subjects import wildcard
from servicekit.clock import BERLIN

from search.domain.document import (
    CheckupFacet,
    CheckupFailureFacet,
    FacetName,
    ListingFacet,
    ReviewFacet,
    SolutionDocument,
    TermsFacet,
    fact,
    join,
)

E = TypeVar("E", bound=Event)


def _published(event: catalog.SolutionPublished) -> ListingFacet:
    data = event.data
    return ListingFacet(
        slug=data.slug,
        version=data.version,
        organisation_id=data.organisation_id,
        organisation_name=data.organisation_name,
        published_at=data.published_at,
        first_published_at=data.first_published_at,
        listing=data.listing,
    )


def _scored(event: checkup.CheckupScored) -> CheckupFacet:
    data = event.data
    return CheckupFacet(
        version=data.version,
        rubric_version=data.rubric_version,
        as_of=data.as_of,
        dimensions=tuple(data.dimensions),
        awards=tuple(award.value for award in data.awards),
        measurable=data.measurable,
        finished_at=data.finished_at,
        grade=data.grade,
    )


def _failed(event: checkup.CheckupFailed) -> CheckupFailureFacet:
    data = event.data
    return CheckupFailureFacet(version=data.version, kind=data.kind, reason=data.reason, failed_at=data.failed_at)


FACET_OF: dict[type[Event], tuple[FacetName, Callable[[Any], object | None]]] = {
    catalog.SolutionPublished: ("listing", _published),
    catalog.SolutionDelisted: ("listing", lambda event: None),
    catalog.RatingAdded: ("rating", lambda event: event.data.summary),
    catalog.RatingHidden: ("rating", lambda event: event.data.summary),
    catalog.DeploymentConfirmed: ("deployments", lambda event: tuple(event.data.deployments)),
    catalog.DeploymentEnded: ("deployments", lambda event: tuple(event.data.deployments)),
    uses.DeploymentDue: ("deployments", lambda event: tuple(event.data.deployments)),
    guard.SolutionTermDue: ("terms", lambda event: TermsFacet(event.time.astimezone(BERLIN).date())),
    uses.RatingRestored: ("rating", lambda event: event.data.summary),
    review.ReviewCompleted: ("review", lambda event: ReviewFacet(event.data.seal)),
    checkup.CheckupScored: ("checkup", _scored),
    checkup.CheckupFailed: ("checkup_failure", _failed),
}
"""Every projected event carries the whole state of its facet, so the newest one says it all."""


_FACET_OF_SUBJECT: dict[str, FacetName] = {
    wildcard(event_class).removesuffix("*"): facet for event_class, (facet, _) in FACET_OF.items()
}


def facet_of_subject(subject: str) -> FacetName | None:
    """Return the facet that events on a subject are about; None for a subject of other events."""
    prefix, dot, _ = subject.rpartition(".")
    return _FACET_OF_SUBJECT.get(prefix + dot)


def fact_of(event: Event, sequence: int) -> SolutionDocument | None:
    """Return what an event at a stream position says; None for events that are not projected."""
    mapped = FACET_OF.get(type(event))
    if mapped is None:
        return None
    facet, value_of = mapped
    return fact(event.data.solution_id, facet, value_of(event), sequence)


def apply(document: SolutionDocument | None, event: Event, sequence: int) -> SolutionDocument | None:
    """Return the document after an event; an event that is older than what its facet holds changes nothing."""
    said = fact_of(event, sequence)
    return document if said is None else join(document, said)
