"""What a listing states for a time and what of it has passed: certificates, the maintenance contract."""

from contracts.profile import questionnaire, showing
from contracts.vocabulary import Validity
from servicekit.clock import BERLIN

from search.domain.document import SolutionDocument

_PROFILE = questionnaire.load()
_FOR_A_TIME = frozenset(
    each.id for each in _PROFILE.questions if each.expires or any(part.expires for part in each.parts)
)


def lapsed(document: SolutionDocument) -> list[str]:
    """Return the questions with an answer that held through a day that has passed.

    As of the last day that an event tells of: the catalog says on the day after that something has ended. So the same
    events make the same document, whenever they are read.
    """
    facet = document.listing
    if facet is None or _FOR_A_TIME.isdisjoint(facet.listing.answers):
        return []
    day = facet.published_at.astimezone(BERLIN).date()
    if document.terms is not None:
        day = max(day, document.terms.as_of)
    return [each.id for each in showing.lapsed(_PROFILE, {"answers": facet.listing.answers}, day)]


def validity(document: SolutionDocument) -> Validity:
    """Return whether anything has passed."""
    return Validity.LAPSED if lapsed(document) else Validity.VALID
