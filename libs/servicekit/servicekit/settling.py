"""What becomes of a message when its work is done or has failed: acknowledged, tried again later, or a dead letter."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contracts import registry, topology
from contracts.subjects import dlq_subject
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header
from pydantic import ValidationError

from servicekit import logging
from servicekit.errors import ProblemError
from servicekit.mongo import UNREACHABLE, AlreadyHandled, VersionConflict

log = logging.get(__name__)

BACKOFF_SECONDS = (0.25, 1.0, 3.0, 10.0, 30.0)
REDRIVEN_STREAM, REDRIVEN_SEQUENCE = "Redriven-Stream", "Redriven-Sequence"
TRANSIENT_CAP_SECONDS = 5.0


def is_transient(error: Exception) -> bool:
    """True when something the handler depends on is away: the message is fine and waits as long as it takes."""
    if isinstance(error, ProblemError):
        return error.transient
    return isinstance(error, OSError | NatsError | VersionConflict | UNREACHABLE)


def is_permanent(error: Exception) -> bool:
    """True when no repetition can help: the message cannot be read, or the rules refuse it."""
    if isinstance(error, ProblemError):
        return not error.transient
    return isinstance(error, registry.MalformedEvent | registry.UnknownEventType | ValidationError)


@dataclass(frozen=True)
class Delivery:
    """Where a message came from; `attempt` counts from 1."""

    stream: str
    sequence: int
    attempt: int
    durable: str


@dataclass(frozen=True)
class Settling:
    """How one durable of the topology treats failures."""

    spec: topology.Consumer
    js: JetStreamContext

    async def settle(self, message: Msg, delivery: Delivery, work: Callable[[], Awaitable[None]]) -> str:
        """Run the work, acknowledge accordingly, and return the outcome for the metrics."""
        try:
            await work()
        except AlreadyHandled:
            await message.ack()
            return "repeated"
        except Exception as error:
            return await self._failed(message, delivery, error)
        await message.ack()
        return "handled"

    async def _failed(self, message: Msg, delivery: Delivery, error: Exception) -> str:
        """Waiting for something that is away has no limit; a fault of the message itself has `max_deliver`."""
        transient = is_transient(error)
        if is_permanent(error) or (not transient and delivery.attempt >= self.spec.max_deliver):
            await self.dead_letter(message, delivery, error)
            return "dead"
        delay = BACKOFF_SECONDS[min(delivery.attempt, len(BACKOFF_SECONDS)) - 1]
        if transient:
            delay = min(delay, TRANSIENT_CAP_SECONDS)
        log.warning(
            "delivery failed, will be tried again",
            durable=self.spec.durable,
            sequence=delivery.sequence,
            attempt=delivery.attempt,
            delay=delay,
            error=repr(error),
            exc_info=None if transient else error,
        )
        await message.nak(delay=delay)
        return "retried"

    async def dead_letter(self, message: Msg, delivery: Delivery, error: Exception) -> None:
        """Store the original bytes with the reason, then take the message out of the consumer's way."""
        reason = f"{type(error).__name__}: {error}"[:2000]
        subject = dlq_subject(self.spec.service, self.spec.durable)
        headers = {
            Header.MSG_ID.value: f"{self.spec.durable}:{message.metadata.stream}:{message.metadata.sequence.stream}",
            "Dlq-Reason": " ".join(reason.split()),
            "Dlq-Stream": delivery.stream,
            "Dlq-Sequence": str(delivery.sequence),
            "Dlq-Subject": message.subject,
            "Dlq-Durable": self.spec.durable,
            "Dlq-Attempts": str(delivery.attempt),
        }
        try:
            await self.js.publish(subject, message.data, headers=_ascii(headers))
        except Exception as failure:
            log.error("dead letter could not be stored, will be tried again", error=repr(failure))
            await message.nak(delay=BACKOFF_SECONDS[1])
            return
        log.error("dead letter", durable=self.spec.durable, sequence=delivery.sequence, reason=reason)
        await message.term()


def _ascii(headers: dict[str, str]) -> dict[str, str]:
    return {key: value.encode("ascii", "backslashreplace").decode() for key, value in headers.items()}


def delivery_of(message: Msg, durable: str) -> Delivery:
    """Read where a message is from; a redriven one keeps the place it had in its own stream."""
    metadata = message.metadata
    headers = message.headers or {}
    if REDRIVEN_SEQUENCE in headers:
        origin = (headers[REDRIVEN_STREAM], int(headers[REDRIVEN_SEQUENCE]))
    else:
        origin = (metadata.stream, metadata.sequence.stream)
    return Delivery(*origin, metadata.num_delivered or 1, durable)
