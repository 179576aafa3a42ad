"""What tests of alerts share: owners of saved searches, events of this moment, and the alerts that went out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from contracts import registry
from contracts.envelope import Event
from contracts.search import SavedSearchAlerted
from contracts.subjects import wildcard
from nats.js import JetStreamContext
from search.entrypoints.alerting import ALERTS_DURABLE
from servicekit.testing import wait

Headers = dict[str, str]
PATH = "/saved-searches"


def at(event: Event, moment: datetime) -> Event:
    """The event as if it had happened at this moment."""
    return event.model_copy(update={"time": moment})


@dataclass
class Owner:
    """Somebody with saved searches, and the bus that says what they are told."""

    js: JetStreamContext
    user: str
    headers: Headers

    async def save(
        self, http: httpx.AsyncClient, q: str = "Mitfahrbank", filters: Any = None, **more: Any
    ) -> dict[str, Any]:
        """Save a search and return it."""
        body = {"name": f"Suche {q}", "query": {"q": q, "filters": filters or {}}, "frequency": "at_once", **more}
        answer = await http.post(PATH, json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        saved: dict[str, Any] = answer.json()
        return saved

    async def read(self, http: httpx.AsyncClient, saved: dict[str, Any]) -> dict[str, Any]:
        """Return a saved search as it is now."""
        answer = await http.get(f"{PATH}/{saved['id']}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def alerts(self) -> list[SavedSearchAlerted]:
        """Return every alert of this user in the private stream, in order."""
        info = await self.js.stream_info("PRIVATE", subjects_filter=wildcard(SavedSearchAlerted))
        if not info.state.subjects:
            return []
        found = []
        for sequence in range(info.state.first_seq, info.state.last_seq + 1):
            event = registry.parse((await self.js.get_msg("PRIVATE", sequence)).data or b"")
            if isinstance(event, SavedSearchAlerted) and event.data.user == self.user:
                found.append(event)
        return found

    async def reasons(self) -> list[str]:
        """Return what was told, match by match."""
        return [match.reason for event in await self.alerts() for match in event.data.matches]

    async def until_reasons(self, *reasons: str) -> list[SavedSearchAlerted]:
        """Wait until exactly this was told, in whatever order."""

        async def told() -> bool:
            assert sorted(await self.reasons()) == sorted(reasons)
            return True

        await wait.until(told, message=f"alerts of {reasons}")
        return await self.alerts()


async def settled(js: JetStreamContext) -> None:
    """Wait until the alerts have dealt with every event."""

    async def done() -> bool:
        info = await js.consumer_info("EVENTS", ALERTS_DURABLE)
        return info.num_pending == 0 and info.num_ack_pending == 0

    await wait.until(done, message="every event was heard")
