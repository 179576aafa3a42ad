"""The routes of the review: the queue, the cases, and what a reviewer does with one."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from servicekit import errors, http
from servicekit.auth import CurrentUser, Principal, require_role
from servicekit.http import IfMatch, OptionalIfMatch, Page
from servicekit.idempotency import IdempotentRoute

from review.application import commands, queries
from review.application.ports import Loaded, Ports, Position
from review.domain.case import CaseState
from review.domain.judging import Reviewer
from review.entrypoints.api.schemas import CaseList, CaseOut, Decide, QueueItemOut, RequestChanges, SaveFindings

ROLE = "reviewer"

router = APIRouter(tags=["cases"], route_class=IdempotentRoute)


def ports(request: Request) -> Ports:
    """Return what the use cases are handed (dependency)."""
    held: Ports = http.container(request).ports
    return held


Given = Annotated[Ports, Depends(ports)]
ReviewerOnly = Annotated[Principal, Depends(require_role(ROLE))]
Id = Annotated[str, Path(max_length=100)]


@router.get("/cases")
async def list_cases(
    given: Given, user: ReviewerOnly, page: Page, state: Annotated[CaseState | None, Query()] = None
) -> CaseList:
    """The queue: what waits (`open`, `changes_requested`) longest first, other states and all cases newest first."""
    after = None if page.position is None else _position(page.position)
    found = await queries.queue(given, state, limit=page.limit, after=after)
    organisations = _reviewer(user).organisations
    return CaseList(
        items=[QueueItemOut.of(item, organisations) for item in found.items],
        next_cursor=_cursor(found.following),
        total=found.total,
    )


@router.get("/cases/{case_id}")
async def read_case(given: Given, user: CurrentUser, case_id: Id, response: Response) -> CaseOut:
    """One case, for reviewers and for members of the provider, who see finished rounds only."""
    found = await queries.case(given, case_id, by=_reviewer(user), in_team=user.has_role(ROLE))
    return _answer(found, response)


@router.get("/solutions/{solution_id}/cases")
async def list_cases_of_solution(given: Given, user: CurrentUser, solution_id: Id) -> CaseList:
    """The cases of a solution, newest version first, for reviewers and for members of the provider."""
    by = _reviewer(user)
    found = await queries.cases_of(given, solution_id, by=by, in_team=user.has_role(ROLE))
    items = [QueueItemOut.of_case(case, by.organisations) for case in found]
    return CaseList(items=items, next_cursor=None, total=len(items))


@router.put("/cases/{case_id}/findings")
async def save_findings(
    *, given: Given, user: ReviewerOnly, case_id: Id, body: SaveFindings, expected: IfMatch, response: Response
) -> CaseOut:
    """Replace the findings of the open round; they need not be complete yet."""
    findings = [finding.to_domain() for finding in body.findings]
    saved = await commands.save_findings(given, case_id, findings, by=_reviewer(user), expected=expected)
    return _answer(_to_team(saved, user), response)


@router.post("/cases/{case_id}/request-changes")
async def request_changes(
    *,
    given: Given,
    user: ReviewerOnly,
    case_id: Id,
    body: RequestChanges,
    expected: OptionalIfMatch,
    response: Response,
) -> CaseOut:
    """End the round and hand the case back to the provider."""
    findings = [finding.to_domain() for finding in body.findings]
    saved = await commands.request_changes(
        given, case_id, body.message, findings, by=_reviewer(user), expected=expected
    )
    return _answer(_to_team(saved, user), response)


@router.post("/cases/{case_id}/decision")
async def decide(
    *, given: Given, user: ReviewerOnly, case_id: Id, body: Decide, expected: OptionalIfMatch, response: Response
) -> CaseOut:
    """Approve or reject the version under review."""
    findings = [finding.to_domain() for finding in body.findings]
    saved = await commands.decide(
        given, case_id, body.decision, body.message, findings, by=_reviewer(user), expected=expected
    )
    return _answer(_to_team(saved, user), response)


def _reviewer(user: Principal) -> Reviewer:
    return Reviewer(user.sub, frozenset(user.memberships))


def _to_team(saved: Loaded, user: Principal) -> queries.Shown:
    return queries.shown(saved, by=_reviewer(user), in_team=True)


def _answer(found: queries.Shown, response: Response) -> CaseOut:
    response.headers["ETag"] = http.etag(found.revision)
    return CaseOut.of(found)


def _cursor(position: Position | None) -> str | None:
    if position is None:
        return None
    return http.encode_cursor({"at": position.waiting_since.isoformat(), "id": position.id})


def _position(raw: dict[str, Any]) -> Position:
    try:
        at = datetime.fromisoformat(raw["at"])
        if at.tzinfo is None or not isinstance(raw["id"], str):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out") from None
    return Position(at, raw["id"])
