"""What watchers are told, in which words, and when collected news are due."""

from datetime import UTC, datetime

import pytest
from contracts.checkup import CheckupScored
from notify.adapters.templates import JinjaTemplates
from notify.application import watch_news
from notify.application.watching import WATCHLIST, _notice
from notify.domain.digest import TIMES, Item
from servicekit.digest_times import Frequency

from .conftest import message_of
from .test_use_notices import sample


def test_a_lost_award_is_news_and_a_kept_one_is_not(scored: CheckupScored) -> None:
    assert watch_news.of_lost_awards(scored, {"documentation"}, "DorfFunk") is None
    news = watch_news.of_lost_awards(scored, {"documentation", "community"}, "DorfFunk")
    assert news is not None
    assert news.news == "Auszeichnung im Checkup verloren: Gemeinschaft und Pflege"


def test_what_is_gone_leads_to_the_watchlist(templates: JinjaTemplates) -> None:
    news = watch_news.of_delisting(sample("solution_delisted"), "Mitfahrbank Digital")
    item = Item(news.event_id, news.name, news.path or WATCHLIST, news.news)
    message = message_of(_notice("u", news.event_id, [item], "Weil"), templates)
    assert message.link == WATCHLIST
    assert message.title.startswith("Merkliste: „Mitfahrbank Digital“, nicht mehr auf dem Marktplatz (")


def test_who_rated_is_not_told_of_it() -> None:
    event = sample("rating_added")
    news = watch_news.of_rating(event)
    assert news.apart_from == event.data.rating.organisation_id
    assert news.path == f"/loesungen/{event.data.slug}#bewertungen"


def test_collected_news_name_each_solution_and_how_to_stop(templates: JinjaTemplates) -> None:
    items = [Item(str(number), f"<Lösung {number}>", "/loesungen/x", "neu") for number in range(27)]
    message = message_of(_notice("u", "e", items, "Weil"), templates)
    assert message.title == "Merkliste: 27 Neuigkeiten"
    letter = templates.letter(message, name=None, unsubscribe_url="https://marktplatz.example.org/stop")
    assert "Und 2 weitere Neuigkeiten" in letter.text
    assert "&lt;Lösung 0&gt;" in letter.html
    for body in (letter.text, letter.html):
        assert "https://marktplatz.example.org/merkliste" in body
        assert "https://marktplatz.example.org/stop" in body


@pytest.mark.parametrize(
    ("frequency", "now", "due"),
    [
        (Frequency.DAILY, datetime(2026, 3, 28, 5, 59, tzinfo=UTC), datetime(2026, 3, 28, 6, tzinfo=UTC)),
        (Frequency.DAILY, datetime(2026, 3, 28, 6, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (Frequency.WEEKLY, datetime(2026, 3, 28, 6, 0, tzinfo=UTC), datetime(2026, 3, 30, 5, tzinfo=UTC)),
        (Frequency.WEEKLY, datetime(2026, 3, 30, 5, 0, tzinfo=UTC), datetime(2026, 4, 6, 5, tzinfo=UTC)),
    ],
)
def test_digests_come_in_the_morning_whatever_the_clock_does(
    frequency: Frequency, now: datetime, due: datetime
) -> None:
    assert TIMES.next_after(frequency, now) == due
