"""From what happened in the domain to the messages that tell the others; only the mappings know both."""

from datetime import datetime
from typing import Any

from contracts import catalog as contract
from contracts import guard
from contracts import people as people_contract
from contracts.envelope import Event, EventData
from servicekit import outbox
from servicekit.auth import BUCKET, Membership, membership_key
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage

from catalog.domain import organisation as organisations
from catalog.domain import solution as solutions
from catalog.domain.correction import Correction, CorrectionState
from catalog.domain.organisation import Member, Organisation, OrganisationChange, OrganisationEvent
from catalog.domain.solution import Solution, SolutionChange, SolutionEvent


def of_solution(change: SolutionChange, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened to a solution."""
    return tuple(_solution_message(change.state, event, now) for event in change.events)


def of_organisation(change: OrganisationChange, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened to an organisation, its entries in the members bucket included."""
    return tuple(_organisation_message(change.state, event, now) for event in change.events)


def message(event_class: type[Event], data: EventData, aggregate_id: str, now: datetime) -> OutboxMessage:
    """Return the message of an event about an aggregate."""
    return outbox.of_event(stamp(event_class, data, aggregate_id=aggregate_id, now=now))


def _solution_message(solution: Solution, event: SolutionEvent, now: datetime) -> OutboxMessage:
    match event:
        case solutions.Submitted():
            return _submitted(solution, event, now)
        case solutions.Published():
            return _published(solution, event, now)
        case solutions.ProviderRenamed():
            return _published(solution, solutions.Published(event.version), now, corrected_at=event.at)
        case solutions.Delisted():
            return _delisted(solution, event, now)
        case solutions.CorrectionOpened() | solutions.CorrectionDecided():
            tell = _correction_opened if isinstance(event, solutions.CorrectionOpened) else _correction_decided
            return tell(solution, event.correction, now)
        case solutions.TermDue() | solutions.Shifted():
            return _guarded(solution, event, now)


def _submitted(solution: Solution, event: solutions.Submitted, now: datetime) -> OutboxMessage:
    version = solution.version(event.version)
    data = contract.SolutionSubmittedData(
        solution_id=solution.id,
        slug=solution.slug,
        version=version.number,
        round=version.round,
        organisation_id=solution.organisation_id,
        organisation_name=solution.organisation_name,
        listing=version.listing,
        submitted_by=version.submitted_by or "",
        submitted_at=version.submitted_at or now,
    )
    return message(contract.SolutionSubmitted, data, solution.id, now)


def _published(
    solution: Solution, event: solutions.Published, now: datetime, *, corrected_at: datetime | None = None
) -> OutboxMessage:
    version = solution.version(event.version)
    data = contract.SolutionPublishedData(
        solution_id=solution.id,
        slug=solution.slug,
        version=event.version,
        organisation_id=solution.organisation_id,
        organisation_name=solution.organisation_name,
        listing=version.shown,
        published_at=solution.published_at or now,
        first_published_at=solution.first_published_at or now,
        revision=version.revision,
        corrected_at=corrected_at or version.corrected_at,
    )
    return message(contract.SolutionPublished, data, solution.id, now)


def _delisted(solution: Solution, event: solutions.Delisted, now: datetime) -> OutboxMessage:
    data = contract.SolutionDelistedData(
        solution_id=solution.id,
        slug=solution.slug,
        organisation_id=solution.organisation_id,
        reason=event.reason,
        note=event.note,
        delisted_at=event.at,
    )
    return message(contract.SolutionDelisted, data, solution.id, now)


def _correction_opened(solution: Solution, correction: Correction, now: datetime) -> OutboxMessage:
    data = contract.CorrectionOpenedData(
        **_about_listing(solution, correction.version),
        correction=correction.number,
        questions=[each.question for each in correction.changes],
        corrected_at=correction.at,
    )
    return message(contract.CorrectionOpened, data, solution.id, now)


def _guarded(solution: Solution, event: solutions.TermDue | solutions.Shifted, now: datetime) -> OutboxMessage:
    return _term_due(solution, event, now) if isinstance(event, solutions.TermDue) else _shifted(solution, event, now)


def _term_due(solution: Solution, event: solutions.TermDue, now: datetime) -> OutboxMessage:
    data = guard.SolutionTermDueData(
        **_about_listing(solution, event.version),
        term=event.term.kind.value,
        certificate=event.term.certificate,
        number=event.term.number,
        until=event.term.until,
        days_left=event.days,
        relied_on=event.relied_on,
        back_until=event.back_until,
    )
    return message(guard.SolutionTermDue, data, solution.id, now)


def _shifted(solution: Solution, event: solutions.Shifted, now: datetime) -> OutboxMessage:
    changes = [
        guard.StandingChange(kind=each.kind.value, before=each.before, after=each.after) for each in event.shifts
    ]
    data = guard.SolutionStandingChangedData(**_about_listing(solution, event.version), changes=changes)
    return message(guard.SolutionStandingChanged, data, solution.id, now)


def _about_listing(solution: Solution, version: int) -> dict[str, Any]:
    return {
        "solution_id": solution.id,
        "slug": solution.slug,
        "solution_name": solution.version(version).shown.name,
        "version": version,
        "organisation_id": solution.organisation_id,
        "organisation_name": solution.organisation_name,
    }


def _correction_decided(solution: Solution, correction: Correction, now: datetime) -> OutboxMessage:
    data = contract.CorrectionDecidedData(
        solution_id=solution.id,
        slug=solution.slug,
        solution_name=solution.version(correction.version).shown.name,
        organisation_id=solution.organisation_id,
        version=correction.version,
        correction=correction.number,
        decision="accepted" if correction.state is CorrectionState.ACCEPTED else "reverted",
        questions=[each.question for each in correction.changes],
        reason=correction.reason,
        decided_at=correction.decided_at or now,
    )
    return message(contract.CorrectionDecided, data, solution.id, now)


def _organisation_message(organisation: Organisation, event: OrganisationEvent, now: datetime) -> OutboxMessage:
    match event:
        case organisations.Requested() | organisations.Refused():
            return _onboarding_message(organisation, event, now)
        case organisations.MembershipChanged():
            return _membership(organisation, event.member, active=event.active)
        case organisations.Onboarded():
            onboarded = contract.OrganisationOnboardedData(
                organisation_id=organisation.id,
                name=organisation.name,
                kinds=list(organisation.kinds),
                bundesland=organisation.bundesland,
                size_class=organisation.size_class,
                onboarded_at=now,
            )
            return message(contract.OrganisationOnboarded, onboarded, organisation.id, now)
        case organisations.DataChanged():
            return message(contract.OrganisationChanged, _facts(organisation, now), organisation.id, now)
        case organisations.Suspended():
            suspended = contract.OrganisationSuspendedData(
                organisation_id=organisation.id, reason=event.reason, suspended_at=now
            )
            return message(contract.OrganisationSuspended, suspended, organisation.id, now)
        case organisations.MemberJoined() | organisations.MemberLeft():
            return _member_message(organisation, event, now)


def _member_message(
    organisation: Organisation, event: organisations.MemberJoined | organisations.MemberLeft, now: datetime
) -> OutboxMessage:
    match event:
        case organisations.MemberJoined():
            joined = contract.MemberJoinedData(
                organisation_id=organisation.id,
                organisation_name=organisation.name,
                user=event.member.user,
                email=event.member.email,
                display_name=event.member.display_name,
                role=event.member.role.value,
            )
            return message(contract.MemberJoined, joined, organisation.id, now)
        case organisations.MemberLeft():
            left = contract.MemberLeftData(organisation_id=organisation.id, user=event.user)
            return message(contract.MemberLeft, left, organisation.id, now)


def _onboarding_message(
    organisation: Organisation, event: organisations.Requested | organisations.Refused, now: datetime
) -> OutboxMessage:
    match event:
        case organisations.Requested():
            requested = people_contract.OnboardingRequestedData(
                organisation_id=organisation.id,
                organisation_name=organisation.name,
                kinds=list(organisation.kinds),
                bundesland=organisation.bundesland,
                again=event.again,
            )
            return message(people_contract.OnboardingRequested, requested, organisation.id, now)
        case organisations.Refused():
            refused = people_contract.OnboardingRefusedData(
                organisation_id=organisation.id,
                organisation_name=organisation.name,
                user=event.requester.user,
                email=event.requester.email,
                reason=event.reason,
            )
            return message(people_contract.OnboardingRefused, refused, organisation.id, now)


def _facts(organisation: Organisation, now: datetime) -> contract.OrganisationChangedData:
    return contract.OrganisationChangedData(
        organisation_id=organisation.id,
        name=organisation.name,
        kinds=list(organisation.kinds),
        bundesland=organisation.bundesland,
        size_class=organisation.size_class,
        website_url=organisation.website_url,
        changed_at=now,
    )


def _membership(organisation: Organisation, member: Member, *, active: bool) -> OutboxMessage:
    entry = Membership(
        user=member.user,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kinds=[kind.value for kind in organisation.kinds],
        role=member.role.value,
        active=active,
    )
    return outbox.of_kv(BUCKET, membership_key(member.user, organisation.id), entry)
