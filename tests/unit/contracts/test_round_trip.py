"""Whatever fits into an event comes out of its bytes unchanged."""

import json
from datetime import UTC, datetime, timedelta, timezone

from contracts import registry, samples
from contracts.catalog import RatingAdded, SolutionPublished
from contracts.checkup import CheckupScored
from contracts.envelope import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

texts = st.text(max_size=60)
lines = st.text(min_size=1, max_size=60)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day away from both ends of the calendar, so that every one of them exists in UTC too.
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone
attributes = st.one_of(st.none(), lines)
some = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def survives(event: Event) -> dict[str, object]:
    raw = event.to_bytes()
    back = registry.parse(raw)
    assert back == event
    assert type(back) is type(event)
    assert back.to_bytes() == raw
    document: dict[str, object] = json.loads(raw)
    return document


def made(event_class: type[Event], time: datetime = datetime(2026, 3, 2, tzinfo=UTC), **data: object) -> Event:
    sample = json.loads(samples.of(event_class))["data"]
    return event_class.new({**sample, **data}, aggregate_id="s-1", time=time)


@some
@given(time=times)
def test_every_time_keeps_its_instant_and_is_written_in_utc(time: datetime) -> None:
    event = made(SolutionPublished, time)
    assert str(survives(event)["time"]).endswith("Z")
    assert event.time == time


@some
@given(correlationid=attributes, causationid=attributes, traceparent=attributes, actor=attributes)
def test_optional_attributes_are_kept_or_left_out(
    correlationid: str | None, causationid: str | None, traceparent: str | None, actor: str | None
) -> None:
    given_ones = {
        "correlationid": correlationid,
        "causationid": causationid,
        "traceparent": traceparent,
        "actor": actor,
    }
    sample = registry.parse(samples.of(RatingAdded).encode())
    document = survives(sample.model_copy(update=given_ones))
    assert {name: document.get(name) for name in given_ones} == given_ones
    assert all((name in document) == (value is not None) for name, value in given_ones.items())


@some
@given(name=lines, summary=lines, description=texts, features=st.lists(lines, max_size=5), note=attributes)
def test_every_listing_text_is_kept(
    name: str, summary: str, description: str, features: list[str], note: str | None
) -> None:
    listing = json.loads(samples.of(SolutionPublished))["data"]["listing"]
    texts_given = {"name": name, "summary": summary, "description": description, "features": features}
    event = made(SolutionPublished, listing={**listing, **texts_given, "price_note": note})
    data = json.loads(event.to_bytes())["data"]
    assert {key: data["listing"][key] for key in texts_given} == texts_given
    survives(event)


@some
@given(
    score=st.none() | st.floats(0, 100, allow_nan=False), coverage=st.floats(0, 1, allow_nan=False), award=st.booleans()
)
def test_every_score_is_kept_exactly(score: float | None, coverage: float, award: bool) -> None:
    scores = json.loads(samples.of(CheckupScored))["data"]["dimensions"]
    scores[0] |= {"score": score, "coverage": coverage, "award": award}
    survives(made(CheckupScored, dimensions=scores))
