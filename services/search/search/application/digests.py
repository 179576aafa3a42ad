"""Sends collected alerts when it is time, for as long as it runs; any number of workers may do so beside each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit import logging
from servicekit.background import end
from servicekit.settling import is_transient

from search.application.alerts import Alerts

log = logging.get(__name__)


class Digests:
    """Looks for what is due every `interval` seconds. What is due while no worker runs is sent by the next one."""

    def __init__(self, alerts: Alerts, *, interval_seconds: float) -> None:
        self._alerts = alerts
        self._interval = interval_seconds
        self._complained = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send inside the block."""
        task = asyncio.create_task(self._run(), name="digests")
        try:
            yield
        finally:
            await end(task)

    async def _run(self) -> None:
        while True:
            try:
                while await self._alerts.tell_due():
                    pass
            except Exception as error:  # engine or database away: nothing is lost, it stays due
                self._complain(error)
            else:
                self._complained = False
            await asyncio.sleep(self._interval)

    def _complain(self, error: Exception) -> None:
        """Log the first of a row of failures."""
        if not self._complained:
            log.warning("collected alerts wait", error=repr(error), exc_info=None if is_transient(error) else error)
        self._complained = True
