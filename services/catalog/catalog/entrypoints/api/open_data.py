"""Open data: all published solutions in several formats, the sitemap, and what there is; for everybody."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from servicekit import errors, http

from catalog.adapters.open_data import files, sitemap
from catalog.application.open_data import SITEMAP_PAGE, OpenData, Standing
from catalog.domain.open_data import formats
from catalog.domain.open_data.formats import Format
from catalog.entrypoints.api.dependencies import Wired

CACHED = "public, max-age=60"
XML = "application/xml"
router = APIRouter(prefix="/open-data", tags=["open data"])


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


@router.head("", include_in_schema=False)
@router.get("", response_model=OpenDataView)
async def overview(request: Request, wired: Wired) -> Response:
    """Which files there are, under which licence, and how current they are."""
    data, terms = wired.open_data, wired.open_data.terms
    standing = await data.solutions.standing()
    view = OpenDataView(
        publisher=terms.publisher,
        licence=_licence(data),
        solutions=standing.count,
        changed_at=standing.changed_at,
        files=[
            FileView(
                format=each.extension, title=each.title, media_type=each.media_type, url=data.terms.file(each.name)
            )
            for each in formats.FORMATS
        ],
        sitemap=terms.file("sitemap.xml"),
    )
    return _whole(request, data, standing, view.model_dump_json().encode(), formats.JSON.media_type)


@router.head("/solutions", include_in_schema=False)
@router.get("/solutions", response_class=Response)
async def negotiated(
    request: Request,
    wired: Wired,
    page: http.Page,
) -> Response:
    """All solutions in the format that `Accept` prefers; JSON, a page at a time, when it does not say."""
    accept = ",".join(request.headers.getlist("accept"))
    wanted = formats.preferred(accept)
    if wanted is None:
        offered = ", ".join(each.media_type for each in formats.FORMATS)
        raise errors.not_acceptable("no-such-format", f"Accept allows none of {offered}")
    return await _answer(request, wired.open_data, wanted, page, varied=True)


@router.head("/solutions.{extension}", include_in_schema=False)
@router.get("/solutions.{extension}", response_class=Response)
async def in_format(
    request: Request,
    wired: Wired,
    page: http.Page,
    extension: Annotated[str, Path(max_length=20)],
) -> Response:
    """All solutions in one format: `json` (a page at a time), `ndjson`, `csv`, `ttl` or `jsonld` (all at once)."""
    wanted = formats.BY_EXTENSION.get(extension)
    if wanted is None:
        known = ", ".join(formats.BY_EXTENSION)
        raise errors.not_found("unknown-format", f"there is no such format, only {known}")
    return await _answer(request, wired.open_data, wanted, page)


@router.head("/sitemap.xml", include_in_schema=False)
@router.get("/sitemap.xml", response_class=Response)
async def sitemap_index(request: Request, wired: Wired) -> Response:
    """The index of the sitemap."""
    standing = await wired.open_data.solutions.standing()
    text = sitemap.index(wired.open_data.terms, standing)
    return _whole(request, wired.open_data, standing, text.encode(), XML)


@router.head("/sitemap-{number}.xml", include_in_schema=False)
@router.get("/sitemap-{number}.xml", response_class=Response)
async def sitemap_page(request: Request, wired: Wired, number: Annotated[int, Path(ge=0, le=1_000_000)]) -> Response:
    """A page of the sitemap: 0 holds the fixed addresses, the others up to 10,000 solutions each."""
    data = wired.open_data
    standing = await data.solutions.standing()
    if number > standing.sitemap_pages:
        raise errors.not_found("no-such-sitemap", f"the sitemap has the pages 0 to {standing.sitemap_pages}")
    if number == 0:
        text = sitemap.fixed(data.terms)
    else:
        text = sitemap.page(data.terms, await data.solutions.entries((number - 1) * SITEMAP_PAGE, SITEMAP_PAGE))
    return _whole(request, data, standing, text.encode(), XML)


async def _answer(
    request: Request, data: OpenData, wanted: Format, page: http.PageParams, *, varied: bool = False
) -> Response:
    """All in one format; the entity tag is weak, because what is published while a file is read may be in it."""
    standing = await data.solutions.standing()
    headers = _headers(request, data, standing, wanted.content_type)
    headers["Content-Location"] = data.terms.file(wanted.name) + (f"?{request.url.query}" if request.url.query else "")
    if varied:
        headers["Vary"] = "Accept"
    if wanted is formats.JSON:
        body, following = await _page(data, standing, page)
        if following:
            headers["Link"] = (
                f'<{data.terms.file(wanted.name)}?limit={page.limit}&cursor={following}>; rel="next", '
                + (headers["Link"])
            )
    elif page.position is not None:
        raise errors.malformed("bad-cursor", "only JSON has pages; the other files hold everything")
    if _known(request, headers["ETag"], standing):
        return Response(status_code=304, headers=headers)
    if wanted is formats.JSON:
        return Response(body, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{wanted.name}"'
    content = _nothing() if request.method == "HEAD" else files.stream(data, standing, wanted)
    return StreamingResponse(content, headers=headers)


async def _page(data: OpenData, standing: Standing, page: http.PageParams) -> tuple[bytes, str | None]:
    after = page.position.get("after") if page.position is not None else None
    if page.position is not None and (not isinstance(after, str) or not 0 < len(after) <= 100):
        raise errors.malformed("bad-cursor", "the cursor is not one that this service handed out")
    found = await data.solutions.after(after, page.limit + 1)
    shown = found[: page.limit]
    following = http.encode_cursor({"after": shown[-1].id}) if len(found) > page.limit else None
    body = {
        "licence": _licence(data).model_dump(),
        "publisher": data.terms.publisher,
        "total": standing.count,
        "items": [files.item(data, each) for each in shown],
        "next_cursor": following,
    }
    return orjson.dumps(body), following


def _whole(request: Request, data: OpenData, standing: Standing, body: bytes, media_type: str) -> Response:
    headers = _headers(request, data, standing, media_type)
    if _known(request, headers["ETag"], standing):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)


def _headers(request: Request, data: OpenData, standing: Standing, content_type: str) -> dict[str, str]:
    """The entity tag follows from the set, what is said about all of it, the address and the format."""
    parts = (standing.mark, repr(data.terms), data.profile.version, request.url.path, request.url.query, content_type)
    headers = {
        "Content-Type": content_type,
        "ETag": f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"',
        "Cache-Control": CACHED,
        "Link": f'<{data.terms.licence.url}>; rel="license"',
        "Access-Control-Allow-Origin": "*",
    }
    if standing.changed_at is not None:
        headers["Last-Modified"] = format_datetime(standing.changed_at.astimezone(UTC), usegmt=True)
    return headers


def _known(request: Request, tag: str, standing: Standing) -> bool:
    """True when the client has this already; a date counts only where no entity tag is sent (RFC 9110)."""
    if "if-none-match" in request.headers:
        held = request.headers["if-none-match"].strip()
        return held == "*" or http.not_modified(request, tag.removeprefix("W/"))
    since = request.headers.get("if-modified-since")
    if since is None or standing.changed_at is None:
        return False
    try:
        known = parsedate_to_datetime(since)
    except ValueError:
        return False
    return known.tzinfo is not None and standing.changed_at.replace(microsecond=0) <= known


def _licence(data: OpenData) -> LicenceView:
    licence = data.terms.licence
    return LicenceView(id=licence.id, title=licence.title, url=licence.url, attribution=licence.attribution)


async def _nothing() -> AsyncIterator[bytes]:
    """The body of an answer to HEAD."""
    return
    yield b""
