"""A review case: one version of a solution on its way through rounds of findings to a decision."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from contracts.ids import derived_id

from review.domain.findings import Findings
from review.domain.listing_changes import FieldChange, Listing, changes
from review.domain.seal import Seal


class CaseState(StrEnum):
    """Open: the team's turn. Changes requested: the provider's turn. The rest is closed."""

    OPEN = "open"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


UNDECIDED = (CaseState.OPEN, CaseState.CHANGES_REQUESTED)


class Action(StrEnum):
    """The steps that the audit trail knows."""

    OPENED = "opened"
    RESUBMITTED = "resubmitted"
    FINDINGS_SAVED = "findings_saved"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class AuditEntry:
    """Who did what when; `actor` is an opaque user id or None when the system acted."""

    at: datetime
    actor: str | None
    action: Action
    detail: str


@dataclass(frozen=True)
class Submission:
    """One version of a solution as a provider handed it in."""

    solution_id: str
    slug: str
    version: int
    round: int
    organisation_id: str
    organisation_name: str
    listing: Listing
    submitted_by: str
    submitted_at: datetime

    @property
    def name(self) -> str:
        """The name the solution has in its listing."""
        return str(self.listing.get("name", self.slug))


@dataclass(frozen=True)
class Round:
    """One look at one submission; `outcome` is None while it is being looked at."""

    number: int
    listing: Listing
    submitted_by: str
    submitted_at: datetime
    opened_at: datetime
    compared_with: str | None = None
    changes: tuple[FieldChange, ...] = ()
    findings: Findings = field(default_factory=dict)
    message: str | None = None
    outcome: CaseState | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """The whole case. `previous_seal` is the seal of the solution's earlier approved version, if any."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    version: int
    organisation_id: str
    organisation_name: str
    criteria_version: str
    state: CaseState
    opened_at: datetime
    waiting_since: datetime
    rounds: tuple[Round, ...]
    audit: tuple[AuditEntry, ...]
    previous_seal: Seal | None = None
    seal: Seal | None = None
    renamed_at: datetime | None = None
    """When the organisation took the name that it has here; None as long as it is that of the submission."""

    @property
    def round(self) -> Round:
        """The newest round."""
        return self.rounds[-1]


def case_id(solution_id: str, version: int) -> str:
    """Return the id of the one case that a version of a solution has."""
    return derived_id("case", solution_id, str(version))


def open_case(submission: Submission, *, earlier: Iterable[Case], criteria_version: str, now: datetime) -> Case:
    """Open the case of a newly submitted version; `earlier` are the cases of the solution's other versions."""
    approved = _newest_approved(earlier, submission.version)
    first = Round(
        number=submission.round,
        listing=submission.listing,
        submitted_by=submission.submitted_by,
        submitted_at=submission.submitted_at,
        opened_at=now,
        compared_with=f"version {approved.version}" if approved else None,
        changes=changes(approved.round.listing, submission.listing) if approved else (),
    )
    return Case(
        id=case_id(submission.solution_id, submission.version),
        solution_id=submission.solution_id,
        slug=submission.slug,
        solution_name=submission.name,
        version=submission.version,
        organisation_id=submission.organisation_id,
        organisation_name=submission.organisation_name,
        criteria_version=criteria_version,
        state=CaseState.OPEN,
        opened_at=now,
        waiting_since=submission.submitted_at,
        rounds=(first,),
        audit=(AuditEntry(now, submission.submitted_by, Action.OPENED, f"round {submission.round}"),),
        previous_seal=approved.seal if approved else None,
    )


def reopen(case: Case, submission: Submission, *, now: datetime) -> Case | None:
    """Start the next round with the new listing; None when this round, or a later one, is known already.

    A newer round always reopens, whatever closed the case: the catalogue decides who may submit again.
    """
    if submission.round <= case.round.number:
        return None
    following = Round(
        number=submission.round,
        listing=submission.listing,
        submitted_by=submission.submitted_by,
        submitted_at=submission.submitted_at,
        opened_at=now,
        compared_with=f"round {case.round.number}",
        changes=changes(case.round.listing, submission.listing),
    )
    fields = ", ".join(change.field for change in following.changes) or "nothing"
    entry = AuditEntry(now, submission.submitted_by, Action.RESUBMITTED, f"round {submission.round}: changed {fields}")
    return replace(
        case,
        slug=submission.slug,
        solution_name=submission.name,
        organisation_name=submission.organisation_name,
        state=CaseState.OPEN,
        waiting_since=submission.submitted_at,
        rounds=(*case.rounds, following),
        audit=(*case.audit, entry),
        previous_seal=current_seal(case),
        seal=None,
    )


def rename(case: Case, name: str, *, at: datetime) -> Case | None:
    """Take over the organisation's name of the moment `at` in what is undecided; None when that changes nothing.

    A decided case says what the organisation was called when it was decided.
    """
    late = case.renamed_at is not None and at <= case.renamed_at
    if case.state not in UNDECIDED or name == case.organisation_name or late:
        return None
    return replace(case, organisation_name=name, renamed_at=at)


def withdraw(case: Case, *, actor: str | None, at: datetime, note: str | None, now: datetime) -> Case | None:
    """Close an undecided case because the solution was withdrawn at `at`; None when that changes nothing.

    A round submitted after `at` stays: the withdrawal was delivered late.
    """
    if case.state not in UNDECIDED or case.round.submitted_at > at:
        return None
    entry = AuditEntry(now, actor, Action.WITHDRAWN, note or "withdrawn by the provider")
    ended = case if case.round.outcome else close_round(case, CaseState.WITHDRAWN, now=now)
    return replace(ended, state=CaseState.WITHDRAWN, waiting_since=now, audit=(*case.audit, entry))


def close_round(
    case: Case, outcome: CaseState, *, now: datetime, findings: Findings | None = None, message: str | None = None
) -> Case:
    """Return the case with its newest round ended by `outcome`."""
    held = case.round
    ended = replace(
        held,
        findings=held.findings if findings is None else findings,
        message=message,
        outcome=outcome,
        closed_at=now,
    )
    return replace(case, state=outcome, waiting_since=now, rounds=(*case.rounds[:-1], ended))


def current_seal(case: Case) -> Seal | None:
    """Return the seal the solution has after this case: its own, or the one of the earlier approved version."""
    return case.seal or case.previous_seal


def _newest_approved(cases: Iterable[Case], before: int) -> Case | None:
    approved = [case for case in cases if case.state is CaseState.APPROVED and case.version < before]
    return max(approved, key=lambda case: case.version, default=None)
