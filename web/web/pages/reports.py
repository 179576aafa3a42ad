"""`/pruefung/meldungen`: what was reported to the team: ratings, and messages between municipalities."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.use import LONGEST_NOTE, refused
from web.page import CheckedForm, CuratorPage, Page, form_key

router = APIRouter()
PATH = "/pruefung/meldungen"
RATING_DONE = {
    "hide": Flash("Der Bericht ist ausgeblendet."),
    "dismiss": Flash("Die Meldung ist erledigt, der Bericht bleibt."),
    "restore": Flash("Der Bericht ist wieder zu sehen."),
}


@router.get(PATH)
async def reports(page: CuratorPage, cursor: str = "", austausch: str = "") -> Response:
    """Show what waits for the team."""
    return await _show(page, cursor=cursor, threads_cursor=austausch)


@router.post(PATH + "/bewertungen/{solution_id}/{organisation_id}")
async def moderate(page: CuratorPage, solution_id: str, organisation_id: str, form: CheckedForm) -> Response:
    """Hide a rating, leave it, or show it again; always with a reason."""
    action, reason = form.text("aktion"), form.text("reason")
    field = f"reason-{solution_id}-{organisation_id}"
    if action not in RATING_DONE or not reason or len(reason) > LONGEST_NOTE:
        return await _show(page, _missing(page, field))
    try:
        await page.services.uses.moderate_rating(solution_id, organisation_id, action, reason, form_key(form))
    except ApiProblem as problem:
        return await _show(page, refused(problem, page.locale), status=problem.status)
    return page.go(PATH, RATING_DONE[action])


@router.post(PATH + "/austausch/{thread_id}")
async def rule(page: CuratorPage, thread_id: str, form: CheckedForm) -> Response:
    """Stop a conversation or leave it."""
    action, reason = form.text("aktion"), form.text("reason")
    if action not in ("stop", "leave") or not reason or len(reason) > LONGEST_NOTE:
        return await _show(page, _missing(page, f"reason-{thread_id}"))
    try:
        await page.services.uses.rule(thread_id, stop=action == "stop", reason=reason, key=form_key(form))
    except ApiProblem as problem:
        return await _show(page, refused(problem, page.locale), status=problem.status)
    return page.go(PATH, Flash("Die Meldung ist erledigt."))


def _missing(page: Page, field: str) -> Faults:
    faults = Faults()
    faults.add(field, page.say("Bitte begründen Sie das."))
    return faults


async def _show(
    page: Page, faults: Faults | None = None, *, status: int = 422, cursor: str = "", threads_cursor: str = ""
) -> HTMLResponse:
    uses = page.services.uses
    ratings, threads = await asyncio.gather(
        uses.reported_ratings(cursor or None), uses.reported_threads(threads_cursor or None)
    )
    held = await asyncio.gather(*(uses.thread(each.id) for each in threads.items), return_exceptions=True)
    return page.render(
        "review/reports.html",
        status=status if faults else 200,
        ratings=ratings,
        threads=threads,
        conversations=[each for each in held if not isinstance(each, BaseException)],
        cursor=cursor,
        threads_cursor=threads_cursor,
        faults=faults or Faults(),
    )
