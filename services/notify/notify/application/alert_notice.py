"""What the owner of a saved search is told: each solution, what is new about it, and where to look."""

from collections.abc import Mapping
from typing import Any

from contracts.search import AlertMatch, SavedSearchAlerted
from contracts.vocabulary import label

from notify.application.notices import Notice
from notify.domain.message import Kind

MOST_LISTED = 25
"""Solutions that a message names; the rest is behind its link."""
SEARCH_PATH = "/suche"
SAVED_PATH = "/meine-suchen"
_OFTEN = {"at_once": "sofort", "daily": "einmal am Tag", "weekly": "einmal in der Woche"}
_NEWS = {"new_listing": "neu auf dem Marktplatz", "changed_listing": "geändert", "new_rating": "neu bewertet"}


def of_alert(event: SavedSearchAlerted) -> Notice:
    """The user has something new to look at; one solution leads to its page, several to the search."""
    data = event.data
    listed = [_shown(match) for match in data.matches[:MOST_LISTED]]
    total = len(data.matches) + data.more
    search = f"{SEARCH_PATH}?{data.query}" if data.query else SEARCH_PATH
    facts: Mapping[str, Any] = {
        "search_name": data.name,
        "matches": listed,
        "total": total,
        "more": total - len(listed),
        "search_path": search,
        "saved_path": SAVED_PATH,
    }
    reason = f"Sie haben die Suche „{data.name}“ gespeichert und möchten {_OFTEN[data.frequency]} davon hören."
    alone = total == 1
    return Notice(
        event_id=event.id,
        kind=Kind.SAVED_SEARCH_ALERTED,
        organisation_id=None,
        user=data.user,
        reason=reason,
        link=listed[0]["path"] if alone else search,
        action="Lösung ansehen" if alone else "Suche öffnen",
        facts=facts,
    )


def _shown(match: AlertMatch) -> dict[str, str]:
    anchor = "#bewertungen" if match.reason == "new_rating" else ""
    return {
        "name": match.name,
        "summary": match.summary,
        "path": f"/loesungen/{match.slug}{anchor}",
        "news": _NEWS.get(match.reason) or _lost(match),
    }


def _lost(match: AlertMatch) -> str:
    """Return in words which awards are gone."""
    names = ", ".join(label(award) for award in match.lost_awards)
    word = "Auszeichnung" if len(match.lost_awards) == 1 else "Auszeichnungen"
    return f"{word} verloren: {names}" if names else "Auszeichnung verloren"
