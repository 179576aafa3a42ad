"""Dates on the clock of the people who read them: months are counted in calendar days, not in seconds."""

import calendar
from datetime import UTC, date, datetime, time, tzinfo


def months_later(at: datetime, months: int, zone: tzinfo) -> datetime:
    """Return the beginning of the day so many months after (before, when negative) `at` in the zone, in UTC.

    A day that the month does not have becomes its last one. The zone's clock counts: across a change to or from summer
    time the instant in UTC moves, the day does not.
    """
    return start_of(day_months_later(at.astimezone(zone).date(), months), zone)


def day_months_later(day: date, months: int) -> date:
    """Return the day so many months after (before, when negative) a day; one that the month lacks becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return the beginning of a day in the zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def lies_ahead(month: str, now: datetime, zone: tzinfo) -> bool:
    """True when a year or month has not begun in the zone."""
    return month > now.astimezone(zone).date().isoformat()[: len(month)]
