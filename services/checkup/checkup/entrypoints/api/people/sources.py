"""The routes of what all sources say together, and of the audit trail."""

from fastapi import APIRouter
from servicekit import errors, http
from servicekit.auth import CurrentUser, OptionalUser
from servicekit.http import Page

from checkup.application.people import audit, overview
from checkup.entrypoints.api.people.dependencies import Given, Id, person
from checkup.entrypoints.api.people.source_schemas import EntryOut, SourcesOut, TrailOut

router = APIRouter(tags=["sources"])


@router.get("/solutions/{solution_id}/sources")
async def read_sources(given: Given, user: OptionalUser, solution_id: Id) -> SourcesOut:
    """Measured, checked and declared side by side, with contradictions and contests.

    The public sees it once the solution is online: public answers, the newest completed check, contradictions whose
    time to answer has run out or which the team has decided.
    """
    return SourcesOut.of(await overview.overview(given, solution_id, by=person(user) if user else None))


@router.get("/solutions/{solution_id}/audit")
async def read_audit(given: Given, user: CurrentUser, solution_id: Id, page: Page) -> TrailOut:
    """Who did what when, with the values before and after: for the provider and the team."""
    entries = await audit.trail(given, solution_id, by=person(user))
    start = (page.position or {}).get("from", 0)
    if not isinstance(start, int) or start < 0:
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    shown = entries[start : start + page.limit]
    following = start + page.limit
    cursor = http.encode_cursor({"from": following}) if following < len(entries) else None
    return TrailOut(items=[EntryOut.of(each) for each in shown], next_cursor=cursor, total=len(entries))
