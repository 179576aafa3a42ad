"""Events carry the context they happen in; public ones do not tell who did it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from contracts import registry, samples
from servicekit import context
from servicekit.events import stamp

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BOUND = context.RequestContext(
    correlation_id="corr-1",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    actor="demo-reviewer",
    causation_id="cause-1",
)


@pytest.mark.parametrize("event_class", registry.all_events(), ids=lambda event: event.name)
def test_an_event_carries_its_context_and_only_an_internal_one_its_actor(event_class: Any) -> None:
    data = registry.parse(samples.of(event_class).encode()).data
    with context.bound(BOUND):
        event = stamp(event_class, data, aggregate_id="s-1", now=NOW)
    assert (event.subject, event.time, event.data) == ("s-1", NOW, data)
    assert (event.correlationid, event.causationid) == ("corr-1", "cause-1")
    assert event.traceparent == BOUND.traceparent
    assert event.actor == (None if event_class.visibility == "public" else "demo-reviewer")
    assert (b"demo-reviewer" in event.to_bytes()) == (event_class.visibility != "public")
