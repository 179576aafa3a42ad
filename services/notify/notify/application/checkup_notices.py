"""What is worth telling about self-disclosures, manual checks, contradictions and contests."""

from contracts.checkup import (
    ContestAnswered,
    ContestOpened,
    ContradictionsFound,
    DisclosurePublished,
    ManualCheckCompleted,
)

from notify.application.notices import TEAM_ROLE, Notice, german_day
from notify.domain.message import Kind


def of_disclosure(event: DisclosurePublished, solution_name: str | None) -> Notice:
    """The team may verify the proofs of a self-disclosure."""
    data = event.data
    asked, answered = sum(each.asked for each in data.topics), sum(each.answered for each in data.topics)
    return Notice(
        event_id=event.id,
        kind=Kind.DISCLOSURE_PUBLISHED,
        organisation_id=data.organisation_id,
        role=TEAM_ROLE,
        link=f"/team/checkup/{data.solution_id}",
        action="Nachweise ansehen",
        facts={
            "solution_name": solution_name or data.slug,
            "number": data.number,
            "asked": asked,
            "answered": answered,
        },
    )


def of_manual_check(event: ManualCheckCompleted, solution_name: str | None) -> Notice:
    """The provider learns what the team found."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.MANUAL_CHECK_COMPLETED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/befunde",
        action="Befunde ansehen",
        facts={
            "solution_name": solution_name or data.slug,
            "passed": sum(each.passed for each in data.topics),
            "failed": sum(each.failed for each in data.topics),
            "valid_until": german_day(data.valid_until),
        },
    )


def of_contradictions(event: ContradictionsFound, solution_name: str | None) -> Notice:
    """The provider has time to answer contradictions before everybody sees them."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CONTRADICTIONS_FOUND,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/befunde",
        action="Stellung nehmen",
        facts={
            "solution_name": solution_name or data.slug,
            "contradictions": [each.text_de for each in data.contradictions],
            "public_from": german_day(data.public_from),
        },
    )


def of_contest(event: ContestOpened, solution_name: str | None) -> Notice:
    """The team has a contest to answer."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CONTEST_OPENED,
        organisation_id=data.organisation_id,
        role=TEAM_ROLE,
        link=f"/team/checkup/{data.solution_id}#anfechtungen",
        action="Anfechtung beantworten",
        facts={"solution_name": solution_name or data.slug, "title": data.title},
    )


def of_answer(event: ContestAnswered, solution_name: str | None) -> Notice:
    """The provider learns what became of a contest."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CONTEST_ANSWERED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/befunde#anfechtungen",
        action="Antwort lesen",
        facts={
            "solution_name": solution_name or data.slug,
            "title": data.title,
            "accepted": data.accepted,
            "outcome": data.outcome,
        },
    )
