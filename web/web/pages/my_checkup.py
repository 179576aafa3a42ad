"""`/meine-loesungen/{id}/checkup`: start a checkup of an own solution, follow it live, call it off."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response, StreamingResponse
from servicekit import event_stream

from web.api.checkup import Run
from web.api.problem import ApiProblem
from web.checkup_progress import UNDER_WAY, shown
from web.flash import Flash
from web.i18n import Locale
from web.page import CheckedForm, MemberPage, Page, bare_page, form_key

router = APIRouter(prefix="/meine-loesungen/{solution_id}/checkup")
RunId = Annotated[str, Path(max_length=100, pattern="^[A-Za-z0-9-]+$")]
MOST_FOLLOWED = 60
"""Streams of one process at once; each holds one of the connections to the gateway. Beyond it pages do without."""
_followed = 0


@router.post("")
async def start_checkup(page: MemberPage, solution_id: str, form: CheckedForm) -> Response:
    """Have the repository measured again."""
    await page.services.checkup.start(solution_id, form_key(form))
    return page.go(f"/meine-loesungen/{solution_id}#checkup", Flash("Der Lösungs-Checkup ist eingeplant.", "info"))


@router.post("/{run_id}/abbrechen")
async def cancel_checkup(page: MemberPage, solution_id: str, run_id: RunId, form: CheckedForm) -> Response:
    """Call a checkup off, also while it is running."""
    await page.services.checkup.cancel(run_id, form_key(form))
    return page.go(f"/meine-loesungen/{solution_id}#checkup", Flash("Der Lösungs-Checkup ist abgebrochen.", "info"))


@router.get("/{run_id}/live")
async def follow_checkup(
    request: Request, page: Annotated[Page, Depends(bare_page)], solution_id: str, run_id: RunId
) -> StreamingResponse:
    """The words and numbers of a checkup under way as server-sent events, for the script of the page."""
    page.require_login()
    if _followed >= MOST_FOLLOWED:
        raise ApiProblem(503, "too-many-streams", f"{MOST_FOLLOWED} streams are open", retry_after=60)
    runs = page.services.checkup.follow(run_id)
    first = await anext(runs, None)  # a refusal is an answer of its own, not the end of a stream
    return event_stream.response(request, _events(runs, first, page.locale))


async def _events(runs: AsyncGenerator[Run, None], first: Run | None, locale: Locale) -> AsyncGenerator[bytes, None]:
    global _followed  # noqa: PLW0603 - a count of this process
    _followed += 1
    try:
        run = first
        while run is not None:
            over = run.state not in UNDER_WAY
            yield event_stream.event("end" if over else "progress", json.dumps(shown(run, locale)), retry_ms=2_000)
            run = None if over else await anext(runs, None)
    except ApiProblem:
        await asyncio.sleep(0)  # the stream broke off: the browser opens another one
    finally:
        _followed -= 1
        await runs.aclose()
