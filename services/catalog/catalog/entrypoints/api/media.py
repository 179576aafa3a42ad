"""Pictures and documents of listings: uploading them to a draft, changing and removing them, reading them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from servicekit import errors, http

from catalog.application import media_queries
from catalog.application.commands import media as commands
from catalog.application.ports import Loaded
from catalog.domain.solution import Solution
from catalog.entrypoints.api.dependencies import CurrentActor, OptionalActor, SolutionId, Wired
from catalog.entrypoints.api.schemas.media import MediaText, MediaUpload
from catalog.entrypoints.api.schemas.solutions import SolutionView
from catalog.entrypoints.api.uploads import HARMLESS, received

MediaId = Annotated[str, Path(min_length=1, max_length=100)]
FOR_EVER = "public, max-age=31536000, immutable"
PRIVATE = "private, max-age=3600"
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
    async with received(request, wired.media.rules.max_bytes) as (file, texts):
        text = MediaUpload.read(texts)
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
    headers = {**HARMLESS, "ETag": tag, "Cache-Control": FOR_EVER if found.public else PRIVATE}
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
    return SolutionView.of(loaded, wired.ports)
