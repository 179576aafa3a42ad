"""A saved search tells each event once: at once, or together with others when it is time."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from contracts.search import SavedSearchAlertedData
from hypothesis import given
from hypothesis import strategies as st
from search.application.alert_messages import message_of
from search.domain import saved_search as rules
from search.domain.saved_search import (
    LONGEST_NAME,
    MOST_HEARD,
    MOST_PENDING,
    Match,
    Reason,
    SavedSearch,
    StoredQuery,
    Wishes,
)
from servicekit.digest_times import DigestTimes, Frequency
from servicekit.errors import ProblemError

TIMES = DigestTimes(time(7), 0, UTC)
SAVED_AT = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
LATER = SAVED_AT + timedelta(hours=1)


def saved(frequency: Frequency = Frequency.DAILY, **more: Any) -> SavedSearch:
    fields: dict[str, Any] = {"owner": "u", "organisation_id": None, "name": "Bänke", "query": StoredQuery("Bank")}
    return rules.save("s", frequency=frequency, now=SAVED_AT, **{**fields, **more})


def match(event_id: str = "e1", solution_id: str = "comby", reason: Reason = Reason.NEW_LISTING, **more: Any) -> Match:
    fields: dict[str, Any] = {"slug": solution_id, "name": solution_id.title(), "summary": "Kurz", "at": LATER}
    return Match(event_id, solution_id, reason=reason, **{**fields, **more})


def hear(state: SavedSearch, *matches: Match, now: datetime = LATER) -> rules.Change:
    return rules.hear(state, matches, times=TIMES, now=now)


def tell(state: SavedSearch, found: set[str], now: datetime) -> rules.Change:
    return rules.tell(state, frozenset(found), now=now)


def revise(state: SavedSearch, now: datetime = LATER, **wishes: Any) -> SavedSearch:
    return rules.revise(state, Wishes(**wishes), times=TIMES, now=now)


def test_at_once_means_now_and_only_once() -> None:
    told = hear(saved(Frequency.AT_ONCE), match())
    assert told.alert is not None
    assert [each.event_id for each in told.alert.matches] == ["e1"]
    assert (told.alert.since, told.alert.until, told.state.last_alerted_at) == (LATER, LATER, LATER)
    again = hear(told.state, match())
    assert again == rules.Change(told.state)


def test_what_happened_before_is_not_told() -> None:
    state = saved(Frequency.AT_ONCE)
    assert hear(state, match(at=SAVED_AT)) == rules.Change(state)
    assert hear(state, match(at=SAVED_AT - timedelta(days=1))) == rules.Change(state)


def test_without_alerts_nothing_is_kept() -> None:
    state = saved(Frequency.NEVER)
    assert hear(state, match()) == rules.Change(state)


@pytest.mark.parametrize(
    ("frequency", "due"),
    [(Frequency.DAILY, datetime(2026, 3, 5, 7, tzinfo=UTC)), (Frequency.WEEKLY, datetime(2026, 3, 9, 7, tzinfo=UTC))],
)
def test_matches_are_collected_and_told_together(frequency: Frequency, due: datetime) -> None:
    state = hear(saved(frequency), match("e1")).state
    state = hear(state, match("e2", "dorffunk"), match("e1"), now=due - timedelta(seconds=1)).state
    assert (len(state.pending), state.due_at, state.last_alerted_at) == (2, due, None)
    assert tell(state, {"comby", "dorffunk"}, due - timedelta(seconds=1)) == rules.Change(state)
    told = tell(state, {"comby", "dorffunk"}, due)
    assert told.alert is not None
    assert [each.solution_id for each in told.alert.matches] == ["comby", "dorffunk"]
    assert (told.state.pending, told.state.due_at, told.state.last_alerted_at) == ((), None, due)
    assert tell(told.state, {"comby"}, due) == rules.Change(told.state), "another worker has nothing left to tell"
    assert hear(told.state, match("e2", "dorffunk")) == rules.Change(told.state), "told ones stay known"


def test_what_the_search_no_longer_finds_is_not_told() -> None:
    due = datetime(2026, 3, 5, 7, tzinfo=UTC)
    state = hear(saved(), match("e1"), match("e2", "dorffunk")).state
    told = tell(state, {"dorffunk"}, due)
    assert told.alert is not None
    assert [each.solution_id for each in told.alert.matches] == ["dorffunk"]
    nothing = tell(state, set(), due)
    assert nothing.alert is None
    assert (nothing.state.pending, nothing.state.due_at, nothing.state.last_alerted_at) == ((), None, None)


def test_news_of_one_solution_are_summed_up() -> None:
    lost = {"reason": Reason.LOST_AWARD}
    state = hear(
        saved(),
        match("e1"),
        match("e2", reason=Reason.CHANGED_LISTING, name="Comby 2"),
        match("e3", reason=Reason.NEW_RATING),
        match("e4", reason=Reason.NEW_RATING),
        match("e5", lost_awards=("usability",), **lost),
        match("e6", lost_awards=("community",), **lost),
    ).state
    assert [(each.reason, each.name, each.lost_awards) for each in state.pending] == [
        (Reason.NEW_LISTING, "Comby 2", ()),
        (Reason.NEW_RATING, "Comby", ()),
        (Reason.LOST_AWARD, "Comby", ("usability", "community")),
    ]
    assert (state.more, len(state.heard)) == (0, 6)


def test_more_than_fits_is_counted() -> None:
    state = hear(saved(), *(match(f"e{number}", f"s{number}") for number in range(MOST_PENDING + 3))).state
    assert (len(state.pending), state.more) == (MOST_PENDING, 3)
    told = tell(state, {f"s{number}" for number in range(MOST_PENDING)}, datetime(2026, 3, 5, 7, tzinfo=UTC))
    assert told.alert is not None
    assert (len(told.alert.matches), told.alert.more, told.state.more) == (MOST_PENDING, 3, 0)
    data = SavedSearchAlertedData.model_validate_json(
        message_of(told.state, told.alert).data.partition(b'"data":')[2][:-1]
    )
    assert (len(data.matches), data.more, data.user) == (MOST_PENDING, 3, "u")


@given(st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=12), st.sampled_from(["at_once", "daily", "weekly"]))
def test_however_often_events_come_each_is_told_exactly_once(batches: list[list[int]], frequency: str) -> None:
    state = saved(Frequency(frequency))
    now, told = LATER, []
    for batch in batches:
        now += timedelta(hours=9)
        change = hear(state, *(match(f"e{number}", f"s{number}") for number in batch), now=now)
        told += [each.event_id for each in change.alert.matches] if change.alert else []
        change = tell(change.state, {f"s{number}" for number in range(31)}, now)
        told += [each.event_id for each in change.alert.matches] if change.alert else []
        state = change.state
    told += [each.event_id for each in state.pending]
    assert sorted(told) == sorted({f"e{number}" for batch in batches for number in batch})


def test_what_was_heard_is_remembered_up_to_a_limit() -> None:
    state = hear(saved(), *(match(f"e{number}") for number in range(MOST_HEARD + 1))).state
    assert len(state.heard) == MOST_HEARD
    assert state.heard[-1] == f"e{MOST_HEARD}"


def test_another_query_begins_anew() -> None:
    state = hear(saved(), match()).state
    revised = revise(state, query=StoredQuery("Dorf"))
    assert (revised.pending, revised.due_at, revised.listens_from, revised.revision) == ((), None, LATER, 2)
    assert revise(revised, query=StoredQuery("Dorf"), name="Bänke") == revised, "the same again changes nothing"


def test_a_new_name_keeps_what_was_collected() -> None:
    state = hear(saved(), match()).state
    revised = revise(state, name=" Alle  Bänke ")
    assert revised == replace(state, name="Alle Bänke", revision=2, changed_at=LATER)


def test_another_frequency_moves_the_time() -> None:
    state = hear(saved(Frequency.WEEKLY), match()).state
    assert revise(state, frequency=Frequency.DAILY).due_at == datetime(2026, 3, 5, 7, tzinfo=UTC)
    assert revise(state, frequency=Frequency.AT_ONCE).due_at == LATER
    stopped = revise(state, frequency=Frequency.NEVER)
    assert (stopped.pending, stopped.due_at, stopped.listens_from) == ((), None, SAVED_AT)
    tomorrow = LATER + timedelta(days=1)
    assert revise(stopped, tomorrow, frequency=Frequency.DAILY).listens_from == tomorrow
    assert revise(saved(Frequency.WEEKLY), frequency=Frequency.DAILY).due_at is None


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * (LONGEST_NAME + 1)])
def test_a_name_has_to_be_one(name: str) -> None:
    with pytest.raises(ProblemError) as refused:
        saved(name=name)
    assert (refused.value.slug, refused.value.fields[0].field) == ("invalid-request", "name")
    with pytest.raises(ProblemError):
        revise(saved(), name=name)


def test_a_query_is_an_address() -> None:
    query = StoredQuery.of("Bank & Bus", {"kind": ["software"], "bundesland": ["DE-BY", "DE-BB"], "award": []}, ["x:y"])
    assert query.query_string == "q=Bank+%26+Bus&kind=software&bundesland=DE-BY&bundesland=DE-BB&as_words=x%3Ay"
    assert StoredQuery().query_string == ""
