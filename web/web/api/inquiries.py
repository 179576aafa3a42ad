"""The catalog service: inquiries to providers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.api.caller import ApiModel, Caller
from web.api.uses import Party, PeerMessage, Report, Ruling

BASE = "/api/catalog/inquiries"
MODERATION = "/api/catalog/moderation/inquiries"


class Inquiry(ApiModel):
    """An inquiry in a list; `side` is the reader's, None for the team."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    asking: Party
    provider: Party
    side: str | None = None
    state: str = "sent"
    subject: str | None = None
    messages: int = 0
    waiting_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    seen_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    stopped: bool = False
    erased_at: datetime | None = None

    @property
    def other(self) -> Party:
        """The side that is not the reader's."""
        return self.asking if self.side == "answering" else self.provider


class Wish(ApiModel):
    """What a municipality asks for."""

    subject: str = ""
    size_class: str | None = None
    needed_by: str | None = None
    budget: str | None = None
    questions: list[str] = []


class InquiryThread(ApiModel):
    """A whole inquiry."""

    inquiry: Inquiry
    wish: Wish | None = None
    messages: list[PeerMessage] = []
    complaints: list[Report] = []
    rulings: list[Ruling] = []
    erased_from: datetime | None = None


class InquiryPage(ApiModel):
    """One page of inquiries."""

    items: list[Inquiry] = []
    next_cursor: str | None = None


@dataclass(frozen=True)
class Inquiries:
    """Calls about inquiries; every one may raise ApiProblem."""

    call: Caller

    async def page(self, side: str, state: str, solution_id: str, cursor: str | None) -> InquiryPage:
        query = {"side": side, "state": state, "solution_id": solution_id, "cursor": cursor, "limit": 50}
        return (await self.call.get(BASE, query)).as_model(InquiryPage)

    async def send(self, body: dict[str, Any], key: str) -> InquiryThread:
        return (await self.call.post(BASE, body, key=key)).as_model(InquiryThread)

    async def get(self, inquiry_id: str) -> InquiryThread:
        return (await self.call.get(f"{BASE}/{inquiry_id}")).as_model(InquiryThread)

    async def see(self, inquiry_id: str) -> InquiryThread:
        """Read it as the provider, who is known to have read it then."""
        return (await self.call.post(f"{BASE}/{inquiry_id}/seen")).as_model(InquiryThread)

    async def export(self, inquiry_id: str, form: str) -> bytes:
        """`form` is json or csv."""
        return await self.call.download(f"{BASE}/{inquiry_id}/export", {"format": form})

    async def write(self, inquiry_id: str, text: str, key: str) -> None:
        await self.call.post(f"{BASE}/{inquiry_id}/messages", {"text": text}, key=key)

    async def close(self, inquiry_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/{inquiry_id}/close", key=key)

    async def erase(self, inquiry_id: str) -> None:
        await self.call.delete(f"{BASE}/{inquiry_id}/words")

    async def report(self, inquiry_id: str, message_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/{inquiry_id}/messages/{message_id}/report", body, key=key)

    async def reported(self, cursor: str | None = None) -> InquiryPage:
        return (await self.call.get(MODERATION, {"cursor": cursor})).as_model(InquiryPage)

    async def rule(self, inquiry_id: str, *, stop: bool, reason: str, key: str) -> None:
        await self.call.post(f"{MODERATION}/{inquiry_id}/ruling", {"stop": stop, "reason": reason}, key=key)
