"""Rating a solution, replying to a rating, reporting or hiding one: the forms on the solution page."""

from fastapi import APIRouter
from fastapi.responses import Response

from web import solution_view
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.rating import RatingForm
from web.forms.use import report_of
from web.page import CheckedForm, CuratorPage, MemberPage, Page, UserPage, form_key

router = APIRouter()
LONGEST_REPLY = 3000


@router.post("/loesungen/{slug}/bewertung")
async def rate(page: MemberPage, slug: str, form: CheckedForm) -> Response:
    """Give a rating or replace the one given before."""
    view = await solution_view.load(page, slug)
    typed = RatingForm.read(form)
    body, faults = typed.check(page.locale)
    if not faults:
        try:
            await page.services.catalog.rate(view.solution.id, body)
        except ApiProblem as problem:
            if problem.status not in (403, 409, 422):
                raise
            faults.general.append(problem.text(page.locale.language))
    if faults:
        return solution_view.show(page, view, form=typed, faults=faults, status=422)
    return page.go(f"/loesungen/{slug}#bewertungen", Flash("Danke! Ihre Bewertung ist gespeichert."))


@router.post("/loesungen/{slug}/bewertungen/{organisation_id}/antwort")
async def reply(page: MemberPage, slug: str, organisation_id: str, form: CheckedForm) -> Response:
    """Answer a rating of an own solution."""
    text = form.text("text")
    view = await solution_view.load(page, slug)
    if not text or len(text) > LONGEST_REPLY:
        fault = "Bitte schreiben Sie eine Antwort." if not text else "Die Antwort darf höchstens 3.000 Zeichen haben."
        return _again(page, view, page.say(fault))
    await page.services.catalog.reply(view.solution.id, organisation_id, text, form_key(form))
    return page.go(f"/loesungen/{slug}#bewertungen", Flash("Ihre Antwort ist veröffentlicht."))


@router.post("/loesungen/{slug}/bewertungen/{organisation_id}/ausblenden")
async def hide(page: CuratorPage, slug: str, organisation_id: str, form: CheckedForm) -> Response:
    """Hide a rating that breaks the rules; the reason is kept."""
    reason = form.text("reason")
    view = await solution_view.load(page, slug)
    if not reason:
        return _again(page, view, page.say("Bitte begründen Sie, warum der Bericht ausgeblendet wird."))
    await page.services.uses.moderate_rating(view.solution.id, organisation_id, "hide", reason, form_key(form))
    return page.go(f"/loesungen/{slug}#bewertungen", Flash("Der Bericht ist ausgeblendet."))


@router.post("/loesungen/{slug}/bewertungen/{organisation_id}/einblenden")
async def restore(page: CuratorPage, slug: str, organisation_id: str, form: CheckedForm) -> Response:
    """Show a hidden rating again; the reason is kept."""
    reason = form.text("reason")
    view = await solution_view.load(page, slug)
    if not reason:
        return _again(page, view, page.say("Bitte begründen Sie, warum der Bericht wieder gezeigt wird."))
    await page.services.uses.moderate_rating(view.solution.id, organisation_id, "restore", reason, form_key(form))
    return page.go(f"/loesungen/{slug}#bewertungen", Flash("Der Bericht ist wieder zu sehen."))


@router.post("/loesungen/{slug}/bewertungen/{organisation_id}/melden")
async def report(page: UserPage, slug: str, organisation_id: str, form: CheckedForm) -> Response:
    """Ask the team to look at a rating."""
    view = await solution_view.load(page, slug)
    body = report_of(form)
    if body is None:
        return _again(page, view, page.say("Bitte wählen Sie einen Grund für die Meldung."))
    await page.services.uses.report_rating(view.solution.id, organisation_id, body, form_key(form))
    return page.go(f"/loesungen/{slug}#bewertungen", Flash("Danke, das Marktplatz-Team sieht sich den Bericht an."))


def _again(page: Page, view: solution_view.SolutionView, message: str) -> Response:
    return solution_view.show(page, view, faults=Faults(general=[message]), status=422)
