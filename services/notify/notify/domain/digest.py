"""How often somebody wants to hear of watched solutions, and when what was collected is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from servicekit.clock import BERLIN

AT = time(7)
"""Local time of digests; weekly ones come on Monday."""


class Frequency(StrEnum):
    """How often; `never` is told nothing."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def collects(self) -> bool:
        """True when news wait for each other."""
        return self in (Frequency.DAILY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened to a watched solution; `organisation_id` when only an organisation watches it."""

    event_id: str
    name: str
    path: str
    news: str
    organisation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told to a user at once; the same `batch` always holds the same items."""

    user: str
    batch: int
    items: tuple[Item, ...]


def due_at(frequency: Frequency, now: datetime) -> datetime:
    """Return when something that happens now is told: the next morning, or Monday morning, as UTC."""
    local = now.astimezone(BERLIN)
    day = local.date() + timedelta(days=0 if local.time() < AT else 1)
    if frequency is Frequency.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return datetime.combine(day, AT, BERLIN).astimezone(UTC)
