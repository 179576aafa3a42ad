"""Publishes what waits in the outboxes: at once after a commit, and by a sweep for whatever a crash left behind."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import Header

from servicekit import logging, telemetry
from servicekit.mongo import AggregateCollection
from servicekit.outbox import OutboxMessage

log = logging.get(__name__)

ACK_TIMEOUT_SECONDS = 5.0
BATCH = 64
"""Documents handled together, and so the most messages in flight."""
SWEEP_SECONDS = 1.0
RETRY_SECONDS = 0.5


class Relay:
    """Moves messages from the documents of some collections to JetStream.

    Messages of one document are published in order, each after the acknowledgement of the one before; documents are
    independent of each other. `Nats-Msg-Id` is the message's id, so a repeat after a crash or a timeout stores nothing
    twice within the stream's duplicate window.
    """

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js
        self._collections: dict[str, AggregateCollection] = {}
        self._dirty: dict[str, dict[str, None]] = defaultdict(dict)
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failing: dict[str, float] = {}

    def watch(self, collection: AggregateCollection) -> None:
        """Relay this collection too."""
        self._collections[collection.name] = collection

    def kick(self, collection: str, document_id: str) -> None:
        """Publish what waits in the document, soon."""
        self._dirty[collection][document_id] = None
        self._awake.set()

    async def __aenter__(self) -> "Relay":
        self._task = asyncio.create_task(self._run(), name="relay")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await asyncio.wait_for(self.drain(), timeout=ACK_TIMEOUT_SECONDS)
        except Exception as error:  # the sweep of the next start publishes the rest
            log.warning("outbox not drained at shutdown", error=repr(error))

    async def drain(self) -> int:
        """Publish everything that waits now; return how many messages were acknowledged."""
        total = 0
        for collection in self._collections.values():
            while pending := await collection.pending(None, BATCH):
                done = await self._publish(collection, pending)
                total += done
                if not done:
                    break
        return total

    async def _run(self) -> None:
        swept = 0.0
        while True:
            try:
                await self._kicked()
                if time.monotonic() - swept >= SWEEP_SECONDS:
                    swept = time.monotonic()
                    await self._sweep()
                if not any(self._dirty.values()):
                    self._awake.clear()
                    await asyncio.wait_for(self._awake.wait(), timeout=SWEEP_SECONDS)
            except TimeoutError:
                continue
            except Exception as error:  # database or broker away: keep trying, nothing is lost
                log.warning("relay waits", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _kicked(self) -> None:
        for name, collection in self._collections.items():
            dirty = self._dirty[name]
            while dirty:
                ids = list(dirty)[:BATCH]
                for document_id in ids:
                    del dirty[document_id]
                pending = await collection.pending(ids, BATCH)
                await self._publish(collection, {key: value for key, value in pending.items() if value})

    async def _sweep(self) -> None:
        waiting = 0
        for collection in self._collections.values():
            pending = await collection.pending(None, BATCH)
            waiting += len(pending)
            now = time.monotonic()
            due = {key: value for key, value in pending.items() if self._failing.get(key, 0.0) <= now}
            if due:
                await self._publish(collection, due)
        telemetry.OUTBOX_PENDING.set(waiting)

    async def _publish(self, collection: AggregateCollection, pending: dict[str, list[OutboxMessage]]) -> int:
        acknowledged = await asyncio.gather(
            *(self._publish_document(document_id, messages) for document_id, messages in pending.items())
        )
        message_ids = [message_id for ids in acknowledged for message_id in ids]
        if message_ids:
            await collection.published(list(pending), message_ids)
            telemetry.EVENTS_RELAYED.inc(len(message_ids))
        return len(message_ids)

    async def _publish_document(self, document_id: str, messages: Sequence[OutboxMessage]) -> list[str]:
        acknowledged: list[str] = []
        for message in messages:
            try:
                await self._publish_message(message)
            except Exception as error:
                log.warning("publish failed", subject=message.subject, id=message.id, error=repr(error))
                telemetry.RELAY_FAILURES.inc()
                self._failing[document_id] = time.monotonic() + RETRY_SECONDS
                break
            acknowledged.append(message.id)
        else:
            self._failing.pop(document_id, None)
        return acknowledged

    async def _publish_message(self, message: OutboxMessage) -> None:
        headers: dict[str, Any] = {Header.MSG_ID.value: message.id, "Content-Type": message.content_type}
        future = await self._js.publish_async(message.subject, message.data, headers=headers)
        await asyncio.wait_for(future, timeout=ACK_TIMEOUT_SECONDS)
