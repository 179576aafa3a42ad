"""The audit trail: who changed what, when, before and after."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from servicekit import errors, http

from catalog.application import trails
from catalog.application.trails import Reader
from catalog.entrypoints.api.dependencies import CurrentActor, OrganisationId, SolutionId, Wired
from catalog.entrypoints.api.pages import Page
from catalog.entrypoints.api.schemas.audit import EntryView, csv_head, csv_lines

router = APIRouter(tags=["audit"])
Format = Annotated[Literal["csv", "ndjson"], Query(alias="format")]
About = Annotated[Literal["listing", "feedback"], Query()]
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


@router.get("/solutions/{id_or_slug}/audit")
async def of_solution(
    id_or_slug: SolutionId, actor: CurrentActor, wired: Wired, page: http.Page, about: About = "listing"
) -> Page[EntryView]:
    """Changes of the listing, newest first (the provider's members and the team), or of what is said about it (team).

    A change is there a moment after it was made.
    """
    return await _page(await trails.of_solution(wired.ports, actor, id_or_slug, feedback=about == "feedback"), page)


@router.get("/solutions/{id_or_slug}/audit/export")
async def export_of_solution(
    id_or_slug: SolutionId, actor: CurrentActor, wired: Wired, as_: Format = "csv", about: About = "listing"
) -> StreamingResponse:
    """The same as a file, oldest first: in CSV a line for each field, in NDJSON one for each change."""
    return _file(await trails.of_solution(wired.ports, actor, id_or_slug, feedback=about == "feedback"), as_)


@router.get("/organisations/{organisation_id}/audit")
async def of_organisation(
    organisation_id: OrganisationId, actor: CurrentActor, wired: Wired, page: http.Page
) -> Page[EntryView]:
    """Changes of the organisation, newest first (its members and the team)."""
    return await _page(await trails.of_organisation(wired.ports, actor, organisation_id), page)


@router.get("/organisations/{organisation_id}/audit/export")
async def export_of_organisation(
    organisation_id: OrganisationId, actor: CurrentActor, wired: Wired, as_: Format = "csv"
) -> StreamingResponse:
    """The same as a file, oldest first."""
    return _file(await trails.of_organisation(wired.ports, actor, organisation_id), as_)


async def _page(reader: Reader, page: http.PageParams) -> Page[EntryView]:
    after = None if page.position is None else page.position.get("id")
    if page.position is not None and not isinstance(after, str):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    found, more = await reader.page(after=after, limit=page.limit)
    items = [EntryView.of(each, reader.members) for each in found]
    return Page(items=items, next_cursor=http.encode_cursor({"id": more}) if more else None, total=None)


def _file(reader: Reader, format_: str) -> StreamingResponse:
    name = reader.trail.replace(":", "-")
    headers = {"Content-Disposition": f'attachment; filename="audit-{name}.{format_}"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines(reader, format_), media_type=MEDIA_TYPES[format_], headers=headers)


async def _lines(reader: Reader, format_: str) -> AsyncIterator[str]:
    if format_ == "csv":
        yield csv_head()
    async for entry in reader.every():
        view = EntryView.of(entry, reader.members)
        if format_ == "csv":
            for line in csv_lines(view):
                yield line
        else:
            yield view.model_dump_json() + "\n"
