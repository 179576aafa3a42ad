"""The catalog service: invitations into organisations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.api.caller import ApiModel, Caller

BASE = "/api/catalog"


class Invitation(ApiModel):
    """An invitation that nobody has used yet, as admins see it."""

    id: str
    email: str | None = None
    role: str = "member"
    sent: int = 1
    created_at: datetime | None = None
    expires_at: datetime | None = None


class InvitationPage(ApiModel):
    """The pending invitations of an organisation."""

    items: list[Invitation] = []


class Offer(ApiModel):
    """What a link invites to."""

    organisation_id: str
    organisation_name: str = ""
    role: str = "member"
    state: str = "pending"
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Invitations:
    """Calls about invitations; every one may raise ApiProblem."""

    call: Caller

    async def of_organisation(self, organisation_id: str) -> list[Invitation]:
        answer = await self.call.get(f"{BASE}/organisations/{organisation_id}/invitations")
        return answer.as_model(InvitationPage).items

    async def invite(self, organisation_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/organisations/{organisation_id}/invitations", body, key=key)

    async def resend(self, organisation_id: str, invitation_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/organisations/{organisation_id}/invitations/{invitation_id}/resend", key=key)

    async def revoke(self, organisation_id: str, invitation_id: str) -> None:
        await self.call.delete(f"{BASE}/organisations/{organisation_id}/invitations/{invitation_id}")

    async def look_up(self, token: str) -> Offer:
        return (await self.call.post(f"{BASE}/invitations/look-up", {"token": token})).as_model(Offer)

    async def accept(self, token: str) -> None:
        await self.call.post(f"{BASE}/invitations/accept", {"token": token})
