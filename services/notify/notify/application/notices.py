"""What is worth telling whom: one function per event, from the event alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.catalog import (
    OrganisationOnboarded,
    RatingAdded,
    SolutionPublished,
    SolutionSubmitted,
)
from contracts.checkup import CheckupFailed, CheckupScored
from contracts.ids import derived_id
from contracts.listing import Finding
from contracts.review import ChangesRequested, ReviewCompleted
from contracts.vocabulary import ReviewDecision, label
from servicekit.clock import BERLIN

from notify.domain.message import Kind

TEAM_ROLE = "reviewer"
MODERATORS = "curator"
WEAK_GRADE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell the members of an organisation, the holders of a role, one `user`, or a guest's `address`.

    The last two need the `reason` why; for members of an organisation `relation` says what it has to do with it.
    """

    event_id: str
    kind: Kind
    organisation_id: str | None
    role: str | None = None
    user: str | None = None
    address: str | None = None
    keep_until: datetime | None = None
    reason: str = ""
    relation: str = ""
    link: str
    action: str
    facts: Mapping[str, Any]


def to_moderators(event_id: str, kind: Kind, facts: Mapping[str, Any], *, link: str, action: str) -> Notice:
    """Tell the curators that something waits for them."""
    return Notice(
        event_id=event_id, kind=kind, organisation_id=None, role=MODERATORS, link=link, action=action, facts=facts
    )


def german_day(at: date | datetime) -> str:
    """Return a day, or the one of a moment in Germany, as 31.12.2026."""
    return f"{at.astimezone(BERLIN) if isinstance(at, datetime) else at:%d.%m.%Y}"


def of_submission(event: SolutionSubmitted) -> Notice:
    """The team has a new submission, or the next round of one, to review."""
    data = event.data
    facts = {
        "solution_name": data.listing.name,
        "organisation_name": data.organisation_name,
        "version": data.version,
        "round": data.round,
        "summary": data.listing.summary,
    }
    return Notice(
        event_id=event.id,
        kind=Kind.SOLUTION_SUBMITTED,
        organisation_id=data.organisation_id,
        role=TEAM_ROLE,
        link=f"/pruefung/{review_case_id(data.solution_id, data.version)}",
        action="Zur Prüfung",
        facts=facts,
    )


def of_changes_requested(event: ChangesRequested) -> Notice:
    """The provider is to change something and submit again."""
    data = event.data
    facts = {
        "solution_name": data.solution_name,
        "version": data.version,
        "round": data.round,
        "message": data.message,
        "findings": _findings(data.findings),
    }
    return Notice(
        event_id=event.id,
        kind=Kind.CHANGES_REQUESTED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}",
        action="Eintrag überarbeiten",
        facts=facts,
    )


def of_decision(event: ReviewCompleted) -> Notice:
    """The provider learns the outcome of the review; `keeps_seal` says that an earlier version stays approved."""
    data = event.data
    facts = {
        "solution_name": data.solution_name,
        "version": data.version,
        "message": data.message,
        "findings": _findings(data.findings),
        "keeps_seal": data.seal is not None,
    }
    return Notice(
        event_id=event.id,
        kind=Kind.SOLUTION_APPROVED if data.decision is ReviewDecision.APPROVED else Kind.SOLUTION_REJECTED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}",
        action="Ergebnis ansehen",
        facts=facts,
    )


def of_publication(event: SolutionPublished) -> Notice:
    """The provider's solution can be found now."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.SOLUTION_PUBLISHED,
        organisation_id=data.organisation_id,
        link=f"/loesungen/{data.slug}",
        action="Seite ansehen",
        facts={"solution_name": data.listing.name, "version": data.version},
    )


UNASKED = frozenset({"schedule", "rescore"})
"""Checkups that nobody is waiting for: their results are on the page, and tell nobody."""


def is_awaited(event: CheckupScored | CheckupFailed) -> bool:
    """True unless the marketplace itself had the solution measured or scored again."""
    return event.data.trigger not in UNASKED


def of_checkup(event: CheckupScored, solution_name: str | None) -> Notice:
    """The provider has a checkup report, or learns why nothing could be measured."""
    data = event.data
    scores = [
        {"label": label(dimension.dimension), "score": dimension.score, "award": dimension.award}
        for dimension in data.dimensions
    ]
    facts = {"solution_name": solution_name or data.slug, "version": data.version, "scores": scores}
    return Notice(
        event_id=event.id,
        kind=Kind.CHECKUP_SCORED if data.measurable else Kind.CHECKUP_NOT_MEASURABLE,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}",
        action="Bericht ansehen",
        facts=facts,
    )


def of_failed_checkup(event: CheckupFailed, solution_name: str | None) -> Notice:
    """The provider learns why the checkup did not get through."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CHECKUP_FAILED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}",
        action="Eintrag ansehen",
        facts={"solution_name": solution_name or data.slug, "version": data.version, "why": data.reason},
    )


def of_rating(event: RatingAdded) -> Notice:
    """The provider has a new rating, or a revised one."""
    data = event.data
    facts = {
        "solution_name": data.solution_name,
        "organisation_name": data.rating.organisation_name,
        "overall": data.rating.overall,
        "report": data.rating.report,
        "revised": data.rating.revision > 1,
        "count": data.summary.count,
        "average": data.summary.average,
    }
    return Notice(
        event_id=event.id,
        kind=Kind.RATING_ADDED,
        organisation_id=data.provider_organisation_id,
        link=f"/loesungen/{data.slug}#bewertungen",
        action="Bewertung ansehen",
        facts=facts,
    )


def of_onboarding(event: OrganisationOnboarded) -> Notice:
    """An organisation's members may act now."""
    kinds = [str(kind) for kind in event.data.kinds]
    return Notice(
        event_id=event.id,
        kind=Kind.ORGANISATION_ONBOARDED,
        organisation_id=event.data.organisation_id,
        link="/organisation",
        action="Zur Organisation",
        facts={"organisation_name": event.data.name, "kinds": kinds},
    )


def review_case_id(solution_id: str, version: int) -> str:
    """Return the id under which the review keeps the case of a version; a contract test holds both sides to it."""
    return derived_id("case", solution_id, str(version))


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "title": finding.title or finding.criterion,
            "finding": finding.finding,
            "asks_for_work": _asks_for_work(finding),
        }
        for finding in findings
    ]


def _asks_for_work(finding: Finding) -> bool:
    """True for a mandatory criterion that is not passed and for a grade of 1 or 2."""
    return finding.grade <= WEAK_GRADE if finding.grade is not None else finding.result != "pass"
