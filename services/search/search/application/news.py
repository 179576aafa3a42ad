"""Finds in events what is new about a solution: a listing, a changed one, a lost award, a rating."""

from dataclasses import dataclass
from datetime import datetime

from contracts.catalog import RatingAdded, SolutionPublished
from contracts.checkup import CheckupScored
from contracts.envelope import Event

from search.application.mapping import FACET_OF
from search.domain.alert_mark import Mark
from search.domain.document import FacetName
from search.domain.saved_search import Match, Reason

HEARD_EVENTS: tuple[type[Event], ...] = (SolutionPublished, RatingAdded, CheckupScored)


@dataclass(frozen=True, slots=True)
class News:
    """One thing that is new, as of one event; `rated_by` is the organisation whose rating it is."""

    event_id: str
    solution_id: str
    facet: FacetName
    sequence: int
    reason: Reason
    at: datetime
    lost_awards: tuple[str, ...] = ()
    rated_by: str | None = None

    def match(self, *, slug: str, name: str, summary: str) -> Match:
        """Return it as a match of a saved search, with what the solution is called now."""
        return Match(
            self.event_id, self.solution_id, slug, name, summary, self.reason, self.at, lost_awards=self.lost_awards
        )


def facet_of(event: Event) -> FacetName:
    """Return the facet that an event is about."""
    return FACET_OF[type(event)][0]


def news_in(event: Event, sequence: int, mark: Mark) -> tuple[Mark, News | None]:
    """Return what the facet's mark is after an event, and what is new.

    A version counts once, also when it is published again after a suspension. A revised rating is nothing new. An award
    is lost too when nothing could be measured any more: it is no longer shown.
    """
    reason: Reason | None = None
    lost: tuple[str, ...] = ()
    rated_by: str | None = None
    match event:
        case SolutionPublished():
            first = mark.version is None
            mark, told = mark.published(event.data.version)
            reason = (Reason.NEW_LISTING if first else Reason.CHANGED_LISTING) if told else None
        case CheckupScored():
            mark, lost = mark.scored(tuple(award.value for award in event.data.awards))
            reason = Reason.LOST_AWARD if lost else None
        case RatingAdded() if event.data.rating.revision == 1:
            reason, rated_by = Reason.NEW_RATING, event.data.rating.organisation_id
    if reason is None:
        return mark, None
    news = News(
        event_id=event.id,
        solution_id=mark.solution_id,
        facet=mark.facet,
        sequence=sequence,
        reason=reason,
        at=event.time,
        lost_awards=lost,
        rated_by=rated_by,
    )
    return mark, news
