"""Publishes this service's own events. They follow from the index, not from an aggregate, so there is no outbox."""

import asyncio

from contracts.envelope import CONTENT_TYPE, Event
from contracts.subjects import subject_of
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header
from servicekit import logging

log = logging.get(__name__)

ATTEMPTS = 5
PAUSE_SECONDS = 1.0


class JetStreamAnnouncer:
    """`Announcer` on JetStream."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def announce(self, event: Event) -> None:
        """Publish with the event's id as message id, so that a repeat after a timeout stores nothing twice."""
        headers = {Header.MSG_ID.value: event.id, "Content-Type": CONTENT_TYPE}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._js.publish(subject_of(event), event.to_bytes(), timeout=5.0, headers=headers)
                return
            except (NatsError, OSError) as error:
                log.warning("event not published", type=event.type, attempt=attempt, error=repr(error))
                if attempt < ATTEMPTS:
                    await asyncio.sleep(PAUSE_SECONDS)
        log.error("event given up", type=event.type, id=event.id)
