"""NATS subjects: `events.<owner>.<name>.v<version>.<aggregate id>`, `private.…`, `jobs.…`, `dlq.…`, `redrive.…`."""

import re

from contracts.envelope import Event

_TOKEN = re.compile(r"^[A-Za-z0-9_-]{1,100}$")


def _prefix(event_class: type[Event]) -> str:
    root = "private" if event_class.visibility == "private" else "events"
    return f"{root}.{event_class.owner}.{event_class.name}.v{event_class.version}"


def _token(value: str) -> str:
    if not _TOKEN.match(value):
        raise ValueError(f"{value!r} cannot be part of a subject: letters, digits, - and _ only")
    return value


def subject_of(event: Event) -> str:
    """Return the subject an event is published on; raises ValueError when its aggregate id does not fit into one."""
    return f"{_prefix(type(event))}.{_token(event.subject)}"


def wildcard(event_class: type[Event]) -> str:
    """Return the subject filter for all events of a class."""
    return f"{_prefix(event_class)}.*"


def job_subject(service: str, kind: str, job_id: str) -> str:
    """Return the subject of one job on the work queue."""
    return f"jobs.{_token(service)}.{_token(kind)}.v1.{_token(job_id)}"


def dlq_subject(service: str, durable: str) -> str:
    """Return the subject of a durable's dead letters."""
    return f"dlq.{_token(service)}.{_token(durable)}"


def redrive_subject(service: str, durable: str) -> str:
    """Return the subject on which a durable's dead letters come back to it."""
    return f"redrive.{_token(service)}.{_token(durable)}"
