"""Between the words of this domain and the contract: the only module that knows both."""

from contracts import review as contract
from contracts.catalog import SolutionSubmitted
from contracts.envelope import Event
from contracts.listing import Finding as ContractFinding
from contracts.listing import ReviewSeal
from contracts.vocabulary import ReviewDecision
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage, of_event

from review.domain.case import Action, AuditEntry, Case, Submission, current_seal
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding
from review.domain.seal import Seal


def submission_of(event: SolutionSubmitted) -> Submission:
    """Read what the catalogue reported."""
    data = event.data
    return Submission(
        solution_id=data.solution_id,
        slug=data.slug,
        version=data.version,
        round=data.round,
        organisation_id=data.organisation_id,
        organisation_name=data.organisation_name,
        listing=data.listing.model_dump(mode="json"),
        submitted_by=data.submitted_by,
        submitted_at=data.submitted_at,
    )


def messages_since(case: Case, known_steps: int, criteria: CriteriaSet) -> list[OutboxMessage]:
    """Return the events of the steps in the audit trail after the first `known_steps`; each carries the whole state."""
    events = (_event_of(case, entry, criteria) for entry in case.audit[known_steps:])
    return [of_event(event) for event in events if event is not None]


def _event_of(case: Case, entry: AuditEntry, criteria: CriteriaSet) -> Event | None:
    match entry.action:
        case Action.OPENED | Action.RESUBMITTED:
            return _opened(case, entry)
        case Action.CHANGES_REQUESTED:
            return _changes_requested(case, entry, criteria)
        case Action.APPROVED:
            return _completed(case, entry, ReviewDecision.APPROVED, criteria)
        case Action.REJECTED:
            return _completed(case, entry, ReviewDecision.REJECTED, criteria)
    return None


def _opened(case: Case, entry: AuditEntry) -> contract.ReviewOpened:
    data = contract.ReviewOpenedData(
        case_id=case.id,
        solution_id=case.solution_id,
        slug=case.slug,
        solution_name=case.solution_name,
        version=case.version,
        round=case.round.number,
        organisation_id=case.organisation_id,
        opened_at=entry.at,
    )
    return stamp(contract.ReviewOpened, data, aggregate_id=case.solution_id, now=entry.at)


def _changes_requested(case: Case, entry: AuditEntry, criteria: CriteriaSet) -> contract.ChangesRequested:
    data = contract.ChangesRequestedData(
        case_id=case.id,
        solution_id=case.solution_id,
        slug=case.slug,
        solution_name=case.solution_name,
        version=case.version,
        round=case.round.number,
        organisation_id=case.organisation_id,
        findings=_findings(case, criteria),
        message=case.round.message or "",
        requested_at=entry.at,
    )
    return stamp(contract.ChangesRequested, data, aggregate_id=case.solution_id, now=entry.at)


def _completed(
    case: Case, entry: AuditEntry, decision: ReviewDecision, criteria: CriteriaSet
) -> contract.ReviewCompleted:
    seal = current_seal(case)
    data = contract.ReviewCompletedData(
        case_id=case.id,
        solution_id=case.solution_id,
        slug=case.slug,
        solution_name=case.solution_name,
        version=case.version,
        organisation_id=case.organisation_id,
        decision=decision,
        findings=_findings(case, criteria),
        message=case.round.message,
        criteria_version=case.criteria_version,
        decided_at=entry.at,
        seal=None if seal is None else _seal(seal),
    )
    return stamp(contract.ReviewCompleted, data, aggregate_id=case.solution_id, now=entry.at)


def _findings(case: Case, criteria: CriteriaSet) -> list[ContractFinding]:
    return [_finding(finding, criteria) for finding in case.round.findings.values()]


def _finding(finding: Finding, criteria: CriteriaSet) -> ContractFinding:
    criterion = criteria.get(finding.criterion)
    graded = isinstance(finding.result, int)
    return ContractFinding(
        criterion=finding.criterion,
        title=criterion.title_de if criterion else None,
        result=None if graded else str(finding.result),
        grade=finding.result if graded else None,
        finding=finding.text,
    )


def _seal(seal: Seal) -> ReviewSeal:
    return ReviewSeal(
        case_id=seal.case_id,
        solution_version=seal.solution_version,
        decided_at=seal.decided_at,
        criteria_version=seal.criteria_version,
        mandatory=dict.fromkeys(seal.mandatory, "pass"),
        quality=dict(seal.quality),
    )
