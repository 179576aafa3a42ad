"""When collected news are sent: once a day or once a week, at a time on the clock of the people who read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Frequency(StrEnum):
    """How often somebody wants to hear of something; `never` is told nothing."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def collects(self) -> bool:
        """True when news wait for a time at which they are sent together."""
        return self in (Frequency.DAILY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """`at` is the local time in `zone`, `weekday` (0 is Monday) the day of weekly digests."""

    at: time
    weekday: int
    zone: tzinfo

    def next_after(self, frequency: Frequency, now: datetime) -> datetime:
        """Return the first instant after `now` at which digests of this frequency are sent, in UTC.

        The clock of the zone counts: across a change to summer time a day has 23 hours.
        """
        day = now.astimezone(self.zone).date()
        if frequency is Frequency.WEEKLY:
            day += timedelta(days=(self.weekday - day.weekday()) % 7)
        step = timedelta(days=7 if frequency is Frequency.WEEKLY else 1)
        if self._on(day) <= now:
            day += step
        return self._on(day)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, tzinfo=self.zone).astimezone(UTC)
