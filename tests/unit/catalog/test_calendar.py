"""Months on the clock of the people who read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from catalog.domain.calendar import lies_ahead, months_later

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        # winter time to winter time
        (datetime(2026, 1, 15, 12, tzinfo=UTC), 12, datetime(2027, 1, 14, 23, tzinfo=UTC)),
        # summer to summer; 22:30 UTC is already the next day in Berlin
        (datetime(2026, 7, 15, 22, 30, tzinfo=UTC), 12, datetime(2027, 7, 15, 22, tzinfo=UTC)),
        # the day on which the clock was put forward (29 March 2026), a year later in winter time
        (datetime(2026, 3, 27, 12, tzinfo=UTC), 12, datetime(2027, 3, 26, 23, tzinfo=UTC)),
        # into the day of a change: midnight is still winter time on 28 March 2027
        (datetime(2026, 3, 28, 12, tzinfo=UTC), 12, datetime(2027, 3, 27, 23, tzinfo=UTC)),
        # over the change to winter time, from summer time
        (datetime(2026, 9, 30, 12, tzinfo=UTC), 2, datetime(2026, 11, 29, 23, tzinfo=UTC)),
        # a day that the month does not have
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 12, datetime(2029, 2, 27, 23, tzinfo=UTC)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), -1, datetime(2026, 2, 27, 23, tzinfo=UTC)),
    ],
)
def test_months_are_counted_in_days_of_the_calendar(at: datetime, months: int, expected: datetime) -> None:
    assert months_later(at, months, BERLIN) == expected


def test_a_month_that_has_begun_does_not_lie_ahead() -> None:
    # 23:30 UTC on the last day of April is May in Berlin
    now = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)
    assert [lies_ahead(month, now, BERLIN) for month in ("2025", "2026", "2026-05", "2026-06", "2027")] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert lies_ahead("2026-05", datetime(2026, 4, 30, 21, 30, tzinfo=UTC), BERLIN)
