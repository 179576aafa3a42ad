"""Looks at the demo of a solution: asks its address, and has a browser test its pages when it answers."""

from servicekit import logging
from servicekit.addresses import Origin
from servicekit.clock import Clock

from checkup.adapters.demo_browser import DemoBrowser
from checkup.adapters.demo_reach import ask
from checkup.domain import demo
from checkup.domain.measurement import Observations
from checkup.domain.run import Run

log = logging.get(__name__)


class DemoVisits:
    """The observer of demos; what cannot be seen says why, and nothing that the other side does raises."""

    def __init__(self, browser: DemoBrowser, allowed: frozenset[Origin], clock: Clock) -> None:
        self._browser, self._allowed, self._clock = browser, allowed, clock

    async def observe(self, run: Run) -> Observations:
        """What there is to see now at the address that the listing names."""
        if run.demo_url is None:
            return demo.without_demo()
        try:
            return await self.visit(run.demo_url)
        except Exception:  # whatever it is, the repository gets its report
            log.exception("demo not looked at", run_id=run.id)
            return demo.failed()

    async def visit(self, url: str) -> Observations:
        """What there is to see at an address."""
        at = self._clock.now()
        answer = await ask(url, self._allowed)
        audit = await self._browser.audit(answer.url) if answer.up else demo.Audit(reason=answer.reason)
        return demo.observations(answer, audit, at=at)
