"""Contract events stamped with the context they happen in."""

from datetime import datetime
from typing import Any, TypeVar

from contracts.envelope import Event

from servicekit import context

E = TypeVar("E", bound=Event)


def stamp(event_class: type[E], data: Any, *, aggregate_id: str, now: datetime) -> E:
    """Build an event whose correlation, causation, trace and actor come from the bound context.

    What is public does not say who did it: partners would learn who reviews.
    """
    bound = context.current()
    return event_class.new(
        data,
        aggregate_id=aggregate_id,
        time=now,
        correlationid=bound.correlation_id,
        causationid=bound.causation_id,
        traceparent=bound.traceparent,
        actor=None if event_class.visibility == "public" else bound.actor,
    )
