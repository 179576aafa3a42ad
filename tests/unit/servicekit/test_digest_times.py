"""Collected alerts are sent at seven on the clock of Germany, whatever the season."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from search.settings import SearchSettings
from servicekit.digest_times import DigestTimes, Frequency

TIMES = DigestTimes(time(7), 0, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-03-04T03:00:00Z", "2026-03-04T06:00:00Z", "2026-03-09T06:00:00Z"),
        ("2026-03-04T06:00:00Z", "2026-03-05T06:00:00Z", "2026-03-09T06:00:00Z"),  # exactly at seven: the next one
        ("2026-03-09T05:59:59Z", "2026-03-09T06:00:00Z", "2026-03-09T06:00:00Z"),
        ("2026-03-09T06:00:01Z", "2026-03-10T06:00:00Z", "2026-03-16T06:00:00Z"),
        ("2026-03-08T23:30:00Z", "2026-03-09T06:00:00Z", "2026-03-09T06:00:00Z"),  # it is Monday in Berlin already
        ("2026-03-28T12:00:00Z", "2026-03-29T05:00:00Z", "2026-03-30T05:00:00Z"),  # summer time begins on the 29th
        ("2026-10-24T12:00:00Z", "2026-10-25T06:00:00Z", "2026-10-26T06:00:00Z"),  # and ends on 25 October
        ("2026-12-31T12:00:00Z", "2027-01-01T06:00:00Z", "2027-01-04T06:00:00Z"),
    ],
)
def test_the_next_time(now: str, daily: str, weekly: str) -> None:
    at = datetime.fromisoformat(now)
    assert TIMES.next_after(Frequency.DAILY, at) == datetime.fromisoformat(daily)
    assert TIMES.next_after(Frequency.WEEKLY, at) == datetime.fromisoformat(weekly)


def test_another_day_and_hour() -> None:
    fridays = DigestTimes(time(16, 30), 4, UTC)
    assert fridays.next_after(Frequency.WEEKLY, datetime(2026, 3, 4, tzinfo=UTC)) == datetime(
        2026, 3, 6, 16, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"alerts_timezone": "Europa/Berlin"}, "there is no time zone 'Europa/Berlin'"),
        ({"alerts_at": "07:00+01:00"}, "alerts_at is a local time"),
        ({"alerts_weekday": 7}, "less than or equal to 6"),
    ],
)
def test_impossible_times_are_refused(given: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        SearchSettings(**given)  # type: ignore[arg-type]
