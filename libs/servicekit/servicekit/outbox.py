"""Messages that are saved with an aggregate and published after the commit."""

from dataclasses import dataclass
from typing import Any

from contracts.envelope import CONTENT_TYPE, Event
from contracts.ids import derived_id, uuid7
from contracts.subjects import job_subject, subject_of
from pydantic import BaseModel


@dataclass(frozen=True)
class OutboxMessage:
    """One message to publish; `id` is its `Nats-Msg-Id`, so publishing it again stores nothing twice."""

    id: str
    subject: str
    data: bytes
    content_type: str = CONTENT_TYPE

    def to_document(self) -> dict[str, Any]:
        """Return the message as it lies in the aggregate's `outbox` array."""
        return {"id": self.id, "subject": self.subject, "data": self.data.decode(), "content_type": self.content_type}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "OutboxMessage":
        """Read a message back from the aggregate's `outbox` array."""
        return cls(document["id"], document["subject"], document["data"].encode(), document["content_type"])


def of_event(event: Event) -> OutboxMessage:
    """Return the message that publishes a contract event."""
    return OutboxMessage(event.id, subject_of(event), event.to_bytes())


def of_job(service: str, kind: str, job_id: str, body: BaseModel) -> OutboxMessage:
    """Return the message that queues a job once: the same `job_id` is stored once per duplicate window."""
    return OutboxMessage(
        derived_id("job", service, kind, job_id),
        job_subject(service, kind, job_id),
        body.model_dump_json().encode(),
        "application/json",
    )


def of_kv(bucket: str, key: str, value: BaseModel) -> OutboxMessage:
    """Return the message that puts a value into a key-value bucket (a put is a publish to `$KV.<bucket>.<key>`)."""
    return OutboxMessage(uuid7(), f"$KV.{bucket}.{key}", value.model_dump_json().encode(), "application/json")
