"""The routes of reports, runs and the rubric."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from servicekit import http
from servicekit.auth import CurrentUser, OptionalUser, Principal
from servicekit.idempotency import IdempotentRoute, new_id

from checkup.application import commands, queries
from checkup.application.commands import TEAM, Asker
from checkup.application.ports import Ports
from checkup.entrypoints.api.people.dependencies import edits_of
from checkup.entrypoints.api.rubric_schemas import RubricOut, RubricVersion, RubricVersions
from checkup.entrypoints.api.schemas import ReportOut, RunList, RunOut

router = APIRouter(tags=["checkup"], route_class=IdempotentRoute)


def ports(request: Request) -> Ports:
    """Return what the use cases are handed (dependency)."""
    held: Ports = http.container(request).ports
    return held


Given = Annotated[Ports, Depends(ports)]
Id = Annotated[str, Path(max_length=100)]


@router.get("/rubric")
async def read_rubric(given: Given, version: Annotated[str | None, Query(max_length=20)] = None) -> RubricOut:
    """What is measured, how it is scored, and what earns an award; earlier versions on request."""
    return RubricOut.of(queries.rubric(given, version))


@router.get("/rubrics")
async def list_rubrics(given: Given) -> RubricVersions:
    """All versions, newest first, and which one new runs are scored by; one beside it may be tried (`preview`)."""
    known = [given.rubrics.get(version) for version in reversed(given.rubrics.versions())]
    return RubricVersions(items=[RubricVersion.of(each, given.rubrics.current) for each in known])


@router.get("/solutions/{solution_id}")
async def read_report(given: Given, user: OptionalUser, solution_id: Id) -> ReportOut:
    """The newest report: of the published version for everybody, of any version for the provider and the team."""
    return ReportOut.of(await queries.report(given, solution_id, by=asker_of(user)))


@router.get("/solutions/{solution_id}/runs")
async def list_runs(given: Given, user: OptionalUser, solution_id: Id) -> RunList:
    """The newest runs first, at most 50; the public sees those of the published version that were scored."""
    found = await queries.runs(given, solution_id, by=asker_of(user))
    return RunList(items=[RunOut.of(run) for run in found], next_cursor=None, total=len(found))


Force = Annotated[bool, Query(description="Measure although the commit was measured lately (team only)")]


@router.post("/solutions/{solution_id}/runs", status_code=202)
async def request_run(  # noqa: PLR0917 - what FastAPI hands in, by name
    given: Given, user: CurrentUser, solution_id: Id, request: Request, response: Response, force: Force = False
) -> RunOut:
    """Measure the newest version again: for the provider's editors and the team, at most once per ten minutes.

    A commit that was measured lately is not measured again: the run takes over that measurement and says so.
    """
    run = await commands.request_run(given, solution_id, by=member(user), run_id=new_id(request), forced=force)
    response.headers["Location"] = f"/api/checkup/runs/{run.id}"
    return RunOut.of(run)


@router.get("/runs/{run_id}")
async def read_run(given: Given, user: OptionalUser, run_id: Id) -> RunOut:
    """One run with its state and what it is doing."""
    return RunOut.of(await queries.run(given, run_id, by=asker_of(user)))


def member(user: Principal) -> Asker:
    """Return who asks, as the use cases know them."""
    return Asker(user.sub, frozenset(user.memberships), edits_of(user), user.has_role(*TEAM))


def asker_of(user: Principal | None) -> Asker | None:
    """Return who asks; None for somebody who is not logged in."""
    return None if user is None else member(user)
