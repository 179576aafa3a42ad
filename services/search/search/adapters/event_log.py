"""Replays the event stream with an ordered consumer, which leaves nothing behind on the server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from contracts import topology
from contracts.ids import uuid7
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from servicekit import errors

from search.application.ports import Logged, Mode

BATCH = 1000
QUEUED_BATCHES = 4
STALL_SECONDS = 30.0
FORGOTTEN_SECONDS = 5.0
"""After this long without a reader the server removes the consumer."""


class JetStreamEventLog:
    """`EventLog` on the stream that the durable of the live projection reads, with the same subjects."""

    def __init__(self, js: JetStreamContext, durable: str) -> None:
        self._js = js
        self._spec = topology.consumer(durable)

    async def identity(self) -> str:
        """Return when the stream was made."""
        with _translated():
            info = await self._js.stream_info(self._spec.stream)
        return info.created.isoformat() if info.created else ""

    async def last_sequence(self) -> int:
        """Return the position of the newest event on any subject."""
        with _translated():
            info = await self._js.stream_info(self._spec.stream)
        return info.state.last_seq

    @asynccontextmanager
    async def replay(self, *, after: int, upto: int, mode: Mode) -> AsyncIterator[AsyncIterator[list[Logged]]]:
        """See `EventLog.replay`.

        A callback consumer reads about three times as fast as pulling. When the reader is slower than the server, the
        full queue holds the callback, and flow control holds the server.
        """
        queue: asyncio.Queue[list[Logged] | None] = asyncio.Queue(QUEUED_BATCHES)
        batch: list[Logged] = []
        ended = False

        async def received(message: Msg) -> None:
            nonlocal batch, ended
            if ended:
                return
            metadata = message.metadata
            sequence = metadata.sequence.stream
            if sequence <= upto:
                batch.append(Logged(sequence, message.data))
            ended = sequence >= upto or metadata.num_pending == 0
            if ended or len(batch) >= BATCH:
                full, batch = batch, []
                await queue.put(full)
            if ended:
                await queue.put(None)

        if after >= upto:
            queue.put_nowait(None)
            yield _until_none(queue)
            return
        with _translated():
            subscription = await self._js.subscribe(
                self._spec.filter_subjects[0],
                stream=self._spec.stream,
                cb=received,
                ordered_consumer=True,
                config=self._config(after, mode),
                pending_msgs_limit=-1,
                pending_bytes_limit=-1,
            )
        try:
            with _translated():
                info = await subscription.consumer_info()
            if not info.num_pending and not (info.delivered and info.delivered.consumer_seq):
                queue.put_nowait(None)  # nothing on these subjects, so nothing will call back
            yield _until_none(queue)
        finally:
            ended = True
            _release(queue)
            with suppress(NatsError):
                await subscription.unsubscribe()

    def _config(self, after: int, mode: Mode) -> ConsumerConfig:
        """Describe a consumer under a new name: the permissions allow no other, so that no durable can be changed."""
        config = ConsumerConfig(
            name=f"search-replay-{uuid7()}",
            filter_subjects=list(self._spec.filter_subjects),
            inactive_threshold=FORGOTTEN_SECONDS,
        )
        if mode == "last_per_subject":
            config.deliver_policy = DeliverPolicy.LAST_PER_SUBJECT
        elif after > 0:
            config.deliver_policy = DeliverPolicy.BY_START_SEQUENCE
            config.opt_start_seq = after + 1
        return config


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (NatsError, OSError) as error:
        raise errors.unavailable("event-log-unavailable", f"the event stream does not answer: {error!r}") from error


def _release(queue: "asyncio.Queue[list[Logged] | None]") -> None:
    """Let a callback that waits for room go on, now that nobody reads any more."""
    while not queue.empty():
        queue.get_nowait()


async def _until_none(queue: "asyncio.Queue[list[Logged] | None]") -> AsyncIterator[list[Logged]]:
    while True:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                batch = await queue.get()
        except TimeoutError as error:
            raise errors.unavailable(
                "event-log-stalled", f"the event stream delivered nothing for {STALL_SECONDS:g} s"
            ) from error
        if batch is None:
            return
        if batch:
            yield batch
