"""Events of before, read from the stream one by one without a durable: for what has to be learnt anew."""

from collections.abc import AsyncIterator

from contracts import topology
from contracts.envelope import Event
from contracts.registry import parse
from contracts.subjects import wildcard
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError


class StreamHistory:
    """The stream of all facts; services may read it, and need no consumer of their own for that."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def of(self, kind: type[Event]) -> AsyncIterator[tuple[Event, int]]:
        """Yield every event of a kind with its place in the stream, oldest first."""
        sequence = 0
        while True:
            try:
                found = await self._js.get_msg(
                    topology.EVENTS.name, seq=sequence + 1, subject=wildcard(kind), direct=True, next=True
                )
            except NotFoundError:
                return
            sequence = found.seq or sequence + 1
            yield parse(found.data or b""), sequence
