"""The catalog service: who uses a solution, conversations of municipalities, and what the team moderates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.api.caller import ApiModel, Caller
from web.api.catalog import Rating

BASE = "/api/catalog"
AT_ONCE = 100


class Use(ApiModel):
    """A municipality that uses a solution. `contact`: the reader may write to it."""

    organisation_id: str
    organisation_name: str = ""
    size_class: str | None = None
    bundesland: str | None = None
    since: str | None = None
    version: str | None = None
    module: str | None = None
    visibility: str = "registered"
    confirmed_at: datetime | None = None
    outdated: bool = False
    by_provider: bool = False
    contact: bool = False


class Ended(ApiModel):
    """Since when a use is over."""

    at: datetime
    month: str | None = None


class OwnUse(Use):
    """How an own municipality uses a solution; `contact` is its consent."""

    contacts_per_month: int = 5
    contacts_left: int = 0
    due_at: datetime | None = None
    revision: int = 0
    suspended: bool = False
    ended: Ended | None = None

    @property
    def running(self) -> bool:
        """True while the solution is used."""
        return self.ended is None

    @property
    def rates(self) -> bool:
        """True while a rating may be given."""
        return self.running and not self.outdated and not self.suspended


class Claim(ApiModel):
    """Somebody uses the solution, as its provider says."""

    id: str
    name: str
    organisation_id: str | None = None
    source: str = "provider"
    since: str | None = None
    version: str | None = None
    module: str | None = None
    at: datetime | None = None
    state: str = "open"
    reason: str | None = None


class Used(ApiModel):
    """Who uses a solution, as far as the reader may know."""

    confirmed: int = 0
    outdated: int = 0
    claimed: int = 0
    unnamed: int = 0
    sizes: dict[str, int] = {}
    items: list[Use] = []
    claims: list[Claim] = []
    next_cursor: str | None = None


class Claims(ApiModel):
    """What a provider says."""

    items: list[Claim] = []


class SolutionBrief(ApiModel):
    """Which solution something is about."""

    solution_id: str
    slug: str
    name: str
    provider_name: str = ""
    published: bool = False


class UseOfSolution(ApiModel):
    """A use with its solution."""

    solution: SolutionBrief
    use: OwnUse


class ClaimOfSolution(ApiModel):
    """A claim with its solution."""

    solution: SolutionBrief
    claim: Claim


class OwnUses(ApiModel):
    """What a municipality uses, and what providers say that it uses."""

    uses: list[UseOfSolution] = []
    claims: list[ClaimOfSolution] = []


class Party(ApiModel):
    """One side of a conversation."""

    organisation_id: str
    organisation_name: str = ""


class Thread(ApiModel):
    """A conversation in a list; `side` is the reader's, None for the team."""

    id: str
    solution_id: str
    slug: str
    solution_name: str
    asking: Party
    answering: Party
    side: str | None = None
    state: str = "open"
    messages: int = 0
    last_side: str = "asking"
    created_at: datetime | None = None
    updated_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def other(self) -> Party:
        """The side that is not the reader's."""
        return self.asking if self.side == "answering" else self.answering


class PeerMessage(ApiModel):
    """What one side wrote; `text` is None once it was erased."""

    id: str
    side: str
    organisation_name: str = ""
    text: str | None = None
    at: datetime | None = None


class Report(ApiModel):
    """Why something was reported."""

    message_id: str = ""
    reason: str
    note: str | None = None
    at: datetime | None = None


class Ruling(ApiModel):
    """What the team decided about reports of a conversation."""

    stopped: bool
    reason: str
    at: datetime | None = None


class Conversation(ApiModel):
    """A whole conversation."""

    thread: Thread
    blocked: bool = False
    messages: list[PeerMessage] = []
    complaints: list[Report] = []
    rulings: list[Ruling] = []


class ThreadPage(ApiModel):
    """One page of conversations."""

    items: list[Thread] = []
    next_cursor: str | None = None


class Step(ApiModel):
    """What the team did about a rating."""

    action: str
    reason: str
    by: str = ""
    at: datetime | None = None
    reports: int = 0


class ModeratedRating(ApiModel):
    """A rating with what was reported of it, and what was done before."""

    solution: SolutionBrief
    rating: Rating
    reports: list[Report] = []
    history: list[Step] = []


class ReportedRatings(ApiModel):
    """Ratings that wait for the team."""

    items: list[ModeratedRating] = []
    next_cursor: str | None = None


@dataclass(frozen=True)
class Uses:
    """Calls about the use of solutions; every one may raise ApiProblem."""

    call: Caller

    async def of_solution(self, solution_id: str, cursor: str | None = None) -> Used:
        query = {"limit": AT_ONCE, "cursor": cursor}
        return (await self.call.get(f"{_uses(solution_id)}", query)).as_model(Used)

    async def own(self, solution_id: str, organisation_id: str) -> OwnUse:
        """The use of an own municipality; 404 when it has declared none."""
        return (await self.call.get(f"{_uses(solution_id)}/{organisation_id}")).as_model(OwnUse)

    async def of_organisation(self, organisation_id: str) -> OwnUses:
        return (await self.call.get(f"{BASE}/organisations/{organisation_id}/deployments")).as_model(OwnUses)

    async def declare(self, solution_id: str, body: dict[str, Any], revision: int) -> None:
        """`revision` is the one of the use that was changed, 0 for a new one."""
        await self.call.put(f"{_uses(solution_id)}/mine", body, version=revision)

    async def reconfirm(self, solution_id: str, organisation_id: str, revision: int, key: str) -> None:
        await self.call.post(f"{_uses(solution_id)}/{organisation_id}/reconfirm", key=key, version=revision)

    async def end(self, solution_id: str, organisation_id: str, month: str, revision: int, key: str) -> None:
        body = {"month": month} if month else {}
        await self.call.post(f"{_uses(solution_id)}/{organisation_id}/end", body, key=key, version=revision)

    async def claims(self, solution_id: str) -> Claims:
        return (await self.call.get(f"{_uses(solution_id)}/claims")).as_model(Claims)

    async def claim(self, solution_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{_uses(solution_id)}/claims", body, key=key)

    async def withdraw_claim(self, solution_id: str, claim_id: str) -> None:
        await self.call.delete(f"{_uses(solution_id)}/claims/{claim_id}")

    async def refuse_claim(self, solution_id: str, claim_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{_uses(solution_id)}/claims/{claim_id}/refuse", body, key=key)

    async def begin(self, body: dict[str, Any], key: str) -> Conversation:
        return (await self.call.post(f"{BASE}/peer-threads", body, key=key)).as_model(Conversation)

    async def threads(self, cursor: str | None = None) -> ThreadPage:
        return (await self.call.get(f"{BASE}/peer-threads", {"limit": 50, "cursor": cursor})).as_model(ThreadPage)

    async def thread(self, thread_id: str) -> Conversation:
        return (await self.call.get(f"{BASE}/peer-threads/{thread_id}")).as_model(Conversation)

    async def write(self, thread_id: str, text: str, key: str) -> None:
        await self.call.post(f"{BASE}/peer-threads/{thread_id}/messages", {"text": text}, key=key)

    async def close(self, thread_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/peer-threads/{thread_id}/close", key=key)

    async def block(self, thread_id: str, *, blocked: bool) -> None:
        await self.call.put(f"{BASE}/peer-threads/{thread_id}/block", {"blocked": blocked})

    async def erase(self, thread_id: str) -> None:
        await self.call.delete(f"{BASE}/peer-threads/{thread_id}/messages/mine")

    async def report_message(self, thread_id: str, message_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/peer-threads/{thread_id}/messages/{message_id}/report", body, key=key)

    async def report_rating(self, solution_id: str, organisation_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/ratings/{organisation_id}/report", body, key=key)

    async def moderate_rating(self, solution_id: str, organisation_id: str, action: str, reason: str, key: str) -> None:
        """`action` is hide, restore or dismiss."""
        path = f"{BASE}/solutions/{solution_id}/ratings/{organisation_id}/{action}"
        await self.call.post(path, {"reason": reason}, key=key)

    async def reported_ratings(self, cursor: str | None = None) -> ReportedRatings:
        return (await self.call.get(f"{BASE}/moderation/ratings", {"cursor": cursor})).as_model(ReportedRatings)

    async def reported_threads(self, cursor: str | None = None) -> ThreadPage:
        query = {"limit": 20, "cursor": cursor}
        return (await self.call.get(f"{BASE}/moderation/peer-threads", query)).as_model(ThreadPage)

    async def rule(self, thread_id: str, *, stop: bool, reason: str, key: str) -> None:
        body = {"stop": stop, "reason": reason}
        await self.call.post(f"{BASE}/moderation/peer-threads/{thread_id}/ruling", body, key=key)


def _uses(solution_id: str) -> str:
    return f"{BASE}/solutions/{solution_id}/deployments"
