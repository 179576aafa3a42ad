"""The CloudEvents 1.0 envelope that every event travels in (structured JSON mode)."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_serializer, field_validator

from contracts.ids import uuid7

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "digital.marktplatz"

Visibility = Literal["internal", "public", "private"]


class EventData(BaseModel):
    """Payload of an event: readers ignore fields that they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_serialization_defaults_required=True)


class Event(BaseModel):
    """One fact. `subject` is the id of the aggregate it is about. What CloudEvents requires is required on parse."""

    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_serialization_defaults_required=True)

    owner: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    visibility: ClassVar[Visibility] = "internal"

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    type: str
    subject: str = Field(min_length=1, max_length=200)
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    actor: str | None = None
    data: Any

    @field_validator("time")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        return value.astimezone(UTC)

    @field_serializer("time")
    def _as_z(self, value: datetime) -> str:
        return value.isoformat().replace("+00:00", "Z")

    @classmethod
    def event_type(cls) -> str:
        """Return the CloudEvents `type`: `digital.marktplatz.<owner>.<name>.v<version>`."""
        return f"{TYPE_PREFIX}.{cls.owner}.{cls.name}.v{cls.version}"

    @classmethod
    def new(
        cls,
        data: Any,
        *,
        aggregate_id: str,
        time: datetime,
        id: str | None = None,  # noqa: A002 - the attribute's name in CloudEvents
        correlationid: str | None = None,
        causationid: str | None = None,
        traceparent: str | None = None,
        actor: str | None = None,
    ) -> Self:
        """Build an event; raises pydantic's ValidationError when the data does not fit."""
        return cls(
            specversion="1.0",
            id=id or uuid7(),
            source=f"/marktplatz/{cls.owner}",
            type=cls.event_type(),
            subject=aggregate_id,
            time=time,
            correlationid=correlationid,
            causationid=causationid,
            traceparent=traceparent,
            actor=actor,
            data=data,
        )

    def to_bytes(self) -> bytes:
        """Return the event as structured-mode JSON; absent extensions are left out."""
        attributes = self.model_dump_json(exclude={"data"}, exclude_none=True)
        data: str = self.data.model_dump_json()
        return f'{attributes[:-1]},"data":{data}}}'.encode()
