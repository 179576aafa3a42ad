"""Sessions that ended before their tokens do: of persons who were erased. Tokens of before are refused everywhere."""

import hashlib
from datetime import datetime

from contracts.topology import ENDED_SESSIONS_BUCKET
from nats.js import JetStreamContext
from pydantic import AwareDatetime, BaseModel, ValidationError

from servicekit import logging, outbox
from servicekit.bucket_watch import BucketWatch
from servicekit.outbox import OutboxMessage

log = logging.get(__name__)


class Ended(BaseModel):
    """Every token of the person that was issued at or before `at` is worthless."""

    at: AwareDatetime


def key_of(user: str) -> str:
    """Return the bucket's key: a hash, so that the bucket names nobody."""
    return hashlib.sha256(user.encode()).hexdigest()


def end_of(user: str, at: datetime) -> OutboxMessage:
    """Return the message that ends all sessions of a person."""
    return outbox.of_kv(ENDED_SESSIONS_BUCKET.name, key_of(user), Ended(at=at))


class EndedSessions(BucketWatch[dict[str, datetime]]):
    """A live copy of the bucket."""

    def __init__(self, js: JetStreamContext) -> None:
        super().__init__(js, ENDED_SESSIONS_BUCKET.name)

    def covers(self, user: str, issued_at: object) -> bool:
        """True when a token of the person, issued at that second (the claim `iat`), is of before the end.

        The claim knows whole seconds: a token of the very second is of before. So is one that does not say.
        """
        ended = self.held.get(key_of(user))
        if ended is None:
            return False
        return not isinstance(issued_at, int | float) or issued_at <= int(ended.timestamp())

    @staticmethod
    def empty() -> dict[str, datetime]:
        """Nobody."""
        return {}

    @staticmethod
    def apply(held: dict[str, datetime], key: str, value: bytes | None) -> None:
        """Note or forget an end; one that cannot be read ends nothing."""
        if not value:
            held.pop(key, None)
            return
        try:
            held[key] = Ended.model_validate_json(value).at
        except ValidationError as error:
            log.error("end of sessions cannot be read", key=key, error=str(error))
