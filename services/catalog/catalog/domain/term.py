"""Terms of a listing: the provider's confirmation, maintenance and certificates, each with the last day it holds.

Days are those of Europe/Berlin. A period of months ends with the day that has the number of the one it began on, or
with the last one of its month (sections 187 and 188 BGB): from 29 February 2028 through 28 February 2029.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.listing import Listing
from contracts.profile.checking import YEARS
from contracts.vocabulary import DeploymentStatus
from servicekit.clock import BERLIN

from catalog.domain.calendar import day_months_later, start_of

VALID_MONTHS = 12
"""How long a confirmation holds."""
BACK_MONTHS = 3
"""How long after that a confirmation brings the listing back without a review."""
REMINDERS = (60, 30, 7)
"""Days before the last day."""
PASSED = 0


class TermKind(StrEnum):
    """What runs out."""

    CONFIRMATION = "confirmation"
    MAINTENANCE = "maintenance"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Term:
    """Something that holds through the day `until`; `certificate` is the kind of certificate, `number` its number."""

    kind: TermKind
    until: date
    certificate: str | None = None
    number: str | None = None

    @property
    def key(self) -> str:
        """What tells it apart: with another last day it is another term, and reminders begin anew."""
        return "|".join((self.kind.value, self.certificate or "", self.number or "", self.until.isoformat()))

    def step(self, today: date) -> int | None:
        """Return the nearest reminder that is due, in days before the last day; 0 once it has passed, None before."""
        if today > self.until:
            return PASSED
        return min((days for days in REMINDERS if today >= self.until - timedelta(days=days)), default=None)

    def next_day(self, told: int | None) -> date | None:
        """Return the day of the first step after the one that was told; None after the last one."""
        if told == PASSED:
            return None
        ahead = [days for days in REMINDERS if told is None or days < told]
        return self.until - timedelta(days=ahead[0]) if ahead else self.until + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """That a step of a term was told: `days` before its last day, 0 for having passed."""

    key: str
    days: int


class ShiftKind(StrEnum):
    """What changed that users rely on."""

    PROVIDER = "provider"
    OPERATOR = "operator"
    DISCONTINUED = "discontinued"
    MAINTENANCE = "maintenance"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Shift:
    """What the listing said before and says now; None: nothing. Of certificates their kind."""

    kind: ShiftKind
    before: str | None
    after: str | None


def day_of(moment: datetime) -> date:
    """Return the day in Germany."""
    return moment.astimezone(BERLIN).date()


def begin(day: date) -> datetime:
    """Return the first moment of a day in Germany, in UTC."""
    return start_of(day, BERLIN)


def confirmed_until(confirmed_at: datetime) -> date:
    """Return the last day on which a confirmation holds."""
    return day_months_later(day_of(confirmed_at), VALID_MONTHS)


def back_until(until: date) -> date:
    """Return the last day on which a confirmation brings back what expired after `until`."""
    return day_months_later(until, BACK_MONTHS)


def stated(listing: Listing) -> tuple[Term, ...]:
    """Return the terms that a listing states; what is no usable date is none."""
    answers = listing.answers
    found: list[Term] = []
    if answers.get("maintenance_type") == "contract" and (until := _day(answers.get("maintenance_until"))):
        found.append(Term(TermKind.MAINTENANCE, until))
    found += _certificates(answers.get("certificates"))
    return tuple(dict.fromkeys(found))


def shifts(former: Listing, later: Listing, today: date) -> tuple[Shift, ...]:
    """Return what users of a solution rely on and find changed: who runs it, whether it goes on, what is certified."""
    found: list[Shift] = []
    if former.operator_name != later.operator_name and former.operator_name:
        found.append(Shift(ShiftKind.OPERATOR, former.operator_name, later.operator_name))
    if _ended(later) and not _ended(former):
        found.append(Shift(ShiftKind.DISCONTINUED, None, None))
    before, after = (listing.answers.get("maintenance_type") for listing in (former, later))
    if before != after and after == "none" and before is not None:
        found.append(Shift(ShiftKind.MAINTENANCE, str(before), None))
    held, kept = (
        {term.certificate: term.until for term in stated(listing) if term.certificate and term.until >= today}
        for listing in (former, later)
    )
    found += [Shift(ShiftKind.CERTIFICATE, kind, None) for kind in held if kind not in kept]
    return tuple(found)


def _certificates(answer: object) -> list[Term]:
    records = [each for each in answer if isinstance(each, Mapping)] if isinstance(answer, list) else []
    return [
        Term(TermKind.CERTIFICATE, until, str(each.get("kind") or "other"), each.get("number") or None)
        for each in records
        if (until := _day(each.get("until")))
    ]


def _ended(listing: Listing) -> bool:
    return (
        listing.deployment_status is DeploymentStatus.DISCONTINUED
        or listing.answers.get("development_status") == "obsolete"
    )


def _day(answer: object) -> date | None:
    try:
        day = date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None
