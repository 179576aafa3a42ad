"""Looks at a demo address: asks it, and has a browser test its pages when it answers."""

from servicekit.clock import Clock

from checkup.adapters.address_guard import Origin
from checkup.adapters.demo_browser import DemoBrowser
from checkup.adapters.demo_reach import ask
from checkup.domain import demo
from checkup.domain.measurement import Observations


class DemoVisits:
    """The one who visits, within the bounds of the settings."""

    def __init__(self, browser: DemoBrowser, allowed: frozenset[Origin], clock: Clock) -> None:
        self._browser, self._allowed, self._clock = browser, allowed, clock

    async def observe(self, url: str | None) -> Observations:
        """What there is to see now; what cannot be seen says why, and nothing the other side does raises."""
        if url is None:
            return demo.without_demo()
        at = self._clock.now()
        answer = await ask(url, self._allowed)
        audit = await self._browser.audit(answer.url) if answer.up else demo.Audit(reason=answer.reason)
        return demo.observations(answer, audit, at=at)
