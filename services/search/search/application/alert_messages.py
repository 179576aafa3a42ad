"""From an alert to the private event that tells of it."""

from contracts.search import AlertMatch, SavedSearchAlerted, SavedSearchAlertedData
from servicekit import outbox
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage

from search.domain.saved_search import Alert, SavedSearch


def message_of(saved: SavedSearch, alert: Alert) -> OutboxMessage:
    """Return the message for an alert of a saved search."""
    data = SavedSearchAlertedData.model_validate(
        {
            "saved_search_id": saved.id,
            "user": saved.owner,
            "name": saved.name,
            "query": saved.query.query_string,
            "frequency": saved.frequency.value,
            "matches": [
                AlertMatch.model_validate(
                    {
                        "solution_id": match.solution_id,
                        "slug": match.slug,
                        "name": match.name,
                        "summary": match.summary,
                        "reason": match.reason.value,
                        "lost_awards": list(match.lost_awards),
                        "at": match.at,
                    }
                )
                for match in alert.matches
            ],
            "more": alert.more,
            "since": alert.since,
            "until": alert.until,
        }
    )
    return outbox.of_event(stamp(SavedSearchAlerted, data, aggregate_id=saved.id, now=alert.until))
