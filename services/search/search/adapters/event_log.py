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

from search.application.rebuild_ports import Logged, ReplayMode

BATCH = 1000
QUEUED_BATCHES = 4
STALL_SECONDS = 30.0
FORGOTTEN_SECONDS = 5.0
"""After this long without a reader the server removes the consumer."""
_SHORT_REPLY_TOKENS = 9


class QueuedReplay:
    """`Replay`: batches that a callback puts into a queue; None ends it."""

    def __init__(self) -> None:
        self.total = 0
        self.queue: asyncio.Queue[list[Logged] | None] = asyncio.Queue(QUEUED_BATCHES)

    async def __aiter__(self) -> AsyncIterator[list[Logged]]:
        """Raises ProblemError `event-log-stalled` when nothing comes any more."""
        while True:
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    batch = await self.queue.get()
            except TimeoutError as error:
                raise errors.unavailable(
                    "event-log-stalled", f"the event stream delivered nothing for {STALL_SECONDS:g} s"
                ) from error
            if batch is None:
                return
            if batch:
                yield batch

    def release(self) -> None:
        """Let a callback that waits for room go on, now that nobody reads any more."""
        while not self.queue.empty():
            self.queue.get_nowait()


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
    async def replay(
        self, *, after: int, upto: int, mode: ReplayMode, subject: str | None = None
    ) -> AsyncIterator[QueuedReplay]:
        """See `EventLog.replay`.

        A callback consumer reads about three times as fast as pulling. When the reader is slower than the server, the
        full queue holds the callback, and flow control holds the server.
        """
        replay = QueuedReplay()
        batch: list[Logged] = []
        ended = False

        async def received(message: Msg) -> None:
            nonlocal batch, ended
            if ended:
                return
            sequence, pending = _position(message.reply)
            if sequence <= upto:
                batch.append(Logged(sequence, message.subject, message.data))
            ended = sequence >= upto or pending == 0
            if ended or len(batch) >= BATCH:
                full, batch = batch, []
                await replay.queue.put(full)
            if ended:
                await replay.queue.put(None)

        if after >= upto:
            replay.queue.put_nowait(None)
            yield replay
            return
        subjects = [subject] if subject else list(self._spec.filter_subjects)
        with _translated():
            subscription = await self._js.subscribe(
                subjects[0],
                stream=self._spec.stream,
                cb=received,
                ordered_consumer=True,
                config=_config(subjects, after, mode),
                pending_msgs_limit=-1,
                pending_bytes_limit=-1,
            )
        try:
            with _translated():
                info = await subscription.consumer_info()
            delivered = info.delivered.consumer_seq if info.delivered else 0
            replay.total = (info.num_pending or 0) + delivered
            if not replay.total:
                replay.queue.put_nowait(None)  # nothing on these subjects, so nothing will call back
            yield replay
        finally:
            ended = True
            replay.release()
            with suppress(NatsError):
                await subscription.unsubscribe()


def _config(subjects: list[str], after: int, mode: ReplayMode) -> ConsumerConfig:
    """Describe a consumer under a new name: the permissions allow no other, so that no durable can be changed."""
    config = ConsumerConfig(
        name=f"search-replay-{uuid7()}", filter_subjects=subjects, inactive_threshold=FORGOTTEN_SECONDS
    )
    if mode == "last_per_subject":
        config.deliver_policy = DeliverPolicy.LAST_PER_SUBJECT
    elif after > 0:
        config.deliver_policy = DeliverPolicy.BY_START_SEQUENCE
        config.opt_start_seq = after + 1
    return config


def _position(reply: str) -> tuple[int, int]:
    """Return stream sequence and number of messages to come, out of the reply subject (NATS ADR-15).

    `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<delivered>.<sequence>.<consumer sequence>.<time>.<pending>`;
    the client's own `metadata` reads all of it, dates included, which costs as much as the rest of a message.
    """
    tokens = reply.split(".")
    shift = 0 if len(tokens) == _SHORT_REPLY_TOKENS else 2
    return int(tokens[5 + shift]), int(tokens[8 + shift])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (NatsError, OSError) as error:
        raise errors.unavailable("event-log-unavailable", f"the event stream does not answer: {error!r}") from error
