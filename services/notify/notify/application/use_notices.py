"""What is worth telling about the use of solutions: claims, confirmations, moderation, messages of peers."""

from contracts.catalog import DeploymentConfirmed, RatingHidden
from contracts.uses import (
    DeploymentClaimed,
    DeploymentClaimRefused,
    DeploymentDue,
    PeerMessageReported,
    PeerMessageSent,
    RatingReplied,
    RatingReported,
    RatingRestored,
)
from contracts.vocabulary import label

from notify.application.notices import Notice, german_day, to_moderators
from notify.domain.message import Kind

OWN_USES = "/unser-einsatz"
REPORTS = "/pruefung/meldungen"
SEE_REPORTS = "Zu den Meldungen"


def of_claim(event: DeploymentClaimed) -> Notice:
    """A municipality is asked whether it uses what a provider says it uses."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.DEPLOYMENT_CLAIMED,
        organisation_id=data.municipality_organisation_id,
        link=OWN_USES,
        action="Bestätigen oder ablehnen",
        facts={"solution_name": data.solution_name, "provider_name": data.provider_organisation_name},
    )


def of_refused_claim(event: DeploymentClaimRefused) -> Notice:
    """The provider learns that a municipality does not use its solution."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.DEPLOYMENT_CLAIM_REFUSED,
        organisation_id=data.provider_organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/einsatz",
        action="Angaben ansehen",
        facts={
            "solution_name": data.solution_name,
            "municipality_name": data.municipality_name,
            "why": data.reason,
        },
    )


def of_confirmation(event: DeploymentConfirmed) -> Notice | None:
    """The provider has a new confirmed user, unless that wants to stay hidden or is the provider itself."""
    data = event.data
    mine = next((each for each in data.deployments if each.organisation_id == data.organisation_id), None)
    told = mine is not None and mine.visibility != "hidden" and not mine.by_provider
    if data.change != "confirmed" or not told or not data.provider_organisation_id:
        return None
    return Notice(
        event_id=event.id,
        kind=Kind.DEPLOYMENT_CONFIRMED,
        organisation_id=data.provider_organisation_id,
        link=f"/loesungen/{data.slug}#einsatz",
        action="Ansehen",
        facts={"solution_name": data.solution_name, "municipality_name": data.organisation_name},
    )


def of_due(event: DeploymentDue) -> Notice:
    """A municipality is to confirm its use again."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.DEPLOYMENT_DUE,
        organisation_id=data.organisation_id,
        link=OWN_USES,
        action="Einsatz bestätigen",
        facts={
            "solution_name": data.solution_name,
            "due": german_day(data.due_at),
            "outdated": data.outdated,
        },
    )


def of_reply(event: RatingReplied) -> Notice:
    """The municipality that rated has an answer."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.RATING_REPLIED,
        organisation_id=data.organisation_id,
        link=f"/loesungen/{data.slug}#bewertungen",
        action="Antwort lesen",
        facts={"solution_name": data.solution_name, "provider_name": data.provider_organisation_name},
    )


def of_reported_rating(event: RatingReported) -> Notice:
    """The team is to look at a rating."""
    data = event.data
    facts = {
        "solution_name": data.solution_name,
        "organisation_name": data.organisation_name,
        "why": label(data.reason),
    }
    return to_moderators(event.id, Kind.RATING_REPORTED, facts, link=REPORTS, action=SEE_REPORTS)


def of_hidden_rating(event: RatingHidden, solution_name: str | None) -> Notice:
    """The municipality that rated learns why its rating is out of sight."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.RATING_HIDDEN,
        organisation_id=data.organisation_id,
        link=f"/loesungen/{data.slug}#bewertungen",
        action="Bewertung ansehen",
        facts={"solution_name": data.solution_name or solution_name or data.slug, "why": data.reason},
    )


def of_restored_rating(event: RatingRestored) -> Notice:
    """The municipality that rated learns that its rating is shown again."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.RATING_RESTORED,
        organisation_id=data.organisation_id,
        link=f"/loesungen/{data.slug}#bewertungen",
        action="Bewertung ansehen",
        facts={"solution_name": data.solution_name, "why": data.reason},
    )


def of_peer_message(event: PeerMessageSent) -> Notice:
    """A municipality has a message of another one; its words are only on the page."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.PEER_MESSAGE,
        organisation_id=data.to_organisation_id,
        link=f"/austausch/{data.thread_id}",
        action="Nachricht lesen",
        facts={
            "solution_name": data.solution_name,
            "sender_name": data.from_organisation_name,
            "answer": data.answer,
        },
    )


def of_reported_message(event: PeerMessageReported) -> Notice:
    """The team is to look at a message between municipalities."""
    facts = {"solution_name": event.data.solution_name, "why": label(event.data.reason)}
    return to_moderators(event.id, Kind.PEER_REPORTED, facts, link=REPORTS, action=SEE_REPORTS)
