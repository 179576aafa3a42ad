"""Writes `docs/events.md`: every event with who publishes and consumes it, its fields and a sample."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from contracts import samples, topology
from contracts.envelope import Event
from contracts.subjects import wildcard

# ruff: noqa: E501 - the page's lines are as long as they are
_INTRO = """# Events

Generated from `libs/contracts` by `make generated`; do not edit.

Every event is a CloudEvents 1.0 document in structured JSON mode (`application/cloudevents+json`) with the attributes `id`, `source`, `type`,
`subject` (id of what it is about), `time`, and the extensions `correlationid`, `causationid`, `traceparent` and `actor` (an opaque user id).
The tables show `data`. Readers ignore fields that they do not know; new optional fields may appear within a version.
**Public** events are copied into the stream `PUBLIC` that partners read; **private** ones hold personal data and are kept for 30 days.
"""


def markdown(events: Sequence[type[Event]]) -> str:
    """Return the whole page."""
    parts = [_INTRO, _overview(events)]
    parts += [_event(event_class) for event_class in events]
    parts.append("## Shared parts\n")
    parts += [_part(model) for model in _shared(events)]
    return "\n".join(parts).rstrip() + "\n"


def _consumers(event_class: type[Event]) -> list[str]:
    return [
        f"`{durable.durable}`" for durable in topology.CONSUMERS if wildcard(event_class) in durable.filter_subjects
    ]


def _overview(events: Sequence[type[Event]]) -> str:
    rows = ["| event | published by | visibility | consumed by |", "|---|---|---|---|"]
    for event_class in events:
        link = f"[{event_class.name}](#{event_class.name})"
        consumers = (
            ", ".join(_consumers(event_class)) or "partners" * (event_class.visibility == "public") or "nobody yet"
        )
        rows.append(f"| {link} | {event_class.owner} | {event_class.visibility} | {consumers} |")
    return "\n".join(rows) + "\n"


def _event(event_class: type[Event]) -> str:
    data = event_class.model_fields["data"].annotation
    return "\n".join(
        [
            f'## <a id="{event_class.name}"></a>{event_class.name}',
            "",
            (event_class.__doc__ or "").strip(),
            "",
            f"- type `{event_class.event_type()}`",
            f"- subject `{wildcard(event_class)[:-1]}<id>`",
            "",
            _fields(data),
            "<details><summary>Sample</summary>",
            "",
            "```json",
            samples.of(event_class).rstrip(),
            "```",
            "",
            "</details>",
            "",
        ]
    )


def _part(model: type[BaseModel]) -> str:
    title = f'### <a id="{model.__name__}"></a>{model.__name__}'
    return "\n".join([title, "", (model.__doc__ or "").strip(), "", _fields(model)])


def _fields(model: Any) -> str:
    rows = ["| field | type | |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        need = "required" if field.is_required() else "optional"
        rows.append(f"| `{name}` | {_type(field.annotation)} | {need} |")
    return "\n".join(rows) + "\n"


def _type(annotation: Any) -> str:  # noqa: PLR0911 - one line per kind of type
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    origin = get_origin(annotation)
    if origin is None:
        name = getattr(annotation, "__name__", str(annotation))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return f"[{name}](#{name})"
        values = getattr(annotation, "__members__", None)
        return " \\| ".join(f"`{value}`" for value in values.values()) if values else str(name)
    if origin is list:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"map of {_type(arguments[0])} to {_type(arguments[1])}"
    if str(origin).endswith("Literal"):
        return " \\| ".join(f"`{value}`" for value in arguments)
    if hasattr(annotation, "__metadata__"):
        return _type(arguments[0])
    nullable = " or null" if type(None) in get_args(annotation) else ""
    return " or ".join(_type(argument) for argument in arguments) + nullable


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def _shared(events: Sequence[type[Event]]) -> list[type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    waiting: list[Any] = [event.model_fields["data"].annotation for event in events]
    while waiting:
        data: Any = waiting.pop(0)
        for field in data.model_fields.values():
            for model in _models(field.annotation):
                if model.__name__ not in found:
                    found[model.__name__] = model
                    waiting.append(model)
    return list(found.values())
