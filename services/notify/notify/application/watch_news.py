"""What is worth telling about a watched solution: one function per event, from the event and the name alone."""

from collections.abc import Collection

from contracts.catalog import RatingAdded, SolutionDelisted, SolutionPublished
from contracts.checkup import CheckupScored
from contracts.guard import SolutionStandingChanged, SolutionTermDue
from contracts.vocabulary import CheckupDimension, label

from notify.application import guard_notices
from notify.application.watching import SOLUTION_PAGE, News


def of_publication(event: SolutionPublished) -> News:
    """Another version is online, or the same one again."""
    data = event.data
    return News(
        event_id=event.id,
        solution_id=data.solution_id,
        name=data.listing.name,
        news=f"Fassung {data.version} ist jetzt veröffentlicht",
        path=SOLUTION_PAGE.format(slug=data.slug),
        apart_from=data.organisation_id,
    )


def of_delisting(event: SolutionDelisted, solution_name: str | None) -> News:
    """It is no longer online; its page is gone, so the way leads to the watchlist."""
    data = event.data
    return News(
        event_id=event.id,
        solution_id=data.solution_id,
        name=solution_name or data.slug,
        news=f"nicht mehr auf dem Marktplatz ({label(data.reason)})",
        path=None,
        users_know=True,
    )


def of_lost_term(event: SolutionTermDue) -> News | None:
    """A certificate or the maintenance has run out; None for reminders and for what never held while it was online."""
    words = guard_notices.lost(event)
    return _of_listing(event, words) if words else None


def of_standing(event: SolutionStandingChanged) -> News:
    """Somebody else runs it, it goes out of service, or something is no longer certified."""
    return _of_listing(event, " ".join(guard_notices.changed(event)))


def _of_listing(event: SolutionTermDue | SolutionStandingChanged, words: str) -> News:
    data = event.data
    return News(
        event_id=event.id,
        solution_id=data.solution_id,
        name=data.solution_name,
        news=words,
        path=SOLUTION_PAGE.format(slug=data.slug),
        apart_from=data.organisation_id,
        users_know=True,
    )


def of_rating(event: RatingAdded) -> News:
    """A municipality rated it, or revised its rating."""
    data = event.data
    verb = "Bewertung geändert" if data.rating.revision > 1 else "neue Bewertung"
    return News(
        event_id=event.id,
        solution_id=data.solution_id,
        name=data.solution_name,
        news=f"{verb}: {data.rating.overall} von 5 ({data.rating.organisation_name})",
        path=f"{SOLUTION_PAGE.format(slug=data.slug)}#bewertungen",
        apart_from=data.rating.organisation_id,
    )


def awards_of(event: CheckupScored) -> frozenset[str]:
    """Return the dimensions with an award."""
    return frozenset(each.dimension.value for each in event.data.dimensions if each.award)


def of_lost_awards(event: CheckupScored, before: Collection[str], solution_name: str | None) -> News | None:
    """It has lost awards that it had before; None when it has not."""
    data = event.data
    lost = [each for each in CheckupDimension if each.value in before and each.value not in awards_of(event)]
    if not lost:
        return None
    word = "Auszeichnung" if len(lost) == 1 else "Auszeichnungen"
    return News(
        event_id=event.id,
        solution_id=data.solution_id,
        name=solution_name or data.slug,
        news=f"{word} im Checkup verloren: {', '.join(label(each) for each in lost)}",
        path=f"{SOLUTION_PAGE.format(slug=data.slug)}#checkup",
    )
