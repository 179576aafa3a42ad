"""All event classes, and reading of events from bytes."""

import json
import re
from typing import Any

from pydantic import ValidationError

from contracts import catalog, checkup, notify, review, search
from contracts.envelope import Event


class UnknownEventType(ValueError):
    """The `type` is none that this version of the contracts knows."""


class MalformedEvent(ValueError):
    """The bytes are no event; the message says in words why."""


_MODULES = (catalog, review, checkup, search, notify)
_TYPE = re.compile(rb'"type"\s*:\s*"([^"\\]{1,200})"')


def _collect() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for module in _MODULES:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Event) and value is not Event:
                found[value.event_type()] = value
    return found


by_type: dict[str, type[Event]] = _collect()


def all_events() -> list[type[Event]]:
    """Return every current event class, by owner in the order of the architecture."""
    return list(by_type.values())


def parse(raw: bytes) -> Event:
    """Return the event in the bytes as its newest class.

    Raises UnknownEventType, or MalformedEvent with the reason in words.
    """
    found = _TYPE.search(raw)
    event_class = by_type.get(found.group(1).decode(errors="replace")) if found else None
    if event_class is not None:
        try:
            return event_class.model_validate_json(raw)
        except ValidationError as error:
            # The first "type" in the bytes may belong to the data: decide by the parsed document before giving up.
            event_class = _class_of(raw)
            if event_class.event_type() == found.group(1).decode():  # type: ignore[union-attr]
                raise MalformedEvent(_in_words(event_class, error)) from error
    else:
        event_class = _class_of(raw)
    try:
        return event_class.model_validate_json(raw)
    except ValidationError as error:
        raise MalformedEvent(_in_words(event_class, error)) from error


def _class_of(raw: bytes) -> type[Event]:
    try:
        document: Any = json.loads(raw)
    except ValueError as error:
        raise MalformedEvent(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedEvent(f"not a JSON object but {type(document).__name__}")
    event_type = document.get("type")
    if not isinstance(event_type, str):
        raise MalformedEvent("the attribute `type` is missing")
    event_class = by_type.get(event_type)
    if event_class is None:
        raise UnknownEventType(f"unknown event type {event_type[:200]!r}")
    return event_class


def _in_words(event_class: type[Event], error: ValidationError) -> str:
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()[:5]]
    return f"{event_class.event_type()} does not fit its schema: {'; '.join(faults)}"
