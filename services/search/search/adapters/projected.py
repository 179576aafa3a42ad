"""Tells how far the live projection is: the position of its durable, which acknowledges what it has written."""

from contracts import topology
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from servicekit import errors


class JetStreamProgress:
    """How far one durable is."""

    def __init__(self, js: JetStreamContext, durable: str) -> None:
        self._js = js
        self._spec = topology.consumer(durable)

    async def settled(self) -> int:
        """Return the stream sequence up to which the durable is done with every event.

        Raises ProblemError `event-log-unavailable` (unavailable).
        """
        try:
            info = await self._js.consumer_info(self._spec.stream, self._spec.durable)
        except (NatsError, OSError) as error:
            raise errors.unavailable("event-log-unavailable", f"the event stream does not answer: {error!r}") from error
        return info.ack_floor.stream_seq if info.ack_floor else 0
