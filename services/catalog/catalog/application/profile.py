"""What the standard profile demands of a listing: limits of every draft, completeness of a submission."""

from datetime import date

from contracts.listing import Listing
from contracts.profile.checking import Fault, check
from contracts.profile.questionnaire import Questionnaire
from servicekit import errors
from servicekit.clock import BERLIN, Clock
from servicekit.errors import FieldError


def require_valid(profile: Questionnaire, listing: Listing, clock: Clock) -> None:
    """Raise ProblemError `invalid-listing` (422) naming each answer that breaks a limit or is of the wrong type."""
    if faults := _faults(profile, listing, clock, complete=False):
        raise errors.invalid("invalid-listing", _sentence("the listing is not valid", faults), _fields(faults))


def require_complete(profile: Questionnaire, listing: Listing, clock: Clock) -> None:
    """Raise ProblemError `incomplete-listing` (422) naming each answer that is missing or not right."""
    if faults := _faults(profile, listing, clock, complete=True):
        raise errors.invalid("incomplete-listing", _sentence("cannot submit", faults), _fields(faults))


def _faults(profile: Questionnaire, listing: Listing, clock: Clock, *, complete: bool) -> list[Fault]:
    today: date = clock.now().astimezone(BERLIN).date()
    return check(profile, listing.model_dump(mode="json"), complete=complete, today=today)


def _sentence(what: str, faults: list[Fault]) -> str:
    return f"{what}: " + "; ".join(f"{fault.place} {fault.message}" for fault in faults[:5])


def _fields(faults: list[Fault]) -> list[FieldError]:
    return [FieldError(f"listing.{fault.place}", fault.message) for fault in faults]
