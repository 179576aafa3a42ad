"""From what happened to deployments and conversations to the messages that tell the others."""

from datetime import datetime

from contracts import catalog as contract
from contracts import uses as use_contract
from servicekit.outbox import OutboxMessage

from catalog.application.mapping import message
from catalog.application.rating_mapping import name_of
from catalog.domain import deployment as deployments
from catalog.domain import peer as peers
from catalog.domain.deployment import DeploymentBook, DeploymentChange, DeploymentEvent, Use
from catalog.domain.peer import Thread, ThreadChange, ThreadEvent
from catalog.domain.solution import Solution


def of_deployments(change: DeploymentChange, solution: Solution, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened to the deployments of a solution; most carry all of them."""
    return tuple(_of_deployment(change.state, solution, event, now) for event in change.events)


def of_thread(change: ThreadChange, *, now: datetime) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened in a conversation; none has its words."""
    return tuple(_of_thread(change.state, event, now) for event in change.events)


def _of_deployment(book: DeploymentBook, solution: Solution, event: DeploymentEvent, now: datetime) -> OutboxMessage:
    about = {
        "solution_id": solution.id,
        "slug": solution.slug,
        "solution_name": name_of(solution),
        "provider_organisation_id": solution.organisation_id,
        "claimed": len(book.open_claims),
    }
    match event:
        case deployments.Claimed():
            claim = book.claim(event.claim_id)
            claimed = use_contract.DeploymentClaimedData(
                **about,
                provider_organisation_name=solution.organisation_name,
                claim_id=claim.id,
                municipality_organisation_id=claim.organisation_id or "",
                municipality_name=claim.name,
            )
            return message(use_contract.DeploymentClaimed, claimed, solution.id, now)
        case deployments.ClaimRefused():
            claim = book.claim(event.claim_id)
            refused = use_contract.DeploymentClaimRefusedData(
                **about,
                claim_id=claim.id,
                municipality_name=claim.name,
                reason=(claim.answer.reason if claim.answer else None) or "",
            )
            return message(use_contract.DeploymentClaimRefused, refused, solution.id, now)
        case deployments.UseConfirmed():
            confirmed = contract.DeploymentConfirmedData(
                **about, **_whose(book, event.organisation_id), deployments=_all(book, now), change=event.change.value
            )
            return message(contract.DeploymentConfirmed, confirmed, solution.id, now)
        case deployments.UseEnded():
            ended = contract.DeploymentEndedData(
                **about, **_whose(book, event.organisation_id), deployments=_all(book, now)
            )
            return message(contract.DeploymentEnded, ended, solution.id, now)
        case deployments.UseDue():
            use = book.use(event.organisation_id)
            due = use_contract.DeploymentDueData(
                **about,
                **_whose(book, event.organisation_id),
                deployments=_all(book, now),
                due_at=use.due_at,
                outdated=use.outdated(now),
            )
            return message(use_contract.DeploymentDue, due, solution.id, now)


def _whose(book: DeploymentBook, organisation_id: str) -> dict[str, str]:
    use = book.use(organisation_id)
    return {"organisation_id": use.organisation_id, "organisation_name": use.organisation_name}


def _all(book: DeploymentBook, now: datetime) -> list[contract.Deployment]:
    return [_deployment(use, now) for use in book.counting]


def _deployment(use: Use, now: datetime) -> contract.Deployment:
    return contract.Deployment(
        organisation_id=use.organisation_id,
        organisation_name=use.organisation_name,
        ars=use.ars,
        since=use.terms.since,
        size_class=use.size_class,
        visibility=use.terms.visibility.value,
        bundesland=use.bundesland,
        version=use.terms.version,
        module=use.terms.module,
        confirmed_at=use.confirmed_at,
        outdated=use.outdated(now),
        by_provider=use.by_provider,
    )


def _of_thread(thread: Thread, event: ThreadEvent, now: datetime) -> OutboxMessage:
    about = {
        "solution_id": thread.solution_id,
        "slug": thread.slug,
        "solution_name": thread.solution_name,
        "provider_organisation_id": thread.provider_organisation_id,
        "thread_id": thread.id,
        "message_id": event.message_id,
    }
    match event:
        case peers.Sent():
            side = next(held.side for held in thread.messages if held.id == event.message_id)
            sender = thread.party(side)
            sent = use_contract.PeerMessageSentData(
                **about,
                from_organisation_id=sender.organisation_id,
                from_organisation_name=sender.organisation_name,
                to_organisation_id=thread.party(side.other).organisation_id,
                answer=side is peers.Side.ANSWERING,
            )
            return message(use_contract.PeerMessageSent, sent, thread.id, now)
        case peers.Complained():
            reported = use_contract.PeerMessageReportedData(
                **about,
                reported_by_organisation_id=thread.party(event.side).organisation_id,
                reason=event.reason,
            )
            return message(use_contract.PeerMessageReported, reported, thread.id, now)
