"""Time as a port, so that rules can be tested at any moment."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
"""Where days begin, for everybody who uses the marketplace."""


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, cut to milliseconds because the document database keeps no more."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC, in whole milliseconds."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class FixedClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._at += by
