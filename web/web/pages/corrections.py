"""`/pruefung/aenderungen`: small corrections that are online and that the team has not looked at."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.page import CheckedForm, Page, ReviewerPage, form_key

router = APIRouter()
PATH = "/pruefung/aenderungen"


@router.get(PATH)
async def queue(page: ReviewerPage, cursor: str = "") -> Response:
    """List what waits, the longest waiting first."""
    return await _show(page, Faults(), cursor)


@router.post(PATH)
async def judge(page: ReviewerPage, form: CheckedForm) -> Response:
    """Let a correction stay, or take it back with a reason."""
    reverting = form.text("aktion") == "zuruecknehmen"
    reason = form.text("reason")
    faults = Faults()
    if reverting and not reason:
        faults.add(f"reason-{form.text('solution_id')}", page.say("Bitte nennen Sie dem Anbieter den Grund."))
        return await _show(page, faults)
    number, revision = form.text("number"), form.text("revision")
    try:
        await page.services.history.judge(
            form.text("solution_id"),
            int(number) if number.isdigit() else 0,
            revision=int(revision) if revision.isdigit() else 0,
            reason=reason if reverting else None,
            key=form_key(form),
        )
    except ApiProblem as problem:
        if problem.status not in (403, 409):
            raise
        faults.general.append(problem.text(page.locale.language))
        return await _show(page, faults)
    text = "Die Änderung ist zurückgenommen." if reverting else "Die Änderung ist bestätigt."
    return page.go(PATH, Flash(text))


async def _show(page: Page, faults: Faults, cursor: str = "") -> HTMLResponse:
    found = await page.services.history.waiting(cursor or None)
    return page.render(
        "review/corrections.html", status=422 if faults else 200, found=found, cursor=cursor, faults=faults
    )
