"""The loop that sends mails: at once when told, and by a regular look for what a crash or a retry left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from prometheus_client import Counter, Gauge
from servicekit import logging

from notify.application.delivery import DeliveryRules, deliver_next
from notify.application.ports import MailServerAway, Ports
from notify.domain.mailing import MailState

log = logging.get(__name__)

LONGEST_REST_SECONDS = 60.0
MAILS = Counter("notify_mails_total", "Attempts at sending a mail, by the state it has afterwards", ["state"])
SERVER_AWAY = Gauge("notify_mail_server_away", "1 while the mail server cannot be reached")


class Mailer:
    """Any number of them may run beside each other: a mail is claimed by one."""

    def __init__(self, ports: Ports, rules: DeliveryRules, *, poll_seconds: float) -> None:
        self._ports = ports
        self._rules = rules
        self._poll_seconds = poll_seconds
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """There is something to send."""
        self._awake.set()

    @asynccontextmanager
    async def running(self, grace_seconds: float) -> AsyncIterator[None]:
        """Send mails inside the block; on exit finish the one being sent."""
        task = asyncio.create_task(self._run(), name="mailer")
        try:
            yield
        finally:
            self._stopping.set()
            self._awake.set()
            await asyncio.wait([task], timeout=grace_seconds)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                await self._send_what_is_due()
            except MailServerAway as away:
                log.warning("mail server away, mails wait", reason=str(away))
                SERVER_AWAY.set(1)
            except Exception as error:  # database away: nothing is lost, try again
                log.warning("mails wait", error=repr(error))
            else:
                failures = 0
                await self._rest(self._awake, self._poll_seconds)
                continue
            failures += 1
            await self._rest(self._stopping, min(self._poll_seconds * 2 ** min(failures - 1, 10), LONGEST_REST_SECONDS))

    async def _send_what_is_due(self) -> None:
        while not self._stopping.is_set():
            mail = await deliver_next(self._ports, self._rules)
            if mail is None:
                return
            SERVER_AWAY.set(0)
            MAILS.labels(mail.state.value).inc()
            if mail.reason:
                tell = log.info if mail.state is MailState.SKIPPED else log.warning
                tell("mail not sent", state=mail.state.value, attempts=mail.attempts, reason=mail.reason)

    @staticmethod
    async def _rest(until: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), timeout=seconds)
