"""publiccode.yml: taking it over, taking it away, comparing it with the repository."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from servicekit import errors, http
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from catalog.adapters.recent import Answer
from catalog.application import queries
from catalog.application.publiccode import drifting, exporting, importing
from catalog.application.publiccode.ports import Fetched
from catalog.domain.publiccode.reading import MAX_BYTES
from catalog.entrypoints.api.dependencies import CurrentActor, SolutionId, Wired
from catalog.entrypoints.api.schemas.publiccode import (
    AddressRequest,
    DriftView,
    PreviewView,
    StandingView,
    TakeOverRequest,
)
from catalog.entrypoints.api.schemas.solutions import SolutionView

router = APIRouter(tags=["publiccode.yml"])
MEDIA_TYPE = "application/yaml; charset=utf-8"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
            "application/json": {"schema": AddressRequest.model_json_schema()},
        },
    }
}


async def _source(request: Request, wired: Wired, _: CurrentActor) -> Fetched | bytes:
    """The file that was uploaded as `file`, or the one of the repository at `url`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body = AddressRequest.model_validate_json(await request.body())
        except ValidationError:
            raise errors.invalid("invalid-request", "send a file as multipart/form-data or {url} as JSON") from None
        return await importing.fetched(wired.publiccode, body.url)
    if kind != "multipart/form-data":
        raise errors.invalid("invalid-request", "send a file as multipart/form-data or {url} as JSON")
    try:
        form = await request.form(max_files=1, max_fields=5)
    except (MultiPartException, KeyError):
        raise errors.malformed("malformed-upload", "the multipart body cannot be read") from None
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise errors.invalid("invalid-request", "the part `file` is missing")
    return await upload.read(MAX_BYTES + 1)


Source = Annotated[Fetched | bytes, Depends(_source)]


def _parts(source: Fetched | bytes) -> tuple[bytes, Fetched | None]:
    return (source.content, source) if isinstance(source, Fetched) else (source, None)


@router.post("/publiccode/preview", openapi_extra=_BODY)
async def preview_new(source: Source, wired: Wired) -> PreviewView:
    """What a file says for a solution that is not there yet; nothing is saved."""
    content, fetched = _parts(source)
    return PreviewView.of(await importing.preview_new(wired.publiccode, content, source=fetched))


async def _editable(solution_id: SolutionId, actor: CurrentActor, wired: Wired) -> None:
    """Nothing is fetched for those who may not have it."""
    await importing.editable(wired.publiccode, actor, solution_id)


@router.post("/solutions/{solution_id}/publiccode", openapi_extra=_BODY, dependencies=[Depends(_editable)])
async def preview(solution_id: SolutionId, source: Source, actor: CurrentActor, wired: Wired) -> PreviewView:
    """What a file says beside the newest version (editors of the provider); nothing is saved."""
    content, fetched = _parts(source)
    found = await importing.preview_existing(wired.publiccode, actor, solution_id, content, source=fetched)
    return PreviewView.of(found)


@router.post("/solutions/{solution_id}/publiccode/take-over")
async def take_over(
    solution_id: SolutionId,
    body: TakeOverRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> SolutionView:
    """Keep answers of a file in the draft."""
    loaded = await importing.take_over(wired.publiccode, actor, solution_id, body.answers, expected=expected)
    response.headers["ETag"] = http.etag(loaded.version)
    return SolutionView.of(loaded, wired.ports)


@router.get("/solutions/{id_or_slug}/publiccode")
async def standing(id_or_slug: SolutionId, actor: CurrentActor, wired: Wired) -> StandingView:
    """What the newest version lacks for an export, and the last comparison (the provider's members and the team)."""
    found = (await queries.whole_solution(wired.ports, actor, id_or_slug)).state
    missing = await exporting.missing_of(wired.publiccode, found.newest.listing, found.organisation_name)
    return StandingView.of(missing, await drifting.of_solution(wired.publiccode, found.id))


@router.post("/solutions/{solution_id}/publiccode/drift")
async def compare(solution_id: SolutionId, actor: CurrentActor, wired: Wired) -> DriftView:
    """Compare the published version with the file in its repository now (editors of the provider)."""
    return DriftView.of(await drifting.check_now(wired.publiccode, actor, solution_id))


@router.get("/solutions/{id_or_slug}/publiccode.yml", response_class=Response)
async def file(id_or_slug: SolutionId, request: Request, wired: Wired) -> Response:
    """The publiccode.yml of a published solution; 409 names what is missing for one."""
    made = wired.files.get(id_or_slug)
    if made is None:
        solution, content = await exporting.public_file(wired.publiccode, id_or_slug)
        made = Answer(content, f'"{hashlib.sha256(content).hexdigest()[:24]}"')
        wired.files.put(solution.id, solution.slug, made)
    headers = {
        "ETag": made.tag,
        "Cache-Control": "public, max-age=300",
        "Content-Disposition": 'inline; filename="publiccode.yml"',
    }
    if http.not_modified(request, made.tag):
        return Response(status_code=304, headers=headers)
    return Response(made.body, media_type=MEDIA_TYPE, headers=headers)
