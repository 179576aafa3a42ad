"""All event classes, and reading of events from bytes."""

import json
import re
from typing import Any

from pydantic import ValidationError

from contracts import checkup, guard, notify, organisations, people, review, search, solutions, uses, watches
from contracts.envelope import Event
from contracts.upcast import upcasters


class UnknownEventType(ValueError):
    """The `type` is none that this version of the contracts knows."""


class MalformedEvent(ValueError):
    """The bytes are no event; the message says in words why."""


_MODULES = (solutions, organisations, guard, uses, people, watches, review, checkup, search, notify)
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
    guess = by_type.get(found.group(1).decode(errors="replace")) if found else None
    if guess is not None:
        try:
            return guess.model_validate_json(raw)
        except ValidationError as error:
            refused = error
    # The slow way: an old version, or the first "type" in the bytes belongs to the data.
    document = upcasters.lift(_document(raw))
    event_class = by_type.get(document["type"])
    if event_class is None:
        raise UnknownEventType(f"unknown event type {document['type'][:200]!r}")
    if event_class is guess:
        raise MalformedEvent(_in_words(event_class, refused)) from refused
    try:
        return event_class.model_validate(document)
    except ValidationError as error:
        raise MalformedEvent(_in_words(event_class, error)) from error


def _document(raw: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(raw)
    except ValueError as error:
        raise MalformedEvent(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedEvent(f"not a JSON object but {type(document).__name__}")
    if not isinstance(document.get("type"), str):
        raise MalformedEvent("the attribute `type` is missing")
    return document


def _in_words(event_class: type[Event], error: ValidationError) -> str:
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()[:5]]
    return f"{event_class.event_type()} does not fit its schema: {'; '.join(faults)}"
