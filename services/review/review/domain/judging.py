"""What a reviewer may do with a case: save findings, ask for changes, decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from servicekit import errors

from review.domain.case import Action, AuditEntry, Case, CaseState, close_round
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding, Findings, checked, not_passed, unjudged, unwritten
from review.domain.seal import Seal, award


@dataclass(frozen=True)
class Reviewer:
    """Who judges, and which organisations that person belongs to."""

    user: str
    organisations: frozenset[str]


def save_findings(case: Case, given: Iterable[Finding], *, by: Reviewer, criteria: CriteriaSet, now: datetime) -> Case:
    """Replace the findings of the open round, complete or not. Raises what `_require_turn` and `checked` raise."""
    _require_turn(case, by, "save findings")
    findings = checked(given, criteria)
    entry = AuditEntry(now, by.user, Action.FINDINGS_SAVED, f"{len(findings)} of {len(criteria.criteria)} criteria")
    current = replace(case.round, findings=findings)
    return replace(case, rounds=(*case.rounds[:-1], current), audit=(*case.audit, entry))


def request_changes(
    case: Case, message: str, given: Iterable[Finding], *, by: Reviewer, criteria: CriteriaSet, now: datetime
) -> Case:
    """End the round and hand the case back to the provider.

    `given` findings are laid over the saved ones. Raises `nothing-to-change` (invalid) when neither a finding nor
    the message says what to change, besides what `_require_turn` and `_merged` raise.
    """
    _require_turn(case, by, "request changes")
    findings = _merged(case, given, criteria)
    wanted = [finding.criterion for finding in findings.values() if finding.asks_for_work]
    if not wanted and not message.strip():
        raise errors.invalid(
            "nothing-to-change",
            "cannot request changes: write a message, or judge at least one criterion needs_work, fail or weak",
            [errors.FieldError("message", "is empty, and no finding asks for a change")],
        )
    closed = close_round(case, CaseState.CHANGES_REQUESTED, now=now, findings=findings, message=message.strip() or None)
    detail = f"round {case.round.number}: " + (", ".join(wanted) or "see message")
    return replace(closed, audit=(*case.audit, AuditEntry(now, by.user, Action.CHANGES_REQUESTED, detail)))


def approve(
    case: Case, message: str, given: Iterable[Finding], *, by: Reviewer, criteria: CriteriaSet, now: datetime
) -> Case:
    """Approve the version and award its seal.

    Raises `findings-incomplete` or `mandatory-failed` (conflict), naming the criteria, besides what
    `_require_turn` and `_merged` raise.
    """
    findings = _decidable(case, given, by=by, criteria=criteria, step="approve")
    failed = not_passed(findings, criteria)
    if failed:
        raise errors.conflict("mandatory-failed", f"cannot approve: {', '.join(failed)} not judged pass")
    seal = award(findings, criteria, case_id=case.id, solution_version=case.version, decided_at=now)
    return _decided(case, CaseState.APPROVED, Action.APPROVED, findings, message, by=by, now=now, seal=seal)


def reject(
    case: Case, message: str, given: Iterable[Finding], *, by: Reviewer, criteria: CriteriaSet, now: datetime
) -> Case:
    """Reject the version; an earlier seal of the solution stays valid. Raises as `approve`, but needs no pass."""
    findings = _decidable(case, given, by=by, criteria=criteria, step="reject")
    return _decided(case, CaseState.REJECTED, Action.REJECTED, findings, message, by=by, now=now, seal=None)


def _require_turn(case: Case, by: Reviewer, step: str) -> None:
    """Raise `own-organisation` (forbidden), `case-closed` or `awaiting-provider` (conflict)."""
    if case.organisation_id in by.organisations:
        raise errors.forbidden(
            "own-organisation", f"cannot {step}: you are a member of {case.organisation_name}, which submitted this"
        )
    if case.state is CaseState.CHANGES_REQUESTED:
        raise errors.conflict(
            "awaiting-provider",
            f"cannot {step}: changes were requested in round {case.round.number}, the provider has not resubmitted yet",
        )
    if case.state is not CaseState.OPEN:
        raise errors.conflict("case-closed", f"cannot {step}: the case is already {case.state.value}")


def _merged(case: Case, given: Iterable[Finding], criteria: CriteriaSet) -> Findings:
    """Lay `given` over the saved findings. Raises `invalid-findings` (invalid), also for one without its reason."""
    laid_over = {**case.round.findings, **checked(given, criteria)}
    findings = checked(laid_over.values(), criteria)
    mute = unwritten(findings)
    if mute:
        faults = [errors.FieldError(f"findings.{criterion}.finding", "say what to improve") for criterion in mute]
        raise errors.invalid("invalid-findings", f"no written finding for {', '.join(mute)}", faults)
    return findings


def _decidable(case: Case, given: Iterable[Finding], *, by: Reviewer, criteria: CriteriaSet, step: str) -> Findings:
    _require_turn(case, by, step)
    findings = _merged(case, given, criteria)
    missing = unjudged(findings, criteria)
    if missing:
        raise errors.conflict("findings-incomplete", f"cannot {step}: {', '.join(missing)} not judged yet")
    return findings


def _decided(
    case: Case,
    outcome: CaseState,
    action: Action,
    findings: Findings,
    message: str,
    *,
    by: Reviewer,
    now: datetime,
    seal: Seal | None,
) -> Case:
    closed = close_round(case, outcome, now=now, findings=findings, message=message.strip() or None)
    entry = AuditEntry(now, by.user, action, f"round {case.round.number}")
    return replace(closed, seal=seal, audit=(*case.audit, entry))
