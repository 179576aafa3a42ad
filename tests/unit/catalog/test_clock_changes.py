"""The days on which the clock is put forward (29 March 2026) and back (25 October): what ends, ends at midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from catalog.domain import guarding, term
from catalog.domain import inquiry as inquiries
from catalog.domain.inquiry import Schedule
from catalog.domain.solution import TermDue

from .given import a_listing, an_inquiry, published


@pytest.mark.parametrize(
    ("until", "midnight"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours
    ],
)
def test_a_certificate_holds_to_the_end_of_its_last_day(until: date, midnight: datetime) -> None:
    records = [{"kind": "bsi_c5", "until": until.isoformat()}]
    online = published(listing=a_listing(answers={"certificates": records}))

    def told(at: datetime) -> list[int]:
        events = guarding.pass_time(online, at).events
        return [each.days for each in events if isinstance(each, TermDue) and each.term.certificate == "bsi_c5"]

    assert term.begin(until + timedelta(days=1)) == midnight
    assert told(midnight - timedelta(seconds=1)) != [0]
    assert told(midnight) == [0]


@pytest.mark.parametrize("day", [datetime(2026, 3, 22, 1, 30, tzinfo=UTC), datetime(2026, 10, 18, 0, 30, tzinfo=UTC)])
def test_a_reminder_across_a_clock_change_comes_once_and_seven_days_later(day: datetime) -> None:
    """Half past two on the day of the change is an hour that is not there, or there twice."""
    waiting, schedule = an_inquiry(at=day), Schedule()
    due = day + timedelta(days=7)
    assert waiting.next_at(schedule) == due
    assert inquiries.pass_time(waiting, schedule, due - timedelta(seconds=1)).state == waiting
    reminded = inquiries.pass_time(waiting, schedule, due)
    assert len(reminded.events) == 1
    for later in (timedelta(hours=1), timedelta(hours=2)):
        assert inquiries.pass_time(reminded.state, schedule, due + later).events == ()
