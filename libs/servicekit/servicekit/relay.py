"""Publishes what waits in the outboxes: at once after a commit, and by a sweep for whatever a crash left behind."""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import Header, PubAck

from servicekit import background, logging, telemetry
from servicekit.mongo import AggregateCollection
from servicekit.outbox import OutboxMessage
from servicekit.pace import Pace

log = logging.get(__name__)

ACK_TIMEOUT_SECONDS = 5.0
IN_FLIGHT = 256
"""Documents published at the same moment, and so the most messages in flight."""
SWEPT = 1000
"""Documents read at once by a sweep."""
CLEANED = 100
"""Documents cleaned up by one bulk write."""
REST_SECONDS = 1.0
"""How long a document is left alone after a message of it was published: the next save may take it out by itself."""
SWEEP_SECONDS = 1.0
"""The pause after a sweep that found something, and after a publish that failed."""
LONGEST_SWEEP_SECONDS = 10.0
RETRY_SECONDS = 0.5
MAX_UNCLEANED = 20_000
"""Published documents that may wait for clean-up before publishing waits for them."""


@dataclass
class Acknowledged:
    """The messages of a document that were published and are still in its outbox, and when the last of them was."""

    ids: set[str] = field(default_factory=set)
    at: float = 0.0


Published = dict[str, Acknowledged]
Waiting = dict[str, list[OutboxMessage]]
Store = Callable[[Sequence[OutboxMessage]], Awaitable[None]]
"""Keeps messages that stay in the service's own database; keeping one again changes nothing."""


class Relay:
    """Moves messages from the documents of some collections to JetStream.

    Messages of one document are published in order, each after the acknowledgement of the one before; documents are
    independent of each other. `Nats-Msg-Id` is the message's id, so a repeat after a crash, after a timeout or by
    another process stores nothing twice within the stream's duplicate window. Acknowledged messages are taken out of
    a document by its next save, or in batches once it rests, because that write costs more than the publish itself.

    Messages with a subject that was registered with `keep` do not leave the service: they go to that store, in batches.

    Sweeps find what no commit of this process handed over: right after the start, then rarer and rarer while there is
    nothing, so that what another process left behind in a crash waits for `longest_sweep_seconds` at most.
    """

    def __init__(self, js: JetStreamContext, *, longest_sweep_seconds: float = LONGEST_SWEEP_SECONDS) -> None:
        self._js = js
        self._pace = Pace(SWEEP_SECONDS, longest_sweep_seconds)
        self._collections: dict[str, AggregateCollection] = {}
        self._stores: dict[str, Store] = {}
        self._waiting: dict[str, Waiting] = defaultdict(dict)
        self._published: dict[str, Published] = defaultdict(dict)
        self._removed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._reading = asyncio.Lock()
        self._awake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def watch(self, collection: AggregateCollection) -> None:
        """Relay this collection too."""
        self._collections[collection.name] = collection
        self._sweep_soon()

    def keep(self, subject: str, store: Store) -> None:
        """Hand messages with this subject to the store instead of publishing them."""
        self._stores[subject] = store

    def kick(self, collection: str, document_id: str, outbox: Sequence[OutboxMessage]) -> None:
        """Publish these messages, which are the document's whole outbox in order, soon."""
        held = self._waiting[collection].setdefault(document_id, [])
        known = {message.id for message in held}
        held += [message for message in outbox if message.id not in known]  # commits may report in any order
        self._awake.set()

    def acknowledged(self, collection: str, document_id: str) -> frozenset[str]:
        """Return the ids of messages that were published and may still lie in the document's outbox."""
        done = self._published[collection].get(document_id)
        return frozenset(done.ids) if done else frozenset()

    def removed(self, collection: str, document_id: str, ids: Iterable[str]) -> None:
        """Take note that these messages no longer lie in the document's outbox.

        They are forgotten by the next clean-up: a sweep that reads at this moment may have seen them.
        """
        if ids := set(ids):
            self._removed[collection][document_id] |= ids

    async def __aenter__(self) -> "Relay":
        self._tasks = [
            asyncio.create_task(self._publishing(), name="relay-publishing"),
            asyncio.create_task(self._cleaning(), name="relay-cleaning"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await background.end(*self._tasks)
        try:
            async with asyncio.timeout(ACK_TIMEOUT_SECONDS):
                await self.drain()
                await self.clean()
        except Exception as error:  # the sweep of the next start publishes the rest
            log.warning("outbox not drained at shutdown", error=repr(error))

    async def drain(self) -> int:
        """Publish everything that waits in the documents now; return how many messages were acknowledged."""
        return (await self._sweep())[0]

    async def _sweep(self) -> tuple[int, int]:
        """Return how many messages were acknowledged, and how many documents still have others."""
        total, left = 0, 0
        for name, collection in list(self._collections.items()):
            after = ""
            while True:
                async with self._reading:  # a clean-up in between would make acknowledged messages look new
                    outboxes = await collection.pending(SWEPT, after)
                    waiting = self._unpublished(name, outboxes)
                total += await self._publish(name, waiting)
                left += len(self._unpublished(name, waiting))
                if len(outboxes) < SWEPT:
                    break
                after = list(outboxes)[-1]
        telemetry.OUTBOX_PENDING.set(left)
        return total, left

    async def clean(self, rested: float = 0.0) -> None:
        """Take everything acknowledged out of the documents that have rested for so many seconds."""
        for collection in list(self._collections.values()):
            while await self._clean(collection, rested):
                pass

    async def _publishing(self) -> None:
        while True:
            try:
                for name in list(self._collections):
                    while waiting := self._waiting[name]:
                        self._waiting[name] = {}
                        await self._publish(name, self._unpublished(name, waiting))
                if not self._pace.seconds_left:
                    self._pace.looked(found=any(await self._sweep()))
                await self._rest()
            except Exception as error:  # database or broker away: keep trying, nothing is lost
                log.warning("relay waits", error=repr(error))
                self._sweep_soon()
                await asyncio.sleep(RETRY_SECONDS)

    async def _rest(self) -> None:
        """Wait for a commit, or until it is time to sweep."""
        self._awake.clear()
        if not any(self._waiting.values()):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.seconds_left):
                    await self._awake.wait()

    def _sweep_soon(self) -> None:
        self._pace.soon()
        self._awake.set()

    def _unpublished(self, name: str, outboxes: Waiting) -> Waiting:
        """Leave out what was acknowledged and only waits for clean-up."""
        done = self._published[name]
        left = {
            key: [message for message in held if key not in done or message.id not in done[key].ids]
            for key, held in outboxes.items()
        }
        return {key: held for key, held in left.items() if held}

    async def _publish(self, name: str, outboxes: Waiting) -> int:
        queue = list(outboxes.items())
        total = 0
        for start in range(0, len(queue), IN_FLIGHT):
            total += await self._publish_together(name, queue[start : start + IN_FLIGHT])
            while len(self._published[name]) > MAX_UNCLEANED:
                await self._clean(self._collections[name], 0.0)
        telemetry.EVENTS_RELAYED.inc(total)
        return total

    async def _publish_together(self, name: str, documents: list[tuple[str, list[OutboxMessage]]]) -> int:
        """Send the first message of each document, wait for all, then the second of those that succeeded, and so on."""
        await self._keep(name, documents)
        documents = [entry for entry in documents if entry[1]]
        done, position = 0, 0
        while documents:
            sent = [(entry, await self._send(entry[1][position])) for entry in documents]
            futures = [future for _, future in sent if future is not None]
            if futures:
                await asyncio.wait(futures, timeout=ACK_TIMEOUT_SECONDS)
            position += 1
            documents = []
            for entry, future in sent:
                if future is None or not self._acknowledged(entry[1][position - 1], future):
                    continue
                self._note(name, entry[0], entry[1][position - 1])
                done += 1
                if len(entry[1]) > position:
                    documents.append(entry)
        return done

    async def _keep(self, name: str, documents: list[tuple[str, list[OutboxMessage]]]) -> None:
        """Store what stays here and take it from the lists, whether or not the broker can be reached.

        What cannot be stored holds back what stands behind it in its document.
        """
        for subject, store in self._stores.items():
            own = [(key, message) for key, held in documents for message in held if message.subject == subject]
            if not own:
                continue
            try:
                await store([message for _, message in own])
            except Exception as error:
                self._failed(own[0][1], error)
                for _, held in documents:
                    subjects = [message.subject for message in held]
                    if subject in subjects:
                        del held[subjects.index(subject) :]
            else:
                for key, message in own:
                    self._note(name, key, message)
                for _, held in documents:
                    held[:] = [message for message in held if message.subject != subject]

    async def _send(self, message: OutboxMessage) -> asyncio.Future[PubAck] | None:
        headers: dict[str, Any] = {Header.MSG_ID.value: message.id, "Content-Type": message.content_type}
        try:
            return await self._js.publish_async(message.subject, message.data, headers=headers)
        except Exception as error:
            self._failed(message, error)
            return None

    def _acknowledged(self, message: OutboxMessage, future: asyncio.Future[PubAck]) -> bool:
        error = future.exception() if future.done() else TimeoutError(f"no answer within {ACK_TIMEOUT_SECONDS:g} s")
        if error is None:
            return True
        future.cancel()
        self._failed(message, error)
        return False

    def _failed(self, message: OutboxMessage, error: BaseException) -> None:
        """Nothing is lost: the message stays in its document, and a sweep sends it again soon."""
        log.warning("publish failed", subject=message.subject, id=message.id, error=repr(error))
        telemetry.RELAY_FAILURES.inc()
        self._sweep_soon()

    def _note(self, name: str, document_id: str, message: OutboxMessage) -> None:
        """Remember an acknowledged message; the documents that rest longest come first."""
        done = self._published[name].pop(document_id, None) or Acknowledged()
        done.ids.add(message.id)
        done.at = time.monotonic()
        self._published[name][document_id] = done

    async def _cleaning(self) -> None:
        while True:
            await asyncio.sleep(REST_SECONDS / 2)
            try:
                await self.clean(REST_SECONDS)
            except Exception as error:
                log.warning("outbox clean-up waits", error=repr(error))

    async def _clean(self, collection: AggregateCollection, rested: float) -> bool:
        """Clean up some documents; False when none has rested that long."""
        done = self._published[collection.name]
        async with self._reading:
            self._forget(done, self._removed.pop(collection.name, {}))
            until = time.monotonic() - rested
            oldest = itertools.islice(done.items(), CLEANED)
            batch = {key: set(held.ids) for key, held in oldest if held.at <= until}
            if batch:
                await collection.published(batch)
                self._forget(done, batch)
        return bool(batch)

    @staticmethod
    def _forget(done: Published, ids: Mapping[str, set[str]]) -> None:
        for key in ids.keys() & done.keys():
            done[key].ids -= ids[key]
            if not done[key].ids:
                del done[key]
