"""What a provider and the team may do to a solution, and when."""

from dataclasses import replace
from datetime import date, datetime

from contracts.listing import Listing
from contracts.vocabulary import DelistingReason
from servicekit import errors

from catalog.domain import correcting, term
from catalog.domain.change import Change
from catalog.domain.solution import (
    EDITABLE,
    UNDER_REVIEW,
    Delisted,
    Mark,
    ProviderRenamed,
    Published,
    Shifted,
    Solution,
    SolutionChange,
    SolutionEvent,
    Submitted,
    Version,
    VersionState,
)

MAX_VERSIONS = 100


def create(
    *,
    solution_id: str,
    slug: str,
    organisation_id: str,
    organisation_name: str,
    listing: Listing,
    at: datetime,
    by: str | None = None,
) -> Solution:
    """Return a new solution whose version 1 is a draft."""
    return Solution(
        id=solution_id,
        slug=slug,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        versions=(_draft(1, listing, by=by, at=at),),
        created_at=at,
        updated_at=at,
    )


def save_draft(solution: Solution, listing: Listing, *, at: datetime, by: str | None = None) -> SolutionChange:
    """Keep the provider's text: in the newest version while that may be edited, else as the next draft version.

    What is published or under review stays as it is. The same text again changes nothing.
    """
    newest = solution.newest
    if newest.state not in EDITABLE:
        if len(solution.versions) >= MAX_VERSIONS:
            raise errors.conflict("too-many-versions", f"a solution has at most {MAX_VERSIONS} versions")
        return Change(_with_next_draft(replace(solution, updated_at=at), listing, by=by, at=at))
    if newest.listing == listing:
        return Change(solution)
    edited = replace(newest, listing=listing, edited_by=by, edited_at=at)
    if newest.state is VersionState.CHANGES_REQUESTED:
        edited = replace(edited, reviewed=newest.reviewed or newest.listing)
    return Change(replace(solution.with_version(edited), updated_at=at))


def restore(solution: Solution, number: int, *, by: str, at: datetime) -> SolutionChange:
    """Make the text of a former version the draft; that version and all others stay as they are."""
    if not 1 <= number <= len(solution.versions):
        raise errors.not_found("version-not-found", f"the solution has no version {number}")
    return save_draft(solution, solution.version(number).shown, by=by, at=at)


def submit(solution: Solution, *, by: str, at: datetime) -> SolutionChange:
    """Hand the newest version to the review: a draft, or one that changes were requested of."""
    if solution.suspended is not None:
        raise errors.conflict("solution-suspended", "cannot submit: the solution is suspended by the team")
    pending, newest = solution.pending, solution.newest
    if pending is not None and pending.state in UNDER_REVIEW:
        raise errors.conflict("already-in-review", f"cannot submit: version {pending.number} is already in review")
    if newest.state not in EDITABLE:
        raise errors.conflict(
            "nothing-to-submit",
            f"cannot submit: version {newest.number} is already {newest.state}; save a new draft first",
        )
    submitted = replace(
        newest,
        state=VersionState.SUBMITTED,
        round=newest.round + 1,
        reviewed=None,
        message=None,
        findings=(),
        submitted_by=by,
        submitted_at=at,
    )
    return Change(replace(solution.with_version(submitted), updated_at=at), (Submitted(submitted.number),))


def withdraw(solution: Solution, *, by: str, note: str | None, at: datetime) -> SolutionChange:
    """Take the provider's solution offline and its submission back."""
    if solution.suspended is not None:
        raise errors.conflict("solution-suspended", "cannot withdraw: the solution is suspended by the team")
    if solution.withdrawn is not None and solution.pending is None:
        raise errors.conflict("already-withdrawn", "cannot withdraw: the solution is already withdrawn")
    if not can_be_delisted(solution):
        raise errors.conflict(
            "nothing-to-withdraw", f"cannot withdraw: version {solution.newest.number} is {solution.newest.state}"
        )
    mark = Mark(at, by, note) if solution.published_version is not None else None
    withdrawn = replace(_take_back(solution, at=at), withdrawn=solution.withdrawn or mark, updated_at=at)
    return Change(withdrawn, (Delisted(DelistingReason.WITHDRAWN, note, at),))


def can_be_delisted(solution: Solution) -> bool:
    """True when there is something that the public sees, saw, or would see after an approval."""
    return solution.published_version is not None or solution.pending is not None


def suspend(solution: Solution, *, by: str, reason: str, at: datetime) -> SolutionChange:
    """Take a solution offline in the name of the team; its provider cannot lift that.

    A review goes on, but what it approves stays offline until the suspension is lifted.
    """
    if solution.suspended is not None:
        raise errors.conflict("already-suspended", "cannot suspend: the solution is already suspended")
    if not can_be_delisted(solution):
        raise errors.conflict("nothing-to-suspend", "cannot suspend: the solution was never submitted")
    suspended = replace(solution, suspended=Mark(at, by, reason), updated_at=at)
    return Change(suspended, (Delisted(DelistingReason.SUSPENDED, reason, at),))


def lift_suspension(solution: Solution, *, at: datetime) -> SolutionChange:
    """Undo a suspension: what was public, or approved meanwhile, is online again unless its provider withdrew it."""
    if solution.suspended is None:
        raise errors.conflict("not-suspended", "cannot republish: the solution is not suspended")
    lifted = replace(solution, suspended=None, updated_at=at)
    approved = next((version for version in lifted.versions if version.state is VersionState.APPROVED), None)
    return publish(lifted, approved.number, at=at) if approved is not None else _back_online(lifted, at=at)


def lift_withdrawal(solution: Solution, *, at: datetime) -> SolutionChange:
    """Undo the provider's withdrawal: the version that was public is public again, and counts as confirmed.

    Not when its last confirmation is so long ago that only a review brings it back.
    """
    if solution.suspended is not None:
        raise errors.conflict("solution-suspended", "cannot republish: the solution is suspended by the team")
    if solution.withdrawn is None:
        raise errors.conflict("not-withdrawn", "cannot republish: the solution is not withdrawn")
    _require_not_too_late(solution, at)
    return _back_online(replace(solution, withdrawn=None, expired=None, updated_at=at), at=at)


def confirm(solution: Solution, *, at: datetime) -> SolutionChange:
    """Note that what is public still holds; what had expired is online again, as it was.

    A second time on the same day changes nothing. Long after expiring, only a review brings it back.
    """
    if solution.suspended is not None:
        raise errors.conflict("solution-suspended", "cannot confirm: the solution is suspended by the team")
    if solution.published_version is None:
        raise errors.conflict("nothing-to-confirm", f"cannot confirm: the solution is {solution.state}, not published")
    if solution.withdrawn is not None:
        raise errors.conflict("solution-withdrawn", "cannot confirm: the solution is withdrawn; republish it")
    if solution.expired is not None:
        _require_not_too_late(solution, at)
        return _back_online(replace(solution, expired=None), at=at)
    if solution.confirmed_at is not None and term.day_of(solution.confirmed_at) == term.day_of(at):
        return Change(solution)
    return Change(replace(solution, confirmed_at=at, updated_at=at))


def publish(solution: Solution, number: int, *, at: datetime) -> SolutionChange:
    """Make an approved version the public one; the one before it is superseded."""
    version = solution.version(number)
    if version.state is not VersionState.APPROVED:
        raise errors.conflict("not-approved", f"cannot publish: version {number} is {version.state}")
    public = replace(version, state=VersionState.PUBLISHED)
    published = solution.with_version(public)
    shifts: tuple[term.Shift, ...] = ()
    if solution.published_version is not None:
        former = replace(solution.version(solution.published_version), state=VersionState.SUPERSEDED)
        published = correcting.carried(published.with_version(former), former, public)
        shifts = term.shifts(former.shown, public.listing, term.day_of(at))
    published = replace(published, published_version=number, withdrawn=None, expired=None)
    change = _back_online(published, at=at)
    return Change(change.state, (*change.events, Shifted(number, shifts))) if shifts else change


def confirmed_until(solution: Solution) -> date | None:
    """Return the last day on which the confirmation holds; None as long as nothing was ever published."""
    return term.confirmed_until(solution.confirmed_at) if solution.confirmed_at is not None else None


def back_until(solution: Solution) -> date | None:
    """Return the last day on which a listing that is offline comes back without a review."""
    until = confirmed_until(solution)
    return term.back_until(until) if until is not None else None


def settle(solution: Solution, decided: Version) -> Solution:
    """End the review of a version: it keeps the listing that was reviewed, later edits become the next draft."""
    settled = solution.with_version(replace(decided, listing=decided.reviewed or decided.listing, reviewed=None))
    if decided.reviewed is None:
        return settled
    return _with_next_draft(settled, decided.listing, by=decided.edited_by, at=decided.edited_at)


def _take_back(solution: Solution, *, at: datetime) -> Solution:
    pending = solution.pending
    if pending is None:
        return solution
    return settle(solution, replace(pending, state=VersionState.WITHDRAWN, decided_at=at))


def _back_online(solution: Solution, *, at: datetime) -> SolutionChange:
    live = solution.live
    if live is None:
        return Change(solution)
    online = replace(
        solution,
        published_at=at,
        first_published_at=solution.first_published_at or at,
        confirmed_at=at,
        updated_at=at,
    )
    return Change(online, (Published(live.number),))


def _require_not_too_late(solution: Solution, at: datetime) -> None:
    last = back_until(solution)
    if last is not None and term.day_of(at) > last:
        raise errors.conflict(
            "confirmation-too-late",
            f"cannot bring it back: that was possible until {last}; submit a new version for review",
        )


def _with_next_draft(solution: Solution, listing: Listing, *, by: str | None, at: datetime | None) -> Solution:
    draft = _draft(len(solution.versions) + 1, listing, by=by, at=at)
    return replace(solution, versions=(*solution.versions, draft))


def _draft(number: int, listing: Listing, *, by: str | None, at: datetime | None) -> Version:
    return Version(
        number=number,
        state=VersionState.DRAFT,
        listing=listing,
        created_by=by,
        created_at=at,
        edited_by=by,
        edited_at=at,
    )


def rename_provider(solution: Solution, name: str, *, at: datetime) -> SolutionChange:
    """Take over the provider's name; what is online is told anew, as after a small correction, and its users."""
    if solution.organisation_name == name:
        return Change(solution)
    events: tuple[SolutionEvent, ...] = ()
    if live := solution.live:
        renamed = term.Shift(term.ShiftKind.PROVIDER, solution.organisation_name, name)
        events = (ProviderRenamed(live.number, at), Shifted(live.number, (renamed,)))
    return Change(replace(solution, organisation_name=name, renamed_at=at, updated_at=at), events)
