"""The notify service: inbox and mail preference."""

from dataclasses import dataclass
from datetime import datetime

from web.api.caller import ApiModel, Caller

BASE = "/api/notify"


class Message(ApiModel):
    """One message of the inbox."""

    id: str
    kind: str = ""
    title: str
    text: str = ""
    link: str | None = None
    created_at: datetime | None = None
    read: bool = False
    reason: str | None = None


class Inbox(ApiModel):
    """One page of the inbox and the number of unread messages in all."""

    items: list[Message] = []
    unread: int = 0
    next_cursor: str | None = None


class Preferences(ApiModel):
    """What somebody wants to be told by mail."""

    email: bool = True
    watching: str = ""
    address: str | None = None


@dataclass(frozen=True)
class Notify:
    """Calls of the notify service; every one may raise ApiProblem."""

    call: Caller

    async def inbox(
        self, *, unread: bool | None = None, cursor: str | None = None, limit: int = 20, language: str = "de"
    ) -> Inbox:
        query = {"unread": "true" if unread else None, "cursor": cursor, "limit": limit, "lang": language}
        return (await self.call.get(f"{BASE}/inbox", query)).as_model(Inbox)

    async def mark_read(self, message_id: str) -> None:
        await self.call.post(f"{BASE}/inbox/{message_id}/read")

    async def mark_all_read(self) -> None:
        await self.call.post(f"{BASE}/inbox/read-all")

    async def preferences(self) -> Preferences:
        return (await self.call.get(f"{BASE}/preferences")).as_model(Preferences)

    async def save_preferences(self, *, email: bool) -> None:
        await self.call.put(f"{BASE}/preferences", {"email": email})

    async def save_watching(self, frequency: str) -> None:
        """How often to hear of solutions on watchlists."""
        await self.call.put(f"{BASE}/preferences", {"watching": frequency})
