"""Replays the event stream with an ordered consumer, which leaves nothing behind on the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from contracts import topology
from contracts.ids import uuid7
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from servicekit import errors

from search.application.rebuild_ports import Logged, ReplayMode

BATCH = 1000
QUEUED_BATCHES = 4
STALL_SECONDS = 30.0
FORGOTTEN_SECONDS = 5.0
"""After this long without a reader the server removes the consumer."""
_SHORT_REPLY_TOKENS = 9


class QueuedSource:
    """Messages of one consumer up to a position, in batches that its callback puts into a queue; None ends it."""

    def __init__(self, upto: int) -> None:
        self._upto = upto
        self._queue: asyncio.Queue[list[Logged] | None] = asyncio.Queue(QUEUED_BATCHES)
        self._batch: list[Logged] = []
        self._ended = False

    async def received(self, message: Msg) -> None:
        """Take a message; waits while the reader is behind."""
        if self._ended:
            return
        sequence, pending = _position(message.reply)
        if sequence <= self._upto:
            self._batch.append(Logged(sequence, message.subject, message.data))
        self._ended = sequence >= self._upto or pending == 0
        if self._ended or len(self._batch) >= BATCH:
            full, self._batch = self._batch, []
            await self._queue.put(full)
        if self._ended:
            await self._queue.put(None)

    async def __aiter__(self) -> AsyncIterator[list[Logged]]:
        """Raises ProblemError `event-log-stalled` when nothing comes any more."""
        while True:
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    batch = await self._queue.get()
            except TimeoutError as error:
                raise errors.unavailable(
                    "event-log-stalled", f"the event stream delivered nothing for {STALL_SECONDS:g} s"
                ) from error
            if batch is None:
                return
            if batch:
                yield batch


@dataclass
class ConsumedReplay:
    """`Replay`: one consumer after another."""

    total: int
    sources: Iterable[Callable[[], Awaitable[QueuedSource | None]]]

    async def __aiter__(self) -> AsyncIterator[list[Logged]]:
        for start in self.sources:
            source = await start()
            if source is not None:
                async for batch in source:
                    yield batch


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
    ) -> AsyncIterator[ConsumedReplay]:
        """See `EventLog.replay`.

        A callback consumer reads about three times as fast as pulling. When the reader is slower than the server, the
        full queue holds the callback, and flow control holds the server.
        """
        if after >= upto:
            yield ConsumedReplay(0, ())
            return
        everything = (subject,) if subject else self._spec.filter_subjects
        one_by_one = mode == "full" and after == 0
        # Finding the next message of several patterns takes the server longer the more messages each subject has: 26 s
        # for 100,000 of 5,000 subjects, which consumers for one pattern each read in 2 s. What is newest of each
        # subject is found quickly either way, and what is recent is little.
        filters = [(each,) for each in everything] if one_by_one else [everything]
        async with AsyncExitStack() as stack:
            yield ConsumedReplay(
                await self._count(_config(everything, after, mode)),
                [partial(self._start, stack, _config(each, after, mode), upto) for each in filters],
            )

    async def _count(self, config: ConsumerConfig) -> int:
        """Return how many messages there are for a consumer, by making one that nobody asks for them."""
        with _translated():
            info = await self._js.add_consumer(
                self._spec.stream, config.evolve(ack_policy=AckPolicy.NONE, mem_storage=True, num_replicas=1)
            )
        return info.num_pending or 0

    async def _start(self, stack: AsyncExitStack, config: ConsumerConfig, upto: int) -> QueuedSource | None:
        """Start a consumer that goes with the stack at the latest; None when there is nothing for it."""
        source = QueuedSource(upto)
        with _translated():
            subscription = await self._js.subscribe(
                "",
                stream=self._spec.stream,
                cb=source.received,
                ordered_consumer=True,
                config=config,
                pending_msgs_limit=-1,
                pending_bytes_limit=-1,
            )
        stack.push_async_callback(_unsubscribe, subscription)
        with _translated():
            info = await subscription.consumer_info()
        delivered = info.delivered.consumer_seq if info.delivered else 0
        return source if info.num_pending or delivered else None  # without a message nothing calls back


async def _unsubscribe(subscription: JetStreamContext.PushSubscription) -> None:
    with suppress(NatsError):
        await subscription.unsubscribe()


def _config(subjects: Sequence[str], after: int, mode: ReplayMode) -> ConsumerConfig:
    """Describe a consumer under a new name: the permissions allow no other, so that no durable can be changed."""
    config = ConsumerConfig(
        name=f"search-replay-{uuid7()}", filter_subjects=list(subjects), inactive_threshold=FORGOTTEN_SECONDS
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
