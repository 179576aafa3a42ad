"""Pictures and documents of listings: uploading them to a draft, changing and removing them, reading them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from servicekit import errors, http
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from catalog.application import media_queries
from catalog.application.commands import media as commands
from catalog.application.ports import Loaded
from catalog.domain.solution import Solution
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, SolutionId, Wired
from catalog.entrypoints.api.schemas.media import MediaText, MediaUpload
from catalog.entrypoints.api.schemas.solutions import SolutionView

MediaId = Annotated[str, Path(min_length=1, max_length=100)]
FOR_EVER = "public, max-age=31536000, immutable"
PRIVATE = "private, max-age=3600"
PIECE = 1024 * 1024
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "alt"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "alt": {"type": "string", "maxLength": 300},
                        "caption": {"type": "string", "maxLength": 300},
                    },
                }
            }
        },
    }
}
router = APIRouter(tags=["media"])


@router.post("/solutions/{solution_id}/media", status_code=status.HTTP_201_CREATED, openapi_extra=UPLOAD)
async def upload(
    solution_id: SolutionId, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Add a PNG, JPEG or WebP picture or a PDF document to the draft; `alt` says what a picture shows.

    Pictures are decoded and written anew without metadata; documents with scripts, files or actions are refused.
    """
    await commands.require_upload(wired.ports, wired.media, actor, solution_id)
    async with _received(request, wired.media.rules.max_bytes) as (file, text):
        loaded = await commands.upload(
            wired.ports, wired.media, actor, solution_id, file, alt=text.alt, caption=text.caption
        )
    return _shown(response, wired, loaded)


@router.put("/solutions/{solution_id}/media/{media_id}")
async def describe(
    solution_id: SolutionId,
    media_id: MediaId,
    body: MediaText,
    *,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Say something else about a file of the draft; `position` (from 0) moves it."""
    loaded = await commands.describe(
        wired.ports, actor, solution_id, media_id, alt=body.alt, caption=body.caption, position=body.position
    )
    return _shown(response, wired, loaded)


@router.delete("/solutions/{solution_id}/media/{media_id}")
async def remove(
    solution_id: SolutionId, media_id: MediaId, response: Response, actor: CurrentActor, wired: Wired
) -> SolutionView:
    """Take a file out of the draft; a published version that shows it keeps it."""
    return _shown(response, wired, await commands.remove(wired.ports, actor, solution_id, media_id))


@router.get("/media/{media_id}", response_class=Response)
async def media(
    media_id: MediaId,
    request: Request,
    actor: OptionalActor,
    wired: Wired,
    width: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Response:
    """The bytes; of a picture the smallest size that is at least so many pixels wide. They never change."""
    found = await media_queries.readable(wired.ports, wired.media, actor, media_id, width)
    tag = f'"{media_id}.{found.variant}"'
    headers = {
        "ETag": tag,
        "Cache-Control": FOR_EVER if found.public else PRIVATE,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if found.record.kind == "document":
        headers["Content-Disposition"] = f'attachment; filename="{media_id}.pdf"'
    if http.not_modified(request, tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    blob = await wired.media.store.open(found.key)
    if blob is None:
        raise errors.unavailable("media-unavailable", f"the bytes of {media_id} cannot be read at the moment")
    headers["Content-Length"] = str(blob.size)
    return StreamingResponse(blob.chunks, media_type=found.record.media_type, headers=headers)


def _shown(response: Response, wired: Wired, loaded: Loaded[Solution]) -> SolutionView:
    response.headers["ETag"] = http.etag(loaded.version)
    return SolutionView.of(loaded, wired.ports.profile)


@asynccontextmanager
async def _received(request: Request, most: int) -> AsyncIterator[tuple[FilePath, MediaUpload]]:
    """Return the uploaded file, on disk inside the block, and what is said about it."""
    try:
        form = await request.form(max_files=1, max_fields=4, max_part_size=8192)
    except (MultiPartException, HTTPException) as error:
        if getattr(error, "status_code", 400) == status.HTTP_413_CONTENT_TOO_LARGE:
            raise
        raise errors.malformed(
            "malformed-upload", "send multipart/form-data with one `file`, `alt` and `caption`"
        ) from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise errors.malformed("malformed-upload", "send multipart/form-data with one `file`, `alt` and `caption`")
        text = MediaUpload.read(_texts(form))
        with tempfile.NamedTemporaryFile(prefix="marktplatz-upload-") as kept:
            size = 0
            while piece := await file.read(PIECE):
                size += len(piece)
                if size > most:
                    raise errors.ProblemError("media-too-large", "too_large", f"the file has more than {most} bytes")
                await run_in_threadpool(kept.write, piece)
            kept.flush()
            yield FilePath(kept.name), text
    finally:
        await form.close()


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}
