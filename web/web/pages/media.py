"""`/meine-loesungen/{id}/medien`: pictures and documents of a draft; `/medien/{id}`: their bytes."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from web.api.problem import ApiProblem, FieldFault
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.page import CheckedForm, CheckedMedia, MemberPage, Page, UserPage
from web.pages.organisation import terms_of

router = APIRouter()
LONGEST = 300
MOVES = {"hoch": -1, "runter": 1}
_PASSED_ON = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-security-policy",
    "cache-control",
    "etag",
    "x-content-type-options",
)


@router.get("/medien/{media_id}")
async def media(page: UserPage, media_id: str, width: Annotated[int | None, Query(ge=1, le=10_000)] = None) -> Response:
    """Hand a file of a draft through to those who may see it: browsers carry our session, not the catalog's token."""
    tag = page.request.headers.get("if-none-match")
    found = await page.services.media.open(media_id, width=width, tag=tag)
    headers = {name: found.headers[name] for name in _PASSED_ON if name in found.headers}
    if found.status_code == 304:
        await found.aclose()
        return Response(status_code=304, headers=headers)
    return StreamingResponse(found.aiter_bytes(), headers=headers, background=BackgroundTask(found.aclose))


@router.get("/meine-loesungen/{solution_id}/medien")
async def show(page: MemberPage, solution_id: str) -> Response:
    """Show what the draft holds, and the form for more."""
    return await _show(page, solution_id)


@router.post("/meine-loesungen/{solution_id}/medien")
async def upload(page: MemberPage, solution_id: str, sent: CheckedMedia) -> Response:
    """Add a file to the draft."""
    form, file = sent
    faults = _checked(page, form, "")
    if file is None:
        faults.add("datei", page.say("Bitte wählen Sie eine Datei aus."))
    if faults or file is None:
        return await _show(page, solution_id, form=form, faults=faults)
    return await _tried(page, solution_id, form, faults, file=file)


@router.post("/meine-loesungen/{solution_id}/medien/{media_id}")
async def change(page: MemberPage, solution_id: str, media_id: str, form: CheckedForm) -> Response:
    """Change what is said about a file, its place, or take it out of the draft."""
    removing = form.text("aktion") == "loeschen"
    faults = Faults() if removing else _checked(page, form, f"-{media_id}")
    if faults:
        return await _show(page, solution_id, form=form, faults=faults)
    return await _tried(page, solution_id, form, faults, media_id=media_id)


async def _tried(
    page: Page,
    solution_id: str,
    form: FormData,
    faults: Faults,
    *,
    file: UploadFile | None = None,
    media_id: str = "",
) -> Response:
    suffix = f"-{media_id}" if media_id else ""
    files, alt, caption = page.services.media, form.text(f"alt{suffix}"), form.text(f"caption{suffix}")
    try:
        if file is not None:
            await files.upload(solution_id, file.file, alt=alt, caption=caption)
            text = "Die Datei gehört jetzt zum Entwurf."
        elif form.text("aktion") == "loeschen":
            await files.remove(solution_id, media_id)
            text = "Die Datei gehört nicht mehr zum Entwurf."
        else:
            position = await _position(page, solution_id, media_id, form.text("aktion"))
            await files.describe(solution_id, media_id, alt=alt, caption=caption or None, position=position)
            text = "Die Angaben zur Datei sind gespeichert."
    except ApiProblem as problem:
        if problem.status not in (400, 404, 409, 413, 422):
            raise
        named = problem.errors or (FieldFault("datei", problem.text(page.locale.language)),)
        for each in named:
            known = each.field if each.field in ("alt", "caption") else "datei"
            message = each.message if known != "datei" else problem.text(page.locale.language)
            faults.add(f"{known}{suffix}" if known != "datei" else known, message)
        return await _show(page, solution_id, form=form, faults=faults)
    return page.go(f"/meine-loesungen/{solution_id}/medien", Flash(text))


async def _position(page: Page, solution_id: str, media_id: str, action: str) -> int | None:
    """Return the place that a file moves to; None when it stays."""
    if action not in MOVES:
        return None
    held = (await page.services.catalog.working(solution_id)).working.listing.media
    places = [each.id for each in held]
    if media_id not in places:
        return None
    return max(0, min(places.index(media_id) + MOVES[action], len(places) - 1))


def _checked(page: Page, form: FormData, suffix: str) -> Faults:
    faults = Faults()
    if not form.text(f"alt{suffix}"):
        faults.add(f"alt{suffix}", page.say("Bitte sagen Sie in Worten, was zu sehen ist."))
    for name in ("alt", "caption"):
        if len(form.text(f"{name}{suffix}")) > LONGEST:
            faults.add(f"{name}{suffix}", page.say("Höchstens {n} Zeichen.", n=LONGEST))
    return faults


async def _show(
    page: Page, solution_id: str, *, form: FormData | None = None, faults: Faults | None = None
) -> HTMLResponse:
    solution = await page.services.catalog.working(solution_id)
    return page.render(
        "my/media.html",
        status=422 if faults else 200,
        solution=solution,
        media=solution.working.listing.media,
        terms=await terms_of(page),
        typed=form or FormData({}),
        faults=faults or Faults(),
    )
