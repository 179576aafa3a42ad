"""`/pruefung/organisationen/…/regionalschluessel`: the curators correct the regional key of an organisation."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.catalog import Alike, Organisation
from web.api.problem import ApiProblem
from web.flash import Flash
from web.forms.faults import Faults
from web.forms.organisation import LONGEST_TEXT, check_key, refused
from web.page import CheckedForm, CuratorPage, Page

router = APIRouter(prefix="/pruefung/organisationen/{organisation_id}/regionalschluessel")
SHARED = "ars-shared"


@router.get("")
async def key_form(page: CuratorPage, organisation_id: str) -> HTMLResponse:
    """Show the key, who else has it, and the form."""
    held = await page.services.catalog.organisation(organisation_id)
    return _show(page, held, (held.ars or "", ""), Faults())


@router.post("")
async def correct_key(page: CuratorPage, organisation_id: str, form: CheckedForm) -> Response:
    """Correct it; a key that others have needs a second look and a tick."""
    ars, reason = form.text("ars").replace(" ", ""), form.text("reason")
    alike: Sequence[Alike] = ()
    faults = Faults()
    check_key(faults, page.locale, ars)
    if not reason:
        faults.add("reason", page.say("Bitte begründen Sie das."))
    if len(reason) > LONGEST_TEXT:
        faults.add("reason", page.say("Höchstens {n} Zeichen.", n=LONGEST_TEXT))
    if not faults:
        confirmed = form.texts("alike") if form.text("geprueft") == "ja" else []
        try:
            await page.services.catalog.correct_key(organisation_id, ars or None, reason, alike=confirmed)
        except ApiProblem as problem:
            faults = refused(problem, page.locale)
            if problem.slug == SHARED:
                alike = (await page.services.catalog.regional_key(organisation_id, ars)).held_by
    if faults:
        held = await page.services.catalog.organisation(organisation_id)
        return _show(page, held, (form.text("ars"), reason), faults, alike)
    return page.go("/pruefung/organisationen?status=onboarded", Flash("Der Regionalschlüssel ist korrigiert."))


def _show(
    page: Page, held: Organisation, typed: tuple[str, str], faults: Faults, alike: Sequence[Alike] = ()
) -> HTMLResponse:
    return page.render(
        "review/regional_key.html",
        status=422 if faults else 200,
        organisation=held,
        ars=typed[0],
        reason=typed[1],
        faults=faults,
        alike=alike,
    )
