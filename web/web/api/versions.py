"""Versions of a listing, small corrections, and the audit trail, as the catalog keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.api.caller import ApiModel, Caller
from web.api.catalog import BASE, Working


class Version(Working):
    """One version with who wrote it (opaque ids) and when."""

    created_by: str | None = None
    created_at: datetime | None = None
    edited_by: str | None = None
    edited_at: datetime | None = None
    submitted_by: str | None = None
    revision: int = 0
    corrected_at: datetime | None = None


class Versions(ApiModel):
    """All versions, newest first."""

    items: list[Version] = []


class Piece(ApiModel):
    """A passage of a text or an entry of a list: `same`, `removed` or `added`."""

    mark: str
    text: str


class Difference(ApiModel):
    """A question with another answer."""

    question: str
    title: str
    entries: bool = False
    pieces: list[Piece] = []


class Diff(ApiModel):
    """What a later version says otherwise than a former one."""

    former: int
    later: int
    differences: list[Difference] = []


class Changed(ApiModel):
    """An answer before and after."""

    question: str
    before: Any = None
    after: Any = None


class Correction(ApiModel):
    """A small correction; those in the team's queue say of which solution."""

    number: int
    version: int
    revision: int
    state: str
    changes: list[Changed] = []
    at: datetime
    reason: str | None = None
    solution_id: str = ""
    slug: str = ""
    solution_name: str = ""
    organisation_id: str = ""
    organisation_name: str = ""


class Corrections(ApiModel):
    """A page of corrections."""

    items: list[Correction] = []
    next_cursor: str | None = None
    total: int | None = None


class AuditField(ApiModel):
    """A field before and after; of a hidden one only that it changed is known."""

    path: str
    before: Any = None
    after: Any = None
    hidden: bool = False


class AuditEntry(ApiModel):
    """A change; `who` is `member`, `service` or `else`."""

    id: str
    at: datetime
    who: str
    actor: str | None = None
    actor_name: str | None = None
    action: str
    kind: str
    version: int
    differences: list[AuditField] = []


class Audit(ApiModel):
    """A page of the audit trail, newest first."""

    items: list[AuditEntry] = []
    next_cursor: str | None = None


@dataclass(frozen=True)
class History:
    """Calls of the catalog; every one may raise ApiProblem."""

    call: Caller

    async def versions(self, solution_id: str) -> Versions:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/versions")).as_model(Versions)

    async def diff(self, solution_id: str, former: int, later: int, language: str) -> Diff:
        path = f"{BASE}/solutions/{solution_id}/versions/{former}/diff/{later}"
        return (await self.call.get(path, {"language": language})).as_model(Diff)

    async def restore(self, solution_id: str, number: int, version: int, key: str) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/versions/{number}/restore", key=key, version=version)

    async def corrections(self, solution_id: str) -> Corrections:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/corrections")).as_model(Corrections)

    async def correct(self, solution_id: str, answers: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/corrections", {"answers": answers}, key=key)

    async def waiting(self, cursor: str | None) -> Corrections:
        """What the team has not looked at, the longest waiting first."""
        return (await self.call.get(f"{BASE}/corrections", {"cursor": cursor, "limit": 20})).as_model(Corrections)

    async def judge(self, solution_id: str, number: int, *, revision: int, reason: str | None, key: str) -> None:
        """Accept a correction, or take it back for a reason."""
        body: dict[str, Any] = {"revision": revision} | ({"reason": reason} if reason else {})
        verdict = "revert" if reason else "accept"
        await self.call.post(f"{BASE}/solutions/{solution_id}/corrections/{number}/{verdict}", body, key=key)

    async def audit(self, owner: str, owner_id: str, cursor: str | None) -> Audit:
        """`owner` is solutions or organisations."""
        return (await self.call.get(f"{BASE}/{owner}/{owner_id}/audit", {"cursor": cursor, "limit": 20})).as_model(
            Audit
        )

    async def export(self, owner: str, owner_id: str, form: str) -> bytes:
        """The whole trail as `csv` or `ndjson`."""
        return await self.call.download(f"{BASE}/{owner}/{owner_id}/audit/export", {"format": form})
