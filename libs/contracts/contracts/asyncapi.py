"""AsyncAPI 3.0 documents of the bus: one of the whole system, one of what partners may read."""

from collections.abc import Sequence
from typing import Any

from contracts import topology
from contracts.envelope import CONTENT_TYPE, Event
from contracts.subjects import wildcard

Document = dict[str, Any]


def _address(event_class: type[Event]) -> str:
    return wildcard(event_class).removesuffix("*") + "{aggregateId}"


def _message(event_class: type[Event], schema: Document) -> Document:
    return {
        "name": event_class.__name__,
        "title": event_class.__name__,
        "summary": (event_class.__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {"Nats-Msg-Id": {"type": "string", "description": "the event's id; repeats are stored once"}},
        },
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": schema},
        "tags": [{"name": event_class.visibility}],
    }


def document(events: Sequence[type[Event]], schemas: dict[str, Document], *, public: bool) -> Document:
    """Return the document: who sends and receives what, or with `public` the stream PUBLIC from a reader's side."""
    channels: Document = {}
    operations: Document = {}
    messages: Document = {}
    for event_class in events:
        name = event_class.__name__
        messages[name] = _message(event_class, schemas[event_class.event_type()])
        channels[name] = {
            "address": _address(event_class),
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "parameters": {"aggregateId": {"description": "id of what the event is about"}},
            "bindings": {"nats": {"bindingVersion": "0.1.0"}},
        }
        channel = {"$ref": f"#/channels/{name}"}
        if public:
            operations[f"receive{name}"] = {
                "action": "receive",
                "channel": channel,
                "summary": f"Read {name} from the stream PUBLIC or as it happens",
            }
            continue
        operations[f"{event_class.owner}Sends{name}"] = {"action": "send", "channel": channel}
        for durable in topology.CONSUMERS:
            if wildcard(event_class) in durable.filter_subjects:
                operations[f"{durable.service}Receives{name}"] = {
                    "action": "receive",
                    "channel": channel,
                    "summary": f"durable {durable.durable} on {durable.stream}",
                }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Marktplatz: public events" if public else "Marktplatz: all events",
            "version": "1.0.0",
            "description": _DESCRIPTION_PUBLIC if public else _DESCRIPTION,
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"bus": {"host": "nats.example.org:4222", "protocol": "nats", "description": "NATS with JetStream"}},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


_DESCRIPTION = (
    "CloudEvents 1.0 in structured JSON mode. Subjects are events.<owner>.<name>.v<version>.<aggregate id>; "
    "what holds personal data is on private.… and kept for 30 days."
)
_DESCRIPTION_PUBLIC = (
    "CloudEvents 1.0 in structured JSON mode, at least once and in order per solution: deduplicate by `id`. "
    "Subscribe to the subjects to hear what happens, or read the stream PUBLIC from any sequence with direct gets "
    "(MP.API.DIRECT.GET.PUBLIC), which misses nothing; see docs/partners.md. `actor` is left out."
)
