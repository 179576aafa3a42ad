"""Open data: all published solutions in several formats, and what there is; for everybody."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import BaseModel
from servicekit import errors, http

from catalog.adapters.open_data import files
from catalog.application.open_data import OpenData, Standing
from catalog.domain.open_data import formats
from catalog.domain.open_data.formats import Format
from catalog.entrypoints.api import conditional
from catalog.entrypoints.api.dependencies import Wired
from catalog.entrypoints.api.exporting import ExportResponse
from catalog.wiring import Container

router = APIRouter(prefix="/opendata", tags=["open data"])
HTML = "text/html"


class LicenceView(BaseModel):
    """The licence of what is said about the solutions; `id` by SPDX."""

    id: str
    title: str
    url: str
    attribution: bool


class FileView(BaseModel):
    """A file with all solutions; that in JSON is paged."""

    format: str
    title: str
    media_type: str
    url: str


class OpenDataView(BaseModel):
    """What there is; `changed_at` is when a solution last came, changed or went."""

    publisher: str
    licence: LicenceView
    solutions: int
    changed_at: datetime | None
    files: list[FileView]
    sitemap: str


class PublishedView(BaseModel):
    """A solution; `listing` by the schema of the event `solution_published`."""

    id: str
    slug: str
    url: str
    provider: dict[str, str]
    version: int
    first_published_at: datetime
    published_at: datetime
    listing: dict[str, Any]
    metadata_licence: str


class PublishedPage(BaseModel):
    """A page; `total` counts all solutions."""

    licence: LicenceView
    publisher: str
    total: int
    items: list[PublishedView]
    next_cursor: str | None


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": PublishedPage,
        "headers": {
            "ETag": {"schema": {"type": "string"}, "description": "weak; follows from the whole set"},
            "Link": {"schema": {"type": "string"}, "description": 'rel="license", and rel="next" of a page'},
        },
        "content": {
            each.media_type: {"schema": {"type": "string"}} for each in formats.FORMATS if each is not formats.JSON
        },
    },
    503: {"description": "Too many files with everything are being sent (`Retry-After`); pages always work"},
    304: {"description": "The client has it already (`If-None-Match`, `If-Modified-Since`)"},
}


@router.head("", include_in_schema=False)
@router.get("", response_model=OpenDataView, responses={303: {"description": "To the page, for browsers"}})
async def overview(request: Request, wired: Wired) -> Response:
    """Which files there are, under which licence, and how current they are; browsers are led to the page about it."""
    data, terms = wired.open_data, wired.open_data.terms
    accept = ",".join(request.headers.getlist("accept"))
    if formats.negotiated(accept, [formats.JSON.media_type, HTML]) == HTML:
        return RedirectResponse(f"{terms.site}/offene-daten", status_code=303, headers={"Vary": "Accept"})
    standing = await data.solutions.standing()
    view = OpenDataView(
        publisher=terms.publisher,
        licence=_licence(data),
        solutions=standing.count,
        changed_at=standing.changed_at,
        files=[
            FileView(format=each.extension, title=each.title, media_type=each.media_type, url=terms.file(each.name))
            for each in formats.FORMATS
        ],
        sitemap=terms.sitemap(),
    )
    headers = conditional.headers(request, data, standing, formats.JSON.media_type) | {"Vary": "Accept"}
    return conditional.whole(request, view.model_dump_json().encode(), headers, standing)


@router.head("/solutions", include_in_schema=False)
@router.get("/solutions", response_class=Response, responses=ANSWERS)
async def negotiated(request: Request, wired: Wired, page: http.Page) -> Response:
    """All solutions in the format that `Accept` prefers; JSON, a page at a time, when it does not say."""
    accept = ",".join(request.headers.getlist("accept"))
    wanted = formats.preferred(accept)
    if wanted is None:
        offered = ", ".join(each.media_type for each in formats.FORMATS)
        raise errors.not_acceptable("no-such-format", f"Accept allows none of {offered}")
    return await _answer(request, wired, wanted, page, varied=True)


@router.head("/solutions.{extension}", include_in_schema=False)
@router.get("/solutions.{extension}", response_class=Response, responses=ANSWERS)
async def in_format(
    request: Request,
    wired: Wired,
    page: http.Page,
    extension: Annotated[str, Path(max_length=20, examples=list(formats.BY_EXTENSION))],
) -> Response:
    """All solutions in one format: `json` (a page at a time), `ndjson`, `csv`, `ttl` or `jsonld` (all at once)."""
    wanted = formats.BY_EXTENSION.get(extension)
    if wanted is None:
        known = ", ".join(formats.BY_EXTENSION)
        raise errors.not_found("unknown-format", f"there is no such format, only {known}")
    return await _answer(request, wired, wanted, page)


async def _answer(
    request: Request, wired: Container, wanted: Format, page: http.PageParams, *, varied: bool = False
) -> Response:
    data = wired.open_data
    standing = await data.solutions.standing()
    address = data.terms.file(wanted.name)
    headers = conditional.headers(request, data, standing, wanted.content_type)
    headers["Content-Location"] = address + (f"?{request.url.query}" if request.url.query else "")
    if varied:
        headers["Vary"] = "Accept"
    if wanted is formats.JSON:
        body, following = await _page(data, standing, page)
        if following:
            headers["Link"] = (
                f'<{address}?limit={page.limit}&cursor={following}>; rel="next", {headers["Link"]}'  # RFC 8288
            )
        return conditional.whole(request, body, headers, standing)
    if page.position is not None:
        raise errors.malformed("bad-cursor", "only JSON has pages; the other files hold everything")
    if conditional.is_known(request, headers["ETag"], standing):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{wanted.name}"'
    if request.method == "HEAD":
        return StreamingResponse(_nothing(), headers=headers)
    return ExportResponse(wired.exports, files.stream(data, standing, wanted), headers)


async def _page(data: OpenData, standing: Standing, page: http.PageParams) -> tuple[bytes, str | None]:
    after = page.position.get("after") if page.position is not None else None
    if page.position is not None and (not isinstance(after, str) or not 0 < len(after) <= 100):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    found = await data.solutions.ids(after, page.limit + 1)
    shown = found[: page.limit]
    following = http.encode_cursor({"after": shown[-1]}) if len(found) > page.limit else None
    body = {
        "licence": _licence(data).model_dump(),
        "publisher": data.terms.publisher,
        "total": standing.count,
        "items": [files.item(data, each) for each in await data.solutions.those(shown)],
        "next_cursor": following,
    }
    return orjson.dumps(body), following


def _licence(data: OpenData) -> LicenceView:
    licence = data.terms.licence
    return LicenceView(id=licence.id, title=licence.title, url=licence.url, attribution=licence.attribution)


async def _nothing() -> AsyncIterator[bytes]:
    """The body of an answer to HEAD."""
    return
    yield b""
