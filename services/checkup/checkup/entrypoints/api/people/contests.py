"""The routes of contests."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from servicekit import http
from servicekit.auth import CurrentUser, Principal, require_role
from servicekit.http import OptionalIfMatch
from servicekit.idempotency import IdempotentRoute, new_id

from checkup.application.people import contests
from checkup.application.people.ports import Loaded
from checkup.domain.people.contest import Contest
from checkup.entrypoints.api.people.contest_schemas import ContestAnswerIn, ContestIn, ContestList, ContestOut
from checkup.entrypoints.api.people.dependencies import CHECKERS, Given, Id, person

router = APIRouter(tags=["contests"], route_class=IdempotentRoute)


@router.get("/contests")
async def list_open_contests(given: Given, user: Annotated[Principal, Depends(require_role(*CHECKERS))]) -> ContestList:
    """The contests that wait for the team, longest first, at most 100."""
    found = await contests.waiting(given)
    return ContestList(items=[ContestOut.of(each.record) for each in found], next_cursor=None, total=len(found))


@router.get("/solutions/{solution_id}/contests")
async def list_contests(given: Given, user: CurrentUser, solution_id: Id) -> ContestList:
    """The contests of a solution, newest first, for the provider and the team."""
    found = await contests.of_solution(given, solution_id, by=person(user))
    return ContestList(items=[ContestOut.of(each.record) for each in found], next_cursor=None, total=len(found))


@router.post("/solutions/{solution_id}/contests", status_code=201)
async def open_contest(
    *, given: Given, user: CurrentUser, solution_id: Id, body: ContestIn, request: Request, response: Response
) -> ContestOut:
    """Contest a finding that stands now, for the provider's editors; once per finding, ten open at a time."""
    found = await contests.open_contest(
        given, solution_id, body.kind, body.finding, body.reason, by=person(user), contest_id=new_id(request)
    )
    return _answer(found, response)


@router.post("/contests/{contest_id}/answer")
async def answer_contest(
    *, given: Given, user: CurrentUser, contest_id: Id, body: ContestAnswerIn, expected: OptionalIfMatch,
    response: Response,
) -> ContestOut:  # fmt: skip
    """Accept or reject, for reviewers and curators of another organisation."""
    found = await contests.answer(
        given, contest_id, outcome=body.outcome, text=body.answer, by=person(user), expected=expected
    )
    return _answer(found, response)


@router.post("/contests/{contest_id}/withdraw")
async def withdraw_contest(given: Given, user: CurrentUser, contest_id: Id, response: Response) -> ContestOut:
    """Take a contest back, for the provider's editors."""
    return _answer(await contests.withdraw(given, contest_id, by=person(user)), response)


def _answer(found: Loaded[Contest], response: Response) -> ContestOut:
    response.headers["ETag"] = http.etag(found.revision)
    return ContestOut.of(found.record)
