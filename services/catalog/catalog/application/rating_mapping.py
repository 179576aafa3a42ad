"""From what happened to ratings to the messages that tell the others."""

from datetime import datetime

from contracts import catalog as contract
from contracts import uses as use_contract
from servicekit.outbox import OutboxMessage

from catalog.application.mapping import message
from catalog.domain import rating as ratings
from catalog.domain.organisation import Organisation
from catalog.domain.rating import Rating, RatingBook, RatingChange, RatingEvent
from catalog.domain.solution import Solution


def of_ratings(
    change: RatingChange, solution: Solution, provider: Organisation, *, now: datetime
) -> tuple[OutboxMessage, ...]:
    """Return the messages for what happened to the ratings of a solution; each carries what its readers need."""
    return tuple(_message(change.state, solution, provider, event, now) for event in change.events)


def name_of(solution: Solution) -> str:
    """Return what a solution is called: by its public version, else by the newest."""
    return (solution.live or solution.newest).listing.name


def _message(
    book: RatingBook, solution: Solution, provider: Organisation, event: RatingEvent, now: datetime
) -> OutboxMessage:
    about = {
        "solution_id": solution.id,
        "slug": solution.slug,
        "solution_name": name_of(solution),
        "provider_organisation_id": solution.organisation_id,
    }
    match event:
        case ratings.Rated():
            added = contract.RatingAddedData(
                **about, rating=_rating(book.rating(event.organisation_id)), summary=book.summary
            )
            return message(contract.RatingAdded, added, solution.id, now)
        case ratings.RatingHidden():
            hidden = contract.RatingHiddenData(
                solution_id=solution.id,
                slug=solution.slug,
                organisation_id=event.organisation_id,
                reason=event.reason,
                summary=book.summary,
                solution_name=name_of(solution),
            )
            return message(contract.RatingHidden, hidden, solution.id, now)
        case ratings.RatingRestored():
            restored = use_contract.RatingRestoredData(
                **about, organisation_id=event.organisation_id, reason=event.reason, summary=book.summary
            )
            return message(use_contract.RatingRestored, restored, solution.id, now)
        case ratings.RatingReported():
            rating = book.rating(event.organisation_id)
            reported = use_contract.RatingReportedData(
                **about,
                organisation_id=rating.organisation_id,
                organisation_name=rating.organisation_name,
                reason=event.reason,
                reports=len(rating.reports),
            )
            return message(use_contract.RatingReported, reported, solution.id, now)
        case ratings.Replied():
            replied = use_contract.RatingRepliedData(
                **about, organisation_id=event.organisation_id, provider_organisation_name=provider.name
            )
            return message(use_contract.RatingReplied, replied, solution.id, now)


def _rating(rating: Rating) -> contract.Rating:
    return contract.Rating(
        organisation_id=rating.organisation_id,
        organisation_name=rating.organisation_name,
        size_class=rating.context.size_class,
        bundesland=rating.context.bundesland,
        overall=rating.opinion.overall,
        dimensions=dict(rating.opinion.dimensions),
        report=rating.opinion.report,
        used_since=rating.context.used_since,
        version=rating.context.version,
        revision=rating.revision,
    )
