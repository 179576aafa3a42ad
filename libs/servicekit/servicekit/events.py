"""Contract events stamped with the context they happen in."""

from datetime import datetime
from typing import Any, TypeVar

from contracts.envelope import Event

from servicekit import context

E = TypeVar("E", bound=Event)


def stamp(event_class: type[E], data: Any, *, aggregate_id: str, now: datetime) -> E:
    """Build an event whose correlation, causation, trace and actor come from the bound context."""
    bound = context.current()
    return event_class.new(
        data,
        aggregate_id=aggregate_id,
        time=now,
        correlationid=bound.correlation_id,
        causationid=bound.causation_id,
        traceparent=bound.traceparent,
        actor=bound.actor,
    )
