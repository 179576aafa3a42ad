"""The routes of manual checks."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from servicekit import http
from servicekit.auth import CurrentUser
from servicekit.http import IfMatch
from servicekit.idempotency import IdempotentRoute

from checkup.application.people import checks
from checkup.application.people.checks import Checked
from checkup.application.people.ports import PeoplePorts
from checkup.entrypoints.api.people.check_schemas import CheckIn, CheckList, ChecklistOut, CheckOut
from checkup.entrypoints.api.people.dependencies import Given, Id, person

router = APIRouter(tags=["manual checks"], route_class=IdempotentRoute)


@router.get("/checklist")
async def read_checklist(given: Given, version: Annotated[str | None, Query(max_length=20)] = None) -> ChecklistOut:
    """What the team looks at; earlier versions on request."""
    return ChecklistOut.of(checks.checklist(given, version))


@router.get("/solutions/{solution_id}/manual-checks")
async def list_checks(given: Given, user: CurrentUser, solution_id: Id) -> CheckList:
    """The checks of a solution, newest first: all for the team, completed ones for the provider."""
    found = await checks.of_solution(given, solution_id, by=person(user))
    items = [CheckOut.of_checked(each, given.clock.now().date()) for each in found]
    return CheckList(items=items, next_cursor=None, total=len(items))


@router.post("/solutions/{solution_id}/manual-checks", status_code=201)
async def begin_check(given: Given, user: CurrentUser, solution_id: Id, response: Response) -> CheckOut:
    """Begin a check, for reviewers and curators of another organisation; one at a time."""
    found = await checks.begin(given, solution_id, by=person(user))
    response.headers["Location"] = f"/api/checkup/manual-checks/{found.check.id}"
    return _answer(given, found, response)


@router.get("/manual-checks/{check_id}")
async def read_check(given: Given, user: CurrentUser, check_id: Id, response: Response) -> CheckOut:
    """One check: open ones for the team, completed ones for the provider too."""
    return _answer(given, await checks.read(given, check_id, by=person(user)), response)


@router.put("/manual-checks/{check_id}")
async def save_check(
    *, given: Given, user: CurrentUser, check_id: Id, body: CheckIn, expected: IfMatch, response: Response
) -> CheckOut:
    """Replace the findings of an open check; they need not be complete."""
    findings = [each.to_domain() for each in body.items]
    return _answer(given, await checks.save(given, check_id, findings, by=person(user), expected=expected), response)


@router.post("/manual-checks/{check_id}/complete")
async def complete_check(
    *, given: Given, user: CurrentUser, check_id: Id, expected: IfMatch, response: Response
) -> CheckOut:
    """Complete a check; items nobody looked at become `not_checked`."""
    return _answer(given, await checks.complete(given, check_id, by=person(user), expected=expected), response)


def _answer(given: PeoplePorts, found: Checked, response: Response) -> CheckOut:
    response.headers["ETag"] = http.etag(found.revision)
    return CheckOut.of_checked(found, given.clock.now().date())
