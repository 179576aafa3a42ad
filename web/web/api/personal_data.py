"""What the services keep about the user, as the user may take it away, and the wish to be forgotten."""

from dataclasses import dataclass
from typing import Any

from web.api import notify, saved_searches
from web.api.caller import ApiModel, Caller
from web.api.catalog import BASE

PAGE = 100


class HeldMembership(ApiModel):
    """An organisation that the user belongs to, in any state, and how it can reach the user."""

    organisation_name: str = ""
    role: str = "member"
    email: str | None = None


class PersonalData(ApiModel):
    """What the catalog keeps; the page counts what the file names."""

    memberships: list[HeldMembership] = []
    written: list[dict[str, Any]] = []
    ratings: list[dict[str, Any]] = []
    invitations: list[dict[str, Any]] = []
    watched: list[dict[str, Any]] = []
    market_surveys: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []


@dataclass(frozen=True)
class OwnData:
    """Calls about the user's own data; every one may raise ApiProblem."""

    call: Caller

    async def of_catalog(self) -> PersonalData:
        """Return what the catalog keeps."""
        return (await self.call.get(f"{BASE}/me/data")).as_model(PersonalData)

    async def everything(self) -> dict[str, Any]:
        """Return what all services keep, as they say it."""
        return {
            "catalog": (await self.call.get(f"{BASE}/me/data")).body,
            "notifications": (await self.call.get(f"{notify.BASE}/preferences")).body,
            "inbox": await self._inbox(),
            "saved_searches": (await self.call.get(saved_searches.BASE)).body["items"],
        }

    async def erase(self, confirm: str, *, key: str) -> None:
        """Have every service forget the user."""
        await self.call.post(f"{BASE}/me/erasure", {"confirm": confirm}, key=key)

    async def _inbox(self) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = (await self.call.get(f"{notify.BASE}/inbox", {"limit": PAGE, "cursor": cursor})).body
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found
