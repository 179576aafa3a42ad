"""What the review's progress and outcome mean for a solution.

Events may come twice, late, or in another order than they happened: what does not fit the state of the version
changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from contracts.listing import Finding
from contracts.vocabulary import DelistingReason

from catalog.domain import lifecycle
from catalog.domain.change import Change
from catalog.domain.solution import (
    PENDING,
    UNDER_REVIEW,
    Delisted,
    Mark,
    Solution,
    SolutionChange,
    Version,
    VersionState,
)

PROVIDER_SUSPENDED = "the provider is suspended"
BY = "catalog"
"""Who suspends when no person does."""


def opened(solution: Solution, number: int, *, round_: int, at: datetime) -> SolutionChange:
    """The team has the submission in its queue."""
    version = solution.version(number)
    if version.state is not VersionState.SUBMITTED or version.round != round_:
        return Change(solution)
    return Change(_with(solution, replace(version, state=VersionState.IN_REVIEW), at=at))


def changes_requested(
    solution: Solution, number: int, *, round_: int, findings: tuple[Finding, ...], message: str, at: datetime
) -> SolutionChange:
    """The provider is asked to improve the version.

    A draft that was begun meanwhile becomes the edited text of this version: that is what will be submitted next.
    """
    version = solution.version(number)
    if version.state not in UNDER_REVIEW or version.round != round_:
        return Change(solution)
    newest = solution.newest
    asked = replace(version, state=VersionState.CHANGES_REQUESTED, findings=findings, message=message, decided_at=at)
    if newest.number != number:
        asked = replace(
            asked,
            listing=newest.listing,
            reviewed=version.listing,
            edited_by=newest.edited_by,
            edited_at=newest.edited_at,
        )
        solution = replace(solution, versions=solution.versions[:-1])
    return Change(_with(solution, asked, at=at))


def approved(
    solution: Solution,
    number: int,
    *,
    findings: tuple[Finding, ...],
    message: str | None,
    provider_onboarded: bool,
    at: datetime,
) -> SolutionChange:
    """Publish exactly the version that was reviewed.

    While the solution or its provider is suspended the approval is kept, and publication waits until that is lifted.
    """
    version = solution.version(number)
    if version.state not in PENDING:
        return Change(solution)
    decided = _decided(version, VersionState.APPROVED, findings, message, at)
    settled = lifecycle.settle(replace(solution, updated_at=at), decided)
    if settled.suspended is not None:
        return Change(settled)
    if not provider_onboarded:
        held = replace(settled, suspended=Mark(at, BY, PROVIDER_SUSPENDED))
        return Change(held, (Delisted(DelistingReason.SUSPENDED, PROVIDER_SUSPENDED, at),))
    return lifecycle.publish(settled, number, at=at)


def rejected(
    solution: Solution, number: int, *, findings: tuple[Finding, ...], message: str | None, at: datetime
) -> SolutionChange:
    """End the review of a version without publishing it; what is public stays public."""
    version = solution.version(number)
    if version.state not in PENDING:
        return Change(solution)
    decided = _decided(version, VersionState.REJECTED, findings, message, at)
    return Change(lifecycle.settle(replace(solution, updated_at=at), decided))


def _decided(
    version: Version, state: VersionState, findings: tuple[Finding, ...], message: str | None, at: datetime
) -> Version:
    return replace(version, state=state, findings=findings, message=message, decided_at=at)


def _with(solution: Solution, version: Version, *, at: datetime) -> Solution:
    return replace(solution.with_version(version), updated_at=at)
